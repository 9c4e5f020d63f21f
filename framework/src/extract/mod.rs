//! What a handler takes from a request, by the types of its parameters.
//!
//! | parameter | what it is |
//! |---|---|
//! | `&Request` | the request itself |
//! | [`Query<T>`] | the query, read into `T` |
//! | [`Form<T>`] | the form, read into `T` |
//! | [`Json<T>`](crate::Json) | the JSON body, read into `T` |
//! | [`Files<'_>`](Files) | the files of a form |
//! | `Bytes`, `String` | the whole body |
//! | [`BodyStream`] | the body as it arrives |
//! | [`Multipart`](crate::request::Multipart) | the parts of a form as they arrive |
//! | [`State<'_, T>`](State) | a part of the application |
//! | [`Header<'_, F>`](Header) | a header field |
//! | [`Cookies<'_>`](Cookies) | the cookies |
//! | [`Matched<'_>`](Matched) | the rule that matched |
//! | `Valid<X>` (feature `validate`) | `Form`, `Query` or `Json` whose value keeps its own rules |
//! | `Option<X>` | `X`, or `None` where there is nothing to make it of |
//! | `Result<X, E>` | `X`, or why it could not be made |
//!
//! A parameter that has the name of a variable of the rule is filled from the URL
//! ([`FromUrl`](crate::dispatch::FromUrl)); everything else is a type that implements
//! [`FromRequest`], also types of your own.
//!
//! What belongs here: the trait, and one extractor a file. What does not: parsing, which is the
//! request's.

mod body;
mod cookies;
mod fields;
mod files;
mod form;
mod header;
#[cfg(feature = "validate")]
mod invalid;
mod json;
mod matched;
mod multipart;
mod option;
mod pair;
mod query;
mod state;
#[cfg(test)]
mod tests;
#[cfg(feature = "validate")]
mod valid;

use std::future::Future;
use std::future::Ready;
use std::future::ready;

use crate::exceptions::HttpException;
use crate::request::Request;
use crate::response::IntoResponse;

pub use body::BodyStream;
pub(crate) use body::StreamSlot;
pub use cookies::Cookies;
pub use fields::FieldError;
pub use fields::Misfit;
pub use files::Files;
pub use form::Form;
pub use header::Accept;
pub use header::AcceptLanguage;
pub use header::Authorization;
pub use header::ContentType;
pub use header::Header;
pub use header::HeaderField;
pub use header::Origin;
pub use header::Referer;
pub use header::UserAgent;
#[cfg(feature = "validate")]
pub use invalid::FieldErrors;
#[cfg(feature = "validate")]
pub use invalid::Invalid;
pub use matched::Matched;
pub use query::Query;
pub use state::HasState;
pub use state::State;
#[cfg(feature = "validate")]
pub use valid::Checked;
#[cfg(feature = "validate")]
pub use valid::Valid;

/// Fills a handler's parameter from the request and the application.
///
/// `'r` is how long the request is borrowed, so that an extractor may borrow from it; `A` is the
/// application, so that it may use its database, too.
///
/// # Examples
///
/// ```
/// use rustzeug::extract::FromRequest;
/// use rustzeug::prelude::*;
///
/// struct Shop {
///     admin_key: String,
/// }
///
/// /// A handler that takes one is for administrators only.
/// struct Admin;
///
/// impl<'r> FromRequest<'r, Shop> for Admin {
///     type Error = HttpException;
///
///     async fn from_request(request: &'r Request, shop: &'r Shop) -> Result<Self> {
///         match request.header("x-key") {
///             Some(key) if key == shop.admin_key => Ok(Admin),
///             _ => Err(Forbidden.into()),
///         }
///     }
/// }
///
/// #[application]
/// impl Shop {
///     #[route("/orders")]
///     async fn orders(&self, _admin: Admin) -> &'static str {
///         "all orders"
///     }
/// }
/// # fn main() {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be taken from a request",
    label = "neither a variable of the rule nor an extractor",
    note = "a parameter is filled from the URL if the rule has a variable of its name; otherwise \
            its type says what it is: `&Request`, `Query<T>`, `Form<T>`, `Json<T>`, \
            `State<'_, T>`, …",
    note = "for a type of your own implement `FromRequest<'_, {A}>`"
)]
pub trait FromRequest<'r, A: ?Sized>: Sized {
    /// What is answered where it cannot be made.
    type Error: IntoResponse;

    /// Whether the future of [`from_request`](Self::from_request) is ready at once, always.
    ///
    /// Then no future has to be kept for it: the handler is called right away. What waits, as for
    /// a database, leaves it as it is.
    const IS_READY: bool = false;

    /// Makes it.
    ///
    /// # Errors
    ///
    /// What is answered instead of calling the handler.
    fn from_request(
        request: &'r Request,
        app: &'r A,
    ) -> impl Future<Output = Result<Self, Self::Error>> + Send;

    /// Whether the request has nothing to make it of, so that `Option<Self>` is `None`.
    ///
    /// What is there and malformed is not absent: `Option` does not hide mistakes.
    fn is_absent(request: &'r Request, app: &'r A) -> bool {
        let _ = (request, app);
        false
    }
}

/// The future of extractors that wait for nothing.
type Extracted<T> = Ready<Result<T, HttpException>>;

impl<'r, A: ?Sized> FromRequest<'r, A> for &'r Request {
    type Error = HttpException;

    const IS_READY: bool = true;

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let future: Extracted<Self> = ready(Ok(request));
        future
    }
}

/// Whether the request has a body, or says of what type it would be.
fn has_no_body(request: &Request) -> bool {
    request.header("content-type").is_none() && request.data().is_ok_and(<[u8]>::is_empty)
}
