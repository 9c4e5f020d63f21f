//! Bodies that are packed for clients that unpack them.

use bytes::Bytes;
use futures_core::Stream;
use http::HeaderValue;
use http::Method;
use http::StatusCode;
use http::header;

mod coding;
mod encoder;
mod stream;
#[cfg(test)]
mod tests;

use super::Middleware;
use super::Next;
use super::vary::vary;
use crate::application::Reply;
use crate::body::Body;
use crate::datastructures::ETags;
use crate::grammar::etag::unquote_etag;
use crate::grammar::media_type;
use crate::request::Request;
use crate::response::Response;

use coding::choose;
use encoder::Encoder;
use stream::Packed;

pub use coding::Coding;

/// Packs bodies for clients that say they unpack them (`Accept-Encoding`): zstd, brotli, gzip.
///
/// Packed are text, JSON, XML, scripts, fonts that are not packed already and the like, from
/// [`min_size`](Self::min_size) bytes on. Never packed are parts (206), what has a
/// `Content-Encoding`, what says `no-transform`, and media types that are packed in themselves.
/// Bodies in memory up to 64 KiB are packed at once, larger ones, files and streams while they
/// are sent; whenever a stream pauses, what there is goes out, so that server-sent events arrive.
///
/// A packed answer says `Vary: Accept-Encoding`, has a weak entity tag (RFC 9110 section 8.8.1)
/// and no `Accept-Ranges`. Answers that could have been packed say `Vary` as well.
///
/// Where an answer holds a secret and text that the asker chose, its length tells of the secret
/// (the BREACH attack): leave such pages out with [`types`](Self::types), or mask the secret.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::{Compress, Layer};
/// use rustzeug::prelude::*;
/// use rustzeug::testing::Client;
///
/// #[application]
/// fn page() -> String {
///     "again and ".repeat(1000)
/// }
///
/// # fn main() -> Result<(), StartError> {
/// let client = Client::new(page.with(Compress::new()))?;
/// let packed = client.get("/").header("accept-encoding", "gzip, br").send();
/// assert_eq!(packed.header("content-encoding"), Some("br"));
/// assert!(packed.bytes().len() < 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Compress {
    codings: Vec<Coding>,
    effort: Effort,
    min_size: u64,
    types: fn(&str) -> bool,
}

/// How hard codecs try.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effort {
    /// For answers that are made once and never again, on a busy machine.
    Fast,
    /// As web servers do.
    #[default]
    Balanced,
    /// For answers that a cache keeps.
    Small,
}

/// What of a request counts, remembered while the application has it.
struct Asked {
    coding: Option<Coding>,
    is_head: bool,
    /// `If-None-Match`, where a coding may be chosen.
    known: Option<String>,
}

impl Compress {
    /// All codings, zstd before brotli before gzip where the client has no preference.
    #[must_use]
    pub fn new() -> Self {
        Self {
            codings: vec![Coding::Zstd, Coding::Brotli, Coding::Gzip],
            effort: Effort::default(),
            min_size: MIN_SIZE,
            types: is_compressible,
        }
    }

    /// Offers these codings only; of those that a client likes equally, the first.
    #[must_use]
    pub fn codings(mut self, codings: impl IntoIterator<Item = Coding>) -> Self {
        self.codings = codings.into_iter().collect();
        self
    }

    /// How hard codecs try; [`Effort::Balanced`] by default.
    #[must_use]
    pub fn effort(mut self, effort: Effort) -> Self {
        self.effort = effort;
        self
    }

    /// Bodies of fewer bytes are sent as they are; 1024 by default. Streams of unknown length
    /// are always packed.
    #[must_use]
    pub fn min_size(mut self, bytes: u64) -> Self {
        self.min_size = bytes;
        self
    }

    /// Which media types are packed, in place of [`is_compressible`].
    #[must_use]
    pub fn types(mut self, is_packed: fn(&str) -> bool) -> Self {
        self.types = is_packed;
        self
    }

    fn asked(&self, request: &Request) -> Asked {
        let accept = request.header_list("accept-encoding");
        let forbidden = request.header("cache-control").is_some_and(forbids);
        let coding = accept
            .filter(|_| !forbidden)
            .and_then(|accept| choose(&accept, &self.codings));
        let known = coding.and_then(|_| request.header_list("if-none-match"));
        Asked {
            coding,
            is_head: *request.method() == Method::HEAD,
            known: known.map(|known| known.into_owned()),
        }
    }

    fn pack(&self, response: &mut Response, asked: &Asked) {
        if response.status() == StatusCode::NOT_MODIFIED {
            return refresh(response, asked);
        }
        if !self.is_candidate(response) {
            return;
        }
        vary(response, "Accept-Encoding");
        let Some(coding) = asked.coding else { return };
        let body = response.take_body();
        if asked.is_head {
            // What GET would say; how long it would be is not known without packing it.
            mark(response, coding);
            return response.set_body(Body::stream(Nothing));
        }
        match self.packed(&body, coding) {
            Some(packed) => {
                mark(response, coding);
                response.set_body(packed);
            }
            None if body.as_bytes().is_some_and(|bytes| bytes.len() <= AT_ONCE) => {
                response.set_body(body);
            }
            None => match Packed::new(body, coding, self.effort) {
                Ok(stream) => {
                    mark(response, coding);
                    response.set_body(Body::stream(stream));
                }
                // A codec without memory: nothing can be sent of a body that is gone.
                Err(error) => {
                    response.set_body(Body::stream(Failed(Some(error))));
                }
            },
        }
    }

    /// A small body, packed at once; `None` for one that is large, or would not get smaller.
    fn packed(&self, body: &Body, coding: Coding) -> Option<Bytes> {
        let bytes = body.as_bytes().filter(|bytes| bytes.len() <= AT_ONCE)?;
        let packed = Encoder::whole(coding, self.effort, bytes).ok()?;
        (packed.len() < bytes.len()).then(|| packed.into())
    }

    fn is_candidate(&self, response: &Response) -> bool {
        let status = response.status();
        let headers = response.headers();
        let has_body = !status.is_informational()
            && !BODILESS.contains(&status)
            && response
                .body()
                .len()
                .is_none_or(|n| n >= self.min_size.max(1));
        has_body
            && !headers.contains(header::CONTENT_ENCODING)
            && !headers.contains(header::CONTENT_RANGE)
            && !headers.get(header::CACHE_CONTROL).is_some_and(forbids)
            && headers
                .get(header::CONTENT_TYPE)
                .is_some_and(|text| (self.types)(&media_type::mimetype(text)))
    }
}

/// Whether bodies of a media type get smaller when they are packed.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::is_compressible;
///
/// assert!(is_compressible("text/html") && is_compressible("application/ld+json"));
/// assert!(!is_compressible("image/png") && !is_compressible("application/zip"));
/// ```
#[must_use]
pub fn is_compressible(mimetype: &str) -> bool {
    mimetype.starts_with("text/")
        || mimetype.ends_with("+json")
        || mimetype.ends_with("+xml")
        || mimetype.ends_with("+text")
        || COMPRESSIBLE.contains(&mimetype)
}

impl Middleware for Compress {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        self.reply(request, next).await
    }

    fn reply<'a>(&'a self, request: &'a mut Request, next: Next<'a>) -> Reply<'a> {
        let asked = self.asked(request);
        next.run(request).map(move |mut response| {
            self.pack(&mut response, &asked);
            response
        })
    }
}

impl Default for Compress {
    fn default() -> Self {
        Self::new()
    }
}

/// What a packed answer says.
fn mark(response: &mut Response, coding: Coding) {
    weaken(response);
    let headers = response.headers_mut();
    let coding = HeaderValue::from_static(coding.as_str());
    headers.set(header::CONTENT_ENCODING, coding);
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::ACCEPT_RANGES);
    headers.remove("content-md5");
}

/// A 304 for a client whose copy was packed says what that copy says.
fn refresh(response: &mut Response, asked: &Asked) {
    let tag = response.headers().get(header::ETAG).and_then(unquote_etag);
    let (Some((tag, false)), Some(known)) = (tag, &asked.known) else {
        return;
    };
    let known = ETags::from_header(known);
    if !known.is_strong(tag) && known.contains_weak(tag) {
        weaken(response);
        vary(response, "Accept-Encoding");
    }
}

/// The bytes are not those of the tag any more; what they mean is the same.
fn weaken(response: &mut Response) {
    let tag = response.headers().get(header::ETAG);
    let weak = tag
        .filter(|tag| tag.starts_with('"'))
        .map(|tag| format!("W/{tag}"));
    if let Some(weak) = weak {
        // A valid value with two letters in front is one, too.
        let _valid = response.headers_mut().try_set(header::ETAG, weak);
    }
}

/// RFC 9111 section 5.2.2.6.
fn forbids(cache_control: &str) -> bool {
    let mut words = cache_control
        .split(',')
        .map(|word| word.trim_matches([' ', '\t']));
    words.any(|word| word.eq_ignore_ascii_case("no-transform"))
}

/// A body of unknown length that nobody asks for.
struct Nothing;

impl Stream for Nothing {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(None)
    }
}

/// A body that cannot be sent.
struct Failed(Option<std::io::Error>);

impl Stream for Failed {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.take().map(Err))
    }
}

/// Answers without a body, and parts of one.
const BODILESS: [StatusCode; 4] = [
    StatusCode::NO_CONTENT,
    StatusCode::RESET_CONTENT,
    StatusCode::PARTIAL_CONTENT,
    StatusCode::NOT_MODIFIED,
];

/// Below it, what packing saves is less than what its frame costs.
const MIN_SIZE: u64 = 1024;

/// Bodies in memory up to this are packed in one go, on the event loop: about a millisecond.
const AT_ONCE: usize = 64 * 1024;

const COMPRESSIBLE: [&str; 16] = [
    "application/geo+json-seq",
    "application/javascript",
    "application/json",
    "application/json-seq",
    "application/msgpack",
    "application/rtf",
    "application/sql",
    "application/vnd.ms-fontobject",
    "application/wasm",
    "application/x-javascript",
    "application/x-ndjson",
    "application/x-sh",
    "application/xml",
    "font/otf",
    "font/ttf",
    "image/bmp",
];
