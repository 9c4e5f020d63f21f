//! Typed header fields of a response.

use std::time::Duration;
use std::time::SystemTime;

use http::HeaderName;
use http::HeaderValue;
use http::header;

use super::Response;
use crate::datastructures::ContentRange;
use crate::datastructures::ContentSecurityPolicy;
use crate::datastructures::EmbedderPolicy;
use crate::datastructures::HeaderSet;
use crate::datastructures::InvalidHeader;
use crate::datastructures::OpenerPolicy;
use crate::datastructures::ResponseCacheControl;
use crate::datastructures::WwwAuthenticate;
use crate::datastructures::generate_etag;
use crate::exceptions::RetryAfter;
use crate::grammar::date::http_date;
use crate::grammar::date::parse_age;
use crate::grammar::date::parse_date;
use crate::grammar::etag::quote_etag;
use crate::grammar::etag::unquote_etag;
use crate::grammar::media_type;
use crate::grammar::options::Params;
use crate::grammar::options::parse_options_header;
use crate::grammar::url;

/// Fields that are text: a getter and a setter each.
macro_rules! texts {
    ($($get:ident $set:ident $name:expr, $doc:literal;)+) => {
        impl Response {
            $(
                #[doc = concat!("Returns ", $doc, ".")]
                #[must_use]
                pub fn $get(&self) -> Option<&str> {
                    self.headers().get(&$name)
                }

                #[doc = concat!("Sets ", $doc, ".")]
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
                #[must_use]
                pub fn $get(&self) -> Option<SystemTime> {
                    self.headers().get(&$name).and_then(parse_date)
                }

                #[doc = concat!("Sets ", $doc, ".")]
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
                #[must_use]
                pub fn $get(&self) -> HeaderSet {
                    HeaderSet::from_header(self.headers().get(&$name).unwrap_or_default())
                }

                #[doc = concat!("Sets ", $doc, "; none removes the field.")]
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
                #[must_use]
                pub fn $get(&self) -> $kind {
                    <$kind>::from_header(self.headers().get(&$name).unwrap_or_default())
                }

                #[doc = concat!("Sets ", $doc, "; an empty value removes the field.")]
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
                #[must_use]
                pub fn $get(&self) -> $kind {
                    self.headers().get_as($name).unwrap_or_default()
                }

                #[doc = concat!("Sets ", $doc, ".")]
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
    /// Returns the media type without its parameters, in lower case; empty where there is none.
    #[must_use]
    pub fn mimetype(&self) -> String {
        media_type::mimetype(self.content_type().unwrap_or_default())
    }

    /// Sets the media type; text gets `charset=utf-8` added.
    ///
    /// # Errors
    ///
    /// Text that a field cannot carry.
    pub fn set_mimetype(&mut self, mimetype: &str) -> Result<(), InvalidHeader> {
        self.set_content_type(&media_type::content_type(mimetype, "utf-8"))
    }

    /// Returns the parameters of the media type.
    #[must_use]
    pub fn mimetype_params(&self) -> Params<'_> {
        parse_options_header(self.content_type().unwrap_or_default()).1
    }

    /// Whether the media type is JSON: `application/json` or `application/*+json`.
    #[must_use]
    pub fn is_json(&self) -> bool {
        media_type::is_json(&self.mimetype())
    }

    /// Returns the entity tag, and whether it is weak.
    #[must_use]
    pub fn etag(&self) -> Option<(&str, bool)> {
        self.headers().get("etag").and_then(unquote_etag)
    }

    /// Sets a strong entity tag: the body is the same, byte for byte, whenever the tag is.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Response;
    ///
    /// let mut response = Response::new("text");
    /// response.set_etag("v1")?;
    /// assert_eq!(response.headers().get("etag"), Some("\"v1\""));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A tag with a quote or a control character.
    pub fn set_etag(&mut self, etag: &str) -> Result<(), InvalidHeader> {
        self.set_tag(etag, false)
    }

    /// Sets a weak entity tag: the body means the same whenever the tag is the same.
    ///
    /// # Errors
    ///
    /// A tag with a quote or a control character.
    pub fn set_weak_etag(&mut self, etag: &str) -> Result<(), InvalidHeader> {
        self.set_tag(etag, true)
    }

    fn set_tag(&mut self, etag: &str, weak: bool) -> Result<(), InvalidHeader> {
        // What cannot be quoted is refused below, by the control character.
        let value = quote_etag(etag, weak).unwrap_or_else(|| "\0".to_owned());
        self.headers_mut().try_set(header::ETAG, value)
    }

    /// Computes a strong entity tag of the body, unless there is a tag.
    ///
    /// Costs a pass over the body. Files and streams get none: [`freeze`](Self::freeze) reads
    /// them first.
    pub fn add_etag(&mut self) {
        if !self.headers().contains("etag")
            && let Some(bytes) = self.body().as_bytes()
        {
            let value = format!("\"{}\"", generate_etag(bytes));
            self.headers_mut().set(header::ETAG, ascii(value));
        }
    }

    /// As [`add_etag`](Self::add_etag), in a chain.
    #[must_use]
    pub fn with_computed_etag(mut self) -> Self {
        self.add_etag();
        self
    }

    /// Returns where the client is sent, or where what it made is.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.headers().get(header::LOCATION)
    }

    /// Sets where the client is sent, or where what it made is; an IRI is turned into a URI.
    ///
    /// # Errors
    ///
    /// Text that a field cannot carry.
    pub fn set_location(&mut self, location: &str) -> Result<(), InvalidHeader> {
        self.set_url(header::LOCATION, location)
    }

    /// Returns where exactly this body is to be had.
    #[must_use]
    pub fn content_location(&self) -> Option<&str> {
        self.headers().get(header::CONTENT_LOCATION)
    }

    /// Sets where exactly this body is to be had; an IRI is turned into a URI.
    ///
    /// # Errors
    ///
    /// Text that a field cannot carry.
    pub fn set_content_location(&mut self, location: &str) -> Result<(), InvalidHeader> {
        self.set_url(header::CONTENT_LOCATION, location)
    }

    fn set_url(&mut self, name: HeaderName, location: &str) -> Result<(), InvalidHeader> {
        match url::iri_to_uri(location) {
            Ok(location) => self.headers_mut().try_set(name, location),
            Err(_) => self.headers_mut().try_set(name, location),
        }
    }

    /// Returns how many bytes the body has: as the field says, else as the body knows.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        let told = self.headers().get_as(header::CONTENT_LENGTH);
        told.or_else(|| self.body().len())
    }

    /// Says how many bytes the body has. The server says it by itself where it knows; what it
    /// does not know is the length of a body that an answer to HEAD does not carry.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Response;
    ///
    /// let mut head = Response::empty();
    /// head.set_content_length(5_000_000_000);
    /// assert_eq!(head.content_length(), Some(5_000_000_000));
    /// ```
    pub fn set_content_length(&mut self, length: u64) {
        self.headers_mut().set(header::CONTENT_LENGTH, length);
    }

    /// Returns which part of the whole this is.
    #[must_use]
    pub fn content_range(&self) -> Option<ContentRange> {
        self.headers().get_as(header::CONTENT_RANGE)
    }

    /// Sets which part of the whole this is. [`make_partial`](Self::make_partial) does it.
    ///
    /// # Errors
    ///
    /// A unit that a field cannot carry.
    pub fn set_content_range(&mut self, range: &ContentRange) -> Result<(), InvalidHeader> {
        self.headers_mut()
            .try_set(header::CONTENT_RANGE, range.to_header())
    }

    /// Returns how old the response is, as a cache says.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.headers().get(header::AGE).and_then(parse_age)
    }

    /// Sets how old the response is.
    pub fn set_age(&mut self, age: Duration) {
        self.headers_mut().set(header::AGE, age.as_secs());
    }

    /// Returns when to try again: of a number of seconds, that much from `now` on.
    #[must_use]
    pub fn retry_after(&self, now: SystemTime) -> Option<SystemTime> {
        let text = self.headers().get(header::RETRY_AFTER)?;
        match parse_age(text) {
            Some(wait) => now.checked_add(wait),
            None => parse_date(text),
        }
    }

    /// Sets when to try again: a moment, a duration, or a number of seconds.
    pub fn set_retry_after(&mut self, moment: impl Into<RetryAfter>) {
        self.headers_mut()
            .set(header::RETRY_AFTER, ascii(moment.into().to_string()));
    }

    /// Adds a field of the request to those that the response depends on.
    ///
    /// # Errors
    ///
    /// Text that a field cannot carry.
    pub fn add_vary(&mut self, name: &str) -> Result<(), InvalidHeader> {
        let mut vary = self.vary();
        vary.add(name);
        self.headers_mut().try_set(header::VARY, vary.to_header())
    }

    /// Changes what caches may do with the response.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Response;
    ///
    /// let mut response = Response::new("text");
    /// response.update_cache_control(|cache| {
    ///     cache.set_public(true);
    ///     cache.set_max_age(60);
    /// })?;
    /// assert_eq!(response.headers().get("cache-control"), Some("public, max-age=60"));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Text that a field cannot carry.
    pub fn update_cache_control(
        &mut self,
        change: impl FnOnce(&mut ResponseCacheControl),
    ) -> Result<(), InvalidHeader> {
        let mut cache = self.cache_control();
        change(&mut cache);
        self.set_cache_control(&cache)
    }

    /// Returns the ways in which the client may say who it is.
    pub fn www_authenticate(&self) -> impl Iterator<Item = WwwAuthenticate> {
        let values = self.headers().get_list("www-authenticate");
        values.filter_map(|value| WwwAuthenticate::from_header(value).ok())
    }

    /// Sets the ways in which the client may say who it is; none removes the fields.
    ///
    /// # Errors
    ///
    /// Text that a field cannot carry.
    pub fn set_www_authenticate<'a>(
        &mut self,
        ways: impl IntoIterator<Item = &'a WwwAuthenticate>,
    ) -> Result<(), InvalidHeader> {
        let values = ways.into_iter().map(WwwAuthenticate::to_header);
        self.headers_mut()
            .try_set_list(header::WWW_AUTHENTICATE, values)
    }

    /// Whether pages of other origins may send cookies and credentials.
    #[must_use]
    pub fn access_control_allow_credentials(&self) -> bool {
        self.headers()
            .contains(header::ACCESS_CONTROL_ALLOW_CREDENTIALS)
    }

    /// Says whether pages of other origins may send cookies and credentials.
    pub fn set_access_control_allow_credentials(&mut self, allow: bool) {
        let name = header::ACCESS_CONTROL_ALLOW_CREDENTIALS;
        if allow {
            self.headers_mut().set(name, "true");
        } else {
            self.headers_mut().remove(name);
        }
    }

    /// Returns how long a browser may keep what it was told of other origins.
    #[must_use]
    pub fn access_control_max_age(&self) -> Option<Duration> {
        let seconds = self.headers().get_as(header::ACCESS_CONTROL_MAX_AGE)?;
        Some(Duration::from_secs(seconds))
    }

    /// Sets how long a browser may keep what it was told of other origins.
    pub fn set_access_control_max_age(&mut self, age: Duration) {
        self.headers_mut()
            .set(header::ACCESS_CONTROL_MAX_AGE, age.as_secs());
    }

    fn set_or_remove(&mut self, name: HeaderName, value: &str) -> Result<(), InvalidHeader> {
        if value.is_empty() {
            self.headers_mut().remove(name);
            return Ok(());
        }
        self.headers_mut().try_set(name, value)
    }
}

pub(super) fn ascii(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("ASCII without control characters, made in this file")
}
