//! Typed header fields of a request.
//!
//! Each getter reads its field anew: cheap for a few questions, and always right after middleware
//! changed something. What cannot be read counts as absent, as in Werkzeug.

use std::borrow::Cow;
use std::time::SystemTime;

use http::HeaderName;
use http::HeaderValue;

use super::Request;
use crate::datastructures::Accept;
use crate::datastructures::Authorization;
use crate::datastructures::CharsetAccept;
use crate::datastructures::ETags;
use crate::datastructures::HeaderSet;
use crate::datastructures::Headers;
use crate::datastructures::IfRange;
use crate::datastructures::LanguageAccept;
use crate::datastructures::MimeAccept;
use crate::datastructures::MultiDict;
use crate::datastructures::Range;
use crate::datastructures::RequestCacheControl;
use crate::datastructures::UserAgent;
use crate::datastructures::parse_cookie;
use crate::grammar::date::parse_date;
use crate::grammar::host;
use crate::grammar::media_type;
use crate::grammar::options::Params;
use crate::grammar::options::parse_options_header;

/// Fields that are text.
macro_rules! texts {
    ($($get:ident $name:literal, $doc:literal;)+) => {
        impl Request {
            $(
                #[doc = concat!("Returns ", $doc, ".")]
                ///
                /// ```
                /// # use rustzeug::testing::EnvironBuilder;
                #[doc = concat!("let request = EnvironBuilder::new(\"/\").header(\"", $name, "\", \"x\").build()?;")]
                #[doc = concat!("assert_eq!(request.", stringify!($get), "(), Some(\"x\"));")]
                /// # Ok::<_, rustzeug::testing::BuildRequestError>(())
                /// ```
                #[must_use]
                pub fn $get(&self) -> Option<&str> {
                    self.header($name)
                }
            )+
        }
    };
}

texts! {
    access_control_request_method "access-control-request-method",
        "the method that a page of another origin is about to use";
    content_encoding "content-encoding", "how the body is packed; it is not unpacked here";
    content_md5 "content-md5", "the digest of the body (RFC 1864)";
    content_type "content-type", "the media type of the body, with its parameters";
    origin "origin", "the origin of the page that sends the request";
    referrer "referer", "the page that the client comes from, as it says (the field is `Referer`)";
}

/// Fields that are a date.
macro_rules! dates {
    ($($get:ident $name:literal, $doc:literal;)+) => {
        impl Request {
            $(
                #[doc = concat!("Returns ", $doc, ".")]
                ///
                /// ```
                /// # use rustzeug::testing::EnvironBuilder;
                #[doc = concat!("let request = EnvironBuilder::new(\"/\").header(\"", $name, "\", \"Thu, 01 Jan 1970 00:00:00 GMT\").build()?;")]
                #[doc = concat!("assert_eq!(request.", stringify!($get), "(), Some(std::time::SystemTime::UNIX_EPOCH));")]
                /// # Ok::<_, rustzeug::testing::BuildRequestError>(())
                /// ```
                #[must_use]
                pub fn $get(&self) -> Option<SystemTime> {
                    self.header($name).and_then(parse_date)
                }
            )+
        }
    };
}

dates! {
    date "date", "when the request was made, as the client says";
    if_modified_since "if-modified-since", "the date of the version that the client has";
    if_unmodified_since "if-unmodified-since", "the date of the version that the client means";
}

/// Fields that are a list with a type of its own; empty where the field is absent.
macro_rules! lists {
    ($($get:ident $kind:ty, $name:literal, $doc:literal;)+) => {
        impl Request {
            $(
                #[doc = concat!("Returns ", $doc, "; empty where nothing is said.")]
                ///
                /// ```
                /// # use rustzeug::testing::EnvironBuilder;
                #[doc = concat!("let request = EnvironBuilder::new(\"/\").header(\"", $name, "\", \"*\").build()?;")]
                #[doc = concat!("assert_eq!(request.", stringify!($get), "().to_header(), \"*\");")]
                /// # Ok::<_, rustzeug::testing::BuildRequestError>(())
                /// ```
                #[must_use]
                pub fn $get(&self) -> $kind {
                    <$kind>::from_header(&self.header_list($name).unwrap_or_default())
                }
            )+
        }
    };
}

lists! {
    accept_charsets CharsetAccept, "accept-charset", "the charsets that the client reads";
    accept_encodings Accept, "accept-encoding", "the content codings that the client unpacks";
    accept_languages LanguageAccept, "accept-language", "the languages that the user reads";
    accept_mimetypes MimeAccept, "accept", "the media types that the client wants";
    access_control_request_headers HeaderSet, "access-control-request-headers",
        "the fields that a page of another origin is about to send";
    cache_control RequestCacheControl, "cache-control", "what the client asks of caches";
    if_match ETags, "if-match", "the versions that the client means";
    if_none_match ETags, "if-none-match", "the versions that the client has";
    pragma HeaderSet, "pragma", "what HTTP/1.0 clients ask of caches";
    user_agent UserAgent, "user-agent", "how the client introduces itself";
}

impl Request {
    /// All values of a field, joined by commas as HTTP allows (RFC 9110 section 5.3); `None` where
    /// there are none. Values that are not UTF-8 are left out.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// let mut request = EnvironBuilder::new("/").build()?;
    /// request.headers_mut().add("via", "1.1 a");
    /// request.headers_mut().add("via", "1.1 b");
    /// assert_eq!(request.header_list("via").as_deref(), Some("1.1 a, 1.1 b"));
    /// # Ok::<_, rustzeug::testing::BuildRequestError>(())
    /// ```
    #[must_use]
    pub fn header_list<'a>(&'a self, name: &'a str) -> Option<Cow<'a, str>> {
        let mut values = self.header_values(name);
        let first = values.next()?;
        let mut list = Cow::Borrowed(first);
        for value in values {
            let list = list.to_mut();
            list.push_str(", ");
            list.push_str(value);
        }
        Some(list)
    }

    /// The media type of the body without its parameters, in lower case; empty where there is
    /// none.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").header("Content-Type", "Text/HTML; charset=utf-8").build()?;
    /// assert_eq!(request.mimetype(), "text/html");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn mimetype(&self) -> String {
        media_type::mimetype(self.content_type().unwrap_or_default())
    }

    /// The parameters of the media type of the body.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").header("Content-Type", "text/html; charset=utf-8").build()?;
    /// assert_eq!(request.mimetype_params().get("charset"), Some("utf-8"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn mimetype_params(&self) -> Params<'_> {
        parse_options_header(self.content_type().unwrap_or_default()).1
    }

    /// The length of the body that the client announced; `None` where it is chunked, or there is
    /// none.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").method(rustzeug::Method::POST).body("12345").build()?;
    /// assert_eq!(request.content_length(), Some(5));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        let coding = self.header_list("transfer-encoding");
        host::content_length(self.header("content-length"), coding.as_deref())
    }

    /// How often the request may still be passed on (TRACE and OPTIONS).
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").header("Max-Forwards", "3").build()?;
    /// assert_eq!(request.max_forwards(), Some(3));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn max_forwards(&self) -> Option<u64> {
        self.header("max-forwards")?.parse().ok()
    }

    /// The version of which the client has a part: a tag or a date, or neither.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").header("If-Range", "\"v1\"").build()?;
    /// assert_eq!(request.if_range().etag(), Some("v1"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn if_range(&self) -> IfRange {
        IfRange::from_header(self.header("if-range").unwrap_or_default())
    }

    /// The parts that the client asks for; `None` also where the field cannot be read.
    ///
    /// [`Response::make_partial`](crate::Response::make_partial) answers them.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").header("Range", "bytes=0-9").build()?;
    /// assert_eq!(request.range().map(|range| range.to_header()).as_deref(), Some("bytes=0-9"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn range(&self) -> Option<Range> {
        Range::from_header(self.header("range")?).ok()
    }

    /// Who the client says it is.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    ///
    /// fn is_admin(request: &Request) -> bool {
    ///     request.authorization().is_some_and(|who| who.username() == Some("admin"))
    /// }
    /// ```
    #[must_use]
    pub fn authorization(&self) -> Option<Authorization> {
        Authorization::from_header(self.header("authorization")?).ok()
    }

    /// The cookies, in order, repeated names kept.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").header("Cookie", "a=1; b=2").build()?;
    /// assert_eq!(request.cookies().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn cookies(&self) -> &MultiDict {
        self.lazy().cookies.get_or_init(|| {
            let mut header = String::new();
            for value in self.header_values("cookie") {
                if !header.is_empty() {
                    header.push(';');
                }
                header.push_str(value);
            }
            parse_cookie(&header)
        })
    }

    /// The value of a cookie; of several, the first.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").header("Cookie", "a=1; b=2").build()?;
    /// assert_eq!(request.cookie("b"), Some("2"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies().get(name)
    }

    /// The fields that came after a chunked body (RFC 9110 section 6.5), once it was read. Never
    /// mixed with those before it: nobody checked what they may change.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").build()?;
    /// assert!(request.trailers().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn trailers(&self) -> Headers {
        let mut trailers = Headers::new();
        for line in self.raw_trailers().split(|byte| *byte == b'\n') {
            let Some(at) = memchr::memchr(b':', line) else {
                continue;
            };
            let (name, value) = line.split_at(at);
            let value = value.get(1..).unwrap_or_default().trim_ascii();
            // The decoder has checked both.
            if let (Ok(name), Ok(value)) =
                (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
            {
                trailers.add(name, value);
            }
        }
        trailers
    }
}
