//! Deadlines of connections, by the second.
//!
//! A timer per connection would cost two operations on a heap for every request. Here a request
//! costs one store, and a reaper looks at all connections once a second.

use std::cell::Cell;
use std::io;
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

/// What an event loop and one of its tasks tell each other.
#[derive(Debug)]
pub(super) struct Watch {
    /// The tick at which it is over; `NEVER` while the application works.
    deadline: Cell<u32>,
    wait: Cell<Wait>,
    /// What the socket of the task is ready for: `READABLE`, …
    ready: Cell<u8>,
    /// The user's code waits for something that only the runtime can tell of.
    awaits: Cell<bool>,
    /// Where the task is among those of its event loop.
    place: Cell<usize>,
}

/// There may be something to read.
const READABLE: u8 = 1;
/// There may be room to write.
const WRITABLE: u8 = 2;
/// The peer has closed its side, so that reading never has to wait again.
const ENDED: u8 = 4;

/// Changes once a second.
pub(super) type Ticks = watch::Receiver<()>;

/// Starts a thread that tells the seconds; it ends when nobody listens any more.
///
/// A timer in each event loop would make tokio read the clock before and after every wait: some
/// 300 instructions for each request of a quiet server.
pub(super) fn tell_seconds() -> io::Result<Ticks> {
    let (sender, ticks) = watch::channel(());
    thread::Builder::new()
        .name("rustzeug-clock".to_owned())
        .spawn(move || {
            loop {
                thread::sleep(Duration::from_secs(1));
                if sender.send(()).is_err() {
                    return;
                }
            }
        })?;
    Ok(ticks)
}

/// Whom a connection waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Wait {
    /// The application: no deadline.
    #[default]
    Nothing,
    /// The next request.
    Request,
    /// A request that is on its way while the server is about to end.
    LateRequest,
    /// The rest of a head.
    Head,
    /// More of a body that the application reads.
    Body,
    /// More of a body that is discarded.
    Drain,
    /// The client, to take its response.
    Write,
    /// The client, to close its side.
    Linger,
}

/// No deadline.
const NEVER: u32 = u32::MAX;

impl Default for Watch {
    /// No deadline, and a socket of which nothing is known: it has to be asked.
    fn default() -> Self {
        Self {
            deadline: Cell::new(NEVER),
            wait: Cell::default(),
            ready: Cell::new(READABLE | WRITABLE),
            awaits: Cell::default(),
            place: Cell::default(),
        }
    }
}

impl Watch {
    /// Waits for somebody, until a tick.
    #[inline]
    pub(super) fn set(&self, wait: Wait, tick: u32) {
        self.wait.set(wait);
        self.deadline.set(tick);
    }

    /// Waits for the application.
    #[inline]
    pub(super) fn rest(&self) {
        self.set(Wait::Nothing, NEVER);
    }

    /// Whom the deadline is for.
    #[inline]
    pub(super) fn wait(&self) -> Wait {
        self.wait.get()
    }

    #[inline]
    pub(super) fn is_over(&self, tick: u32) -> bool {
        self.deadline.get() <= tick
    }

    #[inline]
    pub(super) fn is_readable(&self) -> bool {
        self.ready.get() & READABLE != 0
    }

    #[inline]
    pub(super) fn is_writable(&self) -> bool {
        self.ready.get() & WRITABLE != 0
    }

    /// All that came was read; what comes later is told of.
    #[inline]
    pub(super) fn emptied(&self) {
        if self.ready.get() & ENDED == 0 {
            self.ready.set(self.ready.get() & !READABLE);
        }
    }

    /// Reading would have had to wait.
    pub(super) fn unreadable(&self) {
        self.ready.set(self.ready.get() & !READABLE);
    }

    /// Writing would have had to wait.
    pub(super) fn unwritable(&self) {
        self.ready.set(self.ready.get() & !WRITABLE);
    }

    /// Takes in what the operating system tells of the socket; whether that changes anything.
    #[inline]
    pub(super) fn tell(&self, event: &mio::event::Event) -> bool {
        let before = self.ready.get();
        let mut ready = before;
        if event.is_readable() {
            ready |= READABLE;
        }
        if event.is_writable() {
            ready |= WRITABLE;
        }
        if event.is_read_closed() {
            ready |= READABLE | ENDED;
        }
        if event.is_error() || event.is_write_closed() {
            ready |= READABLE | WRITABLE;
        }
        self.ready.set(ready);
        ready != before
    }

    #[inline]
    pub(super) fn awaits(&self) -> bool {
        self.awaits.get()
    }

    /// Says whether the user's code waits for what only the runtime can tell of: a timer, a
    /// socket of its own.
    #[inline]
    pub(super) fn set_awaits(&self, awaits: bool) {
        self.awaits.set(awaits);
    }

    #[inline]
    pub(super) fn place(&self) -> usize {
        self.place.get()
    }

    pub(super) fn set_place(&self, place: usize) {
        self.place.set(place);
    }
}
