//! Typed header fields of a response.

use std::time::Duration;
use std::time::SystemTime;

use http::HeaderName;
use http::HeaderValue;
use http::header;

use super::Response;
use crate::datastructures::ContentRange;
use crate::datastructures::InvalidHeader;
use crate::datastructures::ResponseCacheControl;
use crate::datastructures::WwwAuthenticate;
use crate::datastructures::generate_etag;
use crate::exceptions::RetryAfter;
use crate::grammar::date::parse_age;
use crate::grammar::date::parse_date;
use crate::grammar::etag::quote_etag;
use crate::grammar::etag::unquote_etag;
use crate::grammar::media_type;
use crate::grammar::options::Params;
use crate::grammar::options::parse_options_header;
use crate::grammar::url;

impl Response {
    /// Returns the media type without its parameters, in lower case; empty where there is none.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// assert_eq!(Response::new("text").mimetype(), "text/plain");
    /// ```
    #[must_use]
    pub fn mimetype(&self) -> String {
        media_type::mimetype(self.content_type().unwrap_or_default())
    }

    /// Sets the media type; text gets `charset=utf-8` added.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.set_mimetype("text/csv")?;
    /// assert_eq!(response.content_type(), Some("text/csv; charset=utf-8"));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Text that a field cannot carry.
    pub fn set_mimetype(&mut self, mimetype: &str) -> Result<(), InvalidHeader> {
        self.set_content_type(&media_type::content_type(mimetype, "utf-8"))
    }

    /// Returns the parameters of the media type.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// assert_eq!(Response::new("text").mimetype_params().get("charset"), Some("utf-8"));
    /// ```
    #[must_use]
    pub fn mimetype_params(&self) -> Params<'_> {
        parse_options_header(self.content_type().unwrap_or_default()).1
    }

    /// Whether the media type is JSON: `application/json` or `application/*+json`.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// assert!(!Response::new("text").is_json());
    /// ```
    #[must_use]
    pub fn is_json(&self) -> bool {
        media_type::is_json(&self.mimetype())
    }

    /// Returns the entity tag, and whether it is weak.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.set_etag("v1")?;
    /// assert_eq!(response.etag(), Some(("v1", false)));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
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
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.set_weak_etag("v1")?;
    /// assert_eq!(response.headers().get("etag"), Some("W/\"v1\""));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.add_etag();
    /// assert!(response.etag().is_some());
    /// ```
    pub fn add_etag(&mut self) {
        if !self.headers().contains("etag")
            && let Some(bytes) = self.body().as_bytes()
        {
            let value = format!("\"{}\"", generate_etag(bytes));
            self.headers_mut().set(header::ETAG, ascii(value));
        }
    }

    /// As [`add_etag`](Self::add_etag), in a chain.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// assert!(Response::new("text").with_computed_etag().etag().is_some());
    /// ```
    #[must_use]
    pub fn with_computed_etag(mut self) -> Self {
        self.add_etag();
        self
    }

    /// Returns where the client is sent, or where what it made is.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.set_location("/a")?;
    /// assert_eq!(response.location(), Some("/a"));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.headers().get(header::LOCATION)
    }

    /// Sets where the client is sent, or where what it made is; an IRI is turned into a URI.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.set_location("/ü")?;
    /// assert_eq!(response.location(), Some("/%C3%BC"));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Text that a field cannot carry.
    pub fn set_location(&mut self, location: &str) -> Result<(), InvalidHeader> {
        self.set_url(header::LOCATION, location)
    }

    /// Returns where exactly this body is to be had.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.set_content_location("/a")?;
    /// assert_eq!(response.content_location(), Some("/a"));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
    #[must_use]
    pub fn content_location(&self) -> Option<&str> {
        self.headers().get(header::CONTENT_LOCATION)
    }

    /// Sets where exactly this body is to be had; an IRI is turned into a URI.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.set_content_location("/ü")?;
    /// assert_eq!(response.content_location(), Some("/%C3%BC"));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::Response;
    /// assert_eq!(Response::new("text").content_length(), Some(4));
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.headers_mut().set("content-range", "bytes 0-3/10");
    /// assert_eq!(response.content_range().and_then(|range| range.length()), Some(10));
    /// ```
    #[must_use]
    pub fn content_range(&self) -> Option<ContentRange> {
        self.headers().get_as(header::CONTENT_RANGE)
    }

    /// Sets which part of the whole this is. [`make_partial`](Self::make_partial) does it.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// # use rustzeug::datastructures::ContentRange;
    /// let mut response = Response::new("text");
    /// response.set_content_range(&"bytes 0-3/10".parse::<ContentRange>()?)?;
    /// assert_eq!(response.headers().get("content-range"), Some("bytes 0-3/10"));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A unit that a field cannot carry.
    pub fn set_content_range(&mut self, range: &ContentRange) -> Result<(), InvalidHeader> {
        self.headers_mut()
            .try_set(header::CONTENT_RANGE, range.to_header())
    }

    /// Returns how old the response is, as a cache says.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.headers_mut().set("age", 60);
    /// assert_eq!(response.age().map(|age| age.as_secs()), Some(60));
    /// ```
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.headers().get(header::AGE).and_then(parse_age)
    }

    /// Sets how old the response is.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.set_age(std::time::Duration::from_secs(60));
    /// assert_eq!(response.headers().get("age"), Some("60"));
    /// ```
    pub fn set_age(&mut self, age: Duration) {
        self.headers_mut().set(header::AGE, age.as_secs());
    }

    /// Returns when to try again: of a number of seconds, that much from `now` on.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let epoch = std::time::SystemTime::UNIX_EPOCH;
    /// let mut response = Response::new("text");
    /// response.set_retry_after(30);
    /// assert_eq!(response.retry_after(epoch), Some(epoch + std::time::Duration::from_secs(30)));
    /// ```
    #[must_use]
    pub fn retry_after(&self, now: SystemTime) -> Option<SystemTime> {
        let text = self.headers().get(header::RETRY_AFTER)?;
        match parse_age(text) {
            Some(wait) => now.checked_add(wait),
            None => parse_date(text),
        }
    }

    /// Sets when to try again: a moment, a duration, or a number of seconds.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.set_retry_after(30);
    /// assert_eq!(response.headers().get("retry-after"), Some("30"));
    /// ```
    pub fn set_retry_after(&mut self, moment: impl Into<RetryAfter>) {
        self.headers_mut()
            .set(header::RETRY_AFTER, ascii(moment.into().to_string()));
    }

    /// Adds a field of the request to those that the response depends on.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.add_vary("accept")?;
    /// response.add_vary("cookie")?;
    /// assert_eq!(response.headers().get("vary"), Some("accept, cookie"));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.headers_mut().add("www-authenticate", "Basic realm=x");
    /// assert!(response.www_authenticate().any(|way| way.scheme() == "basic"));
    /// ```
    pub fn www_authenticate(&self) -> impl Iterator<Item = WwwAuthenticate> {
        let values = self.headers().get_list("www-authenticate");
        values.filter_map(|value| WwwAuthenticate::from_header(value).ok())
    }

    /// Sets the ways in which the client may say who it is; none removes the fields.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// # use rustzeug::datastructures::WwwAuthenticate;
    /// let mut response = Response::new("text");
    /// response.set_www_authenticate(&[WwwAuthenticate::basic("x")])?;
    /// assert_eq!(response.headers().get("www-authenticate"), Some("Basic realm=\"x\""));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
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

    pub(super) fn set_or_remove(
        &mut self,
        name: HeaderName,
        value: &str,
    ) -> Result<(), InvalidHeader> {
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
