//! Reading `Set-Cookie`.

use std::str::FromStr;

use super::Cookie;
use super::InvalidCookie;
use super::Kind;
use crate::grammar::cookie::decode_cookies;
use crate::grammar::number::plain_int;
use crate::grammar::token;

impl Cookie {
    /// Reads the value of a `Set-Cookie`; attributes that are not known or cannot be read are
    /// dropped, as browsers do (RFC 6265 section 5.2). Without `Path` there is none.
    ///
    /// ```
    /// use rustzeug::datastructures::Cookie;
    ///
    /// let cookie = Cookie::from_header("a=\"b c\"; max-age=60; Secure; Priority=High")?;
    /// assert_eq!((cookie.name(), cookie.value()), ("a", "b c"));
    /// assert_eq!(cookie.to_header()?, "a=\"b c\"; Max-Age=60; Secure");
    /// # Ok::<_, rustzeug::datastructures::InvalidCookie>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Text that does not begin with a name and a value.
    pub fn from_header(header: &str) -> Result<Self, InvalidCookie> {
        Self::parse(header).map(|(cookie, _)| cookie)
    }

    /// The cookie, and whether all of the text went into it.
    fn parse(header: &str) -> Result<(Self, bool), InvalidCookie> {
        let mut pieces = header.split(';');
        let pair = pieces.next().filter(|pair| pair.contains('='));
        let mut pairs = decode_cookies(pair.unwrap_or_default());
        let Some((name, value)) = pairs.next().filter(|(name, _)| !name.is_empty()) else {
            return Err(InvalidCookie(Kind::Name));
        };
        let mut cookie = Self::new(name, value.into_owned()).without_path();
        let mut is_whole = true;
        for piece in pieces {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            is_whole &= cookie.take(&token::trim(name).to_ascii_lowercase(), token::trim(value));
        }
        Ok((cookie, is_whole))
    }

    /// Takes an attribute over; `false` where it is none.
    fn take(&mut self, name: &str, value: &str) -> bool {
        match name {
            "domain" => self.domain = Some(value.trim_start_matches('.').to_owned()),
            "expires" => self.expires = Some(value.to_owned()),
            "httponly" => self.http_only = true,
            "max-age" => match plain_int(value) {
                Some(seconds) => self.max_age = Some(seconds),
                None => return false,
            },
            "partitioned" => self.partitioned = true,
            "path" if value.starts_with('/') => self.path = Some(value.to_owned()),
            "samesite" => match value.parse() {
                Ok(same_site) => self.same_site = Some(same_site),
                Err(_) => return false,
            },
            "secure" => self.secure = true,
            _ => return false,
        }
        true
    }
}

impl FromStr for Cookie {
    type Err = InvalidCookie;

    /// Reads a `Set-Cookie` of which every part is understood, and that can be written again.
    fn from_str(text: &str) -> Result<Self, InvalidCookie> {
        let (cookie, is_whole) = Self::parse(text)?;
        cookie.to_header()?;
        is_whole
            .then_some(cookie)
            .ok_or(InvalidCookie(Kind::Attribute))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for text in [
            "a=b",
            "a=\"b c\"; Path=/",
            "a=b; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=-1; Secure; \
             HttpOnly; Path=/x; SameSite=None; Partitioned",
        ] {
            let cookie: Cookie = text.parse().unwrap();
            assert_eq!(cookie.to_header().unwrap(), text);
        }
    }

    #[test]
    fn browsers_are_lenient_and_strict_text_is_not() {
        let text = "a=b; Path=x; max-age=soon; samesite=maybe; ; priority=high; SECURE";
        let cookie = Cookie::from_header(text).unwrap();
        assert_eq!(cookie.to_header().unwrap(), "a=b; Secure");
        assert!(text.parse::<Cookie>().is_err());
        for text in ["", "a", "=b", "; Path=/", "Secure; a=b"] {
            assert!(Cookie::from_header(text).is_err(), "{text:?}");
        }
        assert!("a b=c".parse::<Cookie>().is_err());
    }
}
