//! Which error handler an error goes to.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;

use smallvec::SmallVec;

use super::trip::Link;
use crate::exceptions::ExceptionKind;
use crate::exceptions::HttpException;
use crate::request::Request;
use crate::response::IntoResponse;
use crate::response::Response;

/// How closely a handler fits an error; closer handlers are asked first, whatever application
/// they belong to. The order is Flask's: types, then statuses, then everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(
    clippy::exhaustive_enums,
    reason = "written by macros of the same version"
)]
pub enum Rank {
    /// `#[errorhandler(DbError)]`: the error that caused the answer.
    Source,
    /// `#[errorhandler(NotFound)]`, `#[errorhandler(404)]`.
    Kind,
    /// `#[errorhandler(HttpException)]`.
    Any,
}

impl Rank {
    const ALL: [Self; 3] = [Self::Source, Self::Kind, Self::Any];

    /// The rank of `#[errorhandler(404)]`.
    #[must_use]
    pub fn of_status(error: &HttpException, status: u16) -> Option<Self> {
        (error.code() == status).then_some(Self::Kind)
    }
}

/// Asks whether an error is of a kind or has a type, whichever `T` is.
///
/// Which of the two it is no macro can see. Method look-up on `&&Catcher` can: it finds
/// [`CatchKind`] as it is, [`CatchError`] with one reference more, and [`CatchUnknown`] last, with
/// one less.
#[derive(Debug)]
pub struct Catcher<T>(PhantomData<T>);

impl<T> Catcher<T> {
    /// Asks for `T`.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "named only by macro output")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl Catcher<HttpException> {
    /// Every error.
    #[must_use]
    #[allow(
        clippy::unused_self,
        reason = "stands in for the methods of the traits"
    )]
    pub fn rank(&self, _: &HttpException) -> Option<Rank> {
        Some(Rank::Any)
    }
}

/// For kinds of exceptions.
pub trait CatchKind {
    /// The rank, where the error is of the kind.
    fn rank(&self, error: &HttpException) -> Option<Rank>;
}

/// For types of errors.
pub trait CatchError {
    /// The rank, where the error was made of one of that type.
    fn rank(&self, error: &HttpException) -> Option<Rank>;
}

/// For what is neither: found last, and only to say so.
pub trait CatchUnknown {
    /// The type that was named.
    type Caught;

    /// Never called.
    fn rank(&self, error: &HttpException) -> Option<Rank>
    where
        Self::Caught: CaughtError;
}

/// What `#[errorhandler(…)]` may name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error that a handler could catch",
    label = "neither a kind like `NotFound` nor an error",
    note = "implement `std::error::Error` for it and fail with it, or name a kind: \
            `#[errorhandler(NotFound)]`"
)]
pub trait CaughtError {}

impl<T> CatchUnknown for Catcher<T> {
    type Caught = T;

    fn rank(&self, _: &HttpException) -> Option<Rank>
    where
        T: CaughtError,
    {
        None
    }
}

impl<K: ExceptionKind> CatchKind for &Catcher<K> {
    fn rank(&self, error: &HttpException) -> Option<Rank> {
        error.is::<K>().then_some(Rank::Kind)
    }
}

impl<E: Error + 'static> CatchError for &&Catcher<E> {
    fn rank(&self, error: &HttpException) -> Option<Rank> {
        error.downcast_ref::<E>().map(|_| Rank::Source)
    }
}

/// The error of a handler's `Result`, on its way to a response.
///
/// A type that is [`IntoResponse`] answers itself, any other error is 500 with the error as its
/// source. Which of the two it is method look-up decides, as with [`Catcher`].
pub struct Failure<E>(Cell<Option<E>>);

impl<E> Failure<E> {
    /// Wraps an error.
    pub fn new(error: E) -> Self {
        Self(Cell::new(Some(error)))
    }
}

impl<E> fmt::Debug for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Failure")
    }
}

/// For errors that are answers.
pub trait AnswerWithResponse {
    /// The response.
    fn answer(&self) -> Response;
}

/// For all other errors.
pub trait AnswerWithError {
    /// The response.
    fn answer(&self) -> Response;
}

/// For what is neither: found last, and only to say so.
pub trait AnswerUnknown {
    /// The type of the error.
    type Error;

    /// Never called.
    fn answer(&self) -> Response
    where
        Self::Error: HandlerError;
}

/// What may stand behind the comma of a handler's `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a handler",
    label = "a handler failed with `{Self}`: what should the client see?",
    note = "implement `std::error::Error` for it and it is answered with 500, or \
            `IntoResponse` and it answers itself"
)]
pub trait HandlerError {}

impl<E> AnswerUnknown for Failure<E> {
    type Error = E;

    fn answer(&self) -> Response
    where
        E: HandlerError,
    {
        Response::empty()
    }
}

impl<E: IntoResponse> AnswerWithResponse for &Failure<E> {
    fn answer(&self) -> Response {
        self.0
            .take()
            .map_or_else(Response::empty, IntoResponse::into_response)
    }
}

impl<E: Into<HttpException>> AnswerWithError for &&Failure<E> {
    fn answer(&self) -> Response {
        let error = self.0.take().map(Into::into);
        error.map_or_else(Response::empty, IntoResponse::into_response)
    }
}

/// Lets the closest error handler answer instead, if the response was made of an error.
///
/// What a handler answers is final, also if that is an error again.
pub(super) async fn handle(
    chain: &SmallVec<[Link<'_>; 4]>,
    request: &Request,
    response: Response,
) -> Response {
    let Some(error) = response.exception() else {
        return response;
    };
    for rank in Rank::ALL {
        for link in chain.iter().rev().filter(|link| link.hooks.errors) {
            if let Some(reply) = link.level.error(rank, request, error) {
                return reply.await;
            }
        }
    }
    response
}
