//! The cookies a client keeps between calls.

mod stored;
#[cfg(test)]
mod tests;

use crate::datastructures::Cookie;

pub use stored::StoredCookie;

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
/// As Werkzeug's test client; a negative `Max-Age` deletes, too (RFC 6265 section 5.2.2), a dot before
/// a domain says nothing (5.2.3), a path that does not begin with a slash is none (5.2.4), and the
/// cookie of a domain that the host is not in is not kept (5.3).
#[derive(Clone, Debug, Default)]
pub struct CookieJar {
    cookies: Vec<StoredCookie>,
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
                .position(|old| old.is_at(cookie.domain(), cookie.path(), cookie.name()));
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
