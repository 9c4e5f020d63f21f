//! Values that keep their own rules.

use std::future::Future;
use std::future::Ready;
use std::future::ready;
use std::ops::Deref;

use garde::Validate;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::FieldError;
use super::Form;
use super::FromRequest;
use super::Invalid;
use super::Misfit;
use super::Query;
use super::has_no_body;
use super::invalid::Problem;
use super::json;
use crate::datastructures::MultiDict;
use crate::request::Request;
use crate::response::Json;

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

    const IS_READY: bool = true;

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
///
/// # Examples
///
/// ```
/// use garde::Validate;
/// use rustzeug::extract::{Checked, FieldError, Misfit};
/// use rustzeug::prelude::*;
///
/// #[derive(Validate)]
/// struct Card(#[garde(length(min = 4))] String);
///
/// /// A card that is told in a header field.
/// struct Shown(Card);
///
/// impl<'r> Checked<'r> for Shown {
///     type Value = Card;
///
///     fn read(request: &'r Request) -> Result<Self, Misfit> {
///         let card = request.header("x-card").ok_or(FieldError::new("card", "is missing"))?;
///         Ok(Self(Card(card.to_owned())))
///     }
///
///     fn value(&self) -> &Card {
///         &self.0
///     }
///
///     fn is_absent(request: &'r Request) -> bool {
///         request.header("x-card").is_none()
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let request = rustzeug::testing::EnvironBuilder::new("/").header("X-Card", "12").build()?;
/// let refused = Valid::<Shown>::from_request(&request, &()).await.err();
/// assert_eq!(refused.map(|invalid| invalid.status()), Some(StatusCode::UNPROCESSABLE_ENTITY));
/// # Ok::<_, rustzeug::HttpException>(())
/// # })?;
/// # Ok::<_, rustzeug::HttpException>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no value that `Valid` could check",
    note = "write `Valid<Form<T>>`, `Valid<Query<T>>` or `Valid<Json<T>>`"
)]
pub trait Checked<'r>: Sized {
    /// What is checked.
    type Value;

    /// Reads it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::extract::{Checked, Query};
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/?page=2").build()?;
    /// let query = <Query<Vec<(String, u8)>> as Checked>::read(&request)?;
    /// assert_eq!(query.0, [("page".to_owned(), 2)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A field that does not fit, or what is answered where it is not the fields.
    fn read(request: &'r Request) -> Result<Self, Misfit>;

    /// Lends what is checked.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::extract::{Checked, Query};
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/?page=2").build()?;
    /// let query = <Query<Vec<(String, u8)>> as Checked>::read(&request)?;
    /// assert_eq!(query.value().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    fn value(&self) -> &Self::Value;

    /// The fields as they came, to be shown again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::extract::{Checked, Query};
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/?page=2").build()?;
    /// let sent = <Query<()> as Checked>::sent(&request);
    /// assert_eq!(sent.get("page"), Some("2"));
    /// # Ok(())
    /// # }
    /// ```
    fn sent(request: &'r Request) -> MultiDict {
        let _ = request;
        MultiDict::new()
    }

    /// Whether the request has nothing to read.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::extract::{Checked, Query};
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/?page=2").build()?;
    /// assert!(!<Query<()> as Checked>::is_absent(&request));
    /// # Ok(())
    /// # }
    /// ```
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
