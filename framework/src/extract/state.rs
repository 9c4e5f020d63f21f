//! A part of the application.

use std::future::Future;
use std::future::ready;
use std::ops::Deref;

use super::Extracted;
use super::FromRequest;
use crate::exceptions::HttpException;
use crate::request::Request;

/// A part of the application: every `T` that the application lends with `AsRef<T>`.
///
/// Methods have `self` and seldom need it; functions of a module, and extractors for several
/// applications, do. That the application has no such part is told by the compiler.
///
/// # Examples
///
/// ```
/// use rustzeug::extract::State;
/// use rustzeug::prelude::*;
///
/// pub struct Settings {
///     title: String,
/// }
///
/// #[application(state = Settings)]
/// mod site {
///     use super::*;
///
///     #[route("/")]
///     async fn index(settings: State<'_, Settings>) -> String {
///         settings.title.clone()
///     }
/// }
///
/// # fn main() {
/// let app = site::App::new(Settings { title: "Hello".to_owned() });
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
#[allow(
    clippy::exhaustive_structs,
    reason = "made and taken apart by its users"
)]
pub struct State<'r, T: ?Sized>(pub &'r T);

impl<T: ?Sized> Deref for State<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0
    }
}

/// An application that has a `T`; implemented for every `AsRef<T>`.
#[diagnostic::on_unimplemented(
    message = "the application `{Self}` has no `{T}`",
    label = "no `{T}` in `{Self}`",
    note = "implement `AsRef<{T}>` for `{Self}`, or on a module write `#[application(state = {T})]`"
)]
pub trait HasState<T: ?Sized> {
    /// Lends it.
    fn state(&self) -> &T;
}

#[diagnostic::do_not_recommend]
impl<A: AsRef<T> + ?Sized, T: ?Sized> HasState<T> for A {
    fn state(&self) -> &T {
        self.as_ref()
    }
}

impl<'r, A, T> FromRequest<'r, A> for State<'r, T>
where
    A: HasState<T> + ?Sized,
    T: Sync + ?Sized,
{
    type Error = HttpException;

    const IS_READY: bool = true;

    fn from_request(
        _: &'r Request,
        app: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let future: Extracted<Self> = ready(Ok(State(app.state())));
        future
    }
}
