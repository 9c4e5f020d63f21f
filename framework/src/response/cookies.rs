//! Cookies that a response sets.

use http::header;

use super::Response;
use crate::clock;
use crate::datastructures::Cookie;
use crate::datastructures::InvalidCookie;
use crate::datastructures::cookie::MAX_COOKIE_SIZE;

impl Response {
    /// Sets a cookie; one with `Max-Age` gets an `Expires` of the same moment, for old browsers.
    ///
    /// A cookie longer than [`MAX_COOKIE_SIZE`] is sent, but browsers drop it without a word: the
    /// server's log tells. Ask [`Cookie::excess`] where the value is not of a known length.
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
        let mut cookie = cookie.into();
        if cookie.has_max_age() {
            cookie = cookie.sync_expires(clock::now());
        }
        let value = cookie.to_header_value()?;
        if value.len() > MAX_COOKIE_SIZE {
            let (name, length) = (cookie.name().escape_debug(), value.len());
            self.warn(format!(
                "the cookie `{name}` has {length} bytes, browsers drop more than {MAX_COOKIE_SIZE}"
            ));
        }
        self.headers_mut().add(header::SET_COOKIE, value);
        Ok(())
    }

    /// Deletes the cookie of this name with the path `/` and no domain. For another path or
    /// domain, set [`Cookie::deleted`] with the same path and domain as the cookie has.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("bye");
    /// response.delete_cookie("session")?;
    /// assert!(response.headers().get("set-cookie").is_some_and(|text| text.contains("Max-Age=0")));
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A name that no cookie can have.
    pub fn delete_cookie(&mut self, name: &str) -> Result<(), InvalidCookie> {
        self.set_cookie(Cookie::deleted(name))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn old_browsers_and_the_log_are_told() {
        let mut response = Response::empty();
        response
            .set_cookie(Cookie::new("a", "b").max_age(Duration::from_secs(60)))
            .unwrap();
        let text = response.headers().get("set-cookie").unwrap();
        assert!(text.starts_with("a=b; Expires="), "{text}");
        assert!(text.ends_with("; Max-Age=60; Path=/"), "{text}");
        // An own moment stays, and without an age there is none.
        let epoch = Cookie::new("c", "d")
            .max_age_seconds(60)
            .expires(SystemTime::UNIX_EPOCH);
        let mut response = Response::empty();
        response.set_cookie(epoch).unwrap();
        response.set_cookie(Cookie::new("e", "f")).unwrap();
        let texts: Vec<_> = response.headers().get_list("set-cookie").collect();
        assert!(texts[0].contains("Expires=Thu, 01 Jan 1970"), "{texts:?}");
        assert_eq!(texts[1], "e=f; Path=/");
        assert_eq!(response.warning(), None);
        response
            .set_cookie(Cookie::new("g", "h".repeat(5_000)))
            .unwrap();
        let warning = response.warning().unwrap();
        assert!(warning.contains("`g` has 5010 bytes"), "{warning}");
    }
}
