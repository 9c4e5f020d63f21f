//! What is wrong with a value that does not keep its rules.

use std::error::Error;
use std::fmt;

use http::StatusCode;

use super::FieldError;
use super::Misfit;
use crate::datastructures::MultiDict;
use crate::exceptions::HttpException;
use crate::exceptions::UnprocessableEntity;
use crate::request::Request;
use crate::response::IntoResponse;
use crate::response::Response;
use crate::response::prefers_json;
use crate::response::render_as;

/// Why a [`Valid`](super::Valid) could not be made: what is wrong with which field, and what was sent.
///
/// # Examples
///
/// ```
/// use garde::Validate;
/// use rustzeug::prelude::*;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, Validate)]
/// struct Entry {
///     #[garde(length(min = 1))]
///     text: String,
/// }
///
/// struct Guests;
///
/// #[application]
/// impl Guests {
///     #[route("/", methods = ["POST"])]
///     fn sign(&self, entry: Result<Valid<Form<Entry>>, Invalid>) -> Response {
///         match entry {
///             Ok(Valid(entry)) => Response::new(format!("thank you for {}", entry.text)),
///             Err(invalid) => {
///                 let (text, error) = (invalid.value("text"), invalid.error("text"));
///                 let page = format!("{}: {}", text.unwrap_or(""), error.unwrap_or(""));
///                 (invalid.status(), page).into_response()
///             }
///         }
///     }
/// }
///
/// # fn main() -> Result<(), StartError> {
/// let client = rustzeug::testing::Client::new(Guests)?;
/// let response = client.post("/").form([("text", "")]).send();
/// assert_eq!(response.status(), 422);
/// assert_eq!(response.text(), ": length is lower than 1");
/// # Ok(())
/// # }
/// ```
pub struct Invalid {
    inner: Box<Inner>,
}

struct Inner {
    /// Invariant: not empty.
    errors: FieldErrors,
    sent: MultiDict,
    /// `None` where it is fields that do not fit.
    other: Option<HttpException>,
    /// The client asks for JSON.
    json: bool,
}

pub(super) enum Problem {
    Fields(Vec<FieldError>),
    Other(HttpException),
}

impl Problem {
    pub(super) fn of(misfit: Misfit) -> Self {
        match misfit {
            Misfit::Field(error) => Self::Fields(vec![error]),
            Misfit::Other(error) => Self::Other(error),
        }
    }
}

impl Invalid {
    /// Makes one of what only a handler knows: that a name is taken.
    ///
    /// The values are those of the request's form, or of its query.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::extract::{FieldError, Invalid};
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/?name=eve").build()?;
    /// let invalid = Invalid::new(&request, FieldError::new("name", "is taken"));
    /// assert_eq!(invalid.error("name"), Some("is taken"));
    /// assert_eq!(invalid.value("name"), Some("eve"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(request: &Request, error: FieldError) -> Self {
        let sent = match request.form() {
            Ok(form) if !form.is_empty() => form.clone(),
            _ => request.args().clone(),
        };
        Self::of(Problem::Fields(vec![error]), sent, request)
    }

    pub(super) fn of(problem: Problem, sent: MultiDict, request: &Request) -> Self {
        let (errors, other) = match problem {
            Problem::Fields(errors) => (errors, None),
            Problem::Other(error) => {
                let told = FieldError::new("", error.description().to_owned());
                (vec![told], Some(error))
            }
        };
        let inner = Inner {
            errors: FieldErrors(errors),
            sent,
            other,
            json: prefers_json(request),
        };
        Self {
            inner: Box::new(inner),
        }
    }

    /// Adds another mistake.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::extract::{FieldError, Invalid};
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/?name=eve").build()?;
    /// let mut invalid = Invalid::new(&request, FieldError::new("name", "is taken"));
    /// invalid.add(FieldError::new("age", "is missing"));
    /// assert_eq!(invalid.errors().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn add(&mut self, error: FieldError) {
        self.inner.errors.0.push(error);
    }

    /// Everything that is wrong. Where it is no field but the whole body (415, 413, 400), that is
    /// one entry without a name.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::extract::{FieldError, Invalid};
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/?name=eve").build()?;
    /// let invalid = Invalid::new(&request, FieldError::new("name", "is taken"));
    /// assert_eq!(invalid.errors(), [FieldError::new("name", "is taken")]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.inner.errors.0
    }

    /// What is wrong with a field, the first thing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::extract::{FieldError, Invalid};
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/?name=eve").build()?;
    /// let invalid = Invalid::new(&request, FieldError::new("name", "is taken"));
    /// assert_eq!(invalid.error("name"), Some("is taken"));
    /// assert_eq!(invalid.error("age"), None);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn error(&self, field: &str) -> Option<&str> {
        let mut errors = self.errors().iter();
        let found = errors.find(|error| error.field() == field)?;
        Some(found.message())
    }

    /// What was sent for a field, the first value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::extract::{FieldError, Invalid};
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/?name=eve").build()?;
    /// let invalid = Invalid::new(&request, FieldError::new("name", "is taken"));
    /// assert_eq!(invalid.value("name"), Some("eve"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn value(&self, field: &str) -> Option<&str> {
        self.inner.sent.get(field)
    }

    /// What was sent for every field; empty for JSON.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::extract::{FieldError, Invalid};
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/?name=eve").build()?;
    /// let invalid = Invalid::new(&request, FieldError::new("name", "is taken"));
    /// assert_eq!(invalid.values().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn values(&self) -> &MultiDict {
        &self.inner.sent
    }

    /// 422, or what the body as a whole is answered with.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::extract::{FieldError, Invalid};
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/?name=eve").build()?;
    /// let invalid = Invalid::new(&request, FieldError::new("name", "is taken"));
    /// assert_eq!(invalid.status(), 422);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn status(&self) -> StatusCode {
        let other = self.inner.other.as_ref();
        other.map_or(StatusCode::UNPROCESSABLE_ENTITY, HttpException::status)
    }
}

impl IntoResponse for Invalid {
    fn into_response(self) -> Response {
        let inner = *self.inner;
        let exception = inner.other.unwrap_or_else(|| inner.errors.into_exception());
        render_as(exception, inner.json)
    }
}

impl fmt::Debug for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invalid")
            .field("status", &self.status())
            .field("errors", &self.errors())
            .finish_non_exhaustive()
    }
}

/// Everything that is wrong with the fields of a form, a query or a document: what
/// `#[errorhandler(FieldErrors)]` is given where a handler does not ask for [`Invalid`] itself.
///
/// # Examples
///
/// ```
/// use rustzeug::extract::FieldErrors;
/// use rustzeug::prelude::*;
///
/// # struct Club;
/// #[application]
/// impl Club {
///     #[route("/")]
///     fn join(&self, request: &Request) -> Result<Response, Invalid> {
///         Err(Invalid::new(request, FieldError::new("name", "is taken")))
///     }
///
///     #[errorhandler(FieldErrors)]
///     fn refuse(&self, errors: &FieldErrors) -> (StatusCode, String) {
///         (StatusCode::CONFLICT, errors.to_string())
///     }
/// }
///
/// # fn main() -> Result<(), StartError> {
/// let client = rustzeug::testing::Client::new(Club)?;
/// assert_eq!(client.get("/").send().text(), "name: is taken");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// One after the other.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::extract::FieldErrors;
    /// use rustzeug::prelude::*;
    ///
    /// # struct Club;
    /// #[application]
    /// impl Club {
    ///     #[route("/")]
    ///     fn join(&self, request: &Request) -> Result<Response, Invalid> {
    ///         Err(Invalid::new(request, FieldError::new("name", "is taken")))
    ///     }
    ///
    ///     #[errorhandler(FieldErrors)]
    ///     fn refuse(&self, errors: &FieldErrors) -> (StatusCode, String) {
    ///         (StatusCode::CONFLICT, errors.iter().map(FieldError::field).collect())
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), StartError> {
    /// let client = rustzeug::testing::Client::new(Club)?;
    /// assert_eq!(client.get("/").send().text(), "name");
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }

    fn into_exception(self) -> HttpException {
        let list = serde_json::to_value(&self.0).unwrap_or_default();
        UnprocessableEntity
            .with_description(self.to_string())
            .with_member("errors", list)
            .with_source(self)
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl Error for FieldErrors {}
