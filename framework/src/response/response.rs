//! The response itself.

use std::fmt;

use http::HeaderValue;
use http::StatusCode;
use http::header;

use crate::body::Body;
use crate::datastructures::Constant;
use crate::datastructures::Headers;

/// A response: Werkzeug's `Response`.
///
/// # Examples
///
/// ```
/// use rustzeug::Response;
///
/// let response = Response::new("made").with_status(201).with_header("x-seen", "yes");
/// assert_eq!(response.status().as_u16(), 201);
/// assert_eq!(response.headers().get("content-type"), Some("text/plain; charset=utf-8"));
/// ```
pub struct Response {
    status: StatusCode,
    headers: Headers,
    body: Body,
    rare: Option<Box<Rare>>,
}

/// What few responses have; behind one pointer, so that a plain response stays small.
#[derive(Default)]
struct Rare {
    on_close: OnClose,
    /// The words after the number in the status line, where they are not its own name.
    reason: Option<Box<str>>,
    /// The exception it was made of, for the log and the debug page.
    exception: Option<crate::exceptions::HttpException>,
    /// The body is the page that was made of the exception without knowing who asks.
    is_page: bool,
    /// What the log is told when the response is sent.
    warning: Option<Box<str>>,
}

/// The media type of text that says nothing else.
pub(super) static TEXT: Constant =
    Constant::content_type("content-type: text/plain; charset=utf-8\r\n");

impl Response {
    /// A response of status 200 and type `text/plain; charset=utf-8`.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let response = Response::new("text");
    /// assert_eq!(response.content_type(), Some("text/plain; charset=utf-8"));
    /// ```
    #[must_use]
    pub fn new(body: impl Into<Body>) -> Self {
        Self::of(&TEXT, body)
    }

    /// A response of status 200 and a media type that many have.
    #[inline]
    pub(super) fn of(content_type: &'static Constant, body: impl Into<Body>) -> Self {
        Self {
            status: StatusCode::OK,
            headers: Headers::of(content_type),
            body: body.into(),
            rare: None,
        }
    }

    /// A response of status 200 without a body or a Content-Type.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let response = Response::empty();
    /// assert!(response.body().is_empty() && response.headers().is_empty());
    /// ```
    #[must_use]
    pub fn empty() -> Self {
        Self {
            status: StatusCode::OK,
            headers: Headers::new(),
            body: Body::empty(),
            rare: None,
        }
    }

    /// A response of status 200 and a media type.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let svg = rustzeug::http::HeaderValue::from_static("image/svg+xml");
    /// assert_eq!(Response::typed(svg, "<svg/>").mimetype(), "image/svg+xml");
    /// ```
    #[must_use]
    pub fn typed(content_type: HeaderValue, body: impl Into<Body>) -> Self {
        let mut headers = Headers::new();
        headers.add(header::CONTENT_TYPE, content_type);
        Self {
            status: StatusCode::OK,
            headers,
            body: body.into(),
            rare: None,
        }
    }

    /// Changes the status.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// assert_eq!(Response::new("made").with_status(201).status(), 201);
    /// ```
    ///
    /// # Panics
    ///
    /// A number that is not from 100 to 999.
    #[must_use]
    pub fn with_status(mut self, status: impl TryInto<StatusCode, Error: fmt::Debug>) -> Self {
        self.set_status(status);
        self
    }

    /// Sets a field, in place of all of that name.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let response = Response::new("text").with_header("x-a", "1");
    /// assert_eq!(response.headers().get("x-a"), Some("1"));
    /// ```
    ///
    /// # Panics
    ///
    /// A name or a value that HTTP does not allow; for text that is not yours use
    /// [`Headers::try_set`].
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.set(name, value);
        self
    }

    /// The status.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// assert_eq!(Response::new("text").status(), 200);
    /// ```
    #[must_use]
    #[inline]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Changes the status.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.set_status(202);
    /// assert_eq!(response.status(), 202);
    /// ```
    ///
    /// # Panics
    ///
    /// A number that is not from 100 to 999.
    pub fn set_status(&mut self, status: impl TryInto<StatusCode, Error: fmt::Debug>) {
        self.status = status
            .try_into()
            .expect("a status is a number from 100 to 999");
        if let Some(rare) = &mut self.rare {
            rare.reason = None;
        }
    }

    /// The words after the number in the status line, where others than its own name were set.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::empty();
    /// response.set_status_text("404 Gone Fishing")?;
    /// assert_eq!(response.reason(), Some("Gone Fishing"));
    /// # Ok::<_, rustzeug::response::InvalidStatus>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn reason(&self) -> Option<&str> {
        self.rare.as_ref().and_then(|rare| rare.reason.as_deref())
    }

    /// Sets the words after the number; whoever calls has checked them.
    pub(super) fn set_reason(&mut self, reason: &str) {
        self.rare.get_or_insert_default().reason = Some(reason.into());
    }

    /// The header fields.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// assert!(Response::new("text").headers().contains("content-type"));
    /// ```
    #[must_use]
    #[inline]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The header fields, to be changed.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.headers_mut().set("x-a", "1");
    /// assert_eq!(response.headers().get("x-a"), Some("1"));
    /// ```
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.headers
    }

    /// The body.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// assert_eq!(Response::new("text").body().as_bytes(), Some(&b"text"[..]));
    /// ```
    #[must_use]
    #[inline]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Changes the body.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// response.set_body("other text");
    /// assert_eq!(response.body().len(), Some(10));
    /// ```
    pub fn set_body(&mut self, body: impl Into<Body>) {
        self.body = body.into();
        if let Some(rare) = &mut self.rare {
            rare.is_page = false;
        }
    }

    /// Takes the body out; an empty one is left.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let mut response = Response::new("text");
    /// assert_eq!(response.take_body().len(), Some(4));
    /// assert!(response.body().is_empty());
    /// ```
    #[must_use]
    #[inline]
    pub fn take_body(&mut self) -> Body {
        std::mem::take(&mut self.body)
    }

    /// Runs `call` when the response was sent or given up, in the order added.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// static CLOSED: AtomicBool = AtomicBool::new(false);
    ///
    /// let mut response = Response::new("text");
    /// response.call_on_close(|| CLOSED.store(true, Ordering::SeqCst));
    /// drop(response);
    /// assert!(CLOSED.load(Ordering::SeqCst));
    /// ```
    pub fn call_on_close(&mut self, call: impl FnOnce() + Send + 'static) {
        self.rare
            .get_or_insert_default()
            .on_close
            .calls
            .push(Box::new(call));
    }

    /// The exception the response was made of, where it was.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let page = rustzeug::response::render(rustzeug::exceptions::NotFound.into(), None);
    /// assert_eq!(page.exception().map(|error| error.code()), Some(404));
    /// ```
    #[must_use]
    pub fn exception(&self) -> Option<&crate::exceptions::HttpException> {
        self.rare.as_ref().and_then(|rare| rare.exception.as_ref())
    }

    pub(super) fn set_exception(
        &mut self,
        exception: crate::exceptions::HttpException,
        is_page: bool,
    ) {
        let rare = self.rare.get_or_insert_default();
        rare.exception = Some(exception);
        rare.is_page = is_page;
    }

    /// Whether the body is the page that was made of an exception.
    pub(super) fn is_page(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.is_page)
    }

    /// Leaves a word for the log of the server.
    pub(super) fn warn(&mut self, text: String) {
        self.rare.get_or_insert_default().warning = Some(text.into());
    }

    /// What the log is to be told.
    #[inline]
    pub(crate) fn warning(&self) -> Option<&str> {
        self.rare.as_ref().and_then(|rare| rare.warning.as_deref())
    }

    /// What to run when the response was sent; dropping it runs it.
    #[inline]
    pub(crate) fn take_on_close(&mut self) -> Option<OnClose> {
        let rare = self.rare.as_mut()?;
        Some(std::mem::take(&mut rare.on_close))
    }
}

impl Default for Response {
    fn default() -> Self {
        Self::empty()
    }
}

/// Calls to make when a response was sent or given up: made when this is dropped.
#[derive(Default)]
pub(crate) struct OnClose {
    calls: Vec<Box<dyn FnOnce() + Send>>,
}

impl fmt::Debug for OnClose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OnClose({} calls)", self.calls.len())
    }
}

impl Drop for OnClose {
    fn drop(&mut self) {
        for call in self.calls.drain(..) {
            // One call that panics must neither stop the others nor, when the drop is part of
            // another panic, end the process.
            let _panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(call));
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
