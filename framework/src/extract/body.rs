//! The body: as bytes, as text, as a stream.

use std::future::Future;
use std::future::ready;
use std::ops::Deref;
use std::ops::DerefMut;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::PoisonError;

use bytes::Bytes;
use futures_core::Stream;

use super::Extracted;
use super::FromRequest;
use crate::body::Incoming;
use crate::exceptions::BadRequest;
use crate::exceptions::HttpException;
use crate::exceptions::InternalServerError;
use crate::request::Request;
use crate::request::body_exception;

/// The body as it arrives, for uploads that should not be in memory as a whole.
///
/// A handler with this parameter runs before the body is read; nothing is read before it asks.
/// `Form`, `Json`, `Bytes` and `String` cannot be used beside it.
///
/// # Examples
///
/// ```
/// use rustzeug::extract::BodyStream;
/// use rustzeug::prelude::*;
///
/// struct Counter;
///
/// #[application]
/// impl Counter {
///     #[route("/count", methods = ["POST"])]
///     async fn count(&self, mut body: BodyStream) -> Result<String> {
///         let mut bytes = 0;
///         while let Some(piece) = body.next().await {
///             bytes += piece?.len();
///         }
///         Ok(format!("{bytes} bytes"))
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct BodyStream(Incoming);

/// Where a body waits that a handler takes as a stream.
#[derive(Debug)]
pub(crate) struct StreamSlot(Mutex<Option<Incoming>>);

impl StreamSlot {
    pub(crate) fn new(body: Incoming) -> Self {
        Self(Mutex::new(Some(body)))
    }

    /// Takes the body of a request whose handler streams.
    pub(super) fn take(request: &Request) -> Result<Incoming, HttpException> {
        let slot = request.extensions().get::<Self>();
        let body =
            slot.and_then(|slot| slot.0.lock().unwrap_or_else(PoisonError::into_inner).take());
        body.ok_or_else(|| InternalServerError.with_source(TAKEN))
    }
}

impl BodyStream {
    /// The next piece; `None` at the end.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    ///
    /// # struct Echo;
    /// #[application]
    /// impl Echo {
    ///     #[route("/", methods = ["POST"])]
    ///     async fn first(&self, mut body: BodyStream) -> Result<Bytes> {
    ///         body.next().await.unwrap_or_else(|| Err(BadRequest.into()))
    ///     }
    /// }
    /// #
    /// # fn main() -> Result<(), StartError> {
    /// let client = rustzeug::testing::Client::new(Echo)?;
    /// assert_eq!(client.post("/").body("hello").send().text(), "hello");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 400 for a body that is malformed or cut off, 408 for one that stalled, 413 beyond the
    /// limit.
    ///
    /// # Cancel safety
    ///
    /// May be dropped and called again; no byte is lost.
    pub async fn next(&mut self) -> Option<Result<Bytes, HttpException>> {
        let piece = std::future::poll_fn(|cx| Pin::new(&mut self.0).poll_next(cx)).await;
        piece.map(|piece| piece.map_err(|error| body_exception(&error)))
    }

    /// The stream itself, to be handed on: its errors are those of a body.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    ///
    /// # struct Echo;
    /// #[application]
    /// impl Echo {
    ///     #[route("/", methods = ["POST"])]
    ///     async fn echo(&self, body: BodyStream) -> Body {
    ///         Body::stream(body.into_inner())
    ///     }
    /// }
    /// #
    /// # fn main() -> Result<(), StartError> {
    /// let client = rustzeug::testing::Client::new(Echo)?;
    /// assert_eq!(client.post("/").body("hello").send().text(), "hello");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn into_inner(self) -> Incoming {
        self.0
    }
}

impl Deref for BodyStream {
    type Target = Incoming;

    fn deref(&self) -> &Incoming {
        &self.0
    }
}

impl DerefMut for BodyStream {
    fn deref_mut(&mut self) -> &mut Incoming {
        &mut self.0
    }
}

impl<'r, A: ?Sized> FromRequest<'r, A> for BodyStream {
    type Error = HttpException;

    const IS_READY: bool = true;

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let future: Extracted<Self> = ready(StreamSlot::take(request).map(Self));
        future
    }
}

impl<'r, A: ?Sized> FromRequest<'r, A> for Bytes {
    type Error = HttpException;

    const IS_READY: bool = true;

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let future: Extracted<Self> = ready(request.bytes().cloned());
        future
    }
}

/// The body as text; 400 where it is not UTF-8.
impl<'r, A: ?Sized> FromRequest<'r, A> for String {
    type Error = HttpException;

    const IS_READY: bool = true;

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let text = request.data().and_then(|data| {
            let text = std::str::from_utf8(data).map_err(|error| BadRequest.with_source(error))?;
            Ok(text.to_owned())
        });
        let future: Extracted<Self> = ready(text);
        future
    }
}

/// Also where a type of one's own asks for a stream and the handler does not name it: macros go by
/// the names of types.
const TAKEN: &str = "the body was read whole, or taken as a stream before";
