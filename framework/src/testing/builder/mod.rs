//! Making a single request.

mod content;

use std::net::IpAddr;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Context;
use std::task::Waker;

use http::Method;

use super::error::BuildRequestError;
use super::error::Kind;
use super::multipart;
use super::multipart::encode_multipart;
use super::recipe::Leave;
use super::recipe::Recipe;
use super::recipe::put;
use crate::datastructures::Authorization;
use crate::datastructures::headers::TryIntoHeaderName;
use crate::datastructures::headers::TryIntoHeaderValue;
use crate::grammar::media_type;
use crate::grammar::query;
use crate::grammar::url;
use crate::request::Extensions;
use crate::request::Request;
use crate::request::RequestLimits;

/// Makes a request without a server: Werkzeug's `EnvironBuilder`.
///
/// The body of the request is read already, so every accessor works at once, also without an
/// application. To call an application, use a [`Client`](super::Client), whose calls have the
/// same methods.
///
/// # Examples
///
/// ```
/// use rustzeug::Method;
/// use rustzeug::testing::EnvironBuilder;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let request = EnvironBuilder::new("/login?next=/")
///     .method(Method::POST)
///     .base_url("https://example.com/app")
///     .header("User-Agent", "test")
///     .form([("name", "ada")])
///     .build()?;
/// assert_eq!(request.path(), "/login");
/// assert_eq!(request.script_root(), "/app");
/// assert_eq!(request.host(), "example.com");
/// assert!(request.is_secure());
/// # Ok(())
/// # }
/// ```
///
/// # Compatibility
///
/// Werkzeug takes eighteen arguments: `path`, `base_url`, `query_string` ([`query`](Self::query) for
/// pairs), `method`, `input_stream` ([`pieces`](Self::pieces)), `content_type`, `content_length`,
/// `headers`, `data` ([`body`](Self::body), [`form`](Self::form), [`file`](Self::file)),
/// `environ_base` and `environ_overrides` ([`extension`](Self::extension),
/// [`remote_addr`](Self::remote_addr), [`limits`](Self::limits)), `mimetype`, `json`, `auth`.
/// `errors_stream`, `multithread`, `multiprocess` and `run_once` have no meaning here. A path that
/// is a whole URL also sets the base URL, where Werkzeug drops scheme and host.
#[derive(Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct EnvironBuilder {
    recipe: Recipe,
    query_in_path: bool,
    args: Vec<(String, String)>,
    form: Option<Vec<(String, String)>>,
    files: Vec<multipart::File>,
    /// The first thing that was wrong; `build` tells it.
    problem: Option<BuildRequestError>,
}

impl EnvironBuilder {
    /// Begins a `GET` request of a path, with or without a query; or of a whole URL.
    ///
    /// The path may be written as people write it: what a URL does not allow is encoded.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/a b?x=1").build()?;
    /// assert_eq!((request.path(), request.query_string()), ("/a b", "x=1"));
    /// let request = EnvironBuilder::new("https://example.com/cart").build()?;
    /// assert_eq!(request.url(), "https://example.com/cart");
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(path: &str) -> Self {
        let mut builder = Self {
            recipe: Recipe::new(),
            query_in_path: path.contains('?'),
            args: Vec::new(),
            form: None,
            files: Vec::new(),
            problem: None,
        };
        let set = builder.set_path(path);
        builder.note(set);
        builder
    }

    /// Sets the method.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Method;
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").method(Method::PUT).build()?;
    /// assert_eq!(request.method(), Method::PUT);
    /// # Ok(())
    /// # }
    /// ```
    pub fn method(mut self, method: Method) -> Self {
        self.recipe.method = method;
        self
    }

    /// Sets scheme, host and where the application is mounted; `http://localhost/` unless told.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/x").base_url("https://example.com/app").build()?;
    /// assert_eq!((request.script_root(), request.path()), ("/app", "/x"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn base_url(mut self, url: &str) -> Self {
        let set = self.recipe.set_base_url(url);
        self.note(set);
        self
    }

    /// Adds arguments to the query.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/search").query([("q", "tea & cake")]).build()?;
    /// assert_eq!(request.query_string(), "q=tea+%26+cake");
    /// # Ok(())
    /// # }
    /// ```
    pub fn query(
        mut self,
        pairs: impl IntoIterator<Item = (impl AsRef<str>, impl ToString)>,
    ) -> Self {
        self.args.extend(own(pairs));
        self
    }

    /// Sets the query as text, encoded already.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").query_string("q=a+b").build()?;
    /// assert_eq!(request.args().get("q"), Some("a b"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn query_string(mut self, query: &str) -> Self {
        if self.query_in_path {
            self.note(Err(Kind::QueryTwice.into()));
        }
        query.clone_into(&mut self.recipe.query);
        self.query_in_path = true;
        self
    }

    /// Sets a field, in place of all of that name.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").header("Accept", "text/html").build()?;
    /// assert_eq!(request.header("accept"), Some("text/html"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let set = put(&mut self.recipe.headers, name.as_ref(), value.as_ref());
        self.note(set);
        self
    }

    /// Adds fields, beside those of the same names.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let fields = [("accept", "text/html"), ("accept", "text/plain")];
    /// let request = EnvironBuilder::new("/").headers(fields).build()?;
    /// assert_eq!(request.headers().get_list("accept").count(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn headers<N, V>(mut self, fields: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: TryIntoHeaderName + AsRef<str>,
        V: TryIntoHeaderValue,
    {
        for (name, value) in fields {
            let shown = name.as_ref().to_owned();
            let added = self.recipe.headers.try_add(name, value);
            self.note(added.map_err(|error| Kind::Header(shown, error).into()));
        }
        self
    }

    /// Leaves a value with the request, as a middleware does: what Werkzeug's `environ_base` and
    /// `environ_overrides` are for.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// #[derive(Clone, Debug, PartialEq)]
    /// struct Tenant(u32);
    ///
    /// let request = EnvironBuilder::new("/").extension(Tenant(7)).build()?;
    /// assert_eq!(request.extensions().get(), Some(&Tenant(7)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        let leave = move |extensions: &Extensions| extensions.insert(value.clone());
        self.recipe.extensions.push(Leave(Arc::new(leave)));
        self
    }

    /// Sets credentials of any scheme.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::Authorization;
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let token = Authorization::bearer("abc");
    /// let request = EnvironBuilder::new("/").authorization(&token).build()?;
    /// assert_eq!(request.header("authorization"), Some("Bearer abc"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn authorization(self, credentials: &Authorization) -> Self {
        self.header("authorization", credentials.to_header())
    }

    /// Sets the credentials of HTTP Basic.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").auth("ada", "secret").build()?;
    /// let sent = request.authorization().ok_or("no credentials")?;
    /// assert_eq!((sent.username(), sent.password()), (Some("ada"), Some("secret")));
    /// # Ok(())
    /// # }
    /// ```
    pub fn auth(self, username: &str, password: &str) -> Self {
        self.authorization(&Authorization::basic(username, password))
    }

    /// Sets the client's address, which is unknown unless told.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").remote_addr([192, 0, 2, 1]).build()?;
    /// let address = request.remote_addr().ok_or("no address")?;
    /// assert_eq!(address.to_string(), "192.0.2.1");
    /// # Ok(())
    /// # }
    /// ```
    pub fn remote_addr(mut self, address: impl Into<IpAddr>) -> Self {
        self.recipe.peer = Some(SocketAddr::new(address.into(), 0));
        self
    }

    /// Changes how much of a body is accepted.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::request::RequestLimits;
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut limits = RequestLimits::default();
    /// limits.max_content_length = Some(2);
    /// let request = EnvironBuilder::new("/").body("abc").limits(limits).build()?;
    /// assert_eq!(request.data().map_err(|error| error.code()), Err(413));
    /// # Ok(())
    /// # }
    /// ```
    pub fn limits(mut self, limits: RequestLimits) -> Self {
        self.recipe.limits = Some(limits);
        self
    }

    /// Makes the request, its body read.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// assert_eq!(EnvironBuilder::new("/x").build()?.path(), "/x");
    /// let twice = EnvironBuilder::new("/?a=1").query([("b", 2)]).build();
    /// assert!(twice.is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If what was asked for is no request that a server would accept, or contradicts itself.
    pub fn build(self) -> Result<Request, BuildRequestError> {
        let mut request = self.into_recipe()?.request(None)?;
        // The body is in memory: one poll reads it.
        let mut cx = Context::from_waker(Waker::noop());
        let mut prepare = pin!(std::future::poll_fn(|cx| request.poll_prepare(cx)));
        let ready = prepare.as_mut().poll(&mut cx);
        debug_assert!(ready.is_ready(), "a body in memory needs no waiting");
        Ok(request)
    }

    pub(super) fn into_recipe(mut self) -> Result<Recipe, BuildRequestError> {
        if let Some(problem) = self.problem.take() {
            return Err(problem);
        }
        if !self.args.is_empty() {
            if self.query_in_path {
                return Err(Kind::QueryTwice.into());
            }
            self.recipe.query = query::encode(self.args.iter().map(|(k, v)| (k, v)));
        }
        if self.recipe.body.is_some() && self.recipe.pieces.is_some() {
            return Err(Kind::BodyAndForm.into());
        }
        self.encode_form()?;
        Ok(self.recipe)
    }

    /// Turns form and files into the body they are sent as.
    fn encode_form(&mut self) -> Result<(), BuildRequestError> {
        if self.form.is_none() && self.files.is_empty() {
            return Ok(());
        }
        if self.recipe.body.is_some() || self.recipe.pieces.is_some() {
            return Err(Kind::BodyAndForm.into());
        }
        let form = self.form.take().unwrap_or_default();
        let asked = self.recipe.headers.get("content-type").unwrap_or("");
        let is_multipart = media_type::mimetype(asked) == "multipart/form-data";
        if is_multipart || !self.files.is_empty() {
            let (boundary, body) = encode_multipart(&form, &self.files);
            let kind = format!("multipart/form-data; boundary=\"{boundary}\"");
            put(&mut self.recipe.headers, "content-type", &kind)?;
            self.recipe.body = Some(body.into());
        } else {
            let body = query::encode(form.iter().map(|(k, v)| (k, v)));
            self.default_content_type("application/x-www-form-urlencoded");
            self.recipe.body = Some(body.into());
        }
        Ok(())
    }

    fn set_path(&mut self, path: &str) -> Result<(), BuildRequestError> {
        if path == "*" {
            path.clone_into(&mut self.recipe.path);
            return Ok(());
        }
        let is_url = path.starts_with("http://") || path.starts_with("https://");
        let whole = match path {
            path if is_url => path.to_owned(),
            path if path.starts_with(['/', '?']) => format!("http://localhost{path}"),
            path => format!("http://localhost/{path}"),
        };
        let bad = |error| BuildRequestError::from(Kind::Url(path.to_owned(), error));
        let encoded = url::iri_to_uri(&whole).map_err(bad)?;
        let parts = url::split_url(&encoded).map_err(bad)?;
        if is_url {
            let base = format!("{}://{}", parts.scheme, parts.netloc);
            self.recipe.set_base_url(&base)?;
        }
        self.recipe.path = match &*parts.path {
            "" => "/".to_owned(),
            path => path.to_owned(),
        };
        self.recipe.query = parts.query.into_owned();
        Ok(())
    }

    fn note(&mut self, result: Result<(), BuildRequestError>) {
        if let Err(problem) = result {
            self.problem.get_or_insert(problem);
        }
    }
}

fn own(
    pairs: impl IntoIterator<Item = (impl AsRef<str>, impl ToString)>,
) -> impl Iterator<Item = (String, String)> {
    let pairs = pairs.into_iter();
    pairs.map(|(name, value)| (name.as_ref().to_owned(), value.to_string()))
}

#[cfg(test)]
mod tests;
