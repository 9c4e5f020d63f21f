//! The seam between a connection and what carries its bytes.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::task::Context;
use std::task::Poll;

use bytes::BufMut;
use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWrite;

use crate::body::FileSlice;

/// What carries the bytes of a connection: a TCP stream, a Unix stream, TLS over either.
pub trait Transport: AsyncRead + AsyncWrite + Unpin + 'static {
    /// Receives into the capacity that a buffer has to spare; 0 at the end, as
    /// [`AsyncRead::poll_read`].
    ///
    /// # Errors
    ///
    /// What the socket answers.
    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut Vec<u8>,
    ) -> Poll<io::Result<usize>> {
        poll_receive(self, cx, buffer)
    }

    /// Whether a receive may have something at once; `false` only where it is known to have to
    /// wait.
    fn may_have_more(&self) -> bool {
        true
    }

    /// Sends a piece of a file without a copy through the program; `None` where that cannot be
    /// done, and the caller reads and writes instead.
    ///
    /// # Errors
    ///
    /// What the socket or the file answers.
    fn poll_send_file(
        &mut self,
        _cx: &mut Context<'_>,
        _file: &FileSlice,
        _position: u64,
    ) -> Poll<io::Result<Option<usize>>> {
        Poll::Ready(Ok(None))
    }

    /// Makes the close that follows a reset: the peer of a body that ends with the connection
    /// could not tell a broken one from a whole one otherwise. Does nothing where there are no
    /// resets.
    fn abort(&mut self) {}
}

/// [`Transport::poll_receive`] of whatever can be read.
pub(super) fn poll_receive(
    io: &mut (impl AsyncRead + Unpin + ?Sized),
    cx: &mut Context<'_>,
    buffer: &mut Vec<u8>,
) -> Poll<io::Result<usize>> {
    let spare = buffer.capacity() - buffer.len();
    let mut buffer = buffer.limit(spare);
    pin!(io.read_buf(&mut buffer)).poll(cx)
}
