//! Worker threads for handlers that may block, and the driver that moves a request to one.
//!
//! A plain `fn` handler borrows the application and the request, so it cannot be sent to another
//! thread by itself. The [`Driver`] therefore owns everything in one movable future: when a
//! [`Reply::Blocking`](crate::Reply::Blocking) asks for a worker, the whole future travels, is
//! polled there once (only the handler's body runs) and comes back before anything else goes on.
//!
//! Every server, gateway and adapter drives applications through it; without a driver (in a
//! simple test) blocking work runs where it is polled.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::task::Context;
use std::task::Poll;
use std::task::Waker;
use std::thread;
use std::time::Duration;

use crate::application::Application;
use crate::application::Place;
use crate::request::Request;
use crate::request::Tasks;
use crate::response::Response;

/// A request and, when it is answered, its response; in one box that travels as a pointer, so
/// that the response is moved as little as possible.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) request: Request,
    pub(crate) response: Option<Response>,
}

impl Exchange {
    pub(crate) fn new(request: Request) -> Box<Self> {
        Box::new(Self {
            request,
            response: None,
        })
    }
}

/// What a finished request gives back: its memory is used again.
pub(crate) type Done = Box<Exchange>;

/// Answers one request; owns all that the reply borrows.
pub(crate) async fn serve(app: Arc<dyn Application>, mut exchange: Box<Exchange>) -> Done {
    let response = app.call(&mut exchange.request).await;
    exchange.response = Some(response);
    exchange
}

/// The future of an [`Exchange`]: what [`serve`] returns, which has no name of its own.
pub(crate) trait Serving: Future<Output = Done> + Send + 'static {}

impl<F: Future<Output = Done> + Send + 'static> Serving for F {}

/// Makes a driver for [`serve`].
pub(crate) fn driver(pool: Arc<Pool>) -> Driver<impl Serving> {
    Driver {
        make: serve,
        slot: Slot::default_with(),
        pool,
        away: None,
    }
}

/// Polls one request after another; its box is made once and used again.
pub(crate) struct Driver<F> {
    make: fn(Arc<dyn Application>, Box<Exchange>) -> F,
    slot: Option<Pin<Box<Option<F>>>>,
    pool: Arc<Pool>,
    away: Option<Arc<Trip<F>>>,
}

/// Why a request has no response.
pub(crate) enum Failure {
    /// The handler panicked with this.
    Panic(Box<dyn Any + Send>),
    /// All workers are busy and the queue is full.
    Busy,
}

/// A future on its way to a worker and back.
struct Trip<F> {
    state: Mutex<TripState<F>>,
}

struct TripState<F> {
    back: Option<(Pin<Box<Option<F>>>, Option<Box<dyn Any + Send>>)>,
    waker: Option<Waker>,
}

struct Slot;

impl Slot {
    fn default_with<F>() -> Option<Pin<Box<Option<F>>>> {
        Some(Box::pin(None))
    }
}

impl<F: Serving> Driver<F> {
    /// Begins a request. What was in flight before is dropped.
    #[inline]
    pub(crate) fn start(&mut self, app: Arc<dyn Application>, exchange: Box<Exchange>) {
        let future = (self.make)(app, exchange);
        match &mut self.slot {
            Some(slot) => slot.set(Some(future)),
            // The box is away with a request that was given up; the worker drops it.
            None => {
                self.away = None;
                self.slot = Some(Box::pin(Some(future)));
            }
        }
    }

    /// Drops the request in flight, if there is one.
    pub(crate) fn stop(&mut self) {
        self.away = None;
        match &mut self.slot {
            Some(slot) => slot.set(None),
            None => self.slot = Slot::default_with(),
        }
    }

    /// Goes on with the request.
    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Done, Failure>> {
        loop {
            if self.away.is_some() {
                match self.poll_away(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Some(panic)) => return Poll::Ready(Err(Failure::Panic(panic))),
                    Poll::Ready(None) => {}
                }
            }
            let Some(slot) = &mut self.slot else {
                return Poll::Pending;
            };
            let Some(future) = slot.as_mut().as_pin_mut() else {
                return Poll::Pending;
            };
            let before = Place::Loop.enter();
            let polled = panic::catch_unwind(AssertUnwindSafe(|| future.poll(cx)));
            let place = before.enter();
            match polled {
                Err(panic) => {
                    slot.set(None);
                    return Poll::Ready(Err(Failure::Panic(panic)));
                }
                Ok(Poll::Ready(done)) => {
                    slot.set(None);
                    return Poll::Ready(Ok(done));
                }
                Ok(Poll::Pending) if place != Place::Wanted => return Poll::Pending,
                Ok(Poll::Pending) => {}
            }
            if !self.send_away(cx) {
                self.stop();
                return Poll::Ready(Err(Failure::Busy));
            }
        }
    }

    /// Takes the future back from the worker, with the panic if there was one.
    fn poll_away(&mut self, cx: &Context<'_>) -> Poll<Option<Box<dyn Any + Send>>> {
        let Some(trip) = &self.away else {
            return Poll::Ready(None);
        };
        let mut state = trip.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((mut slot, panic)) = state.back.take() else {
            match &mut state.waker {
                Some(waker) => waker.clone_from(cx.waker()),
                none => *none = Some(cx.waker().clone()),
            }
            return Poll::Pending;
        };
        drop(state);
        self.away = None;
        if panic.is_some() {
            slot.set(None);
        }
        self.slot = Some(slot);
        Poll::Ready(panic)
    }

    /// Moves the future to a worker; `false` where the queue is full.
    fn send_away(&mut self, cx: &Context<'_>) -> bool {
        let Some(mut slot) = self.slot.take() else {
            return false;
        };
        let waker = Some(cx.waker().clone());
        let trip = Arc::new(Trip {
            state: Mutex::new(TripState { back: None, waker }),
        });
        let there = trip.clone();
        let job = Box::new(move || {
            let before = Place::Worker.enter();
            let polled = panic::catch_unwind(AssertUnwindSafe(|| {
                if let Some(future) = slot.as_mut().as_pin_mut() {
                    // What the poll says does not matter: the loop polls again and looks itself.
                    let _pending = future.poll(&mut Context::from_waker(Waker::noop()));
                }
            }));
            before.enter();
            let mut state = there.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.back = Some((slot, polled.err()));
            if let Some(waker) = state.waker.take() {
                drop(state);
                waker.wake();
            }
        });
        let sent = self.pool.send(job);
        if sent {
            self.away = Some(trip);
        } else {
            self.slot = Slot::default_with();
        }
        sent
    }
}

impl<F> fmt::Debug for Driver<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").finish_non_exhaustive()
    }
}

type Job = Box<dyn FnOnce() + Send>;

/// Threads that run blocking work: as many as are needed, up to a limit, each kept for a while.
pub(crate) struct Pool {
    queue: Mutex<Queue>,
    work: Condvar,
    limits: PoolLimits,
    /// Entered by each worker, so that a blocking handler can spawn tasks and use timers.
    runtime: Option<tokio::runtime::Handle>,
    /// Where tasks that its threads spawn are counted.
    tasks: Tasks,
}

/// How much blocking work is taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PoolLimits {
    /// The most threads.
    pub(crate) threads: usize,
    /// The most jobs that wait for a thread; beyond: 503.
    pub(crate) queue: usize,
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self {
            threads: 64,
            queue: 1_024,
        }
    }
}

#[derive(Default)]
struct Queue {
    jobs: std::collections::VecDeque<Job>,
    threads: usize,
    idle: usize,
    closed: bool,
}

/// How long a thread without work is kept.
const KEEP: Duration = Duration::from_secs(30);

impl Pool {
    /// A pool without threads; they come with the work.
    pub(crate) fn new(
        limits: PoolLimits,
        runtime: Option<tokio::runtime::Handle>,
        tasks: Tasks,
    ) -> Arc<Self> {
        Arc::new(Self {
            queue: Mutex::default(),
            work: Condvar::new(),
            limits,
            runtime,
            tasks,
        })
    }

    /// Queues a job; `false` where the queue is full.
    fn send(self: &Arc<Self>, job: Job) -> bool {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.jobs.len() >= self.limits.queue || queue.closed {
            return false;
        }
        queue.jobs.push_back(job);
        if queue.idle >= queue.jobs.len() {
            drop(queue);
            self.work.notify_one();
            return true;
        }
        if queue.threads < self.limits.threads {
            queue.threads += 1;
            drop(queue);
            let pool = self.clone();
            let name = "rustzeug-blocking".to_owned();
            if thread::Builder::new()
                .name(name)
                .spawn(move || pool.run())
                .is_err()
            {
                return self.unspawned();
            }
        }
        true
    }

    /// No thread could be had: fine as long as another one lives.
    #[cold]
    fn unspawned(&self) -> bool {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.threads -= 1;
        if queue.threads > 0 {
            return true;
        }
        queue.jobs.pop_back();
        false
    }

    /// Lets the threads end when the queue is empty.
    pub(crate) fn close(&self) {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .closed = true;
        self.work.notify_all();
    }

    /// The life of one thread.
    fn run(&self) {
        let _entered = self.runtime.as_ref().map(tokio::runtime::Handle::enter);
        let _counted = self.tasks.enter();
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                drop(queue);
                job();
                queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            if queue.closed {
                break;
            }
            queue.idle += 1;
            let waited = self.work.wait_timeout(queue, KEEP);
            let (next, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            queue = next;
            queue.idle -= 1;
            if timeout.timed_out() && queue.jobs.is_empty() {
                break;
            }
        }
        queue.threads -= 1;
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
