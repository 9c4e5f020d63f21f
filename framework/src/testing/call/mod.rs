//! A call that is being put together.

mod forward;

use std::fmt;
use std::future::Future;
use std::future::IntoFuture;
use std::pin::Pin;

use http::Method;

use super::CallError;
use super::Client;
use super::EnvironBuilder;
use super::TestResponse;
use super::drive;
use crate::datastructures::headers::TryIntoHeaderName;
use crate::datastructures::headers::TryIntoHeaderValue;

/// A call that is being put together; made by the methods of [`Client`], ended by
/// [`send`](Self::send), or by `.await` in an asynchronous test.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
/// use rustzeug::testing::Client;
///
/// #[application]
/// fn application(request: &Request) -> String {
///     format!("{} {}", request.method(), request.header("accept").unwrap_or("-"))
/// }
///
/// # fn main() -> Result<(), StartError> {
/// let client = Client::new(application)?;
/// let response = client.put("/").header("accept", "text/html").send();
/// assert_eq!(response.text(), "PUT text/html");
/// # Ok(())
/// # }
/// ```
#[must_use = "a call does nothing until `send`"]
pub struct Call<'c> {
    client: &'c Client,
    builder: EnvironBuilder,
    follow_redirects: bool,
}

impl<'c> Call<'c> {
    pub(super) fn new(client: &'c Client, method: Method, path: &str) -> Self {
        Self {
            client,
            builder: EnvironBuilder::new(path).method(method),
            follow_redirects: false,
        }
    }

    /// Adds fields, beside those of the same names.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> String {
    ///     request.headers().get_list("accept").count().to_string()
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let fields = [("accept", "text/html"), ("accept", "text/plain")];
    /// let response = Client::new(application)?.get("/").headers(fields).send();
    /// assert_eq!(response.text(), "2");
    /// # Ok(())
    /// # }
    /// ```
    pub fn headers<N, V>(mut self, fields: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: TryIntoHeaderName + AsRef<str>,
        V: TryIntoHeaderValue,
    {
        self.builder = self.builder.headers(fields);
        self
    }

    /// Follows redirects until there is another answer;
    /// [`TestResponse::history`] tells which there were.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// struct Site;
    ///
    /// #[application]
    /// impl Site {
    ///     #[route("/", methods = ["POST"])]
    ///     fn save(&self) -> Redirect {
    ///         redirect("/saved").see_other()
    ///     }
    ///
    ///     #[route("/saved")]
    ///     fn saved(&self) -> &'static str {
    ///         "saved"
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), StartError> {
    /// let response = Client::new(Site)?.post("/").follow_redirects().send();
    /// assert_eq!(response.text(), "saved");
    /// assert_eq!(response.history()[0].status(), 303);
    /// assert_eq!(response.url(), "http://localhost/saved");
    /// # Ok(())
    /// # }
    /// ```
    pub fn follow_redirects(mut self) -> Self {
        self.follow_redirects = true;
        self
    }

    /// Makes the call and reads the response to its end.
    ///
    /// Works everywhere. In an asynchronous test rather `.await` the call: then the application
    /// runs on that test's runtime, and what it shares with the test goes on meanwhile.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> &'static str {
    ///     "Hello!"
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.get("/").send();
    /// assert_eq!(response.text(), "Hello!");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Where [`try_send`](Self::try_send) has no response; and where a handler panics.
    #[track_caller]
    pub fn send(self) -> TestResponse {
        unwrap(self.try_send())
    }

    /// Makes the call and reads the response to its end.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> Redirect {
    ///     redirect("https://example.com/")
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::new(application)?;
    /// assert_eq!(client.get("/").try_send()?.status(), 302);
    /// let error = client.get("/").follow_redirects().try_send().err();
    /// assert!(error.is_some_and(|error| error.is_external_redirect()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the request is none, if the body of the response fails, or if a redirect cannot be
    /// followed.
    ///
    /// # Panics
    ///
    /// Where a handler panics.
    pub fn try_send(self) -> Result<TestResponse, CallError> {
        let recipe = self.builder.into_recipe()?;
        let future = self.client.perform(recipe, self.follow_redirects);
        drive::run(self.client.runtime(), future)
    }
}

/// `client.get("/").await`: the application runs on the caller's runtime, a plain `fn` handler on
/// the caller's thread.
///
/// # Cancel safety
///
/// Dropping the future drops the handler where it waits.
impl<'c> IntoFuture for Call<'c> {
    type Output = TestResponse;
    type IntoFuture = Pin<Box<dyn Future<Output = TestResponse> + Send + 'c>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let recipe = unwrap(self.builder.into_recipe().map_err(CallError::from));
            unwrap(self.client.perform(recipe, self.follow_redirects).await)
        })
    }
}

/// Ends the test with all that is known.
#[track_caller]
#[expect(clippy::panic, reason = "the documented way for a test to fail")]
fn unwrap<T>(result: Result<T, CallError>) -> T {
    result.unwrap_or_else(|error| panic!("{}", error.chain()))
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("builder", &self.builder)
            .finish_non_exhaustive()
    }
}
