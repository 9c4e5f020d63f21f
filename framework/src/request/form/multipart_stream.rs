//! A multipart body, part by part, for handlers that take the parts as they come.

use std::fmt;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::task::ready;

use bytes::Bytes;
use bytes::BytesMut;
use futures_core::Stream;

use super::FormError;
use super::collector;
use crate::body::Incoming;
use crate::datastructures::Headers;
use crate::exceptions::HttpException;
use crate::exceptions::UnsupportedMediaType;
use crate::protocol::multipart::Decoder;
use crate::protocol::multipart::Event;
use crate::request::Request;
use crate::request::RequestLimits;

/// A multipart body, part by part, as it arrives: nothing is kept, nothing goes to disk.
///
/// The limit of the whole body and of the number of parts hold; how long a part may be is the
/// handler's to say.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
/// use rustzeug::request::Multipart;
///
/// async fn longest(mut parts: Multipart) -> Result<u64> {
///     let mut longest = 0;
///     while let Some(mut part) = parts.next_part().await? {
///         let mut length = 0;
///         while let Some(bytes) = part.chunk().await? {
///             length += bytes.len() as u64;
///         }
///         longest = longest.max(length);
///     }
///     Ok(longest)
/// }
/// ```
pub struct Multipart {
    decoder: Decoder,
    body: Incoming,
}

/// One part of a [`Multipart`]: its head, and its bytes as they arrive.
///
/// Dropping it before its end passes over the rest.
///
/// # Examples
///
/// ```
/// # use rustzeug::body::Incoming;
/// # use rustzeug::prelude::*;
/// # use rustzeug::request::{Multipart, RequestLimits};
/// # fn main() -> rustzeug::Result<()> {
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let (kind, limits) = ("multipart/form-data; boundary=b", RequestLimits::default());
/// # let body = "--b\r\ncontent-disposition: form-data; name=a;filename=a\r\n\r\ntea\r\n--b--";
/// # let mut parts = Multipart::new(kind, Incoming::buffered(body.into()), &limits)?;
/// let mut part = parts.next_part().await?.or_status(400)?;
/// assert_eq!((part.name(), part.filename()), ("a", Some("a")));
/// assert_eq!(part.chunk().await?.as_deref(), Some(&b"tea"[..]));
/// # Ok(())
/// # })
/// # }
/// ```
pub struct Part<'a> {
    stream: &'a mut Multipart,
    name: String,
    filename: Option<String>,
    headers: Headers,
    done: bool,
}

impl Multipart {
    /// Reads a body whose Content-Type is this.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::Incoming;
    /// use rustzeug::prelude::*;
    /// use rustzeug::request::{Multipart, RequestLimits};
    ///
    /// # fn main() -> rustzeug::Result<()> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let kind = "multipart/form-data; boundary=b";
    /// let body = "--b\r\ncontent-disposition: form-data; name=a\r\n\r\ntea\r\n--b--";
    /// let limits = RequestLimits::default();
    /// let mut parts = Multipart::new(kind, Incoming::buffered(body.into()), &limits)?;
    /// assert!(parts.next_part().await?.is_some());
    /// let refused = Multipart::new("text/plain", Incoming::empty(), &limits);
    /// assert!(refused.is_err_and(|error| error.status() == 415));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 415 where it is no multipart form, 400 where the boundary is missing or cannot be one.
    pub fn new(
        content_type: &str,
        mut body: Incoming,
        limits: &RequestLimits,
    ) -> Result<Self, HttpException> {
        if !collector::Collector::is_for(content_type) {
            return Err(UnsupportedMediaType
                .with_description("The request is not a `multipart/form-data` form."));
        }
        let decoder = collector::decoder(content_type, limits);
        let decoder = decoder.map_err(|error| FormError::from(error).to_exception())?;
        body.set_limit(limits.max_content_length);
        Ok(Self { decoder, body })
    }

    /// Takes the body out of a request; the accessors of the whole form fail afterwards.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::Incoming;
    /// use rustzeug::prelude::*;
    /// use rustzeug::protocol::h1::Head;
    /// use rustzeug::request::Multipart;
    ///
    /// # fn main() -> rustzeug::Result<()> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let kind = (&b"content-type"[..], &b"multipart/form-data; boundary=b"[..]);
    /// let head = Head::from_parts(rustzeug::Method::POST, "/", [kind])?;
    /// let body = "--b\r\ncontent-disposition: form-data; name=a\r\n\r\ntea\r\n--b--";
    /// let mut request = Request::new(head, Incoming::buffered(body.into()));
    /// let mut parts = Multipart::from_request(&mut request)?;
    /// assert!(parts.next_part().await?.is_some());
    /// assert!(request.form().is_err(), "the body is taken");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn from_request(request: &mut Request) -> Result<Self, HttpException> {
        let limits = *request.limits();
        let content_type = request
            .header("content-type")
            .unwrap_or_default()
            .to_owned();
        let body = request.take_body();
        Self::new(&content_type, body, &limits)
    }

    /// The next part; what is left of the last one is passed over.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::Incoming;
    /// # use rustzeug::prelude::*;
    /// # use rustzeug::request::{Multipart, RequestLimits};
    /// # fn main() -> rustzeug::Result<()> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let (kind, limits) = ("multipart/form-data; boundary=b", RequestLimits::default());
    /// # let body = "--b\r\ncontent-disposition: form-data; name=a\r\n\r\ntea\r\n--b--";
    /// # let mut parts = Multipart::new(kind, Incoming::buffered(body.into()), &limits)?;
    /// let mut names = Vec::new();
    /// while let Some(part) = parts.next_part().await? {
    ///     names.push(part.name().to_owned());
    /// }
    /// assert_eq!(names, ["a"]);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 400 where the body is malformed or cut off, 413 beyond a limit, 408 where it stalled.
    ///
    /// # Cancel safety
    ///
    /// It may be dropped and asked again.
    pub async fn next_part(&mut self) -> Result<Option<Part<'_>>, HttpException> {
        loop {
            let event = std::future::poll_fn(|cx| self.poll_event(cx)).await;
            let (name, filename, headers) = match event.map_err(|error| error.to_exception())? {
                Event::Field { name, headers } => (name, None, headers),
                Event::File {
                    name,
                    filename,
                    headers,
                } => (name, Some(filename), headers),
                Event::End => return Ok(None),
                _ => continue,
            };
            return Ok(Some(Part {
                stream: self,
                name,
                filename,
                headers,
                done: false,
            }));
        }
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Result<Event, FormError>> {
        loop {
            match self.decoder.next_event()? {
                Event::NeedData => match ready!(Pin::new(&mut self.body).poll_next(cx)) {
                    Some(piece) => self.decoder.receive(piece?),
                    None => self.decoder.finish(),
                },
                event => return Poll::Ready(Ok(event)),
            }
        }
    }
}

impl Part<'_> {
    /// The name of the form field; empty where the part says none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::Incoming;
    /// # use rustzeug::prelude::*;
    /// # use rustzeug::request::{Multipart, RequestLimits};
    /// # fn main() -> rustzeug::Result<()> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let (kind, limits) = ("multipart/form-data; boundary=b", RequestLimits::default());
    /// # let body = "--b\r\ncontent-disposition: form-data; name=a\r\n\r\ntea\r\n--b--";
    /// # let mut parts = Multipart::new(kind, Incoming::buffered(body.into()), &limits)?;
    /// let part = parts.next_part().await?.or_status(400)?;
    /// assert_eq!(part.name(), "a");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the client calls the file; `None` for a text field.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::Incoming;
    /// # use rustzeug::prelude::*;
    /// # use rustzeug::request::{Multipart, RequestLimits};
    /// # fn main() -> rustzeug::Result<()> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let (kind, limits) = ("multipart/form-data; boundary=b", RequestLimits::default());
    /// # let body = "--b\r\ncontent-disposition: form-data; name=a;filename=a\r\n\r\ntea\r\n--b--";
    /// # let mut parts = Multipart::new(kind, Incoming::buffered(body.into()), &limits)?;
    /// let part = parts.next_part().await?.or_status(400)?;
    /// assert_eq!(part.filename(), Some("a"));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn filename(&self) -> Option<&str> {
        self.filename.as_deref()
    }

    /// The header fields of the part.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::Incoming;
    /// # use rustzeug::prelude::*;
    /// # use rustzeug::request::{Multipart, RequestLimits};
    /// # fn main() -> rustzeug::Result<()> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let (kind, limits) = ("multipart/form-data; boundary=b", RequestLimits::default());
    /// # let body = "--b\r\ncontent-disposition: form-data; name=a\r\n\r\ntea\r\n--b--";
    /// # let mut parts = Multipart::new(kind, Incoming::buffered(body.into()), &limits)?;
    /// let part = parts.next_part().await?.or_status(400)?;
    /// assert!(part.headers().contains("content-disposition"));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The media type as the client says it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::Incoming;
    /// # use rustzeug::prelude::*;
    /// # use rustzeug::request::{Multipart, RequestLimits};
    /// # fn main() -> rustzeug::Result<()> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let (kind, limits) = ("multipart/form-data; boundary=b", RequestLimits::default());
    /// # let body = "--b\r\ncontent-disposition: form-data; name=a;filename=a\r\n\
    /// #     content-type: text/plain\r\n\r\ntea\r\n--b--";
    /// # let mut parts = Multipart::new(kind, Incoming::buffered(body.into()), &limits)?;
    /// let part = parts.next_part().await?.or_status(400)?;
    /// assert_eq!(part.content_type(), Some("text/plain"));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.headers.get("content-type")
    }

    /// The next bytes; `None` at the end of the part. As a stream, the part is the same.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::Incoming;
    /// # use rustzeug::prelude::*;
    /// # use rustzeug::request::{Multipart, RequestLimits};
    /// # fn main() -> rustzeug::Result<()> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let (kind, limits) = ("multipart/form-data; boundary=b", RequestLimits::default());
    /// # let body = "--b\r\ncontent-disposition: form-data; name=a\r\n\r\ntea\r\n--b--";
    /// # let mut parts = Multipart::new(kind, Incoming::buffered(body.into()), &limits)?;
    /// let mut part = parts.next_part().await?.or_status(400)?;
    /// let mut length = 0;
    /// while let Some(bytes) = part.chunk().await? {
    ///     length += bytes.len();
    /// }
    /// assert_eq!(length, 3);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Multipart::next_part`].
    ///
    /// # Cancel safety
    ///
    /// It may be dropped and asked again.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, HttpException> {
        let chunk = std::future::poll_fn(|cx| self.poll_chunk(cx)).await;
        chunk.transpose().map_err(|error| error.to_exception())
    }

    /// All bytes that are left, up to a limit of your own.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::Incoming;
    /// # use rustzeug::prelude::*;
    /// # use rustzeug::request::{Multipart, RequestLimits};
    /// # fn main() -> rustzeug::Result<()> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let (kind, limits) = ("multipart/form-data; boundary=b", RequestLimits::default());
    /// # let body = "--b\r\ncontent-disposition: form-data; name=a\r\n\r\ntea\r\n--b--";
    /// # let mut parts = Multipart::new(kind, Incoming::buffered(body.into()), &limits)?;
    /// let part = parts.next_part().await?.or_status(400)?;
    /// assert!(part.bytes(2).await.is_err_and(|error| error.status() == 413));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 413 beyond the limit, and as [`Multipart::next_part`].
    ///
    /// # Cancel safety
    ///
    /// Dropped halfway, what was read is lost.
    pub async fn bytes(mut self, limit: u64) -> Result<Bytes, HttpException> {
        let mut all = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
            if all.len() as u64 > limit {
                return Err(FormError::field_too_large(limit).to_exception());
            }
        }
        Ok(all.freeze())
    }

    /// All text that is left, up to a limit of your own; what is not UTF-8 becomes U+FFFD.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::Incoming;
    /// # use rustzeug::prelude::*;
    /// # use rustzeug::request::{Multipart, RequestLimits};
    /// # fn main() -> rustzeug::Result<()> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let (kind, limits) = ("multipart/form-data; boundary=b", RequestLimits::default());
    /// # let body = "--b\r\ncontent-disposition: form-data; name=a\r\n\r\ntea\r\n--b--";
    /// # let mut parts = Multipart::new(kind, Incoming::buffered(body.into()), &limits)?;
    /// let part = parts.next_part().await?.or_status(400)?;
    /// assert_eq!(part.text(1_000).await?, "tea");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    ///
    /// # Cancel safety
    ///
    /// As [`bytes`](Self::bytes).
    pub async fn text(self, limit: u64) -> Result<String, HttpException> {
        let bytes = self.bytes(limit).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, FormError>>> {
        while !self.done {
            match ready!(self.stream.poll_event(cx)) {
                Ok(Event::Data { data, more }) => {
                    self.done = !more;
                    if !data.is_empty() {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
                Ok(_) => self.done = true,
                Err(error) => {
                    self.done = true;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
        Poll::Ready(None)
    }
}

impl Stream for Part<'_> {
    type Item = Result<Bytes, FormError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_chunk(cx)
    }
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart").finish_non_exhaustive()
    }
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("name", &self.name)
            .field("filename", &self.filename)
            .finish_non_exhaustive()
    }
}
