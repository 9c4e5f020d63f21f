//! Conditional requests (RFC 9110 section 13): was the resource modified?

use std::time::SystemTime;

use super::ETags;
use super::Headers;
use super::IfRange;
use crate::grammar::date::parse_date;
use crate::grammar::date::unix_seconds;
use crate::grammar::etag::unquote_etag;

/// The conditions of a request, as headers write them.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::{Conditions, Headers};
///
/// let mut headers = Headers::new();
/// headers.set("if-none-match", "\"v1\"");
/// let conditions = Conditions::from_headers(&headers);
/// assert!(!conditions.is_modified(Some("W/\"v1\""), None));
/// assert!(conditions.is_modified(Some("\"v2\""), None));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "made by literals with `..Default::default()`"
)]
pub struct Conditions<'a> {
    /// `If-Match`.
    pub if_match: Option<&'a str>,
    /// `If-Modified-Since`.
    pub if_modified_since: Option<&'a str>,
    /// `If-None-Match`.
    pub if_none_match: Option<&'a str>,
    /// `If-Range`, which means nothing without `range`.
    pub if_range: Option<&'a str>,
    /// `Range`.
    pub range: Option<&'a str>,
}

impl<'a> Conditions<'a> {
    /// Takes the conditions of a request, without those of its range.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Conditions, Headers};
    /// let mut headers = Headers::new();
    /// headers.set("if-match", "*");
    /// assert_eq!(Conditions::from_headers(&headers).if_match, Some("*"));
    /// ```
    pub fn from_headers(headers: &'a Headers) -> Self {
        Self {
            if_match: headers.get("if-match"),
            if_modified_since: headers.get("if-modified-since"),
            if_none_match: headers.get("if-none-match"),
            if_range: None,
            range: None,
        }
    }

    /// Takes the conditions of a request, those of its range included: "not modified" means then
    /// that the range may be answered.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Conditions, Headers};
    /// let mut headers = Headers::new();
    /// headers.set("range", "bytes=0-9");
    /// headers.set("if-range", "\"v1\"");
    /// assert!(Conditions::with_range(&headers).is_modified(Some("\"v2\""), None));
    /// ```
    pub fn with_range(headers: &'a Headers) -> Self {
        Self {
            if_range: headers.get("if-range"),
            range: headers.get("range"),
            ..Self::from_headers(headers)
        }
    }

    /// Returns whether a resource is other than the client thinks; also `true` if it does not say
    /// what it thinks. The tag is as headers write it, in quotes.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Conditions, Headers};
    /// let mut headers = Headers::new();
    /// headers.set("if-none-match", "\"v1\"");
    /// let conditions = Conditions::from_headers(&headers);
    /// assert!(!conditions.is_modified(Some("\"v1\""), None));
    /// ```
    ///
    /// # Compatibility
    ///
    /// This is Werkzeug's `is_resource_modified`, with its ways: a tag of `If-Match` that is not
    /// there counts as "not modified".
    pub fn is_modified(&self, etag: Option<&str>, last_modified: Option<SystemTime>) -> bool {
        let mut unmodified = false;
        // RFC 9110 section 13.1.5: If-Range is ignored without Range.
        let if_range = match self.range {
            Some(_) => IfRange::from_header(self.if_range.unwrap_or_default()),
            None => IfRange::default(),
        };
        let since = if_range
            .date()
            .or_else(|| self.if_modified_since.and_then(parse_date));
        if let (Some(since), Some(modified)) = (since, last_modified) {
            // HTTP knows no parts of seconds.
            unmodified = unix_seconds(modified) <= unix_seconds(since);
        }
        let Some((etag, _)) = etag.and_then(unquote_etag) else {
            return !unmodified;
        };
        if let Some(wanted) = if_range.etag() {
            return wanted != etag;
        }
        let tags = |header: Option<&str>| ETags::from_header(header.unwrap_or_default());
        let if_none_match = tags(self.if_none_match);
        if !if_none_match.is_empty() {
            // RFC 9110 section 13.1.2: weak comparison.
            unmodified = if_none_match.contains_weak(etag);
        }
        let if_match = tags(self.if_match);
        if !if_match.is_empty() {
            // RFC 9110 section 13.1.1: strong comparison.
            unmodified = !if_match.is_strong(etag);
        }
        !unmodified
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn dates_are_compared_by_seconds() {
        let conditions = Conditions {
            if_modified_since: Some("Sun, 06 Nov 1994 08:49:37 GMT"),
            ..Conditions::default()
        };
        let date = |millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        assert!(!conditions.is_modified(None, Some(date(784_111_777_999))));
        assert!(conditions.is_modified(None, Some(date(784_111_778_000))));
        assert!(conditions.is_modified(None, None));
    }

    #[test]
    fn ranges_bring_their_own_condition() {
        let conditions = Conditions {
            if_none_match: Some("\"a\""),
            if_range: Some("\"b\""),
            ..Conditions::default()
        };
        assert!(!conditions.is_modified(Some("\"a\""), None));
        let conditions = Conditions {
            range: Some("bytes=0-1"),
            ..conditions
        };
        assert!(conditions.is_modified(Some("\"a\""), None));
        assert!(!conditions.is_modified(Some("\"b\""), None));
    }
}
