//! Calling an application as a browser would.

mod calls;

use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use tokio::runtime::Runtime;

use super::CallError;
use super::CookieJar;
use super::StoredCookie;
use super::TestResponse;
use super::recipe::Recipe;
use super::redirect;
use crate::application::Application;
use crate::application::IntoApplication;
use crate::application::StartError;

/// Calls an application in-process, as a browser would: Werkzeug's `Client`.
///
/// Cookies are kept between calls; redirects are followed where a call says so. `async fn`
/// handlers run on a runtime of the client's own, plain `fn` handlers on the thread of the test.
/// A handler that panics panics in the test, so that an assertion in a handler is one of the
/// test; a server would answer 500.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
/// use rustzeug::testing::Client;
///
/// struct Counter;
///
/// #[application]
/// impl Counter {
///     #[route("/", methods = ["POST"])]
///     fn count(&self, request: &Request) -> Result<Response> {
///         let step: u32 = request.form()?.get_as("step").or_status(400)?;
///         let count: u32 = request.cookies().get_as("count").unwrap_or(0);
///         let mut response = Response::new((count + step).to_string());
///         response.set_cookie(rustzeug::datastructures::Cookie::new("count", (count + step).to_string()));
///         Ok(response)
///     }
/// }
///
/// # fn main() -> Result<(), StartError> {
/// let client = Client::new(Counter)?;
/// assert_eq!(client.post("/").form([("step", 2)]).send().text(), "2");
/// assert_eq!(client.post("/").form([("step", 3)]).send().text(), "5");
/// assert_eq!(client.cookie("count").as_deref(), Some("5"));
/// # Ok(())
/// # }
/// ```
pub struct Client {
    app: Arc<dyn Application>,
    /// `None` where cookies are not kept.
    jar: Option<Mutex<CookieJar>>,
    /// Invariant: `None` only while it is dropped.
    runtime: Option<Runtime>,
    base_url: Option<String>,
    allow_subdomain_redirects: bool,
}

impl Client {
    /// Makes a client of an application, which is made ready as a server would.
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
    /// let client = Client::new(application)?;
    /// assert_eq!(client.get("/").send().text(), "Hello!");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Why the application cannot start.
    pub fn new(app: impl IntoApplication) -> Result<Self, StartError> {
        Self::of_shared(app.into_shared()?)
    }

    fn of_shared(app: Arc<dyn Application>) -> Result<Self, StartError> {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build();
        let runtime = runtime.map_err(|error| StartError::new(error.to_string()))?;
        Ok(Self {
            app,
            jar: Some(Mutex::default()),
            runtime: Some(runtime),
            base_url: None,
            allow_subdomain_redirects: false,
        })
    }

    /// Keeps no cookies.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::Cookie;
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> Response {
    ///     let mut response = Response::new("");
    ///     response.set_cookie(Cookie::new("theme", "dark"));
    ///     response
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::new(application)?.without_cookies();
    /// client.get("/").send();
    /// assert_eq!(client.cookie("theme"), None);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn without_cookies(mut self) -> Self {
        self.jar = None;
        self
    }

    /// Sets scheme, host and mount point of every call; `http://localhost/` unless told.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> String {
    ///     request.url()
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::new(application)?.with_base_url("https://example.com/app");
    /// assert_eq!(client.get("/x").send().text(), "https://example.com/app/x");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Follows redirects that lead to subdomains, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> Response {
    ///     match &*request.host() {
    ///         "localhost" => redirect("http://shop.localhost/").into_response(),
    ///         host => Response::new(host.to_owned()),
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::new(application)?.allow_subdomain_redirects();
    /// let response = client.get("/").follow_redirects().send();
    /// assert_eq!(response.text(), "shop.localhost");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn allow_subdomain_redirects(mut self) -> Self {
        self.allow_subdomain_redirects = true;
        self
    }

    /// The value of a cookie of `localhost` and the path `/`, as the application sees it.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::Cookie;
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> Response {
    ///     let mut response = Response::new("");
    ///     response.set_cookie(Cookie::new("theme", "dark"));
    ///     response
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::new(application)?;
    /// client.get("/").send();
    /// assert_eq!(client.cookie("theme").as_deref(), Some("dark"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        let jar = self.jar()?;
        jar.get(name).map(StoredCookie::value).map(str::to_owned)
    }

    /// Sets a cookie of `localhost` and the path `/`, for the calls that follow.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> String {
    ///     request.cookie("theme").unwrap_or("none").to_owned()
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::new(application)?;
    /// client.set_cookie("theme", "dark");
    /// assert_eq!(client.get("/").send().text(), "dark");
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.edit_cookies(|jar| jar.set(name, value));
    }

    /// Deletes a cookie of `localhost` and the path `/`.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> String {
    ///     request.cookie("theme").unwrap_or("none").to_owned()
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::new(application)?;
    /// client.set_cookie("theme", "dark");
    /// client.delete_cookie("theme");
    /// assert_eq!(client.get("/").send().text(), "none");
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete_cookie(&self, name: &str) {
        self.edit_cookies(|jar| jar.delete(name));
    }

    /// Lends the whole jar, for cookies of other domains and paths.
    ///
    /// A client [without cookies](Self::without_cookies) lends an empty one that is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::Cookie;
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> String {
    ///     request.cookie("theme").unwrap_or("none").to_owned()
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::new(application)?.with_base_url("http://example.com/");
    /// let cookie = Cookie::new("theme", "dark");
    /// client.edit_cookies(|jar| jar.set_at("example.com", &cookie));
    /// assert_eq!(client.get("/").send().text(), "dark");
    /// # Ok(())
    /// # }
    /// ```
    pub fn edit_cookies<T>(&self, edit: impl FnOnce(&mut CookieJar) -> T) -> T {
        match self.jar() {
            Some(mut jar) => edit(&mut jar),
            None => edit(&mut CookieJar::new()),
        }
    }

    /// Makes a call, and those that its redirects lead to.
    pub(super) async fn perform(
        &self,
        mut recipe: Recipe,
        follow: bool,
    ) -> Result<TestResponse, CallError> {
        let mut history = Vec::new();
        let mut seen = Vec::new();
        loop {
            let response = self.exchange(&recipe).await?;
            let location = response.location().map(str::to_owned);
            let (true, Some(location)) =
                (follow && redirect::is_redirect(response.status()), location)
            else {
                return Ok(response.with_history(history));
            };
            let entry = (response.status(), location);
            if seen.contains(&entry) {
                return Err(CallError::redirect_loop(entry.0, entry.1));
            }
            redirect::follow(
                &mut recipe,
                entry.0,
                &entry.1,
                self.allow_subdomain_redirects,
            )?;
            seen.push(entry);
            history.push(response);
        }
    }

    /// One request, one response.
    async fn exchange(&self, recipe: &Recipe) -> Result<TestResponse, CallError> {
        let (host, path) = (recipe.server_name(), recipe.full_path());
        let cookies = self.jar().and_then(|jar| jar.header(host, &path));
        let mut request = recipe.request(cookies.as_deref())?;
        let mut response = self.app.call(&mut request).await;
        response.suit(&request);
        let body = response.take_body().into_bytes().await;
        drop(response.take_on_close());
        if let Some(mut jar) = self.jar() {
            jar.update(host, &path, response.headers().get_list("set-cookie"));
        }
        Ok(TestResponse::new(response, request, recipe.url(), body?))
    }

    pub(super) fn runtime(&self) -> &Runtime {
        self.runtime
            .as_ref()
            .expect("the runtime lives as long as the client")
    }

    fn jar(&self) -> Option<MutexGuard<'_, CookieJar>> {
        let jar = self.jar.as_ref()?;
        Some(jar.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // An ordinary drop would wait, and refuses to inside of another runtime.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("jar", &self.jar)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
