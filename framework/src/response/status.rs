//! A status as text.

use std::error::Error;
use std::fmt;

use http::StatusCode;

use super::Response;
use crate::grammar::status::status_name;

impl Response {
    /// Sets the status from text such as `404 Not Found` or `404`: what CGI programs say.
    ///
    /// Only the number counts. HTTP/1.1 has a reason phrase for people; it is sent as the number's
    /// own name, and HTTP/2 has none (RFC 9112 section 4).
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Response;
    ///
    /// let mut response = Response::empty();
    /// response.set_status_text("404 NOT FOUND")?;
    /// assert_eq!(response.status().as_u16(), 404);
    /// assert_eq!(response.status_text(), "404 NOT FOUND");
    /// assert!(response.set_status_text("gone").is_err());
    /// # Ok::<_, rustzeug::response::InvalidStatus>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Text that does not begin with a number from 100 to 999.
    pub fn set_status_text(&mut self, text: &str) -> Result<(), InvalidStatus> {
        let text = text.trim();
        let code = text.split_once(' ').map_or(text, |(code, _)| code);
        let status = code.parse::<u16>().ok().filter(|_| code.len() == 3);
        let status = status.and_then(|code| StatusCode::from_u16(code).ok());
        self.set_status(status.ok_or(InvalidStatus(()))?);
        Ok(())
    }

    /// The status with its name in capitals, as Werkzeug's `Response.status` is.
    #[must_use]
    pub fn status_text(&self) -> String {
        let code = self.status().as_u16();
        let name = status_name(code).unwrap_or("Unknown");
        format!("{code} {}", name.to_uppercase())
    }
}

/// Text that is no status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidStatus(());

impl fmt::Display for InvalidStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid status: expected a number from 100 to 999, such as `404 Not Found`")
    }
}

impl Error for InvalidStatus {}
