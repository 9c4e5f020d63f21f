//! How the runtime, while the thread sleeps in it, hears of what happens in the loop's own poll.

use std::io;
#[cfg(unix)]
use std::mem;
use std::task::Context;
use std::task::Poll;

/// The loop's poll as a descriptor that the runtime watches, as long as that is needed.
///
/// It is not a pipe at all; but of all that tokio watches, the end of a pipe is what can be made of
/// any descriptor, and is watched for reading alone: kqueue refuses more of a kqueue. Nothing is ever
/// read from it.
#[cfg(unix)]
#[derive(Debug)]
pub(super) enum Outside {
    Watched {
        poll: tokio::net::unix::pipe::Receiver,
        /// It was needed since the last [`rest`](Self::rest).
        is_used: bool,
    },
    /// Kept all the same: there may be no descriptors left when it is needed.
    Unwatched(std::os::fd::OwnedFd),
    /// While it becomes another one.
    Nothing,
}

#[cfg(unix)]
impl Outside {
    pub(super) fn new(registry: &mio::Registry) -> io::Result<Self> {
        use std::os::fd::AsFd;

        Ok(Self::Unwatched(registry.as_fd().try_clone_to_owned()?))
    }

    /// Asks whether there are events, and lets `fetch` take them; that one says whether it took
    /// all. Where there are none, the task is woken when they come.
    pub(super) fn poll_events(
        &mut self,
        cx: &mut Context<'_>,
        fetch: impl FnOnce() -> io::Result<bool>,
    ) -> io::Result<Poll<()>> {
        let poll = self.watched()?;
        if poll.poll_read_ready(cx)?.is_pending() {
            return Ok(Poll::Pending);
        }
        let mut fetched = Ok(false);
        // What tells tokio that the events are used up, unless some came meanwhile.
        let _used_up = poll.try_io(|| {
            fetched = fetch();
            match fetched {
                Ok(true) => Err::<(), _>(io::ErrorKind::WouldBlock.into()),
                _ => Ok(()),
            }
        });
        fetched.map(|_| Poll::Ready(()))
    }

    fn watched(&mut self) -> io::Result<&tokio::net::unix::pipe::Receiver> {
        if let Self::Unwatched(_) = self
            && let Self::Unwatched(poll) = mem::replace(self, Self::Nothing)
        {
            let poll = tokio::net::unix::pipe::Receiver::from_owned_fd_unchecked(poll)?;
            let is_used = true;
            *self = Self::Watched { poll, is_used };
        }
        match self {
            Self::Watched { poll, is_used } => {
                *is_used = true;
                Ok(poll)
            }
            _ => Err(io::Error::other("the event loop has lost its poll")),
        }
    }

    /// To be called now and then: watching costs the kernel a little for each event.
    pub(super) fn rest(&mut self) -> io::Result<()> {
        if let Self::Watched { is_used, .. } = self
            && !mem::take(is_used)
            && let Self::Watched { poll, .. } = mem::replace(self, Self::Nothing)
        {
            *self = Self::Unwatched(poll.into_nonblocking_fd()?);
        }
        Ok(())
    }
}

/// Without descriptors of polls the loop looks for itself, a thousand times a second, while
/// somebody waits for the runtime.
#[cfg(not(unix))]
#[derive(Debug)]
pub(super) struct Outside {
    pause: Option<std::pin::Pin<Box<tokio::time::Sleep>>>,
}

#[cfg(not(unix))]
impl Outside {
    pub(super) fn new(_registry: &mio::Registry) -> io::Result<Self> {
        Ok(Self { pause: None })
    }

    pub(super) fn poll_events(
        &mut self,
        cx: &mut Context<'_>,
        fetch: impl FnOnce() -> io::Result<bool>,
    ) -> io::Result<Poll<()>> {
        let pause = self
            .pause
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(PAUSE)));
        if pause.as_mut().poll(cx).is_pending() {
            return Ok(Poll::Pending);
        }
        self.pause = None;
        fetch()?;
        Ok(Poll::Ready(()))
    }

    pub(super) fn rest(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(not(unix))]
const PAUSE: std::time::Duration = std::time::Duration::from_millis(1);
