//! The cookies of a request.

use std::borrow::Cow;
use std::future::Future;
use std::future::ready;

use super::Extracted;
use super::FromRequest;
use crate::exceptions::HttpException;
use crate::grammar::cookie;
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
///         format!("in {}", cookies.get("language").unwrap_or("English".into()))
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cookies<'r> {
    request: &'r Request,
}

impl<'r> Cookies<'r> {
    /// The first value of a cookie; borrowed where nothing was quoted.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::extract::{Cookies, FromRequest};
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let request = EnvironBuilder::new("/").header("Cookie", "a=1; b=2").build()?;
    /// let cookies = Cookies::from_request(&request, &()).await?;
    /// assert_eq!(cookies.get("b").as_deref(), Some("2"));
    /// # Ok::<_, rustzeug::HttpException>(())
    /// # })?;
    /// # Ok::<_, rustzeug::HttpException>(())
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cow<'r, str>> {
        self.iter()
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    /// All cookies, in order.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::extract::{Cookies, FromRequest};
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let request = EnvironBuilder::new("/").header("Cookie", "a=1; b=2").build()?;
    /// let cookies = Cookies::from_request(&request, &()).await?;
    /// let names: Vec<_> = cookies.iter().map(|(name, _)| name).collect();
    /// assert_eq!(names, ["a", "b"]);
    /// # Ok::<_, rustzeug::HttpException>(())
    /// # })?;
    /// # Ok::<_, rustzeug::HttpException>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&'r str, Cow<'r, str>)> + use<'r> {
        let headers = self.request.header("cookie").into_iter();
        headers.flat_map(cookie::decode_cookies)
    }
}

impl<'r, A: ?Sized> FromRequest<'r, A> for Cookies<'r> {
    type Error = HttpException;

    const IS_READY: bool = true;

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
