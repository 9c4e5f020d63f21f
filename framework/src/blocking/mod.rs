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
use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::mem;
use std::panic;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::task::Context;
use std::task::Poll;
use std::task::Waker;

use crate::application::Application;
use crate::application::Place;
use crate::application::Span;
use crate::request::Request;
use crate::response::Response;

mod pool;

pub(crate) use pool::Pool;
pub(crate) use pool::PoolLimits;

/// A request, who answers it and, when it is answered, its response; in one box that travels as a
/// pointer, so that little is moved, and the application's count of owners, which all workers
/// share, is not touched for each request.
pub(crate) struct Exchange {
    app: Arc<dyn Application>,
    pub(crate) request: Request,
    pub(crate) response: Option<Response>,
}

impl Exchange {
    pub(crate) fn new(app: Arc<dyn Application>, request: Request) -> Box<Self> {
        Box::new(Self {
            app,
            request,
            response: None,
        })
    }
}

/// Answers one request after another; owns all that the reply borrows.
///
/// One future for all requests of a driver: making one for each would cost two moves of all that
/// it may hold. It never ends; requests come and go through thread-locals, because
/// nobody else can reach into a future.
pub(crate) async fn serve() {
    loop {
        let mut exchange = std::future::poll_fn(|_| match IN.take() {
            Some(exchange) => Poll::Ready(exchange),
            None => Poll::Pending,
        })
        .await;
        let Exchange {
            app,
            request,
            response,
        } = &mut *exchange;
        // A block, because `drop` would move what it drops.
        {
            let mut reply = app.call(request);
            std::future::poll_fn(|cx| reply.poll_into(response, cx)).await;
        }
        OUT.set(Some(exchange));
    }
}

thread_local! {
    /// A request for the [`serve`] that is polled next.
    static IN: Cell<Option<Box<Exchange>>> = const { Cell::new(None) };
    /// What the [`serve`] that was polled last has answered. Both are empty but during a poll.
    static OUT: Cell<Option<Box<Exchange>>> = const { Cell::new(None) };
}

/// What [`serve`] returns, which has no name of its own.
pub(crate) trait Serving: Future<Output = ()> + Send + 'static {}

impl<F: Future<Output = ()> + Send + 'static> Serving for F {}

/// Makes a driver for [`serve`].
pub(crate) fn driver(pool: Arc<Pool>) -> Driver<impl Serving> {
    Driver {
        make: serve,
        slot: Some(Box::pin(serve())),
        next: None,
        is_busy: false,
        span: Span::default(),
        pool,
        away: None,
    }
}

/// Polls one request after another; its box is made once and used again.
pub(crate) struct Driver<F> {
    make: fn() -> F,
    slot: Option<Pin<Box<F>>>,
    /// A request that was not begun yet.
    next: Option<Box<Exchange>>,
    is_busy: bool,
    span: Span,
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
    back: Option<(Pin<Box<F>>, Option<Box<dyn Any + Send>>)>,
    waker: Option<Waker>,
}

impl<F: Serving> Driver<F> {
    /// Begins a request, when nothing is in flight.
    #[inline]
    pub(crate) fn start(&mut self, exchange: Box<Exchange>) {
        self.span = Span::of(&exchange.request);
        self.next = Some(exchange);
        self.is_busy = true;
    }

    /// Drops the request in flight, if there is one.
    pub(crate) fn stop(&mut self) {
        if !mem::take(&mut self.is_busy) {
            return;
        }
        self.next = None;
        // The box may be away with the request that is given up; the worker drops it then.
        self.away = None;
        self.slot = Some(Box::pin((self.make)()));
    }

    /// Goes on with the request.
    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Box<Exchange>, Failure>> {
        loop {
            if self.away.is_some() {
                match self.poll_away(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Some(panic)) => return Poll::Ready(Err(self.panicked(panic))),
                    Poll::Ready(None) => {}
                }
            }
            let Some(future) = &mut self.slot else {
                return Poll::Pending;
            };
            if let Some(exchange) = self.next.take() {
                IN.set(Some(exchange));
            }
            let before = Place::Loop.enter();
            let polled = panic::catch_unwind(AssertUnwindSafe(|| {
                self.span.within(|| future.as_mut().poll(cx))
            }));
            let place = before.enter();
            if let Err(panic) = polled {
                return Poll::Ready(Err(self.panicked(panic)));
            }
            if let Some(done) = OUT.take() {
                self.is_busy = false;
                self.span.finish(done.response.as_ref());
                return Poll::Ready(Ok(done));
            }
            if place != Place::Wanted {
                return Poll::Pending;
            }
            if !self.send_away(cx) {
                self.stop();
                return Poll::Ready(Err(Failure::Busy));
            }
        }
    }

    /// A future that panicked is of no more use.
    #[cold]
    fn panicked(&mut self, panic: Box<dyn Any + Send>) -> Failure {
        self.stop();
        Failure::Panic(panic)
    }

    /// Takes the future back from the worker, with the panic if there was one.
    fn poll_away(&mut self, cx: &Context<'_>) -> Poll<Option<Box<dyn Any + Send>>> {
        let Some(trip) = &self.away else {
            return Poll::Ready(None);
        };
        let mut state = trip.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((slot, panic)) = state.back.take() else {
            match &mut state.waker {
                Some(waker) => waker.clone_from(cx.waker()),
                none => *none = Some(cx.waker().clone()),
            }
            return Poll::Pending;
        };
        drop(state);
        self.away = None;
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
        let span = self.span.clone();
        let job = Box::new(move |pool: &Pool| {
            let before = Place::Worker.enter();
            let polled = panic::catch_unwind(AssertUnwindSafe(|| {
                // What the poll says does not matter: the loop polls again and looks itself.
                let cx = &mut Context::from_waker(Waker::noop());
                let _pending = span.within(|| slot.as_mut().poll(cx));
            }));
            before.enter();
            let mut state = there.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.back = Some((slot, polled.err()));
            if let Some(waker) = state.waker.take() {
                drop(state);
                pool.bring_back(waker);
            }
        });
        let sent = self.pool.send(job);
        if sent {
            self.away = Some(trip);
        }
        sent
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("request", &self.request)
            .field("response", &self.response)
            .finish_non_exhaustive()
    }
}

impl<F> fmt::Debug for Driver<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").finish_non_exhaustive()
    }
}
