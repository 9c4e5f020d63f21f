//! Ways to raise an exception.

use std::error::Error;

use http::StatusCode;

use super::HttpException;
use super::NotFound;

/// Ends a handler with the exception of a status.
///
/// # Examples
///
/// ```
/// use rustzeug::exceptions::{HttpException, abort};
///
/// fn secret(allowed: bool) -> Result<&'static str, HttpException> {
///     if !allowed {
///         return abort(403);
///     }
///     Ok("42")
/// }
///
/// assert_eq!(secret(false).map_err(|error| error.code()), Err(403));
/// ```
///
/// # Errors
///
/// Always: that of the status, or 500 if the number is no status of 400 to 599.
///
/// # Compatibility
///
/// Werkzeug raises `LookupError` for a status that has no class of its own, such as 402; here it
/// is an exception without a kind. A mapping of one's own is an [`Aborter`](super::Aborter).
pub fn abort<T>(code: impl Into<AbortCode>) -> Result<T, HttpException> {
    Err(code.into().into_exception())
}

/// A status to abort with: a number or a [`StatusCode`].
///
/// # Examples
///
/// ```
/// use rustzeug::{StatusCode, abort};
///
/// assert_eq!(abort::<()>(404).unwrap_err().code(), 404);
/// assert_eq!(abort::<()>(StatusCode::GONE).unwrap_err().code(), 410);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbortCode {
    code: i64,
}

impl AbortCode {
    pub(super) fn number(self) -> i64 {
        self.code
    }

    pub(super) fn into_exception(self) -> HttpException {
        let status = u16::try_from(self.code).ok();
        let status = status.and_then(|code| StatusCode::from_u16(code).ok());
        match status.filter(|status| status.is_client_error() || status.is_server_error()) {
            Some(status) => HttpException::new(status),
            None => format!("abort({}): not the status of an error", self.code).into(),
        }
    }
}

impl From<StatusCode> for AbortCode {
    fn from(status: StatusCode) -> Self {
        Self {
            code: status.as_u16().into(),
        }
    }
}

impl From<u16> for AbortCode {
    fn from(code: u16) -> Self {
        Self { code: code.into() }
    }
}

/// What a bare literal is.
impl From<i32> for AbortCode {
    fn from(code: i32) -> Self {
        Self { code: code.into() }
    }
}

/// Turns "nothing" and "failed" into an exception of a chosen status.
///
/// # Examples
///
/// ```
/// use rustzeug::exceptions::{HttpException, OrAbort};
///
/// fn page(number: &str, pages: &[&str]) -> Result<String, HttpException> {
///     let number: usize = number.parse().or_status(400)?;
///     let page = pages.get(number).or_404()?;
///     Ok(page.to_string())
/// }
///
/// let code = |number| page(number, &["a"]).map_err(|error| error.code());
/// assert_eq!(code("0"), Ok("a".to_owned()));
/// assert_eq!(code("1"), Err(404));
/// assert_eq!(code("x"), Err(400));
/// ```
pub trait OrAbort<T>: Sized {
    /// Gives the value, or else an exception of that status; an error becomes its source.
    ///
    /// # Errors
    ///
    /// If there is no value.
    fn or_status(self, code: impl Into<AbortCode>) -> Result<T, HttpException>;

    /// Gives the value, or else 404 Not Found.
    ///
    /// # Errors
    ///
    /// If there is no value.
    fn or_404(self) -> Result<T, HttpException>;
}

impl<T> OrAbort<T> for Option<T> {
    fn or_status(self, code: impl Into<AbortCode>) -> Result<T, HttpException> {
        self.ok_or_else(|| code.into().into_exception())
    }

    fn or_404(self) -> Result<T, HttpException> {
        self.ok_or_else(|| NotFound.into())
    }
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> OrAbort<T> for Result<T, E> {
    fn or_status(self, code: impl Into<AbortCode>) -> Result<T, HttpException> {
        self.map_err(|error| code.into().into_exception().with_source(error))
    }

    fn or_404(self) -> Result<T, HttpException> {
        self.map_err(|error| HttpException::from(NotFound).with_source(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exceptions::Kind;

    #[test]
    fn numbers_become_exceptions() {
        for (code, want, kind) in [
            (404, 404, Some(Kind::NotFound)),
            (400, 400, Some(Kind::BadRequest)),
            (402, 402, None),
            (599, 599, None),
            (200, 500, Some(Kind::InternalServerError)),
            (-1, 500, Some(Kind::InternalServerError)),
            (70_000, 500, Some(Kind::InternalServerError)),
        ] {
            let error = abort::<()>(code).unwrap_err();
            assert_eq!((error.code(), error.kind()), (want, kind), "{code}");
        }
        let error = abort::<()>(999).unwrap_err();
        let source = error.source().map(ToString::to_string);
        assert_eq!(
            source.as_deref(),
            Some("abort(999): not the status of an error")
        );
        assert_eq!(abort::<()>(StatusCode::GONE).unwrap_err().code(), 410);
        assert_eq!(abort::<()>(410_u16).unwrap_err().code(), 410);
    }

    #[test]
    fn errors_are_kept_as_the_source() {
        let error = "x".parse::<u8>().or_404().unwrap_err();
        assert!(error.is::<NotFound>());
        assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
    }
}
