//! Fields of a query, a form or a JSON document, and which of them does not fit.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;

use crate::exceptions::BadRequest;
use crate::exceptions::HttpException;

/// A field that does not fit, and why.
///
/// # Examples
///
/// ```
/// use rustzeug::extract::FieldError;
///
/// let error = FieldError::new("email", "is taken already");
/// assert_eq!(error.to_string(), "email: is taken already");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    field: Cow<'static, str>,
    message: Cow<'static, str>,
}

impl FieldError {
    /// Makes one: also for what only a database knows.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::extract::FieldError;
    ///
    /// let error = FieldError::new(format!("tags[{}]", 1), "is too long");
    /// assert_eq!(error.to_string(), "tags[1]: is too long");
    /// ```
    pub fn new(field: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }

    /// The name of the field, or the way to it: `address.city`, `tags[1]`; empty where the whole
    /// does not fit.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::extract::FieldError;
    ///
    /// assert_eq!(FieldError::new("email", "is taken already").field(), "email");
    /// ```
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong with it.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::extract::FieldError;
    ///
    /// assert_eq!(FieldError::new("email", "is taken already").message(), "is taken already");
    /// ```
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The exception that answers it: 400.
    pub(super) fn into_exception(self) -> HttpException {
        let description = match &*self.field {
            field if self.message == MISSING => format!("The field '{field}' is missing."),
            "" => format!("The data does not fit: {}.", self.message),
            field => format!("The field '{field}' does not fit: {}.", self.message),
        };
        BadRequest.with_description(description).with_source(self)
    }

    fn at(path: &serde_path_to_error::Path, message: String) -> Self {
        let path = match path.to_string() {
            // The root.
            path if path == "." => String::new(),
            path => path,
        };
        // serde says in words alone which field is missing.
        let missing = message.strip_prefix("missing field `");
        match missing.and_then(|rest| rest.split_once('`')) {
            Some((name, _)) if path.is_empty() => Self::new(name.to_owned(), MISSING),
            Some((name, _)) => Self::new(format!("{path}.{name}"), MISSING),
            None => Self::new(path, message),
        }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.field {
            "" => f.write_str(&self.message),
            field => write!(f, "{field}: {}", self.message),
        }
    }
}

impl Error for FieldError {}

/// Why fields could not be read.
///
/// # Examples
///
/// ```
/// use rustzeug::HttpException;
/// use rustzeug::extract::{FieldError, Misfit};
///
/// let misfit = Misfit::from(FieldError::new("page", "is no number"));
/// let exception = HttpException::from(misfit);
/// assert_eq!(exception.status(), 400);
/// assert_eq!(exception.description(), "The field 'page' does not fit: is no number.");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Misfit {
    /// A field does not fit.
    Field(FieldError),
    /// Something else: the type of the body, its length, its grammar.
    Other(HttpException),
}

impl From<FieldError> for Misfit {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

impl From<HttpException> for Misfit {
    fn from(error: HttpException) -> Self {
        Self::Other(error)
    }
}

impl From<Misfit> for HttpException {
    fn from(misfit: Misfit) -> Self {
        match misfit {
            Misfit::Field(error) => error.into_exception(),
            Misfit::Other(error) => error,
        }
    }
}

/// Reads a query, or a urlencoded form.
pub(super) fn from_pairs<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, FieldError> {
    let pairs = || serde_html_form::Deserializer::from_bytes(text.as_bytes());
    T::deserialize(pairs()).map_err(|error| named::<T, _>(pairs(), &error))
}

/// Reads a JSON document.
pub(super) fn from_json<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, Misfit> {
    serde_json::from_slice(text).map_err(|error| {
        if error.is_data() {
            let mut document = serde_json::Deserializer::from_slice(text);
            return named::<T, _>(&mut document, &error).into();
        }
        // Werkzeug's words.
        let description = format!("Failed to decode JSON object: {error}");
        let exception = BadRequest.with_description(description).with_source(error);
        exception.into()
    })
}

/// Reads once more, to learn where it fails: the first time nobody looks, because most of what is
/// read is good.
fn named<'de, T, D>(again: D, error: &dyn fmt::Display) -> FieldError
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
    D::Error: fmt::Display,
{
    match serde_path_to_error::deserialize::<_, T>(again) {
        Ok(_) => FieldError::new("", error.to_string()),
        Err(error) => FieldError::at(error.path(), error.inner().to_string()),
    }
}

/// What is wrong with a field that is not there.
const MISSING: &str = "is missing";
