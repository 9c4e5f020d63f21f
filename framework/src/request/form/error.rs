//! Why a form could not be read.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;

use crate::body::BodyError;
use crate::exceptions::BadRequest;
use crate::exceptions::HttpException;
use crate::exceptions::InternalServerError;
use crate::exceptions::RequestEntityTooLarge;
use crate::protocol::multipart::MultipartError;
use crate::request::body::body_exception;

/// Why a form could not be read. Cheap to clone.
///
/// # Examples
///
/// ```
/// use rustzeug::Method;
/// use rustzeug::request::FormError;
/// use rustzeug::testing::EnvironBuilder;
///
/// # fn main() -> rustzeug::Result<()> {
/// let request = EnvironBuilder::new("/")
///     .method(Method::POST)
///     .content_type("application/x-www-form-urlencoded")
///     .body(&b"name=\xff"[..])
///     .build()?;
/// let error = request.form_data()?.error().map(ToString::to_string);
/// assert_eq!(error.as_deref(), Some("the form is not UTF-8"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FormError {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// The body itself.
    Body(BodyError),
    /// A text field beyond this many bytes.
    Field(u64),
    /// The temporary file.
    Disk(Arc<io::Error>),
    Multipart(MultipartError),
    /// A urlencoded form that is not UTF-8.
    NotText,
}

impl FormError {
    pub(super) fn not_text() -> Self {
        Self {
            kind: Kind::NotText,
        }
    }

    pub(super) fn field_too_large(limit: u64) -> Self {
        Self {
            kind: Kind::Field(limit),
        }
    }

    /// Whether a limit was exceeded (413).
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::BodyError;
    /// # use rustzeug::request::FormError;
    /// assert!(FormError::from(BodyError::too_large(1_000)).is_too_large());
    /// ```
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        match &self.kind {
            Kind::Body(error) => error.is_too_large(),
            Kind::Field(_) => true,
            Kind::Multipart(error) => error.is_too_large(),
            Kind::Disk(_) | Kind::NotText => false,
        }
    }

    /// Whether the form itself is broken (400).
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::Method;
    /// # use rustzeug::request::FormError;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/")
    ///     .method(Method::POST)
    ///     .content_type("multipart/form-data; boundary=b")
    ///     .body("no part at all")
    ///     .build()?;
    /// assert!(request.form_data()?.error().is_some_and(FormError::is_malformed));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        match &self.kind {
            Kind::Multipart(error) => !error.is_too_large(),
            Kind::NotText => true,
            Kind::Body(_) | Kind::Field(_) | Kind::Disk(_) => false,
        }
    }

    /// The exception that answers it: 413, 400, 408, or 500 where the disk failed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::BodyError;
    /// # use rustzeug::request::FormError;
    /// let error = FormError::from(BodyError::too_large(1_000));
    /// assert_eq!(error.to_exception().status(), 413);
    /// let error = FormError::from(std::io::Error::other("disk full"));
    /// assert_eq!(error.to_exception().status(), 500);
    /// ```
    #[must_use]
    pub fn to_exception(&self) -> HttpException {
        match &self.kind {
            Kind::Body(error) => body_exception(error),
            Kind::Disk(_) => InternalServerError.with_source(self.clone()),
            _ if self.is_too_large() => RequestEntityTooLarge.with_source(self.clone()),
            _ => BadRequest.with_source(self.clone()),
        }
    }
}

impl From<BodyError> for FormError {
    fn from(error: BodyError) -> Self {
        Self {
            kind: Kind::Body(error),
        }
    }
}

impl From<MultipartError> for FormError {
    fn from(error: MultipartError) -> Self {
        Self {
            kind: Kind::Multipart(error),
        }
    }
}

impl From<io::Error> for FormError {
    fn from(error: io::Error) -> Self {
        Self {
            kind: Kind::Disk(Arc::new(error)),
        }
    }
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Body(error) => error.fmt(f),
            Kind::Field(limit) => write!(f, "a form field is longer than {limit} bytes"),
            Kind::Disk(_) => f.write_str("the temporary file of an upload failed"),
            Kind::Multipart(error) => error.fmt(f),
            Kind::NotText => f.write_str("the form is not UTF-8"),
        }
    }
}

impl Error for FormError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            Kind::Body(error) => error.source(),
            Kind::Disk(error) => Some(&**error),
            Kind::Field(_) | Kind::Multipart(_) | Kind::NotText => None,
        }
    }
}
