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

mod parse;
mod same_site;

pub use same_site::SameSite;

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
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// let cookie = Cookie::new("a", "b");
    /// assert_eq!(cookie.to_header()?, "a=b; Path=/");
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// let cookie = Cookie::new("a", "b").max_age(std::time::Duration::from_secs(60));
    /// assert_eq!(cookie.to_header()?, "a=b; Max-Age=60; Path=/");
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    #[must_use]
    pub fn max_age(self, age: Duration) -> Self {
        let seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
        self.max_age_seconds(seconds)
    }

    /// Sets how many seconds the browser keeps the cookie; zero or less deletes it.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// let cookie = Cookie::new("a", "b").max_age_seconds(0);
    /// assert_eq!(cookie.to_header()?, "a=b; Max-Age=0; Path=/");
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    #[must_use]
    pub fn max_age_seconds(mut self, seconds: i64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Sets when the browser forgets the cookie.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// let cookie = Cookie::new("a", "b").expires(std::time::SystemTime::UNIX_EPOCH);
    /// assert_eq!(cookie.to_header()?, "a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/");
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    #[must_use]
    pub fn expires(mut self, date: SystemTime) -> Self {
        self.expires = Some(http_date(date));
        self
    }

    /// Sets `Expires` to text of the caller's own.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// let cookie = Cookie::new("a", "b").expires_text("never");
    /// assert_eq!(cookie.to_header()?, "a=b; Expires=never; Path=/");
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    #[must_use]
    pub fn expires_text(mut self, text: impl Into<String>) -> Self {
        self.expires = Some(text.into());
        self
    }

    /// Whether it is said how many seconds the browser keeps the cookie.
    pub(crate) fn has_max_age(&self) -> bool {
        self.max_age.is_some()
    }

    /// Sets `Expires` from the maximum age, for browsers that know only that; `now` is the
    /// present. Nothing changes if there is no maximum age, or `Expires` is set already.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// let epoch = std::time::SystemTime::UNIX_EPOCH;
    /// let cookie = Cookie::new("a", "b").max_age_seconds(60).sync_expires(epoch);
    /// assert!(cookie.to_header()?.contains("Expires=Thu, 01 Jan 1970 00:01:00 GMT"));
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// let cookie = Cookie::new("a", "b").path("/shop");
    /// assert_eq!(cookie.to_header()?, "a=b; Path=/shop");
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Leaves the path to the browser, which takes the directory of the request's.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// let cookie = Cookie::new("a", "b").without_path();
    /// assert_eq!(cookie.to_header()?, "a=b");
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    #[must_use]
    pub fn without_path(mut self) -> Self {
        self.path = None;
        self
    }

    /// Gives the cookie to a domain and all its subdomains. A port and leading dots are ignored,
    /// Unicode is encoded.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// let cookie = Cookie::new("a", "b").domain(".bücher.example");
    /// assert_eq!(cookie.to_header()?, "a=b; Domain=xn--bcher-kva.example; Path=/");
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// Limits the cookie to HTTPS.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// let cookie = Cookie::new("a", "b").secure(true);
    /// assert_eq!(cookie.to_header()?, "a=b; Secure; Path=/");
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    #[must_use]
    pub fn secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// Hides the cookie from scripts.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// let cookie = Cookie::new("a", "b").http_only(true);
    /// assert_eq!(cookie.to_header()?, "a=b; HttpOnly; Path=/");
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    #[must_use]
    pub fn http_only(mut self, http_only: bool) -> Self {
        self.http_only = http_only;
        self
    }

    /// Limits the cookie to requests that come from the same site.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// let cookie = Cookie::new("a", "b").same_site(SameSite::Strict);
    /// assert_eq!(cookie.to_header()?, "a=b; Path=/; SameSite=Strict");
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    #[must_use]
    pub fn same_site(mut self, same_site: impl Into<Option<SameSite>>) -> Self {
        self.same_site = same_site.into();
        self
    }

    /// Gives each top-level site a cookie jar of its own; implies `Secure`.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// let cookie = Cookie::new("a", "b").partitioned(true);
    /// assert_eq!(cookie.to_header()?, "a=b; Secure; Path=/; Partitioned");
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    #[must_use]
    pub fn partitioned(mut self, partitioned: bool) -> Self {
        self.partitioned = partitioned;
        self
    }

    /// Returns the name.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// assert_eq!(Cookie::new("a", "b").name(), "a");
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the value, not quoted.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// assert_eq!(Cookie::new("a", "b c").value(), "b c");
    /// ```
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns how many bytes the header is longer than what browsers keep, if it is.
    ///
    /// A cookie that is too large is silently dropped by the browser, which is hard to find;
    /// `Response::set_cookie` warns. The usual limit is [`MAX_COOKIE_SIZE`].
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, cookie::MAX_COOKIE_SIZE};
    /// assert_eq!(Cookie::new("a", "b").excess(MAX_COOKIE_SIZE), None);
    /// assert_eq!(Cookie::new("a", "b".repeat(5_000)).excess(MAX_COOKIE_SIZE), Some(917));
    /// ```
    pub fn excess(&self, limit: usize) -> Option<usize> {
        let length = self.to_header().ok()?.len();
        length.checked_sub(limit).filter(|excess| *excess > 0)
    }

    /// Writes the header's value.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// assert_eq!(Cookie::new("a", "b;c").to_header()?, "a=\"b\\073c\"; Path=/");
    /// assert!(Cookie::new("a;b", "c").to_header().is_err());
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
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
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// assert_eq!(Cookie::new("a", "b").to_header_value()?, "a=b; Path=/");
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`to_header`](Self::to_header).
    pub fn to_header_value(&self) -> Result<HeaderValue, InvalidCookie> {
        let value = HeaderValue::from_maybe_shared(bytes::Bytes::from(self.to_header()?));
        value.map_err(|_| InvalidCookie(Kind::Name))
    }
}

/// A cookie that no header can hold.
///
/// # Examples
///
/// ```
/// # use rustzeug::datastructures::{Cookie, SameSite};
/// let error = Cookie::new("", "b").to_header().unwrap_err();
/// assert!(error.to_string().contains("name"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidCookie(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Attribute,
    Domain,
    Expires,
    Name,
    SameSite,
}

impl fmt::Display for InvalidCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Attribute => "the cookie has an attribute that is not known",
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
///
/// # Examples
///
/// ```
/// assert_eq!(rustzeug::datastructures::cookie::MAX_COOKIE_SIZE, 4_093);
/// ```
pub const MAX_COOKIE_SIZE: usize = 4093;

#[cfg(test)]
mod tests;
