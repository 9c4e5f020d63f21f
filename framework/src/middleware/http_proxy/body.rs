//! Bodies on their way to a target and back; neither is ever whole in memory.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http_body::Body as _;
use http_body::Frame;
use http_body::SizeHint;
use tokio::time::Instant;
use tokio::time::Sleep;

use crate::body::BodyError;
use crate::body::Incoming;

/// A request's body on its way to the target.
pub(super) struct Upload {
    incoming: Incoming,
    /// Bytes that are still to come, where the client said how many.
    left: Option<u64>,
    signal: Arc<Signal>,
}

/// What an upload tells the one who waits for the answer to it.
#[derive(Debug, Default)]
pub(super) struct Signal(AtomicU8);

const QUIET: u8 = 0;
const MOVED: u8 = 1;
/// The client has to send more: the target cannot be blamed for waiting.
const CLIENT: u8 = 2;

impl Signal {
    /// Whether the target is not to blame for the time since the last question.
    pub(super) fn excuses(&self) -> bool {
        let moved = self
            .0
            .compare_exchange(MOVED, QUIET, Ordering::Relaxed, Ordering::Relaxed);
        moved.is_ok() || moved == Err(CLIENT)
    }
}

impl Upload {
    pub(super) fn new(incoming: Incoming, length: Option<u64>, signal: Arc<Signal>) -> Self {
        let left = match incoming.is_empty() {
            true => Some(0),
            false => length,
        };
        Self {
            incoming,
            left,
            signal,
        }
    }
}

impl http_body::Body for Upload {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let polled = Pin::new(&mut self.incoming).poll_next(cx);
        let state = if polled.is_pending() { CLIENT } else { MOVED };
        self.signal.0.store(state, Ordering::Relaxed);
        let piece = std::task::ready!(polled);
        if let (Some(left), Some(Ok(piece))) = (&mut self.left, &piece) {
            *left = left.saturating_sub(piece.len() as u64);
        }
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

/// A response's body on its way to the client.
pub(super) struct Download {
    body: hyper::body::Incoming,
    limit: Duration,
    timer: Pin<Box<Sleep>>,
    /// Whether the timer runs: only while nothing comes.
    is_waiting: bool,
}

impl Download {
    pub(super) fn new(body: hyper::body::Incoming, limit: Duration) -> Self {
        Self {
            body,
            limit,
            timer: Box::pin(tokio::time::sleep(limit)),
            is_waiting: false,
        }
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            match Pin::new(&mut this.body).poll_frame(cx) {
                Poll::Ready(frame) => {
                    this.is_waiting = false;
                    return Poll::Ready(match frame {
                        None => None,
                        Some(Err(error)) => Some(Err(error.into())),
                        Some(Ok(frame)) => match frame.into_data() {
                            Ok(data) => Some(Ok(data)),
                            // Trailers: what follows is the end.
                            Err(_) => continue,
                        },
                    });
                }
                Poll::Pending => {
                    if !this.is_waiting {
                        this.is_waiting = true;
                        this.timer.as_mut().reset(Instant::now() + this.limit);
                    }
                    std::task::ready!(this.timer.as_mut().poll(cx));
                    let error = io::Error::new(io::ErrorKind::TimedOut, "the target stalled");
                    return Poll::Ready(Some(Err(error.into())));
                }
            }
        }
    }
}
