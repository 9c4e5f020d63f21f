//! What a request brings: bytes that came with its head, or the rest, still in the socket.

use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;

use bytes::Bytes;
use bytes::BytesMut;
use futures_core::Stream;

use super::BodyError;
use super::Feed;
use super::feed::Want;

/// The body of a request, as it arrives: a stream of pieces.
///
/// Nothing is read from the socket before somebody asks, and no more than is asked for: a slow
/// reader slows the sender down. The first question is also what makes the server answer
/// `Expect: 100-continue`.
///
/// # Examples
///
/// ```
/// use rustzeug::body::Incoming;
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let mut body = Incoming::from(b"hello".to_vec());
/// body.set_limit(Some(4));
/// assert!(body.collect().await.is_err_and(|error| error.is_too_large()));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// # Cancel safety
///
/// Every future here may be dropped and asked again; no byte is lost.
#[derive(Default)]
pub struct Incoming {
    source: Source,
    /// The most bytes that will be given; one more is an error.
    limit: Option<u64>,
}

#[derive(Default)]
enum Source {
    #[default]
    Empty,
    Bytes(Bytes),
    /// In memory, but given piece by piece; and how many bytes were given.
    Pieces(VecDeque<Bytes>, u64),
    Feed(Feed),
    Taken,
}

impl Incoming {
    /// A body of no bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::Incoming;
    /// assert!(Incoming::empty().is_empty());
    /// ```
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            source: Source::Empty,
            limit: None,
        }
    }

    /// Makes it a body of no bytes; most are, and cost a comparison.
    #[inline]
    pub(crate) fn clear(&mut self) {
        if !matches!(self.source, Source::Empty) {
            self.source = Source::Empty;
        }
        self.limit = None;
    }

    /// A body that is in memory already.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::Incoming;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let body = Incoming::buffered("hello".into());
    /// assert_eq!(body.collect().await?, "hello");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn buffered(bytes: Bytes) -> Self {
        Self {
            source: Source::Bytes(bytes),
            limit: None,
        }
    }

    /// A body that comes in these pieces: to test what reads it as it comes.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::Incoming;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let body = Incoming::pieces(["ab".into(), "c".into()]);
    /// assert_eq!(body.collect().await?, "abc");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn pieces(pieces: impl IntoIterator<Item = Bytes>) -> Self {
        let pieces = pieces.into_iter().filter(|piece| !piece.is_empty());
        Self {
            source: Source::Pieces(pieces.collect(), 0),
            limit: None,
        }
    }

    pub(crate) fn fed(feed: Feed) -> Self {
        Self {
            source: Source::Feed(feed),
            limit: None,
        }
    }

    /// Whether there is nothing to read.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::Incoming;
    /// assert!(Incoming::empty().is_empty());
    /// assert!(!Incoming::buffered("hello".into()).is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match &self.source {
            Source::Empty | Source::Taken => true,
            Source::Bytes(bytes) => bytes.is_empty(),
            Source::Pieces(pieces, _) => pieces.is_empty(),
            Source::Feed(feed) => {
                let shared = feed.lock();
                shared.finished && shared.buffer.is_empty()
            }
        }
    }

    /// Whether all of it is in memory.
    pub(crate) fn is_buffered(&self) -> bool {
        matches!(self.source, Source::Bytes(_))
    }

    /// Limits the bytes that will be given; a longer body is an error as soon as that is known.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::Incoming;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let mut body = Incoming::pieces(["ab".into(), "c".into()]);
    /// body.set_limit(Some(2));
    /// assert!(body.collect().await.is_err_and(|error| error.is_too_large()));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_limit(&mut self, limit: Option<u64>) {
        self.limit = limit;
        if let Source::Feed(feed) = &self.source {
            feed.lock().limit = limit;
        }
    }

    /// The limit in force.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::Incoming;
    /// let mut body = Incoming::empty();
    /// assert_eq!(body.limit(), None);
    /// body.set_limit(Some(10));
    /// assert_eq!(body.limit(), Some(10));
    /// ```
    #[must_use]
    pub fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// Takes the body out; what is left answers [`BodyError::is_taken`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::body::Incoming;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let mut body = Incoming::buffered("hello".into());
    /// assert_eq!(body.take().collect().await?, "hello");
    /// assert!(body.collect().await.is_err_and(|error| error.is_taken()));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn take(&mut self) -> Self {
        let source = mem::replace(&mut self.source, Source::Taken);
        Self {
            source,
            limit: self.limit,
        }
    }

    /// Reads all of it.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::Incoming;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let body = Incoming::pieces(["hel".into(), "lo".into()]);
    /// assert_eq!(body.collect().await?, "hello");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Too large, cut off, timed out, malformed, or taken by somebody else.
    pub async fn collect(mut self) -> Result<Bytes, BodyError> {
        std::future::poll_fn(move |cx| self.poll_collect(cx)).await
    }

    /// Reads all of it; the poll form of [`collect`](Self::collect).
    pub(crate) fn poll_collect(&mut self, cx: &Context<'_>) -> Poll<Result<Bytes, BodyError>> {
        match &self.source {
            Source::Empty => Poll::Ready(Ok(Bytes::new())),
            Source::Taken => Poll::Ready(Err(BodyError::taken())),
            Source::Bytes(bytes) => {
                if let Some(limit) = self.limit.filter(|limit| bytes.len() as u64 > *limit) {
                    return Poll::Ready(Err(BodyError::too_large(limit)));
                }
                match mem::replace(&mut self.source, Source::Taken) {
                    Source::Bytes(bytes) => Poll::Ready(Ok(bytes)),
                    _ => Poll::Ready(Err(BodyError::taken())),
                }
            }
            Source::Pieces(..) => {
                let mut all = BytesMut::new();
                while let Poll::Ready(Some(piece)) = self.poll_piece(cx) {
                    all.extend_from_slice(&piece?);
                }
                Poll::Ready(Ok(all.freeze()))
            }
            Source::Feed(feed) => {
                let mut shared = feed.lock();
                shared.check_limit();
                if let Some(error) = &shared.error {
                    return Poll::Ready(Err(error.clone()));
                }
                if shared.finished {
                    let bytes = Bytes::from(mem::take(&mut shared.buffer));
                    return Poll::Ready(Ok(bytes));
                }
                shared.wait(Want::Whole, cx);
                Poll::Pending
            }
        }
    }

    fn poll_piece(&mut self, cx: &Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        match &mut self.source {
            Source::Empty => Poll::Ready(None),
            Source::Taken => Poll::Ready(Some(Err(BodyError::taken()))),
            Source::Bytes(_) => match self.poll_collect(cx) {
                Poll::Ready(Ok(bytes)) => {
                    self.source = Source::Empty;
                    Poll::Ready((!bytes.is_empty()).then_some(Ok(bytes)))
                }
                Poll::Ready(Err(error)) => Poll::Ready(Some(Err(error))),
                Poll::Pending => Poll::Pending,
            },
            Source::Pieces(pieces, given) => {
                let Some(piece) = pieces.pop_front() else {
                    return Poll::Ready(None);
                };
                *given += piece.len() as u64;
                match self.limit.filter(|limit| *given > *limit) {
                    Some(limit) => Poll::Ready(Some(Err(BodyError::too_large(limit)))),
                    None => Poll::Ready(Some(Ok(piece))),
                }
            }
            Source::Feed(feed) => {
                let mut shared = feed.lock();
                shared.check_limit();
                if !shared.buffer.is_empty() {
                    return Poll::Ready(Some(Ok(shared.take_piece())));
                }
                if let Some(error) = &shared.error {
                    return Poll::Ready(Some(Err(error.clone())));
                }
                if shared.finished {
                    return Poll::Ready(None);
                }
                shared.wait(Want::Piece, cx);
                Poll::Pending
            }
        }
    }

    /// The raw trailer lines that came after a chunked body, once it is read.
    pub(crate) fn trailers(&self) -> Vec<u8> {
        match &self.source {
            Source::Feed(feed) => feed.lock().trailers.clone(),
            _ => Vec::new(),
        }
    }
}

impl Stream for Incoming {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_piece(cx)
    }
}

impl From<Bytes> for Incoming {
    fn from(bytes: Bytes) -> Self {
        Self::buffered(bytes)
    }
}

impl From<Vec<u8>> for Incoming {
    fn from(bytes: Vec<u8>) -> Self {
        Self::buffered(bytes.into())
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Empty => f.write_str("Incoming(empty)"),
            Source::Bytes(bytes) => write!(f, "Incoming({} bytes)", bytes.len()),
            Source::Pieces(..) => f.write_str("Incoming(pieces)"),
            Source::Feed(_) => f.write_str("Incoming(stream)"),
            Source::Taken => f.write_str("Incoming(taken)"),
        }
    }
}
