//! One cookie of a jar.

use std::fmt;
use std::net::IpAddr;
use std::time::UNIX_EPOCH;

use crate::grammar::cookie::decode_cookies;
use crate::grammar::date::parse_date;
use crate::grammar::number::lenient_int;

/// A cookie in a jar, with what its `Set-Cookie` said.
///
/// # Examples
///
/// ```
/// use rustzeug::testing::CookieJar;
///
/// let mut jar = CookieJar::new();
/// jar.update("localhost", "/", ["a=1; Path=/; HttpOnly"]);
/// assert_eq!(jar.get("a").map(|cookie| (cookie.value(), cookie.is_http_only())), Some(("1", true)));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct StoredCookie {
    /// Name and value as they travel, quoted.
    pub(super) pair: String,
    name: String,
    value: String,
    domain: String,
    /// Whether subdomains do not get it: there was no `Domain`.
    is_origin_only: bool,
    path: String,
    /// The parameters, names in lower case.
    params: Vec<(String, String)>,
}

impl StoredCookie {
    /// The name.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.update("localhost", "/", ["a=1"]);
    /// assert_eq!(jar.get("a").map(|cookie| cookie.name()), Some("a"));
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value, as the application sees it.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.update("localhost", "/", ["a=\"x y\""]);
    /// assert_eq!(jar.get("a").map(|cookie| cookie.value()), Some("x y"));
    /// ```
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The domain that it was set for, or the host that set it.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.update("localhost", "/", ["a=1"]);
    /// assert_eq!(jar.get("a").map(|cookie| cookie.domain()), Some("localhost"));
    /// ```
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The path below which it is sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.update("localhost", "/shop/cart", ["a=1"]);
    /// assert_eq!(jar.iter().next().map(|cookie| cookie.path()), Some("/shop"));
    /// ```
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether subdomains do not get it.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.update("localhost", "/", ["a=1; Domain=localhost"]);
    /// assert_eq!(jar.get("a").map(|cookie| cookie.is_origin_only()), Some(false));
    /// ```
    #[must_use]
    pub fn is_origin_only(&self) -> bool {
        self.is_origin_only
    }

    /// Whether it is for HTTPS only.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.update("localhost", "/", ["a=1; Secure"]);
    /// assert_eq!(jar.get("a").map(|cookie| cookie.is_secure()), Some(true));
    /// ```
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.param("secure").is_some()
    }

    /// Whether scripts do not see it.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.update("localhost", "/", ["a=1; HttpOnly"]);
    /// assert_eq!(jar.get("a").map(|cookie| cookie.is_http_only()), Some(true));
    /// ```
    #[must_use]
    pub fn is_http_only(&self) -> bool {
        self.param("httponly").is_some()
    }

    /// For how many seconds it is to be kept.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.update("localhost", "/", ["a=1; Max-Age=60"]);
    /// assert_eq!(jar.get("a").and_then(|cookie| cookie.max_age()), Some(60));
    /// ```
    #[must_use]
    pub fn max_age(&self) -> Option<i64> {
        self.param("max-age")
            .map(|text| lenient_int(text).unwrap_or(0))
    }

    /// Any parameter of its `Set-Cookie`, such as `SameSite`; empty for one without a value.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.update("localhost", "/", ["a=1; Path=/; SameSite=Lax"]);
    /// assert_eq!(jar.get("a").and_then(|cookie| cookie.param("samesite")), Some("Lax"));
    /// ```
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        let is_it = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.params.iter().rfind(is_it).map(|(_, value)| &**value)
    }

    pub(super) fn parse(host: &str, path: &str, field: &str) -> Option<Self> {
        let (pair, params) = field.split_once(';').unwrap_or((field, ""));
        let (name, value) = decode_cookies(pair).next()?;
        let params: Vec<(String, String)> = params
            .split(';')
            .map(|param| param.split_once('=').unwrap_or((param, "")))
            .map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let last = |name: &str| {
            let found = params.iter().rfind(|(key, _)| key == name);
            found
                .map(|(_, value)| &**value)
                .filter(|value| !value.is_empty())
        };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let folder = if folder.is_empty() { "/" } else { folder };
        let path = last("path").filter(|path| path.starts_with('/'));
        // RFC 6265 section 5.2.3: a dot in front says nothing.
        let domain = last("domain").map(|domain| domain.strip_prefix('.').unwrap_or(domain));
        let host = host.to_ascii_lowercase();
        let cookie = Self {
            pair: pair.trim().to_owned(),
            name: name.to_owned(),
            value: value.into_owned(),
            domain: domain.map_or_else(|| host.clone(), str::to_ascii_lowercase),
            is_origin_only: domain.is_none(),
            path: path.unwrap_or(folder).to_owned(),
            params,
        };
        // Section 5.3, step 6: nobody sets the cookies of others.
        cookie.is_of(&host).then_some(cookie)
    }

    pub(super) fn is_at(&self, domain: &str, path: &str, name: &str) -> bool {
        self.domain == domain && self.path == path && self.name == name
    }

    pub(super) fn is_deleted(&self) -> bool {
        let expires = self.param("expires").and_then(parse_date);
        self.max_age().is_some_and(|seconds| seconds <= 0) || expires == Some(UNIX_EPOCH)
    }

    /// RFC 6265 section 5.1.3: whether the host is the cookie's domain or, unless it is for that
    /// alone, below it.
    fn is_of(&self, host: &str) -> bool {
        let above = host.strip_suffix(&*self.domain);
        above.is_some_and(|rest| {
            rest.is_empty() || !self.is_origin_only && rest.ends_with('.') && !is_address(host)
        })
    }

    /// RFC 6265 sections 5.1.3 and 5.1.4.
    pub(super) fn belongs_to(&self, host: &str, path: &str) -> bool {
        let rest = path.strip_prefix(&*self.path);
        let is_path = rest.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/')
        });
        is_path && self.is_of(&host.to_ascii_lowercase())
    }
}

impl fmt::Debug for StoredCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "StoredCookie({}, {}{})",
            self.pair, self.domain, self.path
        )
    }
}

/// Nothing is below an address.
fn is_address(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
}
