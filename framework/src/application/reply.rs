//! What an application answers with: a response, or what will become one.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;

use pin_project_lite::pin_project;

use crate::response::IntoResponse;
use crate::response::Response;

/// What [`Application::call`](super::Application::call) returns; a future of a [`Response`].
///
/// A synchronous answer costs no allocation, an `async fn` one box, a plain `fn` that may block
/// one box and a trip to a worker thread.
///
/// # Cancel safety
///
/// Dropping a reply before it is ready drops the handler where it waits.
#[must_use = "a reply does nothing unless it is awaited"]
#[allow(
    clippy::exhaustive_enums,
    reason = "the waist is closed: a new kind changes every driver"
)]
pub enum Reply<'a> {
    /// Ready at once: `inline` handlers, errors, redirects.
    Ready(Response),
    /// An `async fn`, polled on the event loop.
    Future(Pin<Box<dyn ResponseFuture + 'a>>),
    /// A plain `fn` that may block, run once on a worker thread. It may borrow what an
    /// `async fn` may.
    Blocking(Box<dyn FnOnce() -> Response + Send + 'a>),
    /// Already given away; polling it again is a mistake.
    Taken,
}

/// A future of anything that can be a response: what [`Reply::Future`] holds.
///
/// Every such future is one. There is a trait of its own so that the future of a handler goes into
/// its box as it is: a future around it that only made its output a response would be compiled
/// once more for each handler.
pub trait ResponseFuture: Send {
    /// Polls, and makes the output a response.
    fn poll_response(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response>;
}

impl<F> ResponseFuture for F
where
    F: Future + Send,
    F::Output: IntoResponse,
{
    #[inline]
    fn poll_response(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        self.poll(cx).map(IntoResponse::into_response)
    }
}

/// Where the current thread polls a reply; decides what a [`Reply::Blocking`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// No driver: blocking work runs right here (simple tests, other executors).
    Elsewhere,
    /// On an event loop, by a driver that can move the future to a worker.
    Loop,
    /// On an event loop, and a blocking reply asked to be moved.
    Wanted,
    /// On a worker thread, where blocking is fine.
    Worker,
}

thread_local! {
    static PLACE: Cell<Place> = const { Cell::new(Place::Elsewhere) };
}

impl Place {
    /// Says where this thread polls from now on and returns where it polled before.
    #[inline]
    pub(crate) fn enter(self) -> Self {
        PLACE.replace(self)
    }

    #[inline]
    fn current() -> Self {
        PLACE.get()
    }
}

impl Future for Reply<'_> {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        match &mut *self {
            Reply::Future(future) => future.as_mut().poll_response(cx),
            Reply::Ready(_) => match self.take() {
                Reply::Ready(response) => Poll::Ready(response),
                _ => Poll::Pending,
            },
            Reply::Blocking(_) => self.poll_blocking(cx),
            Reply::Taken => {
                debug_assert!(false, "a reply was polled after it was ready");
                Poll::Pending
            }
        }
    }
}

impl<'a> Reply<'a> {
    /// Boxes a future.
    pub fn future(future: impl Future<Output = Response> + Send + 'a) -> Self {
        Self::Future(Box::pin(future))
    }

    /// Boxes work that may block.
    pub fn blocking(work: impl FnOnce() -> Response + Send + 'a) -> Self {
        Self::Blocking(Box::new(work))
    }

    /// Changes the response when it is there; costs nothing when it is ready already.
    pub fn map(self, change: impl FnOnce(Response) -> Response + Send + 'a) -> Self {
        match self {
            Self::Ready(response) => Self::Ready(change(response)),
            Self::Taken => Self::Taken,
            reply => Self::Future(Box::pin(Map {
                reply,
                change: Some(change),
            })),
        }
    }

    /// Work that blocks runs where the thread says: asks for a worker on an event loop, runs on
    /// a worker and then goes back to the loop first, or runs right here where there is no driver.
    fn poll_blocking(&mut self, cx: &Context<'_>) -> Poll<Response> {
        match Place::current() {
            Place::Loop | Place::Wanted => {
                Place::Wanted.enter();
                // The driver looks at the place after the poll; the wake is for combinators in
                // between that poll only what was woken.
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Place::Worker => {
                if let Self::Blocking(work) = self.take() {
                    *self = Self::Ready(work());
                }
                // One job a trip: what follows belongs on the loop again.
                Place::Loop.enter();
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Place::Elsewhere => match self.take() {
                Self::Blocking(work) => Poll::Ready(work()),
                _ => Poll::Pending,
            },
        }
    }

    fn take(&mut self) -> Self {
        mem::replace(self, Self::Taken)
    }

    /// Polls, and leaves the response in a place of the caller's: a response is large, and each
    /// hand that it goes through moves it.
    #[inline]
    pub(crate) fn poll_into(
        &mut self,
        place: &mut Option<Response>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let polled = match self {
            Self::Future(future) => future.as_mut().poll_response(cx),
            reply => Pin::new(reply).poll(cx),
        };
        match polled {
            Poll::Ready(response) => {
                *place = Some(response);
                Poll::Ready(())
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ready(_) => "Reply::Ready",
            Self::Future(_) => "Reply::Future",
            Self::Blocking(_) => "Reply::Blocking",
            Self::Taken => "Reply::Taken",
        })
    }
}

impl From<Response> for Reply<'_> {
    fn from(response: Response) -> Self {
        Self::Ready(response)
    }
}

pin_project! {
    /// Hand-written because an `async` block would capture `change` in every state.
    struct Map<'a, C> {
        reply: Reply<'a>,
        change: Option<C>,
    }
}

impl<C: FnOnce(Response) -> Response> Future for Map<'_, C> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let this = self.project();
        let response = std::task::ready!(Pin::new(this.reply).poll(cx));
        Poll::Ready(match this.change.take() {
            Some(change) => change(response),
            None => response,
        })
    }
}
