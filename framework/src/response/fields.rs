//! Header fields of a response that come in families.

use std::time::Duration;
use std::time::SystemTime;

use http::HeaderName;
use http::HeaderValue;
use http::header;

use super::Response;
use super::headers::ascii;
use crate::datastructures::ContentSecurityPolicy;
use crate::datastructures::EmbedderPolicy;
use crate::datastructures::HeaderSet;
use crate::datastructures::InvalidHeader;
use crate::datastructures::OpenerPolicy;
use crate::datastructures::ResponseCacheControl;
use crate::grammar::date::http_date;
use crate::grammar::date::parse_date;

/// Fields that are text: a getter and a setter each.
macro_rules! texts {
    ($($get:ident $set:ident $name:expr, $doc:literal;)+) => {
        impl Response {
            $(
                #[doc = concat!("Returns ", $doc, ".")]
                ///
                /// ```
                /// let mut response = rustzeug::Response::new("text");
                #[doc = concat!("response.", stringify!($set), "(\"x\")?;")]
                #[doc = concat!("assert_eq!(response.", stringify!($get), "(), Some(\"x\"));")]
                /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
                /// ```
                #[must_use]
                pub fn $get(&self) -> Option<&str> {
                    self.headers().get(&$name)
                }

                #[doc = concat!("Sets ", $doc, ".")]
                ///
                /// ```
                /// let mut response = rustzeug::Response::new("text");
                #[doc = concat!("response.", stringify!($set), "(\"x\")?;")]
                #[doc = concat!("assert!(response.", stringify!($set), "(\"two\\nlines\").is_err());")]
                /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
                /// ```
                ///
                /// # Errors
                ///
                /// Text that a field cannot carry.
                pub fn $set(&mut self, text: &str) -> Result<(), InvalidHeader> {
                    self.headers_mut().try_set($name, text)
                }
            )+
        }
    };
}

texts! {
    accept_ranges set_accept_ranges header::ACCEPT_RANGES, "the units in which parts may be asked for";
    access_control_allow_origin set_access_control_allow_origin
        header::ACCESS_CONTROL_ALLOW_ORIGIN, "the origin whose pages may read this, or `*`";
    content_encoding set_content_encoding header::CONTENT_ENCODING, "how the body is packed";
    content_md5 set_content_md5 HeaderName::from_static("content-md5"), "the digest of the body (RFC 1864)";
    content_type set_content_type header::CONTENT_TYPE, "the media type with its parameters";
}

/// Fields that are a date.
macro_rules! dates {
    ($($get:ident $set:ident $name:expr, $doc:literal;)+) => {
        impl Response {
            $(
                #[doc = concat!("Returns ", $doc, ".")]
                ///
                /// ```
                /// let mut response = rustzeug::Response::new("text");
                /// let epoch = std::time::SystemTime::UNIX_EPOCH;
                #[doc = concat!("response.", stringify!($set), "(epoch);")]
                #[doc = concat!("assert_eq!(response.", stringify!($get), "(), Some(epoch));")]
                /// ```
                #[must_use]
                pub fn $get(&self) -> Option<SystemTime> {
                    self.headers().get(&$name).and_then(parse_date)
                }

                #[doc = concat!("Sets ", $doc, ".")]
                ///
                /// ```
                /// let mut response = rustzeug::Response::new("text");
                /// let epoch = std::time::SystemTime::UNIX_EPOCH;
                #[doc = concat!("response.", stringify!($set), "(epoch);")]
                #[doc = concat!("assert_eq!(response.", stringify!($get), "(), Some(epoch));")]
                /// ```
                pub fn $set(&mut self, date: SystemTime) {
                    self.headers_mut().set($name, ascii(http_date(date)));
                }
            )+
        }
    };
}

dates! {
    date set_date header::DATE, "when the response was made; the server sets it where nobody did";
    expires set_expires header::EXPIRES, "the moment after which the response is stale";
    last_modified set_last_modified header::LAST_MODIFIED, "when what is sent was last changed";
}

/// Fields that are a set of words; an empty set removes the field.
macro_rules! sets {
    ($($get:ident $set:ident $name:expr, $doc:literal;)+) => {
        impl Response {
            $(
                #[doc = concat!("Returns ", $doc, ".")]
                ///
                /// ```
                /// let mut response = rustzeug::Response::new("text");
                #[doc = concat!("response.", stringify!($set), "([\"a\", \"b\"])?;")]
                #[doc = concat!("assert!(response.", stringify!($get), "().contains(\"b\"));")]
                /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
                /// ```
                #[must_use]
                pub fn $get(&self) -> HeaderSet {
                    HeaderSet::from_header(self.headers().get(&$name).unwrap_or_default())
                }

                #[doc = concat!("Sets ", $doc, "; none removes the field.")]
                ///
                /// ```
                /// let mut response = rustzeug::Response::new("text");
                #[doc = concat!("response.", stringify!($set), "([\"a\", \"b\"])?;")]
                #[doc = concat!("assert!(response.", stringify!($get), "().contains(\"b\"));")]
                /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
                /// ```
                ///
                /// # Errors
                ///
                /// Text that a field cannot carry.
                pub fn $set<T: Into<String>>(
                    &mut self,
                    items: impl IntoIterator<Item = T>,
                ) -> Result<(), InvalidHeader> {
                    let mut set = HeaderSet::new();
                    set.update(items);
                    self.set_or_remove($name, &set.to_header())
                }
            )+
        }
    };
}

sets! {
    access_control_allow_headers set_access_control_allow_headers
        header::ACCESS_CONTROL_ALLOW_HEADERS, "the fields that a page of another origin may send";
    access_control_allow_methods set_access_control_allow_methods
        header::ACCESS_CONTROL_ALLOW_METHODS, "the methods that a page of another origin may use";
    access_control_expose_headers set_access_control_expose_headers
        header::ACCESS_CONTROL_EXPOSE_HEADERS, "the fields that a page of another origin may read";
    allow set_allow header::ALLOW, "the methods that the resource knows";
    content_language set_content_language header::CONTENT_LANGUAGE, "the languages of the body";
    vary set_vary header::VARY, "the request's fields that the response depends on";
}

/// Fields that have a type of their own; an empty value removes the field.
macro_rules! values {
    ($($get:ident $set:ident $kind:ty, $name:expr, $doc:literal;)+) => {
        impl Response {
            $(
                #[doc = concat!("Returns ", $doc, ".")]
                ///
                /// ```
                /// let mut response = rustzeug::Response::new("text");
                #[doc = concat!("let value = rustzeug::datastructures::", stringify!($kind), "::from_header(\"a b\");")]
                #[doc = concat!("response.", stringify!($set), "(&value)?;")]
                #[doc = concat!("assert_eq!(response.", stringify!($get), "(), value);")]
                /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
                /// ```
                #[must_use]
                pub fn $get(&self) -> $kind {
                    <$kind>::from_header(self.headers().get(&$name).unwrap_or_default())
                }

                #[doc = concat!("Sets ", $doc, "; an empty value removes the field.")]
                ///
                /// ```
                /// let mut response = rustzeug::Response::new("text");
                #[doc = concat!("let value = rustzeug::datastructures::", stringify!($kind), "::from_header(\"a b\");")]
                #[doc = concat!("response.", stringify!($set), "(&value)?;")]
                #[doc = concat!("assert_eq!(response.", stringify!($get), "(), value);")]
                /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
                /// ```
                ///
                /// # Errors
                ///
                /// Text that a field cannot carry.
                pub fn $set(&mut self, value: &$kind) -> Result<(), InvalidHeader> {
                    self.set_or_remove($name, &value.to_header())
                }
            )+
        }
    };
}

values! {
    cache_control set_cache_control ResponseCacheControl, header::CACHE_CONTROL,
        "what caches may do with the response";
    content_security_policy set_content_security_policy ContentSecurityPolicy,
        header::CONTENT_SECURITY_POLICY, "what the page may load and do";
    content_security_policy_report_only set_content_security_policy_report_only
        ContentSecurityPolicy, header::CONTENT_SECURITY_POLICY_REPORT_ONLY,
        "what the page is watched for";
}

/// Fields of one word out of a few.
macro_rules! policies {
    ($($get:ident $set:ident $kind:ty, $name:literal, $doc:literal;)+) => {
        impl Response {
            $(
                #[doc = concat!("Returns ", $doc, "; what is not known counts as nothing said.")]
                ///
                /// ```
                /// let mut response = rustzeug::Response::new("text");
                #[doc = concat!("let policy = rustzeug::datastructures::", stringify!($kind), "::default();")]
                #[doc = concat!("response.", stringify!($set), "(policy);")]
                #[doc = concat!("assert_eq!(response.", stringify!($get), "(), policy);")]
                /// ```
                #[must_use]
                pub fn $get(&self) -> $kind {
                    self.headers().get_as($name).unwrap_or_default()
                }

                #[doc = concat!("Sets ", $doc, ".")]
                ///
                /// ```
                /// let mut response = rustzeug::Response::new("text");
                #[doc = concat!("let policy = rustzeug::datastructures::", stringify!($kind), "::default();")]
                #[doc = concat!("response.", stringify!($set), "(policy);")]
                #[doc = concat!("assert_eq!(response.", stringify!($get), "(), policy);")]
                /// ```
                pub fn $set(&mut self, policy: $kind) {
                    let value = HeaderValue::from_static(policy.as_str());
                    self.headers_mut().set(HeaderName::from_static($name), value);
                }
            )+
        }
    };
}

policies! {
    cross_origin_embedder_policy set_cross_origin_embedder_policy EmbedderPolicy,
        "cross-origin-embedder-policy", "what the page may embed of other origins";
    cross_origin_opener_policy set_cross_origin_opener_policy OpenerPolicy,
        "cross-origin-opener-policy", "which pages may share a window group with this one";
}

impl Response {
    /// Whether pages of other origins may send cookies and credentials.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// assert!(!Response::new("text").access_control_allow_credentials());
    /// ```
    #[must_use]
    pub fn access_control_allow_credentials(&self) -> bool {
        self.headers()
            .contains(header::ACCESS_CONTROL_ALLOW_CREDENTIALS)
    }

    /// Says whether pages of other origins may send cookies and credentials.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.set_access_control_allow_credentials(true);
    /// assert!(response.access_control_allow_credentials());
    /// ```
    pub fn set_access_control_allow_credentials(&mut self, allow: bool) {
        let name = header::ACCESS_CONTROL_ALLOW_CREDENTIALS;
        if allow {
            self.headers_mut().set(name, "true");
        } else {
            self.headers_mut().remove(name);
        }
    }

    /// Returns how long a browser may keep what it was told of other origins.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.headers_mut().set("access-control-max-age", 60);
    /// assert_eq!(response.access_control_max_age().map(|age| age.as_secs()), Some(60));
    /// ```
    #[must_use]
    pub fn access_control_max_age(&self) -> Option<Duration> {
        let seconds = self.headers().get_as(header::ACCESS_CONTROL_MAX_AGE)?;
        Some(Duration::from_secs(seconds))
    }

    /// Sets how long a browser may keep what it was told of other origins.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.set_access_control_max_age(std::time::Duration::from_secs(60));
    /// assert_eq!(response.headers().get("access-control-max-age"), Some("60"));
    /// ```
    pub fn set_access_control_max_age(&mut self, age: Duration) {
        self.headers_mut()
            .set(header::ACCESS_CONTROL_MAX_AGE, age.as_secs());
    }
}
