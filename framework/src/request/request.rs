//! The request itself: head, body, and what was made of them so far.

use std::fmt;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::task::Context;
use std::task::Poll;

use bytes::Bytes;
use http::Method;
use http::Version;

use super::Extensions;
use super::FormData;
use super::FormError;
use super::Route;
use super::form::Collector;
use crate::body::BodyError;
use crate::body::Incoming;
use crate::datastructures::Headers;
use crate::datastructures::MultiDict;
use crate::exceptions::BadRequest;
use crate::exceptions::HttpException;
use crate::exceptions::InternalServerError;
use crate::exceptions::RequestEntityTooLarge;
use crate::exceptions::RequestTimeout;
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
    body: Incoming,
    /// The body, once it was read whole.
    data: OnceLock<Result<Bytes, BodyError>>,
    /// Where the application is mounted, percent-decoded, without a slash at its end.
    root_path: String,
    /// The path within the application, where it is not that of the head.
    path: Option<String>,
    lazy: OnceLock<Box<Lazy>>,
    extensions: Extensions,
    limits: RequestLimits,
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

/// Who is at the other end.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ConnectionInfo {
    /// The client's address; `None` where there is none (Unix sockets, tests).
    pub peer: Option<SocketAddr>,
    /// The address the client connected to.
    pub local: Option<SocketAddr>,
    /// `http` or `https`.
    pub scheme: &'static str,
}

impl Default for ConnectionInfo {
    fn default() -> Self {
        Self {
            peer: None,
            local: None,
            scheme: "http",
        }
    }
}

/// How much of a body is accepted.
///
/// Werkzeug's `max_content_length`, `max_form_memory_size` and `max_form_parts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestLimits {
    /// Bytes of a body; beyond: 413. `None`: no limit, for handlers that stream.
    pub max_content_length: Option<u64>,
    /// Bytes of each field of a multipart form that is not a file; beyond: 413.
    pub max_form_memory_size: Option<u64>,
    /// Parts of a multipart form; beyond: 413.
    pub max_form_parts: Option<usize>,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            max_content_length: Some(2 * 1024 * 1024),
            max_form_memory_size: Some(500_000),
            max_form_parts: Some(1_000),
        }
    }
}

impl Request {
    /// Makes a request of a head and a body.
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
    #[must_use]
    #[inline]
    pub fn method(&self) -> &Method {
        self.head.method()
    }

    /// Changes the method that the application sees; how the response is framed stays with the
    /// method that was sent.
    pub fn set_method(&mut self, method: Method) {
        self.head.set_method(method);
    }

    /// The HTTP version the client speaks.
    #[must_use]
    pub fn version(&self) -> Version {
        self.head.version()
    }

    /// The head as it came.
    #[must_use]
    #[inline]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Who is at the other end.
    #[must_use]
    pub fn connection(&self) -> &ConnectionInfo {
        &self.connection
    }

    /// Says who is at the other end; a proxy middleware corrects it.
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
    #[must_use]
    pub fn remote_addr(&self) -> Option<IpAddr> {
        self.connection.peer.map(|peer| peer.ip())
    }

    /// The rule that matched, and its endpoint.
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
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// Values that travel with the request, to be changed.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.extensions
    }

    /// How much of a body is accepted.
    #[must_use]
    pub fn limits(&self) -> &RequestLimits {
        &self.limits
    }

    /// Changes how much of a body is accepted; has no effect on what was read already.
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
    pub fn set_paths(&mut self, root_path: &str, path: &str) {
        self.root_path.clear();
        self.root_path.push_str(root_path.trim_end_matches('/'));
        self.path = Some(format!("/{}", path.trim_start_matches('/')));
    }

    /// Changes the query, undecoded and without the question mark: for middleware that rewrites
    /// URLs. The target stays as it was received.
    pub fn set_query_string(&mut self, query: impl Into<String>) {
        let lazy = self.lazy_mut();
        lazy.query = Some(query.into());
        lazy.args.take();
    }

    /// The body, read whole before the handler ran.
    ///
    /// # Errors
    ///
    /// 413 beyond the limit, 408 where it stalled, 400 where it is malformed or cut off, 500
    /// where the handler took it as a stream.
    pub fn data(&self) -> Result<&[u8], HttpException> {
        self.bytes().map(|bytes| &bytes[..])
    }

    /// The body as shared bytes; cheap to clone.
    ///
    /// # Errors
    ///
    /// As [`data`](Self::data).
    pub fn bytes(&self) -> Result<&Bytes, HttpException> {
        self.read_bytes().map_err(|error| body_exception(&error))
    }

    /// The body that was read, or why it was not.
    pub(super) fn read_bytes(&self) -> Result<&Bytes, BodyError> {
        static EMPTY: Bytes = Bytes::new();
        match self.data.get() {
            Some(Ok(bytes)) => Ok(bytes),
            Some(Err(error)) => Err(error.clone()),
            None if self.body.is_empty() => Ok(&EMPTY),
            None => Err(BodyError::taken()),
        }
    }

    /// The body as it arrives, for a handler that streams; the accessors of the whole body fail
    /// afterwards.
    #[must_use]
    pub fn take_body(&mut self) -> Incoming {
        let body = match self.data.take() {
            Some(Ok(bytes)) => Incoming::buffered(bytes),
            _ => self.body.take(),
        };
        // Nothing at all may be taken by anybody.
        if !body.is_empty() {
            let _none = self.data.set(Err(BodyError::taken()));
        }
        body
    }

    /// Whether the body needs no waiting: there is none, or it was read.
    #[must_use]
    #[inline]
    pub fn is_prepared(&self) -> bool {
        self.data.get().is_some() || self.body.is_empty()
    }

    /// Reads the body whole, within the limits; what goes wrong is told by the accessors.
    ///
    /// A multipart form is taken apart as it arrives, large files into temporary files; of every
    /// other body the raw bytes are kept. Ready at once where there is nothing to wait for.
    pub fn poll_prepare(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.data.get().is_some() {
            return Poll::Ready(());
        }
        self.body.set_limit(self.limits.max_content_length);
        let result = if self.is_multipart() {
            std::task::ready!(self.poll_form(cx));
            // As in Werkzeug, no raw bytes are left of a form.
            Ok(Bytes::new())
        } else {
            std::task::ready!(self.body.poll_collect(cx))
        };
        let _first = self.data.set(result);
        Poll::Ready(())
    }

    /// Takes over a body that is in memory already, without a future; `false` where there is
    /// something to wait for, or a multipart form to read.
    pub(crate) fn prepare_buffered(&mut self) -> bool {
        if !self.body.is_buffered() || self.is_multipart() {
            return false;
        }
        self.body.set_limit(self.limits.max_content_length);
        let cx = Context::from_waker(std::task::Waker::noop());
        match self.body.poll_collect(&cx) {
            Poll::Ready(result) => self.data.set(result).is_ok(),
            Poll::Pending => false,
        }
    }

    /// Whether the body is a multipart form that is or will be read as it arrives.
    fn is_multipart(&mut self) -> bool {
        if self
            .lazy_if_any()
            .is_some_and(|lazy| lazy.collector.is_some())
        {
            return true;
        }
        // Most bodies are none; the first bytes tell, without a look at the whole.
        let first = self.header_bytes("content-type").unwrap_or_default();
        let first = first.get(..MULTIPART.len()).unwrap_or_default();
        if !first.eq_ignore_ascii_case(MULTIPART) || self.body.is_empty() {
            return false;
        }
        let content_type = self.header("content-type").unwrap_or_default();
        if !Collector::is_for(content_type) {
            return false;
        }
        let collector = Collector::new(content_type, &self.limits);
        self.lazy_mut().collector = Some(Box::new(collector));
        true
    }

    /// What a form is read with: where it goes, and where it comes from.
    pub(super) fn form_parts(&mut self) -> (&mut Lazy, &mut Incoming) {
        let _made = self.lazy();
        match self.lazy.get_mut() {
            Some(lazy) => (lazy, &mut self.body),
            None => unreachable!("made in the line above"),
        }
    }

    /// Makes it another request: the head is filled in by `read`, everything else is forgotten,
    /// memory is kept.
    #[inline]
    pub(crate) fn recycle(&mut self) {
        // The head is cleared when the next one is read.
        self.body = Incoming::empty();
        self.data.take();
        self.root_path.clear();
        self.path = None;
        self.lazy.take();
        self.extensions.clear();
        self.route.rule = "";
        self.route.endpoint = "";
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

/// What the media type of a multipart form begins with; values come without space before them.
const MULTIPART: &[u8] = b"multipart/";

/// What a handler is told of a body that could not be read.
pub(crate) fn body_exception(error: &BodyError) -> HttpException {
    if error.is_too_large() {
        RequestEntityTooLarge.into()
    } else if error.is_timed_out() {
        RequestTimeout.into()
    } else if error.is_taken() {
        InternalServerError.with_source(error.clone())
    } else {
        BadRequest.with_source(error.clone())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {})", self.method(), self.target())
    }
}
