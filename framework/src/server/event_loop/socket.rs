//! Sockets of the event loop, as what connections read and write.

use std::io;
use std::io::IoSlice;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Context;
use std::task::Poll;

use mio::Interest;
use mio::Token;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::io::ReadBuf;

use super::Reactor;
use super::Stream;
use crate::server::Transport;
use crate::server::timeout::Watch;
use crate::server::transport::poll_receive;

/// A socket that is told by its event loop when there is something to read, or room to write.
///
/// It needs no waker: when something happens the loop polls the task that has the [`Watch`]. The
/// kernel is asked to tell only when the socket has to wait for the first time, so a connection
/// of one request that came with its handshake is never registered.
#[derive(Debug)]
pub(in crate::server) struct Socket<S> {
    stream: S,
    watch: Rc<Watch>,
    reactor: Rc<Reactor>,
    registered: Option<Interest>,
}

impl<S: Stream> Socket<S> {
    pub(in crate::server) fn new(stream: S, watch: Rc<Watch>, reactor: Rc<Reactor>) -> Self {
        Self {
            stream,
            watch,
            reactor,
            registered: None,
        }
    }

    /// There is nothing to read: makes sure that the loop hears of it when there is.
    fn wait_readable<T>(&mut self) -> Poll<io::Result<T>> {
        if self.registered.is_none()
            && let Err(error) = self.register(Interest::READABLE)
        {
            return Poll::Ready(Err(error));
        }
        Poll::Pending
    }

    /// There is no room to write.
    fn wait_writable<T>(&mut self) -> Poll<io::Result<T>> {
        if !self.registered.is_some_and(Interest::is_writable)
            && let Err(error) = self.register(Interest::READABLE | Interest::WRITABLE)
        {
            return Poll::Ready(Err(error));
        }
        Poll::Pending
    }

    #[cold]
    fn register(&mut self, interest: Interest) -> io::Result<()> {
        let token = Token(self.watch.place());
        let registry = &self.reactor.registry;
        if self.registered.replace(interest).is_some() {
            registry.reregister(&mut self.stream, token, interest)
        } else {
            registry.register(&mut self.stream, token, interest)
        }
    }

    /// One attempt to send; `wanted` is how many bytes there are.
    fn send(
        &mut self,
        wanted: usize,
        send: impl FnOnce(&mut S) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        if !self.watch.is_writable() {
            return self.wait_writable();
        }
        match send(&mut self.stream) {
            Ok(n) => {
                if n < wanted && EDGES {
                    self.watch.unwritable();
                }
                Poll::Ready(Ok(n))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.watch.unwritable();
                self.wait_writable()
            }
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

/// Whether a receive that does not fill its room has emptied the socket, so that asking once more
/// would be in vain: epoll and kqueue tell of what comes later.
const EDGES: bool = cfg!(any(
    target_os = "linux",
    target_os = "android",
    target_vendor = "apple",
    target_os = "freebsd",
));

impl<S: Stream> AsyncRead for Socket<S> {
    #[inline]
    fn poll_read(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.watch.is_readable() {
            return this.wait_readable();
        }
        let room = buffer.initialize_unfilled();
        let wanted = room.len();
        loop {
            match this.stream.receive(room) {
                Ok(n) => {
                    if n < wanted && n > 0 && EDGES {
                        this.watch.emptied();
                    }
                    buffer.advance(n);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    this.watch.unreadable();
                    return this.wait_readable();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl<S: Stream> AsyncWrite for Socket<S> {
    #[inline]
    fn poll_write(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.send(bytes.len(), |stream| uninterrupted(|| stream.send(bytes)))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wanted = slices.iter().map(|slice| slice.len()).sum();
        self.get_mut().send(wanted, |stream| {
            uninterrupted(|| stream.write_vectored(slices))
        })
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.stream.shutdown())
    }
}

#[inline]
fn uninterrupted(mut call: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

impl<S: Stream> Transport for Socket<S> {
    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut Vec<u8>,
    ) -> Poll<io::Result<usize>> {
        if !self.watch.is_readable() {
            return self.wait_readable();
        }
        let room = buffer.capacity() - buffer.len();
        loop {
            match self.stream.receive_into(buffer) {
                Ok(Some(n)) => {
                    if n < room && n > 0 && EDGES {
                        self.watch.emptied();
                    }
                    return Poll::Ready(Ok(n));
                }
                Ok(None) => return poll_receive(self, cx, buffer),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.watch.unreadable();
                    return self.wait_readable();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    fn may_have_more(&self) -> bool {
        self.watch.is_readable()
    }

    fn poll_send_file(
        &mut self,
        _cx: &mut Context<'_>,
        file: &crate::body::FileSlice,
        position: u64,
    ) -> Poll<io::Result<Option<usize>>> {
        let mut can_send = true;
        // A short count says nothing: the kernel may have come to the end of what it had read.
        let sent = self.send(0, |stream| {
            uninterrupted(|| {
                let sent = stream.send_file(file, position)?;
                can_send = sent.is_some();
                Ok(sent.unwrap_or(0))
            })
        });
        sent.map_ok(|n| can_send.then_some(n))
    }

    fn abort(&mut self) {
        self.stream.abort();
    }
}
