//! The seam between a connection and what carries its bytes.

use std::io;
use std::task::Context;
use std::task::Poll;

use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::net::TcpStream;

use crate::body::FileSlice;

/// What carries the bytes of a connection: a TCP stream, a Unix stream, TLS over either.
pub trait Transport: AsyncRead + AsyncWrite + Unpin + 'static {
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

#[cfg(unix)]
impl Transport for tokio::net::UnixStream {}

#[cfg(not(target_os = "linux"))]
impl Transport for TcpStream {
    fn abort(&mut self) {
        let _closed_already = self.set_zero_linger();
    }
}

#[cfg(target_os = "linux")]
impl Transport for TcpStream {
    fn poll_send_file(
        &mut self,
        cx: &mut Context<'_>,
        file: &FileSlice,
        position: u64,
    ) -> Poll<io::Result<Option<usize>>> {
        use tokio::io::Interest;

        loop {
            std::task::ready!(self.poll_write_ready(cx))?;
            let stream = &*self;
            let sent = stream.try_io(Interest::WRITABLE, || {
                let mut offset = file.offset + position;
                let left = usize::try_from(file.length - position).unwrap_or(usize::MAX);
                let count = left.min(LARGEST_SEND);
                Ok(rustix::fs::sendfile(
                    stream,
                    &*file.file,
                    Some(&mut offset),
                    count,
                )?)
            });
            match sent {
                Ok(n) => return Poll::Ready(Ok(Some(n))),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                    // Not a file that can be mapped: a pipe, some network file systems.
                    return Poll::Ready(Ok(None));
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    fn abort(&mut self) {
        let _closed_already = self.set_zero_linger();
    }
}

/// One call sends no more, so that a fast reader of a large file does not keep the loop.
#[cfg(target_os = "linux")]
const LARGEST_SEND: usize = 1024 * 1024;
