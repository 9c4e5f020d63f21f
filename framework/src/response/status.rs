//! A status as text.

use std::error::Error;
use std::fmt;

use http::StatusCode;

use super::Response;
use crate::grammar::status::status_name;

impl Response {
    /// Sets the status from text such as `404 Not Found` or `404`: what CGI programs say, and what
    /// Werkzeug's `Response.status` takes.
    ///
    /// The words are sent as they are in HTTP/1.1, where they are for people; clients look at the
    /// number alone (RFC 9112 section 4), and HTTP/2 has no words. Without words, or once
    /// [`set_status`](Self::set_status) changes the number, they are the number's own name.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Response;
    ///
    /// let mut response = Response::empty();
    /// response.set_status_text("404 Gone Fishing")?;
    /// assert_eq!(response.status().as_u16(), 404);
    /// assert_eq!(response.status_text(), "404 Gone Fishing");
    /// response.set_status_text("404")?;
    /// assert_eq!(response.status_text(), "404 NOT FOUND");
    /// assert!(response.set_status_text("gone").is_err());
    /// # Ok::<_, rustzeug::response::InvalidStatus>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Text that does not begin with a number from 100 to 999, or has control characters.
    ///
    /// # Compatibility
    ///
    /// Werkzeug sends text without a number as the status 0, which is none (RFC 9110 section 15).
    pub fn set_status_text(&mut self, text: &str) -> Result<(), InvalidStatus> {
        let text = text.trim();
        let (code, reason) = match text.split_once(' ') {
            Some((code, reason)) => (code, Some(reason)),
            None => (text, None),
        };
        let status = code.parse::<u16>().ok().filter(|_| code.len() == 3);
        let status = status.and_then(|code| StatusCode::from_u16(code).ok());
        // RFC 9112 section 4: HTAB, SP, VCHAR and obs-text. A line break would end the line.
        if reason.is_some_and(|reason| reason.contains(|c: char| c.is_control() && c != '\t')) {
            return Err(InvalidStatus(()));
        }
        self.set_status(status.ok_or(InvalidStatus(()))?);
        if let Some(reason) = reason {
            self.set_reason(reason);
        }
        Ok(())
    }

    /// The status with its words, or with its name in capitals: Werkzeug's `Response.status`.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// assert_eq!(Response::empty().status_text(), "200 OK");
    /// ```
    #[must_use]
    pub fn status_text(&self) -> String {
        let code = self.status().as_u16();
        if let Some(reason) = self.reason() {
            return format!("{code} {reason}");
        }
        let name = status_name(code).unwrap_or("Unknown");
        format!("{code} {}", name.to_uppercase())
    }
}

/// Text that is no status.
///
/// # Examples
///
/// ```
/// # use rustzeug::Response;
/// assert!(Response::empty().set_status_text("gone").is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidStatus(());

impl fmt::Display for InvalidStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "invalid status: expected a number from 100 to 999 and words, such as `404 Not Found`",
        )
    }
}

impl Error for InvalidStatus {}
