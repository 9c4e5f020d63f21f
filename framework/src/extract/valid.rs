//! Values that keep their own rules.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::future::Ready;
use std::future::ready;
use std::ops::Deref;

use garde::Validate;
use http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::FieldError;
use super::Form;
use super::FromRequest;
use super::Misfit;
use super::Query;
use super::has_no_body;
use super::json;
use crate::datastructures::MultiDict;
use crate::exceptions::HttpException;
use crate::exceptions::UnprocessableEntity;
use crate::request::Request;
use crate::response::IntoResponse;
use crate::response::Json;
use crate::response::Response;
use crate::response::prefers_json;
use crate::response::render_as;

/// A [`Form`], [`Query`] or [`Json`] whose value keeps the rules that its type states with
/// [`garde::Validate`].
///
/// What does not fit is 422, with every broken rule: as `application/problem+json` with a list
/// `errors` of `field` and `message` for clients that ask for JSON, else as a page. A handler that
/// takes `Result<Valid<Form<T>>, Invalid>` shows the form again instead; see [`Invalid`].
///
/// A field that is missing or of another type counts as a broken rule, too; it is told alone,
/// because there is no value to ask about the others.
///
/// # Examples
///
/// ```
/// use garde::Validate;
/// use rustzeug::prelude::*;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, Validate)]
/// struct SignUp {
///     #[garde(length(chars, min = 3, max = 20))]
///     name: String,
///     #[garde(range(min = 18))]
///     age: u8,
/// }
///
/// struct Club;
///
/// #[application]
/// impl Club {
///     #[route("/members", methods = ["POST"])]
///     async fn join(&self, Valid(Form(new)): Valid<Form<SignUp>>) -> String {
///         format!("welcome, {} ({})", new.name, new.age)
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "made and taken apart by its users"
)]
pub struct Valid<X>(pub X);

impl<X> Deref for Valid<X> {
    type Target = X;

    fn deref(&self) -> &X {
        &self.0
    }
}

impl<'r, A, X> FromRequest<'r, A> for Valid<X>
where
    A: ?Sized,
    X: Checked<'r> + Send,
    X::Value: Validate<Context: Default>,
{
    type Error = Invalid;

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, Invalid>> + Send {
        let future: Ready<Result<Self, Invalid>> = ready(read(request));
        future
    }

    fn is_absent(request: &'r Request, _: &'r A) -> bool {
        X::is_absent(request)
    }
}

fn read<'r, X>(request: &'r Request) -> Result<Valid<X>, Invalid>
where
    X: Checked<'r>,
    X::Value: Validate<Context: Default>,
{
    let invalid = |misfit| Invalid::of(misfit, X::sent(request), request);
    let value = X::read(request).map_err(|misfit| invalid(Problem::of(misfit)))?;
    match value.value().validate() {
        Ok(()) => Ok(Valid(value)),
        Err(report) => {
            let errors = report
                .iter()
                .map(|(path, error)| FieldError::new(path.to_string(), error.message().to_owned()));
            Err(invalid(Problem::Fields(errors.collect())))
        }
    }
}

/// An extractor whose value can be asked for its rules: [`Form`], [`Query`], [`Json`], and
/// extractors of your own that read fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no value that `Valid` could check",
    note = "write `Valid<Form<T>>`, `Valid<Query<T>>` or `Valid<Json<T>>`"
)]
pub trait Checked<'r>: Sized {
    /// What is checked.
    type Value;

    /// Reads it.
    ///
    /// # Errors
    ///
    /// A field that does not fit, or what is answered where it is not the fields.
    fn read(request: &'r Request) -> Result<Self, Misfit>;

    /// Lends what is checked.
    fn value(&self) -> &Self::Value;

    /// The fields as they came, to be shown again.
    fn sent(request: &'r Request) -> MultiDict {
        let _ = request;
        MultiDict::new()
    }

    /// Whether the request has nothing to read.
    fn is_absent(request: &'r Request) -> bool {
        has_no_body(request)
    }
}

impl<T: DeserializeOwned> Checked<'_> for Form<T> {
    type Value = T;

    fn read(request: &Request) -> Result<Self, Misfit> {
        Self::read(request)
    }

    fn value(&self) -> &T {
        &self.0
    }

    fn sent(request: &Request) -> MultiDict {
        request.form().cloned().unwrap_or_default()
    }
}

impl<T: DeserializeOwned> Checked<'_> for Json<T> {
    type Value = T;

    fn read(request: &Request) -> Result<Self, Misfit> {
        json::read(request)
    }

    fn value(&self) -> &T {
        &self.0
    }
}

impl<'r, T: Deserialize<'r>> Checked<'r> for Query<T> {
    type Value = T;

    fn read(request: &'r Request) -> Result<Self, Misfit> {
        Self::read(request)
    }

    fn value(&self) -> &T {
        &self.0
    }

    fn sent(request: &Request) -> MultiDict {
        request.args().clone()
    }

    fn is_absent(request: &Request) -> bool {
        request.query_string().is_empty()
    }
}

/// Why a [`Valid`] could not be made: what is wrong with which field, and what was sent.
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

enum Problem {
    Fields(Vec<FieldError>),
    Other(HttpException),
}

impl Problem {
    fn of(misfit: Misfit) -> Self {
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
    pub fn new(request: &Request, error: FieldError) -> Self {
        let sent = match request.form() {
            Ok(form) if !form.is_empty() => form.clone(),
            _ => request.args().clone(),
        };
        Self::of(Problem::Fields(vec![error]), sent, request)
    }

    fn of(problem: Problem, sent: MultiDict, request: &Request) -> Self {
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
    pub fn add(&mut self, error: FieldError) {
        self.inner.errors.0.push(error);
    }

    /// Everything that is wrong. Where it is no field but the whole body (415, 413, 400), that is
    /// one entry without a name.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.inner.errors.0
    }

    /// What is wrong with a field, the first thing.
    #[must_use]
    pub fn error(&self, field: &str) -> Option<&str> {
        let mut errors = self.errors().iter();
        let found = errors.find(|error| error.field() == field)?;
        Some(found.message())
    }

    /// What was sent for a field, the first value.
    #[must_use]
    pub fn value(&self, field: &str) -> Option<&str> {
        self.inner.sent.get(field)
    }

    /// What was sent for every field; empty for JSON.
    #[must_use]
    pub fn values(&self) -> &MultiDict {
        &self.inner.sent
    }

    /// 422, or what the body as a whole is answered with.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// One after the other.
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
