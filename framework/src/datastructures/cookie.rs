//! Cookies: what a request brings, and what a response sets.
//!
//! # Examples
//!
//! ```
//! use rustzeug::datastructures::{Cookie, parse_cookie};
//!
//! assert_eq!(parse_cookie("a=1").get("a"), Some("1"));
//! assert_eq!(Cookie::new("a", "1").to_header()?, "a=1; Path=/");
//! # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
//! ```

use std::error::Error;
use std::fmt;
use std::time::Duration;
use std::time::SystemTime;

use http::HeaderValue;

use super::MultiDict;
use crate::grammar::cookie::decode_cookies;
use crate::grammar::cookie::quote_value;
use crate::grammar::date::http_date;
use crate::grammar::percent;
use crate::grammar::token;
use crate::grammar::url::encode_host;

/// Parses a `Cookie` header; a name that comes twice has two values.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::parse_cookie;
///
/// let cookies = parse_cookie("a=1; b=\"x y\"; a=2");
/// assert_eq!(cookies.get("b"), Some("x y"));
/// assert_eq!(cookies.get_list("a"), ["1", "2"]);
/// ```
pub fn parse_cookie(header: &str) -> MultiDict {
    let mut cookies = MultiDict::new();
    for (name, value) in decode_cookies(header) {
        cookies.add(name, value);
    }
    cookies
}

/// A cookie to set: a `Set-Cookie` header being put together.
///
/// The path is `/` unless another is given. Names and values may be any text: what a header cannot
/// hold is quoted and escaped in the value, and refused in the name.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use rustzeug::datastructures::{Cookie, SameSite};
///
/// let cookie = Cookie::new("session", "a b")
///     .max_age(Duration::from_secs(60))
///     .secure(true)
///     .http_only(true)
///     .same_site(SameSite::Lax);
/// assert_eq!(
///     cookie.to_header()?,
///     "session=\"a b\"; Max-Age=60; Secure; HttpOnly; Path=/; SameSite=Lax",
/// );
/// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    name: String,
    value: String,
    max_age: Option<i64>,
    expires: Option<String>,
    path: Option<String>,
    domain: Option<String>,
    secure: bool,
    http_only: bool,
    same_site: Option<SameSite>,
    partitioned: bool,
}

impl Cookie {
    /// Makes a cookie for the browser's session, with the path `/`.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            max_age: None,
            expires: None,
            path: Some("/".to_owned()),
            domain: None,
            secure: false,
            http_only: false,
            same_site: None,
            partitioned: false,
        }
    }

    /// Makes a cookie that deletes the one of this name, path and domain.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::Cookie;
    ///
    /// assert_eq!(
    ///     Cookie::deleted("a").to_header()?,
    ///     "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/",
    /// );
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    pub fn deleted(name: impl Into<String>) -> Self {
        Self::new(name, "")
            .expires(SystemTime::UNIX_EPOCH)
            .max_age_seconds(0)
    }

    /// Sets how long the browser keeps the cookie.
    #[must_use]
    pub fn max_age(self, age: Duration) -> Self {
        let seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
        self.max_age_seconds(seconds)
    }

    /// Sets how many seconds the browser keeps the cookie; zero or less deletes it.
    #[must_use]
    pub fn max_age_seconds(mut self, seconds: i64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Sets when the browser forgets the cookie.
    #[must_use]
    pub fn expires(mut self, date: SystemTime) -> Self {
        self.expires = Some(http_date(date));
        self
    }

    /// Sets `Expires` to text of the caller's own.
    #[must_use]
    pub fn expires_text(mut self, text: impl Into<String>) -> Self {
        self.expires = Some(text.into());
        self
    }

    /// Sets `Expires` from the maximum age, for browsers that know only that; `now` is the
    /// present. Nothing changes if there is no maximum age, or `Expires` is set already.
    #[must_use]
    pub fn sync_expires(mut self, now: SystemTime) -> Self {
        if let (Some(age), None) = (self.max_age, &self.expires) {
            let distance = Duration::from_secs(age.unsigned_abs());
            let date = if age < 0 {
                now.checked_sub(distance)
            } else {
                now.checked_add(distance)
            };
            self.expires = date.map(http_date);
        }
        self
    }

    /// Limits the cookie to a path.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Leaves the path to the browser, which takes the directory of the request's.
    #[must_use]
    pub fn without_path(mut self) -> Self {
        self.path = None;
        self
    }

    /// Gives the cookie to a domain and all its subdomains. A port and leading dots are ignored,
    /// Unicode is encoded.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// Limits the cookie to HTTPS.
    #[must_use]
    pub fn secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// Hides the cookie from scripts.
    #[must_use]
    pub fn http_only(mut self, http_only: bool) -> Self {
        self.http_only = http_only;
        self
    }

    /// Limits the cookie to requests that come from the same site.
    #[must_use]
    pub fn same_site(mut self, same_site: impl Into<Option<SameSite>>) -> Self {
        self.same_site = same_site.into();
        self
    }

    /// Gives each top-level site a cookie jar of its own; implies `Secure`.
    #[must_use]
    pub fn partitioned(mut self, partitioned: bool) -> Self {
        self.partitioned = partitioned;
        self
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the value, not quoted.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns how many bytes the header is longer than what browsers keep, if it is.
    ///
    /// A cookie that is too large is silently dropped by the browser, which is hard to find;
    /// `Response::set_cookie` warns. The usual limit is [`MAX_COOKIE_SIZE`].
    pub fn excess(&self, limit: usize) -> Option<usize> {
        let length = self.to_header().ok()?.len();
        length.checked_sub(limit).filter(|excess| *excess > 0)
    }

    /// Writes the header's value.
    ///
    /// # Errors
    ///
    /// If the name is empty or has blanks, `=`, `;`, `,`, quotes or control characters, if the
    /// text of `Expires` has `;` or control characters, or if the domain cannot be one.
    pub fn to_header(&self) -> Result<String, InvalidCookie> {
        if self.name.is_empty() || self.name.contains(is_no_name) {
            return Err(InvalidCookie(Kind::Name));
        }
        let mut out = format!("{}={}", self.name, quote_value(&self.value));
        let mut attribute = |name: &str, value: Option<&str>| {
            out.push_str("; ");
            out.push_str(name);
            if let Some(value) = value {
                out.push('=');
                out.push_str(value);
            }
        };
        if let Some(domain) = &self.domain {
            let domain = domain.split(':').next().unwrap_or_default();
            let domain = domain.trim_start_matches('.');
            let domain = encode_host(domain).map_err(|_| InvalidCookie(Kind::Domain))?;
            if domain.contains(is_no_attribute) {
                return Err(InvalidCookie(Kind::Domain));
            }
            attribute("Domain", Some(&domain));
        }
        if let Some(expires) = &self.expires {
            if expires.contains(is_no_attribute) {
                return Err(InvalidCookie(Kind::Expires));
            }
            attribute("Expires", Some(expires));
        }
        if let Some(seconds) = self.max_age {
            attribute("Max-Age", Some(&seconds.to_string()));
        }
        if self.secure || self.partitioned {
            attribute("Secure", None);
        }
        if self.http_only {
            attribute("HttpOnly", None);
        }
        if let Some(path) = &self.path {
            attribute("Path", Some(&percent::quote(path, percent::COOKIE_PATH)));
        }
        if let Some(same_site) = self.same_site {
            attribute("SameSite", Some(same_site.as_str()));
        }
        if self.partitioned {
            attribute("Partitioned", None);
        }
        Ok(out)
    }

    /// Writes the header's value as one to put into [`Headers`](super::Headers).
    ///
    /// # Errors
    ///
    /// As [`to_header`](Self::to_header).
    pub fn to_header_value(&self) -> Result<HeaderValue, InvalidCookie> {
        let value = HeaderValue::from_maybe_shared(bytes::Bytes::from(self.to_header()?));
        value.map_err(|_| InvalidCookie(Kind::Name))
    }
}

/// Which requests of other sites carry a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "RFC 6265bis knows these three, for good"
)]
pub enum SameSite {
    /// None but those that the user starts by following a link.
    Lax,
    /// All; needs `Secure`.
    None,
    /// None.
    Strict,
}

impl SameSite {
    /// Returns the word of the header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lax => "Lax",
            Self::None => "None",
            Self::Strict => "Strict",
        }
    }
}

impl fmt::Display for SameSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for SameSite {
    type Err = InvalidCookie;

    /// Reads one of the three words in any case.
    fn from_str(text: &str) -> Result<Self, InvalidCookie> {
        [Self::Lax, Self::None, Self::Strict]
            .into_iter()
            .find(|same_site| same_site.as_str().eq_ignore_ascii_case(text))
            .ok_or(InvalidCookie(Kind::SameSite))
    }
}

/// A cookie that no header can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidCookie(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Domain,
    Expires,
    Name,
    SameSite,
}

impl fmt::Display for InvalidCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Domain => "the cookie's domain is not a domain name",
            Kind::Expires => "the cookie's expiry holds a semicolon or a control character",
            Kind::Name => "the cookie's name is empty or holds a separator",
            Kind::SameSite => "expected `Strict`, `Lax` or `None` for a cookie's SameSite",
        })
    }
}

impl Error for InvalidCookie {}

/// What would end a name or start another attribute.
fn is_no_name(char: char) -> bool {
    token::is_blank(char) || char.is_ascii_control() || matches!(char, '=' | ';' | ',' | '"')
}

fn is_no_attribute(char: char) -> bool {
    char.is_ascii_control() || char == ';'
}

/// The size that every browser keeps, in bytes.
pub const MAX_COOKIE_SIZE: usize = 4093;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_written() {
        let at = SystemTime::UNIX_EPOCH;
        for (cookie, want) in [
            (Cookie::new("a", ""), "a=; Path=/"),
            (Cookie::new("a", "b").without_path(), "a=b"),
            (Cookie::new("a", "b").path("/ü;x"), "a=b; Path=/%C3%BC%3Bx"),
            (
                Cookie::new("a", "b").domain("..ex.com:80"),
                "a=b; Domain=ex.com; Path=/",
            ),
            (
                Cookie::new("a", "b").domain("☃.net"),
                "a=b; Domain=xn--n3h.net; Path=/",
            ),
            (Cookie::new("ü", "日"), "ü=\"\\346\\227\\245\"; Path=/"),
            (
                Cookie::new("a", "b").partitioned(true),
                "a=b; Secure; Path=/; Partitioned",
            ),
            (
                Cookie::new("a", "b").max_age_seconds(-1).sync_expires(at),
                "a=b; Expires=Wed, 31 Dec 1969 23:59:59 GMT; Max-Age=-1; Path=/",
            ),
        ] {
            assert_eq!(cookie.to_header().unwrap(), want);
            assert_eq!(cookie.to_header_value().unwrap(), want);
        }
    }

    #[test]
    fn bad_cookies_are_refused() {
        for name in ["", "a b", "a=b", "a;b", "a\r\nb", "a\"b"] {
            assert!(Cookie::new(name, "").to_header().is_err(), "{name:?}");
        }
        assert!(Cookie::new("a", "").domain("a;b").to_header().is_err());
        assert!(
            Cookie::new("a", "")
                .expires_text("a\r\nb")
                .to_header()
                .is_err()
        );
    }

    #[test]
    fn large_cookies_are_told() {
        assert_eq!(Cookie::new("a", "b").excess(MAX_COOKIE_SIZE), None);
        let cookie = Cookie::new("a", "b".repeat(5000));
        assert_eq!(cookie.excess(MAX_COOKIE_SIZE), Some(5010 - MAX_COOKIE_SIZE));
    }

    #[test]
    fn same_site_is_read() {
        assert_eq!("NONE".parse(), Ok(SameSite::None));
        assert!("x".parse::<SameSite>().is_err());
    }
}
