//! The request itself: head, body, and what was made of them so far.

use std::fmt;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::sync::OnceLock;

use bytes::Bytes;
use http::Method;
use http::Version;

use super::ConnectionInfo;
use super::Extensions;
use super::FormData;
use super::FormError;
use super::RequestLimits;
use super::Route;
use super::form::Collector;
use crate::body::BodyError;
use crate::body::Incoming;
use crate::datastructures::Headers;
use crate::datastructures::MultiDict;
use crate::protocol::h1::Head;

/// A request: Werkzeug's `Request`.
///
/// The head is kept as it came; every accessor parses what it needs when it is first called. A
/// handler sees `&Request`; middleware sees `&mut Request` before the handler runs.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// #[application]
/// fn application(request: &Request) -> Response {
///     let name = request.args().get("name").unwrap_or("World");
///     Response::new(format!("Hello {name}!"))
/// }
/// # fn main() {}
/// ```
pub struct Request {
    head: Head,
    connection: ConnectionInfo,
    route: Route,
    pub(super) body: Incoming,
    /// The body, once it was read whole.
    pub(super) data: OnceLock<Result<Bytes, BodyError>>,
    /// Where the application is mounted, percent-decoded, without a slash at its end.
    root_path: String,
    /// The path within the application, where it is not that of the head.
    path: Option<String>,
    pub(super) lazy: OnceLock<Box<Lazy>>,
    extensions: Extensions,
    pub(super) limits: RequestLimits,
    /// `limits` or `connection` are no longer what the server set.
    is_changed: bool,
}

/// What accessors made so far; in a box of its own, because most requests need none of it.
#[derive(Debug, Default)]
pub(super) struct Lazy {
    pub(super) headers: OnceLock<Headers>,
    pub(super) args: OnceLock<MultiDict>,
    pub(super) cookies: OnceLock<MultiDict>,
    pub(super) form: OnceLock<Result<FormData, FormError>>,
    /// The query, where it is not that of the head.
    pub(super) query: Option<String>,
    /// A multipart form that is being read.
    /// In a box: its searcher is large and aligned to vectors, and few requests have one.
    pub(super) collector: Option<Box<Collector>>,
}

impl Request {
    /// Makes a request of a head and a body.
    ///
    /// ```
    /// # use rustzeug::{Method, Request, body::Incoming, protocol::h1::Head};
    /// let head = Head::from_parts(Method::GET, "/a", None)?;
    /// let request = Request::new(head, Incoming::empty());
    /// assert_eq!(request.path(), "/a");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new(head: Head, body: Incoming) -> Self {
        Self {
            head,
            connection: ConnectionInfo::default(),
            route: Route::default(),
            body,
            data: OnceLock::new(),
            root_path: String::new(),
            path: None,
            lazy: OnceLock::new(),
            extensions: Extensions::new(),
            limits: RequestLimits::default(),
            is_changed: true,
        }
    }

    /// The method.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").build()?;
    /// assert_eq!(request.method(), rustzeug::Method::GET);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn method(&self) -> &Method {
        self.head.method()
    }

    /// Changes the method that the application sees; how the response is framed stays with the
    /// method that was sent.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut request = EnvironBuilder::new("/").build()?;
    /// request.set_method(rustzeug::Method::PUT);
    /// assert_eq!(request.method(), rustzeug::Method::PUT);
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_method(&mut self, method: Method) {
        self.head.set_method(method);
    }

    /// The HTTP version the client speaks.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").build()?;
    /// assert_eq!(request.version(), rustzeug::http::Version::HTTP_11);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn version(&self) -> Version {
        self.head.version()
    }

    /// The head as it came.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/a?b").build()?;
    /// assert_eq!(request.head().target(), "/a?b");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Who is at the other end.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("https://example.com/").build()?;
    /// assert_eq!(request.connection().scheme, "https");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn connection(&self) -> &ConnectionInfo {
        &self.connection
    }

    /// Says who is at the other end; a proxy middleware corrects it.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut request = EnvironBuilder::new("/").build()?;
    /// let mut connection = *request.connection();
    /// connection.scheme = "https";
    /// request.set_connection(connection);
    /// assert!(request.is_secure());
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_connection(&mut self, connection: ConnectionInfo) {
        self.connection = connection;
        self.is_changed = true;
    }

    /// Says who is at the other end and how much is accepted; what the last request left of
    /// either is kept where it is the same for all.
    #[inline]
    pub(crate) fn begin(&mut self, peer: Option<SocketAddr>, limits: &RequestLimits) {
        if self.is_changed {
            self.connection = ConnectionInfo::default();
            self.limits = *limits;
            self.is_changed = false;
        }
        self.connection.peer = peer;
    }

    /// The client's address, as text in logs is made of it.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").remote_addr([10, 0, 0, 1]).build()?;
    /// assert_eq!(request.remote_addr().map(|ip| ip.to_string()).as_deref(), Some("10.0.0.1"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn remote_addr(&self) -> Option<IpAddr> {
        self.connection.peer.map(|peer| peer.ip())
    }

    /// The rule that matched, and its endpoint.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").build()?;
    /// // No application has looked at it yet.
    /// assert_eq!(request.route().endpoint(), "");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn route(&self) -> &Route {
        &self.route
    }

    /// The rule that matched, the path to match, and the memory for captured variables.
    #[inline]
    pub(crate) fn route_parts(&mut self) -> (&str, &Method, &mut Route) {
        let path = match &self.path {
            Some(path) => path,
            None => self.head.path(),
        };
        (path, self.head.method(), &mut self.route)
    }

    /// Values that travel with the request, one of each type.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").build()?;
    /// request.extensions().insert(7u8);
    /// assert_eq!(request.extensions().get(), Some(&7u8));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// Values that travel with the request, to be changed.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut request = EnvironBuilder::new("/").build()?;
    /// request.extensions().insert(7u8);
    /// request.extensions_mut().clear();
    /// assert!(request.extensions().get::<u8>().is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.extensions
    }

    /// How much of a body is accepted.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").build()?;
    /// assert_eq!(request.limits().max_form_parts, Some(1_000));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn limits(&self) -> &RequestLimits {
        &self.limits
    }

    /// Changes how much of a body is accepted; has no effect on what was read already.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut request = EnvironBuilder::new("/").build()?;
    /// let mut limits = *request.limits();
    /// limits.max_content_length = Some(10);
    /// request.set_limits(limits);
    /// assert_eq!(request.limits().max_content_length, Some(10));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_limits(&mut self, limits: RequestLimits) {
        self.limits = limits;
        self.is_changed = true;
        self.body.set_limit(limits.max_content_length);
    }

    /// Where the application is mounted; `script_root` is its public name.
    pub(super) fn root_path(&self) -> &str {
        &self.root_path
    }

    pub(super) fn path_override(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// Moves the request below a mount: `root_path` is what was taken off the path, `path` what
    /// is left, with one leading slash or without. WSGI's `SCRIPT_NAME` and `PATH_INFO`.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut request = EnvironBuilder::new("/app/page").build()?;
    /// request.set_paths("/app", "/page");
    /// assert_eq!((request.script_root(), request.path()), ("/app", "/page"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_paths(&mut self, root_path: &str, path: &str) {
        self.root_path.clear();
        self.root_path.push_str(root_path.trim_end_matches('/'));
        self.path = Some(format!("/{}", path.trim_start_matches('/')));
    }

    /// Changes the query, undecoded and without the question mark: for middleware that rewrites
    /// URLs. The target stays as it was received.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut request = EnvironBuilder::new("/?a=1").build()?;
    /// request.set_query_string("a=2");
    /// assert_eq!(request.args().get("a"), Some("2"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_query_string(&mut self, query: impl Into<String>) {
        let lazy = self.lazy_mut();
        lazy.query = Some(query.into());
        lazy.args.take();
    }

    /// Makes it another request: the head is filled in by `read`, everything else is forgotten,
    /// memory is kept.
    #[inline]
    pub(crate) fn recycle(&mut self) {
        // The head is cleared when the next one is read.
        self.body.clear();
        self.data.take();
        self.root_path.clear();
        self.path = None;
        self.lazy.take();
        self.extensions.clear();
        self.route.rule = "";
        self.route.endpoint = "";
        self.route.level = 0;
    }

    /// The lines after a chunked body, as they came.
    pub(super) fn raw_trailers(&self) -> Vec<u8> {
        self.body.trailers()
    }

    pub(crate) fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    pub(crate) fn set_body(&mut self, body: Incoming) {
        self.body = body;
        self.body.set_limit(self.limits.max_content_length);
    }

    pub(super) fn lazy(&self) -> &Lazy {
        self.lazy.get_or_init(Box::default)
    }

    pub(super) fn lazy_if_any(&self) -> Option<&Lazy> {
        self.lazy.get().map(|lazy| &**lazy)
    }

    pub(super) fn lazy_mut(&mut self) -> &mut Lazy {
        let _made = self.lazy();
        match self.lazy.get_mut() {
            Some(lazy) => lazy,
            None => unreachable!("made in the line above"),
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {})", self.method(), self.target())
    }
}
