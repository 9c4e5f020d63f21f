//! Cookies that a response sets.

use http::header;

use super::Response;
use crate::datastructures::Cookie;
use crate::datastructures::InvalidCookie;

impl Response {
    /// Sets a cookie.
    ///
    /// A cookie longer than [`MAX_COOKIE_SIZE`](crate::datastructures::cookie::MAX_COOKIE_SIZE) is
    /// sent, but browsers drop it without a word: ask [`Cookie::excess`] where the value is not
    /// of a known length.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Response;
    /// use rustzeug::datastructures::Cookie;
    ///
    /// let mut response = Response::new("hello");
    /// response.set_cookie(Cookie::new("theme", "dark").secure(true))?;
    /// assert_eq!(response.headers().get("set-cookie"), Some("theme=dark; Secure; Path=/"));
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A name or a domain that no cookie can have.
    pub fn set_cookie(&mut self, cookie: impl Into<Cookie>) -> Result<(), InvalidCookie> {
        let value = cookie.into().to_header_value()?;
        self.headers_mut().add(header::SET_COOKIE, value);
        Ok(())
    }

    /// Deletes the cookie of this name with the path `/` and no domain. For another path or
    /// domain, set [`Cookie::deleted`] with the same path and domain as the cookie has.
    ///
    /// # Errors
    ///
    /// A name that no cookie can have.
    pub fn delete_cookie(&mut self, name: &str) -> Result<(), InvalidCookie> {
        self.set_cookie(Cookie::deleted(name))
    }
}
