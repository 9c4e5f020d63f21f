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
    #[must_use]
    pub const fn new() -> Self {
        Self {
            cookies: Vec::new(),
        }
    }

    /// The cookie of a name, of `localhost` and the path `/`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&StoredCookie> {
        self.get_at("localhost", "/", name)
    }

    /// The cookie of a domain, a path and a name.
    #[must_use]
    pub fn get_at(&self, domain: &str, path: &str, name: &str) -> Option<&StoredCookie> {
        let is_it = |cookie: &&StoredCookie| cookie.is_at(domain, path, name);
        self.cookies.iter().find(is_it)
    }

    /// Sets a cookie of `localhost` and the path `/`.
    pub fn set(&mut self, name: &str, value: &str) {
        self.set_at("localhost", &Cookie::new(name, value));
    }

    /// Sets a cookie with all it says, as if a server of `domain` had.
    pub fn set_at(&mut self, domain: &str, cookie: &Cookie) {
        if let Ok(header) = cookie.to_header() {
            self.update(domain, "/", [&*header]);
        }
    }

    /// Deletes the cookie of a name, of `localhost` and the path `/`.
    pub fn delete(&mut self, name: &str) {
        self.delete_at("localhost", "/", name);
    }

    /// Deletes the cookie of a domain, a path and a name.
    pub fn delete_at(&mut self, domain: &str, path: &str, name: &str) {
        self.cookies
            .retain(|cookie| !cookie.is_at(domain, path, name));
    }

    /// Deletes all cookies.
    pub fn clear(&mut self) {
        self.cookies.clear();
    }

    /// All cookies, in the order in which they were first set.
    pub fn iter(&self) -> impl Iterator<Item = &StoredCookie> {
        self.cookies.iter()
    }

    /// Takes in what the `Set-Cookie` fields of a response say; `host` and `path` are those of
    /// the request.
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
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value, as the application sees it.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The domain that it was set for, or the host that set it.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The path below which it is sent.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether subdomains do not get it.
    #[must_use]
    pub fn is_origin_only(&self) -> bool {
        self.is_origin_only
    }

    /// Whether it is for HTTPS only.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.param("secure").is_some()
    }

    /// Whether scripts do not see it.
    #[must_use]
    pub fn is_http_only(&self) -> bool {
        self.param("httponly").is_some()
    }

    /// For how many seconds it is to be kept.
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
mod tests {
    use super::*;

    #[test]
    fn where_cookies_are_sent() {
        let table = [
            ("a=1", "/x/y", "localhost", "/x/z", true),
            ("a=1", "/x/y", "localhost", "/x", true),
            ("a=1", "/x/y", "localhost", "/", false),
            ("a=1", "/x/y", "localhost", "/xy", false),
            ("a=1; Path=/", "/x/y", "localhost", "/z", true),
            ("a=1; Path=/x/", "/", "localhost", "/x/y", true),
            ("a=1; Path=/x/", "/", "localhost", "/x", false),
            ("a=1; Path=/", "/", "www.localhost", "/", false),
            (
                "a=1; Path=/; Domain=localhost",
                "/",
                "www.localhost",
                "/",
                true,
            ),
            (
                "a=1; Path=/; Domain=localhost",
                "/",
                "notlocalhost",
                "/",
                false,
            ),
        ];
        for (field, path, host, asked, want) in table {
            let mut jar = CookieJar::new();
            jar.update("localhost", path, [field]);
            assert_eq!(
                jar.header(host, asked).is_some(),
                want,
                "{field} {path} {host} {asked}"
            );
        }
    }

    #[test]
    fn a_response_replaces_and_deletes() {
        let mut jar = CookieJar::new();
        jar.update("localhost", "/", ["a=1", "b=2", "a=3"]);
        assert_eq!(jar.header("localhost", "/").as_deref(), Some("a=3; b=2"));
        jar.update(
            "localhost",
            "/",
            ["a=; Max-Age=0", "b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
        );
        assert_eq!(jar.header("localhost", "/"), None);
    }

    #[test]
    fn values_are_decoded_for_people_and_kept_for_the_wire() {
        let mut jar = CookieJar::new();
        jar.set("a", "x;y");
        assert_eq!(jar.get("a").map(StoredCookie::value), Some("x;y"));
        assert_eq!(
            jar.header("localhost", "/").as_deref(),
            Some(r#"a="x\073y""#)
        );
    }
}
