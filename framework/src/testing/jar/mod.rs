//! The cookies a client keeps between calls.

use std::fmt;
use std::time::UNIX_EPOCH;

use crate::datastructures::Cookie;
use crate::grammar::cookie::decode_cookies;
use crate::grammar::date::parse_date;
use crate::grammar::number::lenient_int;

/// The cookies that a [`Client`](super::Client) keeps between calls.
///
/// A cookie is known by its domain, its path and its name together. Only domain and path decide
/// what is sent: `Secure` and the like are kept to be looked at. Time does not pass in a jar: a
/// cookie goes when a response deletes it.
///
/// # Examples
///
/// ```
/// use rustzeug::testing::CookieJar;
///
/// let mut jar = CookieJar::new();
/// jar.set("theme", "dark");
/// jar.update("example.com", "/shop/cart", ["basket=7; Path=/shop; HttpOnly"]);
/// assert_eq!(jar.get("theme").map(|cookie| cookie.value()), Some("dark"));
/// assert_eq!(jar.header("example.com", "/shop/pay").as_deref(), Some("basket=7"));
/// assert_eq!(jar.header("example.com", "/"), None);
/// ```
///
/// # Compatibility
///
/// As Werkzeug's test client; a negative `Max-Age` deletes, too (RFC 6265 section 5.2.2).
#[derive(Clone, Debug, Default)]
pub struct CookieJar {
    cookies: Vec<StoredCookie>,
}

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
    pair: String,
    name: String,
    value: String,
    domain: String,
    /// Whether subdomains do not get it: there was no `Domain`.
    is_origin_only: bool,
    path: String,
    /// The parameters, names in lower case.
    params: Vec<(String, String)>,
}

impl CookieJar {
    /// An empty jar.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// assert_eq!(CookieJar::new().iter().count(), 0);
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self {
            cookies: Vec::new(),
        }
    }

    /// The cookie of a name, of `localhost` and the path `/`.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.set("theme", "dark");
    /// assert_eq!(jar.get("theme").map(|cookie| cookie.value()), Some("dark"));
    /// assert!(jar.get("lang").is_none());
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&StoredCookie> {
        self.get_at("localhost", "/", name)
    }

    /// The cookie of a domain, a path and a name.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.update("example.com", "/", ["a=1; Path=/shop"]);
    /// assert!(jar.get_at("example.com", "/shop", "a").is_some());
    /// assert!(jar.get_at("example.com", "/", "a").is_none());
    /// ```
    #[must_use]
    pub fn get_at(&self, domain: &str, path: &str, name: &str) -> Option<&StoredCookie> {
        let is_it = |cookie: &&StoredCookie| cookie.is_at(domain, path, name);
        self.cookies.iter().find(is_it)
    }

    /// Sets a cookie of `localhost` and the path `/`.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.set("theme", "dark");
    /// assert_eq!(jar.header("localhost", "/").as_deref(), Some("theme=dark"));
    /// ```
    pub fn set(&mut self, name: &str, value: &str) {
        self.set_at("localhost", &Cookie::new(name, value));
    }

    /// Sets a cookie with all it says, as if a server of `domain` had.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::Cookie;
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.set_at("example.com", &Cookie::new("a", "1").path("/shop"));
    /// assert_eq!(jar.header("example.com", "/shop").as_deref(), Some("a=1"));
    /// ```
    pub fn set_at(&mut self, domain: &str, cookie: &Cookie) {
        if let Ok(header) = cookie.to_header() {
            self.update(domain, "/", [&*header]);
        }
    }

    /// Deletes the cookie of a name, of `localhost` and the path `/`.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.set("theme", "dark");
    /// jar.delete("theme");
    /// assert!(jar.get("theme").is_none());
    /// ```
    pub fn delete(&mut self, name: &str) {
        self.delete_at("localhost", "/", name);
    }

    /// Deletes the cookie of a domain, a path and a name.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.update("example.com", "/", ["a=1", "b=2"]);
    /// jar.delete_at("example.com", "/", "a");
    /// assert_eq!(jar.header("example.com", "/").as_deref(), Some("b=2"));
    /// ```
    pub fn delete_at(&mut self, domain: &str, path: &str, name: &str) {
        self.cookies
            .retain(|cookie| !cookie.is_at(domain, path, name));
    }

    /// Deletes all cookies.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.set("theme", "dark");
    /// jar.clear();
    /// assert_eq!(jar.iter().count(), 0);
    /// ```
    pub fn clear(&mut self) {
        self.cookies.clear();
    }

    /// All cookies, in the order in which they were first set.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.update("localhost", "/", ["a=1", "b=2", "a=3"]);
    /// let values: Vec<_> = jar.iter().map(|cookie| cookie.value()).collect();
    /// assert_eq!(values, ["3", "2"]);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = &StoredCookie> {
        self.cookies.iter()
    }

    /// Takes in what the `Set-Cookie` fields of a response say; `host` and `path` are those of
    /// the request.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.update("localhost", "/", ["a=1", "b=2"]);
    /// jar.update("localhost", "/", ["a=; Max-Age=0"]);
    /// assert_eq!(jar.header("localhost", "/").as_deref(), Some("b=2"));
    /// ```
    pub fn update<'a>(
        &mut self,
        host: &str,
        path: &str,
        fields: impl IntoIterator<Item = &'a str>,
    ) {
        for field in fields {
            let Some(cookie) = StoredCookie::parse(host, path, field) else {
                continue;
            };
            let place = self
                .cookies
                .iter()
                .position(|old| old.is_at(&cookie.domain, &cookie.path, &cookie.name));
            match (place, cookie.is_deleted()) {
                (Some(at), true) => drop(self.cookies.remove(at)),
                (Some(at), false) => {
                    if let Some(old) = self.cookies.get_mut(at) {
                        *old = cookie;
                    }
                }
                (None, false) => self.cookies.push(cookie),
                (None, true) => {}
            }
        }
    }

    /// The `Cookie` field for a host and a path; `None` where no cookie belongs there.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::CookieJar;
    ///
    /// let mut jar = CookieJar::new();
    /// jar.update("example.com", "/", ["a=1; Path=/", "b=2; Path=/shop"]);
    /// assert_eq!(jar.header("example.com", "/shop").as_deref(), Some("a=1; b=2"));
    /// assert_eq!(jar.header("localhost", "/"), None);
    /// ```
    #[must_use]
    pub fn header(&self, host: &str, path: &str) -> Option<String> {
        let mut out = String::new();
        for cookie in self
            .cookies
            .iter()
            .filter(|cookie| cookie.belongs_to(host, path))
        {
            if !out.is_empty() {
                out.push_str("; ");
            }
            out.push_str(&cookie.pair);
        }
        (!out.is_empty()).then_some(out)
    }
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

    fn parse(host: &str, path: &str, field: &str) -> Option<Self> {
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
        Some(Self {
            pair: pair.trim().to_owned(),
            name: name.to_owned(),
            value: value.into_owned(),
            domain: last("domain").unwrap_or(host).to_owned(),
            is_origin_only: last("domain").is_none(),
            path: last("path").unwrap_or(folder).to_owned(),
            params,
        })
    }

    fn is_at(&self, domain: &str, path: &str, name: &str) -> bool {
        self.domain == domain && self.path == path && self.name == name
    }

    fn is_deleted(&self) -> bool {
        let expires = self.param("expires").and_then(parse_date);
        self.max_age().is_some_and(|seconds| seconds <= 0) || expires == Some(UNIX_EPOCH)
    }

    /// RFC 6265 sections 5.1.3 and 5.1.4.
    fn belongs_to(&self, host: &str, path: &str) -> bool {
        let is_below = |whole: &str, part: &str| {
            whole
                .strip_suffix(part)
                .is_some_and(|rest| rest.ends_with('.'))
        };
        let is_host = host == self.domain || !self.is_origin_only && is_below(host, &self.domain);
        let rest = path.strip_prefix(&*self.path);
        let is_path = rest.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/')
        });
        is_host && is_path
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

#[cfg(test)]
mod tests;
