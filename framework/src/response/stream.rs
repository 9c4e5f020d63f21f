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
    pub async fn fail(self, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) {
        // Nobody to tell is as good as told.
        let _closed = self.sender.send(Err(BodyError::other(error))).await;
    }

    /// Ready when nobody reads any more: the client left, or the server gave up.
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
