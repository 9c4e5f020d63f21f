//! Conditional requests: an answer that the client need not be sent (RFC 9110 section 13).

use std::time::SystemTime;

use http::HeaderValue;
use http::Method;
use http::StatusCode;
use http::header;

use super::Response;
use crate::clock;
use crate::datastructures::Conditions;
use crate::datastructures::ETags;
use crate::datastructures::Headers;
use crate::exceptions::HttpException;
use crate::grammar::date::parse_date;
use crate::grammar::date::unix_seconds;
use crate::grammar::etag::unquote_etag;
use crate::request::Request;

/// How a response is made conditional: the arguments of Werkzeug's `make_conditional`.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
/// use rustzeug::response::Conditional;
/// use rustzeug::testing::EnvironBuilder;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let request = EnvironBuilder::new("/").header("Range", "bytes=-100").build()?;
/// let digits = || Response::new("0123456789");
/// // RFC 9110: a suffix that is longer than the whole means all of it.
/// let rfc = Conditional::new().ranges();
/// let part = digits().make_conditional_with(&request, &rfc);
/// assert_eq!(part.map(|part| part.status().as_u16()).ok(), Some(206));
/// // Werkzeug refuses it.
/// let werkzeug = Conditional::werkzeug().ranges();
/// let refused = digits().make_conditional_with(&request, &werkzeug).unwrap_err();
/// assert_eq!(refused.code(), 416);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "does nothing until it is given to `make_conditional_with`"]
pub struct Conditional {
    accept_ranges: Option<HeaderValue>,
    /// `None`: the body's own; `Some(None)`: nobody knows it.
    length: Option<Option<u64>>,
    rules: Rules,
}

/// Whose rules decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Rules {
    #[default]
    Rfc9110,
    Werkzeug,
}

impl Conditional {
    /// By the rules of RFC 9110; ranges are not offered.
    ///
    /// ```
    /// # use rustzeug::response::Conditional;
    /// let _conditions_alone = Conditional::new();
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// By Werkzeug's own rules, bit for bit: for an application that takes over from one in
    /// Python and must give the same answers.
    ///
    /// They differ from RFC 9110 where both `Range` and a condition are sent, for `If-Match: *`,
    /// `If-Unmodified-Since`, weak tags, responses that are no success, several ranges, unknown
    /// units and long suffixes; COMPATIBILITY.md has the list.
    ///
    /// ```
    /// # use rustzeug::response::Conditional;
    /// let _as_in_python = Conditional::werkzeug().ranges();
    /// ```
    pub fn werkzeug() -> Self {
        Self {
            rules: Rules::Werkzeug,
            ..Self::default()
        }
    }

    /// Offers ranges of bytes: Werkzeug's `accept_ranges=True`.
    ///
    /// ```
    /// # use rustzeug::response::Conditional;
    /// let _bytes = Conditional::new().ranges();
    /// ```
    pub fn ranges(self) -> Self {
        self.accept_ranges(HeaderValue::from_static("bytes"))
    }

    /// Offers ranges, with these units in `Accept-Ranges`.
    ///
    /// ```
    /// # use rustzeug::response::Conditional;
    /// let pages = rustzeug::http::HeaderValue::from_static("pages");
    /// let _pages = Conditional::new().accept_ranges(pages);
    /// ```
    pub fn accept_ranges(mut self, units: HeaderValue) -> Self {
        self.accept_ranges = Some(units);
        self
    }

    /// Says how long the whole is, where the body does not know; `None`: nobody knows, so that no
    /// ranges are answered. By default the body is asked.
    ///
    /// ```
    /// # use rustzeug::response::Conditional;
    /// let _whole = Conditional::new().ranges().complete_length(1_000);
    /// ```
    pub fn complete_length(mut self, length: impl Into<Option<u64>>) -> Self {
        self.length = Some(length.into());
        self
    }

    /// Whether ranges are offered.
    pub(super) fn has_ranges(&self) -> bool {
        self.accept_ranges.is_some()
    }
}

/// What the conditions of a request come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Answer as if there were none.
    Proceed,
    /// 304: the client has it.
    NotModified,
    /// 412: the client means another version.
    Failed,
}

impl Response {
    /// Answers 304 where the client has this version already, and 412 where it wants another one.
    ///
    /// Looks at `If-Match`, `If-Unmodified-Since`, `If-None-Match` and `If-Modified-Since` of a GET
    /// or HEAD request, and at `ETag` and `Last-Modified` of this response: set at least one of
    /// them first. What the client may ask for in parts is [`make_partial`](Self::make_partial)'s
    /// work.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    ///
    /// #[application]
    /// fn page(request: &Request) -> Response {
    ///     Response::new("some text").with_computed_etag().make_conditional(request)
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// # Compatibility
    ///
    /// Follows RFC 9110 where Werkzeug does not: `If-Match: *`, `If-Unmodified-Since`, the order of
    /// the conditions; see COMPATIBILITY.md. [`Conditional::werkzeug`] has its rules.
    #[must_use]
    pub fn make_conditional(mut self, request: &Request) -> Self {
        if is_conditional(request) {
            self.add_date();
            self.apply(verdict(request, self.status(), self.headers()));
        }
        self
    }

    /// As [`make_conditional`](Self::make_conditional), and answers 206 with the parts that the
    /// client asks for by `Range`.
    ///
    /// The body must be bytes, a file, or a stream of known length. Parts of bytes and files are
    /// not copied. `If-Range` is honoured; several parts are sent as `multipart/byteranges`.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    ///
    /// #[application]
    /// fn report(request: &Request) -> Result<Response> {
    ///     Response::new("0123456789").with_computed_etag().make_partial(request)
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// 416 where none of the parts exists, or the field cannot be read.
    pub fn make_partial(self, request: &Request) -> Result<Self, HttpException> {
        self.make_conditional_with(request, &Conditional::new().ranges())
    }

    /// As [`make_conditional`](Self::make_conditional), in every detail: the units of
    /// `Accept-Ranges`, the length of a stream that does not know its own, and whose rules count.
    /// Werkzeug's `make_conditional` with all its arguments.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::response::Conditional;
    ///
    /// #[application]
    /// fn tail(request: &Request) -> Result<Response> {
    ///     let pieces = Response::from_pieces(["01234", "56789"]);
    ///     pieces.make_conditional_with(request, &Conditional::new().ranges().complete_length(10))
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// 416 where ranges are offered and none of those asked for exists, or the field cannot be
    /// read.
    pub fn make_conditional_with(
        mut self,
        request: &Request,
        conditional: &Conditional,
    ) -> Result<Self, HttpException> {
        if !is_conditional(request) {
            return Ok(self);
        }
        self.add_date();
        let length = match conditional.accept_ranges.clone() {
            None => None,
            Some(units) => {
                self.headers_mut().set(header::ACCEPT_RANGES, units);
                let length = conditional.length.unwrap_or_else(|| self.body().len());
                length.filter(|length| *length > 0)
            }
        };
        match conditional.rules {
            Rules::Rfc9110 => self.answer(request, length)?,
            Rules::Werkzeug => self.answer_as_werkzeug(request, length)?,
        }
        Ok(self)
    }

    fn answer(&mut self, request: &Request, length: Option<u64>) -> Result<(), HttpException> {
        let verdict = verdict(request, self.status(), self.headers());
        self.apply(verdict);
        // RFC 9110 section 14.2: after the conditions, and only if the answer would be 200. We
        // take the word for any success, as Werkzeug does.
        if verdict == Verdict::Proceed
            && self.status().is_success()
            && let Some(length) = length
        {
            self.apply_range(request, length)?;
        }
        Ok(())
    }

    /// The range first, whatever the conditions and the status; then `is_resource_modified`.
    fn answer_as_werkzeug(
        &mut self,
        request: &Request,
        length: Option<u64>,
    ) -> Result<(), HttpException> {
        if let Some(length) = length
            && self.apply_range_as_werkzeug(request, length)?
        {
            return Ok(());
        }
        let if_match = request.header_list("if-match");
        let if_none_match = request.header_list("if-none-match");
        let conditions = Conditions {
            if_match: if_match.as_deref(),
            if_modified_since: request.header("if-modified-since"),
            if_none_match: if_none_match.as_deref(),
            ..Conditions::default()
        };
        if !conditions.is_modified(self.headers().get("etag"), self.last_modified()) {
            let tags = ETags::from_header(if_match.as_deref().unwrap_or_default());
            self.apply(match tags.is_empty() {
                true => Verdict::NotModified,
                false => Verdict::Failed,
            });
        }
        Ok(())
    }

    fn add_date(&mut self) {
        if !self.headers().contains("date") {
            let date = HeaderValue::from_bytes(&clock::http_date_now());
            self.headers_mut()
                .add(header::DATE, date.expect("a date is ASCII"));
        }
    }

    fn apply(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Proceed => {}
            Verdict::NotModified => {
                self.set_status(StatusCode::NOT_MODIFIED);
                remove_entity_headers(self.headers_mut());
                drop(self.take_body());
            }
            Verdict::Failed => self.set_status(StatusCode::PRECONDITION_FAILED),
        }
    }
}

fn is_conditional(request: &Request) -> bool {
    *request.method() == Method::GET || *request.method() == Method::HEAD
}

/// RFC 9110 section 13.2.2: the order in which conditions count.
fn verdict(request: &Request, status: StatusCode, headers: &Headers) -> Verdict {
    // Section 13.2.1: conditions are for answers that would be a success.
    if !status.is_success() {
        return Verdict::Proceed;
    }
    let etag = headers.get("etag").and_then(unquote_etag);
    let modified = headers.get("last-modified").and_then(parse_date);
    let since = |name: &str| request.header(name).and_then(parse_date);
    let is_newer = |date: SystemTime| {
        modified.is_some_and(|modified| unix_seconds(modified) > unix_seconds(date))
    };
    let tags = |name: &str| {
        let tags = ETags::from_header(&request.header_list(name)?);
        (!tags.is_empty()).then_some(tags)
    };

    let failed = match (tags("if-match"), etag) {
        // Section 13.1.1: `*` asks whether there is a version at all, and there is.
        (Some(tags), _) if tags.is_star() => false,
        // Strong comparison: a weak tag of ours matches nothing.
        (Some(tags), Some((tag, weak))) => weak || !tags.is_strong(tag),
        // A response without a tag cannot be compared.
        (Some(_), None) => false,
        (None, _) => since("if-unmodified-since").is_some_and(is_newer),
    };
    if failed {
        return Verdict::Failed;
    }
    let unmodified = match (tags("if-none-match"), etag) {
        // Section 13.1.2: weak comparison.
        (Some(tags), Some((tag, _))) => tags.contains_weak(tag),
        _ => {
            let since = since("if-modified-since");
            since.is_some_and(|date| modified.is_some() && !is_newer(date))
        }
    };
    if unmodified {
        return Verdict::NotModified;
    }
    Verdict::Proceed
}

/// Removes what describes a body: an answer without one says nothing of it. What a cache needs
/// to freshen its copy stays: `Expires` and `Content-Location` beside `Date` and `ETag`.
pub(super) fn remove_entity_headers(headers: &mut Headers) {
    headers.retain(|name, _| !ENTITY_HEADERS.contains(name));
}

const ENTITY_HEADERS: [http::HeaderName; 8] = [
    header::ALLOW,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LENGTH,
    http::HeaderName::from_static("content-md5"),
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::LAST_MODIFIED,
];
