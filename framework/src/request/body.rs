//! The body of a request: read whole before the handler runs, or taken as a stream.

use std::task::Context;
use std::task::Poll;

use bytes::Bytes;

use super::Request;
use super::form::Collector;
use super::request::Lazy;
use crate::body::BodyError;
use crate::body::Incoming;
use crate::exceptions::BadRequest;
use crate::exceptions::HttpException;
use crate::exceptions::InternalServerError;
use crate::exceptions::RequestEntityTooLarge;
use crate::exceptions::RequestTimeout;

impl Request {
    /// The body, read whole before the handler ran.
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn app(request: &Request) -> Result<String> {
    ///     Ok(request.data()?.len().to_string())
    /// }
    ///
    /// # fn main() -> Result<(), StartError> {
    /// assert_eq!(Client::new(app)?.post("/").body("hello").send().text(), "5");
    /// # Ok(())
    /// # }
    /// ```
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
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn app(request: &Request) -> Result<Bytes> {
    ///     Ok(request.bytes()?.slice(1..3))
    /// }
    ///
    /// # fn main() -> Result<(), StartError> {
    /// assert_eq!(Client::new(app)?.post("/").body("hello").send().text(), "el");
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut request = EnvironBuilder::new("/").method(rustzeug::Method::POST).body("hello").build()?;
    /// let body = request.take_body();
    /// assert!(!body.is_empty());
    /// assert!(request.data().is_err());
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").build()?;
    /// assert!(request.is_prepared());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn is_prepared(&self) -> bool {
        self.data.get().is_some() || self.body.is_empty()
    }

    /// Reads the body whole, within the limits; what goes wrong is told by the accessors.
    ///
    /// A multipart form is taken apart as it arrives, large files into temporary files; of every
    /// other body the raw bytes are kept. Ready at once where there is nothing to wait for.
    ///
    /// ```
    /// use rustzeug::prelude::*;
    ///
    /// /// For an application by hand; `#[application]` does it by itself.
    /// async fn read(request: &mut Request) -> Result<usize> {
    ///     std::future::poll_fn(|cx| request.poll_prepare(cx)).await;
    ///     Ok(request.data()?.len())
    /// }
    /// ```
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
