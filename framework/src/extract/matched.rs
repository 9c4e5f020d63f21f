//! The rule that matched.

use std::future::Future;
use std::future::ready;

use super::Extracted;
use super::FromRequest;
use crate::exceptions::HttpException;
use crate::request::Request;

/// The rule that matched, and its endpoint.
///
/// # Examples
///
/// ```
/// use rustzeug::extract::Matched;
/// use rustzeug::prelude::*;
///
/// struct Site;
///
/// #[application]
/// impl Site {
///     #[route("/users/<int:id>")]
///     async fn user(&self, id: u32, matched: Matched<'_>) -> String {
///         format!("{id} by {} ({})", matched.rule, matched.endpoint)
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matched<'r> {
    /// The text of the rule, with the prefixes of its mounts.
    pub rule: &'r str,
    /// The name of the handler, after the names of the mounts: `admin.user`.
    pub endpoint: &'r str,
}

impl<'r, A: ?Sized> FromRequest<'r, A> for Matched<'r> {
    type Error = HttpException;

    const IS_READY: bool = true;

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let route = request.route();
        let matched = Matched {
            rule: route.rule(),
            endpoint: route.endpoint(),
        };
        let future: Extracted<Self> = ready(Ok(matched));
        future
    }
}
