//! The event loop of one worker: its own wait for sockets, beside tokio's.
//!
//! A connection that waits for nothing but its client needs no runtime. Its socket is registered
//! with a poll of the loop's own, events go straight to the task they are for, and where nobody
//! waits for anything else the thread sleeps in that poll: no scheduler, no timer, no second look.
//!
//! Handlers are free to use tokio, though: its timers, sockets, tasks. As soon as the user's code
//! waits, or a task of the runtime lives, the thread sleeps in the runtime instead, which is told
//! to watch the loop's poll as one more descriptor. The loop is a task of the runtime all the
//! time, so `tokio::spawn` and the like work in both cases. (Only what a thread of the user's own
//! spawns on the runtime, by a handle that it kept, may wait for the next second: nobody tells the
//! loop.)
//!
//! Turns are short: tasks run in the order in which they were woken, the sockets are asked between
//! turns whatever is left, and the runtime has its turn where somebody waits for it.

use std::cell::Cell;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::io;
use std::mem;
use std::panic;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;
use std::task::Waker;
use std::time::Duration;

use mio::Token;
use tokio::runtime::RuntimeMetrics;
use tokio::task::coop::has_budget_remaining;

use super::timeout::Watch;

mod outside;
mod queue;
mod socket;
mod stream;
#[cfg(test)]
mod tests;

use outside::Outside;
use queue::Queue;
use queue::TaskWaker;
pub(super) use socket::Socket;
pub(super) use stream::Stream;

/// What tasks use of their event loop.
pub(super) struct Reactor {
    registry: mio::Registry,
    /// Tasks that the loop has not seen yet.
    fresh: RefCell<Vec<(TaskFuture, Rc<Watch>)>>,
    sweep: Cell<Sweep>,
    /// How many wait for what only the runtime can tell of.
    awaited: Cell<usize>,
}

type TaskFuture = Pin<Box<dyn Future<Output = ()>>>;

/// Tasks that are to be polled although nothing woke them.
#[derive(Clone, Copy, Debug, Default)]
enum Sweep {
    #[default]
    None,
    /// Those whose deadline is over at this tick.
    Late(u32),
    All,
}

impl Reactor {
    /// Starts a task. Events of a socket that has the same watch wake it.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + 'static, watch: Rc<Watch>) {
        self.fresh.borrow_mut().push((Box::pin(task), watch));
    }

    /// Polls all tasks whose time is over.
    pub(super) fn wake_late(&self, tick: u32) {
        if !matches!(self.sweep.get(), Sweep::All) {
            self.sweep.set(Sweep::Late(tick));
        }
    }

    /// Polls all tasks: they look whether the worker drains.
    pub(super) fn wake_all(&self) {
        self.sweep.set(Sweep::All);
    }

    /// Lets events of a socket wake the future that the loop is run for.
    pub(super) fn register_with_root(
        &self,
        socket: &mut impl mio::event::Source,
    ) -> io::Result<()> {
        self.registry
            .register(socket, Token(ROOT), mio::Interest::READABLE)
    }

    /// Undoes it, before the socket is closed: others may hold it, and events would go on.
    pub(super) fn deregister(&self, socket: &mut impl mio::event::Source) -> io::Result<()> {
        self.registry.deregister(socket)
    }

    /// While it lives, the runtime's timers and sockets are attended to.
    pub(super) fn awaiting(&self) -> Awaiting<'_> {
        self.awaited.set(self.awaited.get() + 1);
        Awaiting(self)
    }
}

/// Somebody waits for what only the runtime can tell of.
#[derive(Debug)]
pub(super) struct Awaiting<'r>(&'r Reactor);

impl Drop for Awaiting<'_> {
    fn drop(&mut self) {
        self.0.awaited.set(self.0.awaited.get() - 1);
    }
}

impl fmt::Debug for Reactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reactor")
            .field("awaited", &self.awaited)
            .finish_non_exhaustive()
    }
}

/// The loop itself.
pub(super) struct EventLoop {
    sockets: Sockets,
    outside: Outside,
    reactor: Rc<Reactor>,
    queue: Arc<Queue>,
    tasks: Vec<Option<Task>>,
    free: Vec<usize>,
    woken: Vec<usize>,
    /// Rounds since the runtime had its turn.
    rounds: u32,
    is_runtimes_turn: bool,
}

struct Task {
    future: TaskFuture,
    watch: Rc<Watch>,
    waker: Waker,
    waking: Arc<TaskWaker>,
    /// It is one of those that the reactor counts as awaited.
    is_awaited: bool,
}

impl Drop for EventLoop {
    /// Tasks hold the reactor: what it holds of them would never be dropped.
    fn drop(&mut self) {
        self.install();
        for place in 0..self.tasks.len() {
            self.end(place);
        }
    }
}

impl EventLoop {
    pub(super) fn new() -> io::Result<Self> {
        let poll = mio::Poll::new()?;
        let reactor = Reactor {
            registry: poll.registry().try_clone()?,
            fresh: RefCell::default(),
            sweep: Cell::default(),
            awaited: Cell::default(),
        };
        Ok(Self {
            queue: Queue::new(poll.registry(), WAKE)?,
            outside: Outside::new(poll.registry())?,
            sockets: Sockets {
                poll,
                events: mio::Events::with_capacity(EVENTS),
                run: VecDeque::new(),
                is_root_woken: false,
            },
            reactor: Rc::new(reactor),
            tasks: Vec::new(),
            free: Vec::new(),
            woken: Vec::new(),
            rounds: 0,
            is_runtimes_turn: false,
        })
    }

    pub(super) fn reactor(&self) -> Rc<Reactor> {
        self.reactor.clone()
    }

    /// Runs a future and all tasks until the future is ready. To be spawned as a task of the
    /// runtime, so that a wake on the same thread costs no system call.
    pub(super) async fn run<T>(mut self, root: impl Future<Output = T>) -> io::Result<T> {
        let mut root = std::pin::pin!(root);
        let metrics = tokio::runtime::Handle::current().metrics();
        let waking = TaskWaker::new(ROOT, &self.queue);
        let waker = Waker::from(waking.clone());
        self.sockets.is_root_woken = true;
        std::future::poll_fn(|cx| {
            self.queue.awake();
            loop {
                if self.queue.has_woken() {
                    self.take_woken();
                }
                if self.sockets.is_root_woken && !has_budget_remaining() {
                    return give_way(cx);
                }
                if mem::take(&mut self.sockets.is_root_woken) {
                    waking.taken();
                    let cx = &mut Context::from_waker(&waker);
                    if let Poll::Ready(value) = root.as_mut().poll(cx) {
                        return Poll::Ready(Ok(value));
                    }
                }
                if !self.poll_tasks() {
                    // Where there is no end of tasks sockets have their turn all the same.
                    if let Err(error) = self.sockets.receive(&self.tasks, Some(Duration::ZERO)) {
                        return Poll::Ready(Err(error));
                    }
                    return give_way(cx);
                }
                match self.wait(&metrics, cx) {
                    Ok(true) => {}
                    Ok(false) => return Poll::Pending,
                    Err(error) => return Poll::Ready(Err(error)),
                }
            }
        })
        .await
    }

    /// Whoever was woken is to be polled.
    #[cold]
    fn take_woken(&mut self) {
        self.queue.take(&mut self.woken);
        for place in self.woken.drain(..) {
            if place == ROOT {
                self.sockets.is_root_woken = true;
            } else {
                self.sockets.run.push_back(place);
            }
        }
    }

    /// Polls what is to be polled; `false` where the runtime should have its turn before the rest.
    #[inline]
    fn poll_tasks(&mut self) -> bool {
        let mut polled = 0;
        self.gather();
        loop {
            let Some(&place) = self.sockets.run.front() else {
                if self.gather() {
                    continue;
                }
                return true;
            };
            // Without budget tokio's resources would only pretend to be pending. Timers that are
            // set while none is due make it write to itself, one by one, until it had its turn.
            polled += 1;
            if !has_budget_remaining() || (polled > AWAITED && self.reactor.awaited.get() > 0) {
                return false;
            }
            self.sockets.run.pop_front();
            self.poll_task(place);
        }
    }

    #[inline]
    fn poll_task(&mut self, place: usize) {
        let Some(Some(task)) = self.tasks.get_mut(place) else {
            return;
        };
        task.waking.taken();
        let cx = &mut Context::from_waker(&task.waker);
        // A panic ends the task it came from, and no other.
        let polled = panic::catch_unwind(AssertUnwindSafe(|| task.future.as_mut().poll(cx)));
        let is_over = !matches!(polled, Ok(Poll::Pending));
        let is_awaited = !is_over && task.watch.awaits();
        if is_awaited != task.is_awaited {
            task.is_awaited = is_awaited;
            let others = self.reactor.awaited.get();
            let all = if is_awaited { others + 1 } else { others - 1 };
            self.reactor.awaited.set(all);
        }
        if is_over {
            self.end(place);
        }
    }

    #[cold]
    fn end(&mut self, place: usize) {
        if let Some(task) = self.tasks.get_mut(place) {
            let task = task.take();
            self.free.push(place);
            // So may what it holds of the user's.
            let _panicked = panic::catch_unwind(AssertUnwindSafe(|| drop(task)));
        }
    }

    /// Takes in what tasks have asked for: new ones, and a sweep. Whether that was anything.
    #[inline]
    fn gather(&mut self) -> bool {
        let which = self.reactor.sweep.take();
        let is_swept = !matches!(which, Sweep::None);
        if is_swept {
            self.sweep(which);
        }
        let has_fresh = !self.reactor.fresh.borrow().is_empty();
        if has_fresh {
            self.install();
        }
        is_swept || has_fresh
    }

    /// Gives places to tasks that were started, and lets each have its first poll.
    #[cold]
    fn install(&mut self) {
        for (future, watch) in self.reactor.fresh.take() {
            let place = self.free.pop().unwrap_or(self.tasks.len());
            watch.set_place(place);
            let waking = TaskWaker::new(place, &self.queue);
            let task = Some(Task {
                future,
                watch,
                waker: Waker::from(waking.clone()),
                waking,
                is_awaited: false,
            });
            match self.tasks.get_mut(place) {
                Some(free) => *free = task,
                None => self.tasks.push(task),
            }
            self.sockets.run.push_back(place);
        }
    }

    /// The sweep comes once a second: a good time for what is to be done once in a while.
    #[cold]
    fn sweep(&mut self, which: Sweep) {
        for (place, task) in self.tasks.iter().enumerate() {
            let is_swept = task.as_ref().is_some_and(|task| match which {
                Sweep::None => false,
                Sweep::Late(tick) => task.watch.is_over(tick),
                Sweep::All => true,
            });
            if is_swept {
                self.sockets.run.push_back(place);
            }
        }
        // An error comes again where it matters: when the poll is to be watched.
        let _later = self.outside.rest();
        // Somebody may look at a socket of tokio's without ever waiting for it.
        self.is_runtimes_turn = true;
    }

    /// Sleeps until something happens; `false` where the runtime is to have its turn.
    #[inline]
    fn wait(&mut self, metrics: &RuntimeMetrics, cx: &mut Context<'_>) -> io::Result<bool> {
        // One task is the loop itself.
        let is_alone = self.reactor.awaited.get() == 0 && metrics.num_alive_tasks() <= 1;
        if is_alone && !self.is_runtimes_turn {
            let timeout = if self.queue.may_sleep_in_poll() {
                None
            } else {
                Some(Duration::ZERO)
            };
            self.sockets.receive(&self.tasks, timeout)?;
            self.queue.awake();
            return Ok(true);
        }
        self.wait_outside(cx, is_alone)
    }

    #[inline(never)]
    fn wait_outside(&mut self, cx: &mut Context<'_>, is_alone: bool) -> io::Result<bool> {
        if self.rounds < OWN_ROUNDS && !self.is_runtimes_turn && self.sockets.is_busy() {
            // Among busy connections the runtime needs not be asked every time.
            self.rounds += 1;
            self.sockets.receive(&self.tasks, Some(Duration::ZERO))?;
            if self.sockets.is_busy() {
                return Ok(true);
            }
        }
        self.rounds = 0;
        self.is_runtimes_turn = false;
        if is_alone || !self.queue.may_sleep_in_runtime(cx.waker()) {
            // Those who wake themselves must not keep the sockets waiting.
            self.sockets.receive(&self.tasks, Some(Duration::ZERO))?;
            let _pending = give_way::<()>(cx);
            return Ok(false);
        }
        let (sockets, tasks) = (&mut self.sockets, &self.tasks);
        let polled = self.outside.poll_events(cx, || {
            sockets.receive(tasks, Some(Duration::ZERO))?;
            Ok(!sockets.is_full())
        })?;
        if polled.is_ready() {
            self.queue.awake();
        }
        Ok(polled.is_ready())
    }
}

/// Lets other tasks have their turn.
pub(super) async fn yield_once() {
    let mut is_first = true;
    std::future::poll_fn(|cx| {
        if mem::take(&mut is_first) {
            cx.waker().wake_by_ref();
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}

/// Lets the runtime look at its timers and sockets, and is polled again then.
#[cold]
fn give_way<T>(cx: &mut Context<'_>) -> Poll<T> {
    let _pending = std::pin::pin!(tokio::task::yield_now()).poll(cx);
    Poll::Pending
}

/// The sockets of all tasks, and what happened to them.
struct Sockets {
    poll: mio::Poll,
    events: mio::Events,
    /// Tasks to be polled, in this order: those of an earlier turn come first.
    run: VecDeque<usize>,
    /// The future that everything is run for is to be polled.
    is_root_woken: bool,
}

impl Sockets {
    /// Waits for events; those they are for are to be polled.
    #[inline]
    fn receive(&mut self, tasks: &[Option<Task>], timeout: Option<Duration>) -> io::Result<()> {
        match self.poll.poll(&mut self.events, timeout) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            polled => polled?,
        }
        for event in &self.events {
            let Token(place) = event.token();
            if let Some(Some(task)) = tasks.get(place) {
                if task.watch.tell(event) {
                    self.run.push_back(place);
                }
            } else if place == ROOT {
                self.is_root_woken = true;
            }
        }
        Ok(())
    }

    /// Whether something happened the last time.
    #[inline]
    fn is_busy(&self) -> bool {
        !self.events.is_empty()
    }

    /// Whether more may have happened than there was room for.
    fn is_full(&self) -> bool {
        self.events.iter().count() == EVENTS
    }
}

/// Events fetched at a time.
const EVENTS: usize = 512;

/// Tasks that await the runtime are polled no more than so many at a time.
const AWAITED: u32 = 32;

/// Rounds without the runtime among busy connections.
const OWN_ROUNDS: u32 = 4;

/// What wakes the thread, and the future that everything is run for.
const WAKE: Token = Token(usize::MAX);
const ROOT: usize = usize::MAX - 1;
