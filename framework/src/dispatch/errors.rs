//! Which error handler an error goes to.

use std::error::Error;
use std::marker::PhantomData;

use smallvec::SmallVec;

use super::trip::Link;
use crate::exceptions::ExceptionKind;
use crate::exceptions::HttpException;
use crate::request::Request;
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
/// Which of the two it is no macro can see. Method look-up can: [`CatchKind`] needs one reference
/// less than [`CatchError`], so it is tried first.
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

impl<K: ExceptionKind> CatchKind for Catcher<K> {
    fn rank(&self, error: &HttpException) -> Option<Rank> {
        error.is::<K>().then_some(Rank::Kind)
    }
}

impl<E: Error + 'static> CatchError for &Catcher<E> {
    fn rank(&self, error: &HttpException) -> Option<Rank> {
        error.downcast_ref::<E>().map(|_| Rank::Source)
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
