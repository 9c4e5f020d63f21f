//! The kinds that say more than their name, in fields of the answer.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;
use std::time::SystemTime;

use http::HeaderValue;
use http::header::ALLOW;
use http::header::CONTENT_RANGE;
use http::header::RETRY_AFTER;
use http::header::WWW_AUTHENTICATE;

use super::Kind;
use super::ServiceUnavailable;
use super::TooManyRequests;
use super::Unauthorized;
use crate::datastructures::InvalidHeader;
use crate::datastructures::WwwAuthenticate;
use crate::exceptions::HttpException;
use crate::grammar::date::http_date;

/// 405: the thing is there, but not for this method.
///
/// # Examples
///
/// ```
/// use rustzeug::exceptions::{HttpException, MethodNotAllowed};
///
/// let error = HttpException::from(MethodNotAllowed::new(["GET", "HEAD"]));
/// assert_eq!(error.headers().get("Allow"), Some("GET, HEAD"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MethodNotAllowed {
    valid_methods: Vec<String>,
}

impl MethodNotAllowed {
    /// Makes the exception; the methods go into `Allow`.
    ///
    /// ```
    /// # use rustzeug::exceptions::*;
    /// let error = HttpException::from(MethodNotAllowed::new(["GET"]));
    /// assert_eq!(error.headers().get("allow"), Some("GET"));
    /// ```
    pub fn new<M: Into<String>>(valid_methods: impl IntoIterator<Item = M>) -> Self {
        Self {
            valid_methods: valid_methods.into_iter().map(Into::into).collect(),
        }
    }

    /// Returns the methods that are allowed.
    ///
    /// ```
    /// # use rustzeug::exceptions::*;
    /// assert_eq!(MethodNotAllowed::new(["GET"]).valid_methods(), ["GET"]);
    /// ```
    pub fn valid_methods(&self) -> &[String] {
        &self.valid_methods
    }
}

impl From<MethodNotAllowed> for HttpException {
    fn from(kind: MethodNotAllowed) -> Self {
        let mut error = Self::of_kind(Kind::MethodNotAllowed);
        if !kind.valid_methods.is_empty() {
            // What is no method would be refused here; then there is no `Allow`.
            let _ = error
                .headers_mut()
                .try_set(ALLOW, kind.valid_methods.join(", "));
        }
        error
    }
}

/// 416: the client asked for a part that does not exist.
///
/// # Examples
///
/// ```
/// use rustzeug::exceptions::{HttpException, RequestedRangeNotSatisfiable};
///
/// let error = HttpException::from(RequestedRangeNotSatisfiable::new(100));
/// assert_eq!(error.headers().get("Content-Range"), Some("bytes */100"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "Content-Range has these two parts, for good"
)]
pub struct RequestedRangeNotSatisfiable {
    /// How long the whole is; `None` if that is not known.
    pub length: Option<u64>,
    /// What it is counted in.
    pub units: Cow<'static, str>,
}

impl RequestedRangeNotSatisfiable {
    /// Makes the exception for a whole of that many bytes.
    ///
    /// ```
    /// # use rustzeug::exceptions::*;
    /// let error = HttpException::from(RequestedRangeNotSatisfiable::new(None));
    /// assert!(!error.headers().contains("content-range"));
    /// ```
    pub fn new(length: impl Into<Option<u64>>) -> Self {
        Self {
            length: length.into(),
            ..Self::default()
        }
    }
}

impl Default for RequestedRangeNotSatisfiable {
    fn default() -> Self {
        Self {
            length: None,
            units: Cow::Borrowed("bytes"),
        }
    }
}

impl From<RequestedRangeNotSatisfiable> for HttpException {
    fn from(kind: RequestedRangeNotSatisfiable) -> Self {
        let mut error = Self::of_kind(Kind::RequestedRangeNotSatisfiable);
        if let Some(length) = kind.length {
            let value = format!("{} */{length}", kind.units);
            // Units that no field can hold are left out, with the field.
            let _ = error.headers_mut().try_set(CONTENT_RANGE, value);
        }
        error
    }
}

impl Unauthorized {
    /// Makes the exception with a `WWW-Authenticate`; add more with
    /// [`HttpException::headers_mut`].
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::WwwAuthenticate;
    /// use rustzeug::exceptions::Unauthorized;
    ///
    /// let error = Unauthorized.with_www_authenticate(&WwwAuthenticate::basic("staff"))?;
    /// assert_eq!(error.headers().get("WWW-Authenticate"), Some("Basic realm=\"staff\""));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a part of the challenge holds a control character.
    pub fn with_www_authenticate(
        self,
        challenge: &WwwAuthenticate,
    ) -> Result<HttpException, InvalidHeader> {
        let mut error = HttpException::from(self);
        let headers = error.headers_mut();
        headers.try_add(WWW_AUTHENTICATE, challenge.to_header())?;
        Ok(error)
    }
}

impl TooManyRequests {
    /// Makes the exception with a `Retry-After`.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::exceptions::TooManyRequests;
    ///
    /// let error = TooManyRequests.with_retry_after(30);
    /// assert_eq!(error.headers().get("Retry-After"), Some("30"));
    /// ```
    pub fn with_retry_after(self, retry_after: impl Into<RetryAfter>) -> HttpException {
        retry_after.into().put(self.into())
    }
}

impl ServiceUnavailable {
    /// Makes the exception with a `Retry-After`.
    ///
    /// ```
    /// # use rustzeug::exceptions::*;
    /// let error = ServiceUnavailable.with_retry_after(30);
    /// assert_eq!(error.headers().get("retry-after"), Some("30"));
    /// ```
    pub fn with_retry_after(self, retry_after: impl Into<RetryAfter>) -> HttpException {
        retry_after.into().put(self.into())
    }
}

/// When to try again: after some seconds, or at a moment.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use rustzeug::exceptions::RetryAfter;
///
/// assert_eq!(RetryAfter::from(UNIX_EPOCH).to_string(), "Thu, 01 Jan 1970 00:00:00 GMT");
/// assert_eq!(RetryAfter::from(Duration::from_secs(5)), RetryAfter::from(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryAfter(Retry);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Retry {
    At(SystemTime),
    Seconds(u64),
}

impl RetryAfter {
    fn put(self, mut error: HttpException) -> HttpException {
        // "At once" is what no field says, too.
        if self.0 == Retry::Seconds(0) {
            return error;
        }
        if let Ok(value) = HeaderValue::try_from(self.to_string()) {
            error.headers_mut().set(RETRY_AFTER, value);
        }
        error
    }
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Retry::At(date) => f.write_str(&http_date(date)),
            Retry::Seconds(seconds) => write!(f, "{seconds}"),
        }
    }
}

impl From<SystemTime> for RetryAfter {
    fn from(date: SystemTime) -> Self {
        Self(Retry::At(date))
    }
}

impl From<Duration> for RetryAfter {
    fn from(duration: Duration) -> Self {
        Self(Retry::Seconds(duration.as_secs()))
    }
}

impl From<u64> for RetryAfter {
    fn from(seconds: u64) -> Self {
        Self(Retry::Seconds(seconds))
    }
}
