//! What a response carries.

use std::fmt;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::BodyError;
use super::FileSlice;

/// The body of a response: nothing, bytes, a piece of a file, or a stream.
///
/// # Examples
///
/// ```
/// use rustzeug::Body;
///
/// let body = Body::from("hello");
/// assert_eq!(body.len(), Some(5));
/// assert_eq!(Body::empty().as_bytes(), Some(&b""[..]));
/// ```
#[derive(Default)]
pub struct Body {
    kind: Kind,
}

/// The shapes of a body, matched by the server only.
#[derive(Default)]
pub(crate) enum Kind {
    #[default]
    Empty,
    /// Kept apart from `Bytes`: there is nothing to drop.
    Static(&'static [u8]),
    Bytes(Bytes),
    /// Kept apart from `Bytes`: turning a vector with spare room into one costs an allocation.
    Vec(Vec<u8>),
    File(FileSlice),
    Stream(Streamed),
}

/// A stream of pieces, and its length where it is known.
pub(crate) struct Streamed {
    pub(crate) stream: Pin<Box<dyn Stream<Item = Result<Bytes, BodyError>> + Send>>,
    pub(crate) length: Option<u64>,
}

impl Body {
    /// A body of no bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Body;
    ///
    /// assert!(Body::empty().is_empty());
    /// ```
    #[must_use]
    pub const fn empty() -> Self {
        Self { kind: Kind::Empty }
    }

    /// Bytes that live as long as the program: no copy, no allocation.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Body;
    ///
    /// const HELLO: &[u8] = b"hello";
    /// assert_eq!(Body::from_static(HELLO).as_bytes(), Some(HELLO));
    /// ```
    #[must_use]
    pub const fn from_static(bytes: &'static [u8]) -> Self {
        Self {
            kind: Kind::Static(bytes),
        }
    }

    /// A piece of a file; sent without a copy through the program where the platform can.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    /// use std::sync::Arc;
    /// use rustzeug::Body;
    /// use rustzeug::body::FileSlice;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let mut file = tempfile::tempfile()?;
    /// file.write_all(b"hello")?;
    /// let body = Body::file(FileSlice::new(Arc::new(file), 0, 4));
    /// assert_eq!(body.into_bytes().await?, "hell");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn file(file: FileSlice) -> Self {
        Self {
            kind: Kind::File(file),
        }
    }

    /// A stream of pieces of unknown total length. Each piece is sent as it comes, and the next
    /// is asked for when the peer has taken the last one.
    ///
    /// An error in the middle cuts the connection: the peer sees that the body is not whole.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Body;
    /// use rustzeug::body::Incoming;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let body = Body::stream(Incoming::pieces(["hel".into(), "lo".into()]));
    /// assert_eq!(body.len(), None);
    /// assert_eq!(body.into_bytes().await?, "hello");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn stream<S, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let stream = Box::pin(Mapped { stream });
        Self {
            kind: Kind::Stream(Streamed {
                stream,
                length: None,
            }),
        }
    }

    /// Like [`stream`](Self::stream), with the total length announced. A stream that gives fewer
    /// bytes is cut like a failed one; what it gives beyond is not sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Body;
    /// use rustzeug::body::Incoming;
    ///
    /// let pieces = Incoming::pieces(["hel".into(), "lo".into()]);
    /// assert_eq!(Body::sized_stream(5, pieces).len(), Some(5));
    /// ```
    pub fn sized_stream<S, E>(length: u64, stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let stream = Box::pin(Mapped { stream });
        Self {
            kind: Kind::Stream(Streamed {
                stream,
                length: Some(length),
            }),
        }
    }

    /// The length in bytes; `None` for a stream that does not know.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Body;
    /// use rustzeug::body::Incoming;
    ///
    /// assert_eq!(Body::from("hello").len(), Some(5));
    /// assert_eq!(Body::stream(Incoming::empty()).len(), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn len(&self) -> Option<u64> {
        match &self.kind {
            Kind::Empty => Some(0),
            Kind::Static(bytes) => Some(bytes.len() as u64),
            Kind::Bytes(bytes) => Some(bytes.len() as u64),
            Kind::Vec(bytes) => Some(bytes.len() as u64),
            Kind::File(file) => Some(file.len()),
            Kind::Stream(stream) => stream.length,
        }
    }

    /// Whether it is known to hold nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Body;
    /// use rustzeug::body::Incoming;
    ///
    /// assert!(Body::from("").is_empty());
    /// // Who knows what a stream will give?
    /// assert!(!Body::stream(Incoming::empty()).is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Whether it is a stream.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Body;
    /// use rustzeug::body::Incoming;
    ///
    /// assert!(Body::stream(Incoming::empty()).is_streamed());
    /// assert!(!Body::from("hello").is_streamed());
    /// ```
    #[must_use]
    pub fn is_streamed(&self) -> bool {
        matches!(self.kind, Kind::Stream(_))
    }

    /// The bytes, where they are in memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Body;
    /// use rustzeug::body::Incoming;
    ///
    /// assert_eq!(Body::from("hello").as_bytes(), Some(&b"hello"[..]));
    /// assert_eq!(Body::stream(Incoming::empty()).as_bytes(), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.kind {
            Kind::Empty => Some(&[]),
            Kind::Static(bytes) => Some(bytes),
            Kind::Bytes(bytes) => Some(bytes),
            Kind::Vec(bytes) => Some(bytes),
            Kind::File(_) | Kind::Stream(_) => None,
        }
    }

    #[inline]
    pub(crate) fn into_kind(self) -> Kind {
        self.kind
    }

    /// The body of a stream that was taken apart.
    pub(crate) fn from_stream(stream: Streamed) -> Self {
        Self {
            kind: Kind::Stream(stream),
        }
    }

    /// The next piece of a stream; nothing of any other kind.
    pub(crate) fn poll_piece(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        match &mut self.kind {
            Kind::Stream(streamed) => streamed.stream.as_mut().poll_next(cx),
            _ => Poll::Ready(None),
        }
    }

    /// Reads it to its end, into memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Body;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let body = Body::from(vec![b'h', b'i']);
    /// assert_eq!(body.into_bytes().await?, "hi");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What the stream or the file fails with.
    pub async fn into_bytes(self) -> Result<Bytes, BodyError> {
        match self.kind {
            Kind::Empty => Ok(Bytes::new()),
            Kind::Static(bytes) => Ok(Bytes::from_static(bytes)),
            Kind::Bytes(bytes) => Ok(bytes),
            Kind::Vec(bytes) => Ok(bytes.into()),
            Kind::File(file) => file.read().map(Bytes::from).map_err(BodyError::other),
            Kind::Stream(mut streamed) => {
                let mut all = Vec::new();
                let mut next = |cx: &mut Context<'_>| streamed.stream.as_mut().poll_next(cx);
                while let Some(piece) = std::future::poll_fn(&mut next).await {
                    all.extend_from_slice(&piece?);
                }
                Ok(all.into())
            }
        }
    }
}

impl From<Bytes> for Body {
    #[inline]
    fn from(bytes: Bytes) -> Self {
        Self {
            kind: Kind::Bytes(bytes),
        }
    }
}

impl From<Vec<u8>> for Body {
    #[inline]
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            kind: Kind::Vec(bytes),
        }
    }
}

impl From<String> for Body {
    #[inline]
    fn from(text: String) -> Self {
        Self {
            kind: Kind::Vec(text.into_bytes()),
        }
    }
}

impl From<&'static str> for Body {
    #[inline]
    fn from(text: &'static str) -> Self {
        Self::from_static(text.as_bytes())
    }
}

impl From<&'static [u8]> for Body {
    #[inline]
    fn from(bytes: &'static [u8]) -> Self {
        Self::from_static(bytes)
    }
}

impl From<()> for Body {
    #[inline]
    fn from((): ()) -> Self {
        Self::empty()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.len() {
            Some(length) => write!(f, "Body({length} bytes)"),
            None => f.write_str("Body(stream)"),
        }
    }
}

pin_project! {
    /// A stream whose errors are ours.
    struct Mapped<S> {
        #[pin]
        stream: S,
    }
}

impl<S, E> Stream for Mapped<S>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Item = Result<Bytes, BodyError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = self.project().stream.poll_next(cx);
        item.map(|item| item.map(|piece| piece.map_err(BodyError::other)))
    }
}
