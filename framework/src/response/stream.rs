//! Bodies that are made while they are sent.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;

use bytes::Bytes;
use futures_core::Stream;
use tokio::sync::mpsc;

use super::Response;
use crate::body::Body;
use crate::body::BodyError;

impl Response {
    /// A response whose body is made of pieces as the client takes them: Werkzeug's response from
    /// a generator.
    ///
    /// The iterator runs on the event loop, so it must not block; work that blocks belongs behind
    /// [`body_channel`]. A slow client slows it down.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Response;
    ///
    /// let lines = (1..=1_000_000).map(|n| format!("{n}\n"));
    /// let response = Response::from_pieces(lines);
    /// assert!(response.body().is_streamed());
    /// ```
    #[must_use]
    pub fn from_pieces<I>(pieces: I) -> Self
    where
        I: IntoIterator<IntoIter: Send + 'static, Item: Into<Bytes>>,
    {
        let pieces = pieces.into_iter();
        Self::new(Body::stream(Pieces { pieces }))
    }

    /// A response whose body is a stream; each piece is asked for when the last one is mostly
    /// gone.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Response;
    /// use rustzeug::body::Incoming;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let stream = Incoming::pieces(["green ".into(), "tea".into()]);
    /// let mut response = Response::from_stream(stream);
    /// assert!(response.body().is_streamed());
    /// assert_eq!(response.take_body().into_bytes().await?, "green tea");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn from_stream<S, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        Self::new(Body::stream(stream))
    }
}

struct Pieces<I> {
    pieces: I,
}

/// Nothing in it is pinned: the iterator is only ever called.
impl<I> Unpin for Pieces<I> {}

impl<I: Iterator<Item: Into<Bytes>>> Stream for Pieces<I> {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.pieces.next().map(|piece| Ok(piece.into())))
    }
}

/// The end of a body into which pieces are put, from a task or from a thread.
///
/// Dropping it ends the body as if it were whole; [`fail`](Self::fail) cuts it, so that the client
/// sees that something is missing. As an [`io::Write`], it blocks: for threads only.
///
/// # Examples
///
/// ```
/// use std::io::Write as _;
/// use rustzeug::response::body_channel;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let (mut sender, body) = body_channel(4);
/// let writer = std::thread::spawn(move || sender.write_all(b"from a thread"));
/// assert_eq!(body.into_bytes().await?, "from a thread");
/// assert!(writer.join().is_ok_and(|written| written.is_ok()));
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct BodySender {
    sender: mpsc::Sender<Result<Bytes, BodyError>>,
}

/// Makes a body and the end into which its pieces are put; at most `ahead` pieces wait in
/// between, then the sender waits for the client.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
/// use rustzeug::response::body_channel;
///
/// #[application]
/// async fn count() -> Response {
///     let (sender, body) = body_channel(4);
///     tokio::spawn(async move {
///         for n in 0..1000 {
///             if sender.send(format!("{n}\n")).await.is_err() {
///                 break; // the client left
///             }
///         }
///     });
///     Response::new(body)
/// }
/// # fn main() {}
/// ```
///
/// # Panics
///
/// If `ahead` is 0.
#[must_use]
pub fn body_channel(ahead: usize) -> (BodySender, Body) {
    let (sender, receiver) = mpsc::channel(ahead);
    (BodySender { sender }, Body::stream(Received { receiver }))
}

impl BodySender {
    /// Puts a piece in, as soon as there is room.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::response::body_channel;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let (sender, body) = body_channel(1);
    /// sender.send("green tea").await?;
    /// drop(sender); // the end of the body
    /// assert_eq!(body.into_bytes().await?, "green tea");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When nobody reads any more: the client left.
    ///
    /// # Cancel safety
    ///
    /// If it is dropped before it is ready, the piece was not sent.
    pub async fn send(&self, piece: impl Into<Bytes>) -> Result<(), SendError> {
        let sent = self.sender.send(Ok(piece.into())).await;
        sent.map_err(|_| SendError(()))
    }

    /// As [`send`](Self::send), for threads: blocks until there is room.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::response::body_channel;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let (sender, body) = body_channel(1);
    /// std::thread::spawn(move || sender.send_blocking("green tea"));
    /// assert_eq!(body.into_bytes().await?, "green tea");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When nobody reads any more.
    ///
    /// # Panics
    ///
    /// In an `async fn`, where blocking would stop the event loop.
    pub fn send_blocking(&self, piece: impl Into<Bytes>) -> Result<(), SendError> {
        let sent = self.sender.blocking_send(Ok(piece.into()));
        sent.map_err(|_| SendError(()))
    }

    /// Cuts the body here: the connection is closed, and the error is said in the log.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::response::body_channel;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let (sender, body) = body_channel(1);
    /// sender.fail("the database went away").await;
    /// assert!(body.into_bytes().await.is_err());
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn fail(self, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) {
        // Nobody to tell is as good as told.
        let _closed = self.sender.send(Err(BodyError::other(error))).await;
    }

    /// Ready when nobody reads any more: the client left, or the server gave up.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::response::body_channel;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let (sender, body) = body_channel(1);
    /// drop(body);
    /// sender.closed().await;
    /// assert!(sender.send("too late").await.is_err());
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Cancel safety
    ///
    /// It may be dropped and asked again.
    pub async fn closed(&self) {
        self.sender.closed().await;
    }
}

impl io::Write for BodySender {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Bytes::copy_from_slice(bytes);
        match self.send_blocking(piece) {
            Ok(()) => Ok(bytes.len()),
            Err(error) => Err(io::Error::new(io::ErrorKind::BrokenPipe, error)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Received {
    receiver: mpsc::Receiver<Result<Bytes, BodyError>>,
}

impl Stream for Received {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.receiver.poll_recv(cx)
    }
}

/// Nobody reads the body any more.
///
/// # Examples
///
/// ```
/// let (sender, body) = rustzeug::response::body_channel(1);
/// drop(body);
/// assert!(sender.send_blocking("nobody reads this").is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendError(());

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody reads the body any more")
    }
}

impl std::error::Error for SendError {}
