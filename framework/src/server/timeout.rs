//! Deadlines of connections, by the second.
//!
//! A timer per connection would cost two operations on a heap for every request. Here a request
//! costs one store, and a reaper looks at all connections once a second.

use std::cell::Cell;
use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::task::Context;
use std::task::Waker;
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

/// The deadline of one connection, shared with the reaper.
#[derive(Debug)]
pub(super) struct Watch {
    /// The tick at which it is over; `NEVER` while the application works.
    deadline: Cell<u32>,
    wait: Cell<Wait>,
    waker: RefCell<Option<Waker>>,
    /// Its place among the watches.
    place: usize,
}

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

    /// Remembers whom to wake; once, for a task keeps its waker.
    #[inline]
    pub(super) fn remember(&self, cx: &Context<'_>) {
        let mut waker = self.waker.borrow_mut();
        if waker.is_none() {
            *waker = Some(cx.waker().clone());
        }
    }

    fn wake(&self) {
        if let Some(waker) = &*self.waker.borrow() {
            waker.wake_by_ref();
        }
    }
}

/// The watches of all connections of one worker.
#[derive(Debug, Default)]
pub(super) struct Watches {
    /// Invariant: the watch at `i` has the place `i`.
    places: RefCell<Vec<Option<Rc<Watch>>>>,
    free: RefCell<Vec<usize>>,
}

impl Watches {
    pub(super) fn add(&self) -> Rc<Watch> {
        let mut places = self.places.borrow_mut();
        let place = self.free.borrow_mut().pop().unwrap_or(places.len());
        let watch = Rc::new(Watch {
            deadline: Cell::new(NEVER),
            wait: Cell::default(),
            waker: RefCell::default(),
            place,
        });
        match places.get_mut(place) {
            Some(free) => *free = Some(watch.clone()),
            None => places.push(Some(watch.clone())),
        }
        watch
    }

    pub(super) fn remove(&self, watch: &Watch) {
        if let Some(place) = self.places.borrow_mut().get_mut(watch.place) {
            *place = None;
            self.free.borrow_mut().push(watch.place);
        }
    }

    /// How many connections there are.
    pub(super) fn len(&self) -> usize {
        self.places.borrow().len() - self.free.borrow().len()
    }

    /// Wakes the connections whose time is over.
    pub(super) fn wake_late(&self, tick: u32) {
        self.wake(|watch| watch.is_over(tick));
    }

    /// Wakes all: they look whether the worker drains.
    pub(super) fn wake_all(&self) {
        self.wake(|_| true);
    }

    fn wake(&self, which: impl Fn(&Watch) -> bool) {
        for watch in self.places.borrow().iter().flatten() {
            if which(watch) {
                watch.wake();
            }
        }
    }
}
