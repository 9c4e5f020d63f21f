//! The cookies of a request.

use std::future::Future;
use std::future::ready;

use super::Extracted;
use super::FromRequest;
use crate::exceptions::HttpException;
use crate::request::Request;

/// The cookies of a request.
///
/// # Examples
///
/// ```
/// use rustzeug::extract::Cookies;
/// use rustzeug::prelude::*;
///
/// struct Site;
///
/// #[application]
/// impl Site {
///     #[route("/")]
///     async fn index(&self, cookies: Cookies<'_>) -> String {
///         format!("in {}", cookies.get("language").unwrap_or("English"))
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cookies<'r> {
    request: &'r Request,
}

impl<'r> Cookies<'r> {
    /// The first value of a cookie.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'r str> {
        self.request.cookies().get(name)
    }
}

impl<'r, A: ?Sized> FromRequest<'r, A> for Cookies<'r> {
    type Error = HttpException;

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let future: Extracted<Self> = ready(Ok(Cookies { request }));
        future
    }

    fn is_absent(request: &'r Request, _: &'r A) -> bool {
        request.header("cookie").is_none()
    }
}
