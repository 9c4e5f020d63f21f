//! Panics as answers.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;

use super::Middleware;
use super::Next;
use crate::application::Reply;
use crate::exceptions::InternalServerError;
use crate::request::Request;
use crate::response::Response;
use crate::response::render;

/// Makes a panic of the application an answer that the middleware around it sees: 500, as a page
/// or as JSON.
///
/// A server does as much by itself, but only at its edge: without this, what a middleware adds to
/// each response (a request id, CORS fields) is missing from that one. The text of the panic goes
/// to the log, never to the client.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::{CatchPanic, Layer, SecurityHeaders};
/// use rustzeug::prelude::*;
/// use rustzeug::testing::Client;
///
/// struct Fragile;
///
/// #[application]
/// impl Fragile {
///     #[route("/")]
///     async fn index(&self) -> String {
///         panic!("no index")
///     }
/// }
///
/// # fn main() -> Result<(), StartError> {
/// let client = Client::new(Fragile.with(CatchPanic::new()).with(SecurityHeaders::new()))?;
/// let response = client.get("/").send();
/// assert_eq!(response.status(), 500);
/// assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
/// assert!(!response.text().contains("no index"));
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct CatchPanic {
    report: Option<Box<dyn Fn(&Request, &str) + Send + Sync>>,
}

/// The text of a panic: what the answer's exception has as its cause.
#[derive(Debug)]
struct Panicked(String);

impl CatchPanic {
    /// Makes the middleware.
    #[must_use]
    pub const fn new() -> Self {
        Self { report: None }
    }

    /// Calls this with the request and the text of each panic, beside what goes to the log.
    #[must_use]
    pub fn report(mut self, report: impl Fn(&Request, &str) + Send + Sync + 'static) -> Self {
        self.report = Some(Box::new(report));
        self
    }
}

impl Middleware for CatchPanic {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        // What the application leaves half done is its own: a request is not used again.
        let answer = match catch_unwind(AssertUnwindSafe(|| next.run(&mut *request))) {
            Ok(reply) => Catch::Running(reply).await,
            Err(panic) => Err(panic),
        };
        let panic = match answer {
            Ok(response) => return response,
            Err(panic) => panic,
        };
        let text = text(&*panic);
        if let Some(report) = &self.report {
            report(request, &text);
        }
        let exception = InternalServerError.with_source(Panicked(text));
        render(exception, Some(request))
    }
}

/// Polls a reply until it is ready or panics.
enum Catch<'a> {
    Running(Reply<'a>),
    Panicked(Box<dyn Any + Send>),
    Done,
}

impl Future for Catch<'_> {
    type Output = Result<Response, Box<dyn Any + Send>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = match &mut *self {
            Self::Running(reply) => catch_unwind(AssertUnwindSafe(|| Pin::new(reply).poll(cx))),
            Self::Panicked(_) => match std::mem::replace(&mut *self, Self::Done) {
                Self::Panicked(panic) => return Poll::Ready(Err(panic)),
                _ => return Poll::Pending,
            },
            Self::Done => return Poll::Pending,
        };
        match polled {
            Ok(Poll::Ready(response)) => {
                *self = Self::Done;
                Poll::Ready(Ok(response))
            }
            Ok(Poll::Pending) => Poll::Pending,
            Err(panic) => {
                // This may be a worker thread, where only the handler's body may run: the rest
                // goes on at the next poll, which is on the event loop again.
                *self = Self::Panicked(panic);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

fn text(panic: &(dyn Any + Send)) -> String {
    if let Some(text) = panic.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text.clone()
    } else {
        "something that is no text".to_owned()
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the handler panicked: {}", self.0)
    }
}

impl std::error::Error for Panicked {}

impl fmt::Debug for CatchPanic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CatchPanic")
            .field("reports", &self.report.is_some())
            .finish()
    }
}
