//! The query, read into a type.

use std::future::Future;
use std::future::ready;
use std::ops::Deref;

use serde::Deserialize;

use super::Extracted;
use super::FromRequest;
use super::Misfit;
use super::fields;
use crate::exceptions::HttpException;
use crate::request::Request;

/// The query, read into `T` with serde: `?page=2&tag=a&tag=b`.
///
/// A name that stands several times fills a `Vec`. What does not fit is 400, with
/// the name of the field. `Option<Query<T>>` is
/// `None` where there is no query at all.
///
/// # Examples
///
/// ```
/// use rustzeug::extract::Query;
/// use rustzeug::prelude::*;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Search {
///     q: String,
///     #[serde(default)]
///     tag: Vec<String>,
/// }
///
/// struct Shop;
///
/// #[application]
/// impl Shop {
///     #[route("/search")]
///     async fn search(&self, Query(search): Query<Search>) -> String {
///         format!("{} in {:?}", search.q, search.tag)
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "made and taken apart by its users"
)]
pub struct Query<T>(pub T);

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'r, A: ?Sized, T: Deserialize<'r> + Send> FromRequest<'r, A> for Query<T> {
    type Error = HttpException;

    const IS_READY: bool = true;

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let future: Extracted<Self> = ready(Self::read(request).map_err(HttpException::from));
        future
    }

    fn is_absent(request: &'r Request, _: &'r A) -> bool {
        request.query_string().is_empty()
    }
}

impl<'r, T: Deserialize<'r>> Query<T> {
    /// Reads the query, or says what does not fit.
    pub(super) fn read(request: &'r Request) -> Result<Self, Misfit> {
        Ok(Self(fields::from_pairs(request.query_string())?))
    }
}
