//! What the functions of rules end with: a handler's call → a reply.
//!
//! All of this is compiled once more for each handler or each kind of signature, so it is as little
//! as can be: a handler's future goes into its box as it is, a plain `fn` travels as a pointer with
//! its arguments, and extractors that wait for nothing need no future. Futures are written by hand:
//! a generic `async` block over an extractor does not compile (rust-lang issue 100013).

use std::future::Future;
use std::pin::Pin;
use std::pin::pin;
use std::task::Context;
use std::task::Poll;
use std::task::Waker;
use std::task::ready;

use pin_project_lite::pin_project;

use super::Needs;
use super::trip::is_ready;
use super::trip::prepare;
use crate::application::Reply;
use crate::application::ResponseFuture;
use crate::extract::FromRequest;
use crate::request::Request;
use crate::response::IntoResponse;
use crate::response::Response;

/// An `async fn`.
#[must_use = "a reply does nothing unless it is returned"]
#[inline]
pub fn answer_async<'r>(future: Pin<Box<dyn ResponseFuture + 'r>>) -> Reply<'r> {
    Reply::Future(future)
}

/// A plain `fn`, which may block.
#[must_use = "a reply does nothing unless it is returned"]
pub fn answer_blocking<'r, T: IntoResponse>(work: impl FnOnce() -> T + Send + 'r) -> Reply<'r> {
    Reply::Blocking(Box::new(move || work().into_response()))
}

/// A plain `fn` that said it does not block, and has answered.
#[must_use = "a reply does nothing unless it is returned"]
pub fn answer_inline<'r, T: IntoResponse>(answer: T) -> Reply<'r> {
    Reply::Ready(answer.into_response())
}

/// A plain `fn` that may block and its arguments: compiled once for each signature, where a closure
/// would be for each handler. By hand, as the messages about a handler's type show the function.
#[must_use = "a reply does nothing unless it is returned"]
pub fn call_blocking_0<'r, T: IntoResponse + 'r>(handler: fn() -> T) -> Reply<'r> {
    answer_blocking(handler)
}

/// As [`call_blocking_0`].
#[must_use = "a reply does nothing unless it is returned"]
pub fn call_blocking_1<'r, A, T>(handler: fn(A) -> T, a: A) -> Reply<'r>
where
    A: Send + 'r,
    T: IntoResponse + 'r,
{
    answer_blocking(move || handler(a))
}

/// As [`call_blocking_0`].
#[must_use = "a reply does nothing unless it is returned"]
pub fn call_blocking_2<'r, A, B, T>(handler: fn(A, B) -> T, a: A, b: B) -> Reply<'r>
where
    A: Send + 'r,
    B: Send + 'r,
    T: IntoResponse + 'r,
{
    answer_blocking(move || handler(a, b))
}

/// As [`call_blocking_0`].
#[must_use = "a reply does nothing unless it is returned"]
pub fn call_blocking_3<'r, A, B, C, T>(handler: fn(A, B, C) -> T, a: A, b: B, c: C) -> Reply<'r>
where
    A: Send + 'r,
    B: Send + 'r,
    C: Send + 'r,
    T: IntoResponse + 'r,
{
    answer_blocking(move || handler(a, b, c))
}

/// A handler with extractors: they are made, then it is called.
#[must_use = "a reply does nothing unless it is returned"]
pub fn extract<'r, X, A>(
    app: &'r A,
    request: &'r Request,
    call: impl FnOnce(X) -> Reply<'r> + Send + 'r,
) -> Reply<'r>
where
    A: ?Sized,
    X: FromRequest<'r, A> + 'r,
{
    if const { X::IS_READY } {
        match extract_now::<X, A>(app, request) {
            Some(Ok(value)) => return call(value),
            Some(Err(rejection)) => return Reply::Ready(rejection),
            None => debug_assert!(false, "an extractor is not as ready as it says"),
        }
    }
    // A box more, for a handler that waits for a database or the like anyway.
    extract_later::<X, A>(app, request, Box::new(call))
}

/// Makes a value that waits for nothing.
fn extract_now<'r, X, A>(app: &'r A, request: &'r Request) -> Option<Result<X, Response>>
where
    A: ?Sized,
    X: FromRequest<'r, A> + 'r,
{
    let future = pin!(X::from_request(request, app));
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(made) => Some(made.map_err(IntoResponse::into_response)),
        Poll::Pending => None,
    }
}

fn extract_later<'r, X, A>(
    app: &'r A,
    request: &'r Request,
    call: Box<dyn FnOnce(X) -> Reply<'r> + Send + 'r>,
) -> Reply<'r>
where
    A: ?Sized,
    X: FromRequest<'r, A> + 'r,
{
    Reply::Future(Box::pin(Extract::Extracting {
        extracting: X::from_request(request, app),
        call: Some(call),
    }))
}

pin_project! {
    /// First the extractors, then the handler.
    #[project = ExtractProjection]
    enum Extract<'r, X, C> {
        Extracting { #[pin] extracting: X, call: Option<C> },
        Answering { reply: Reply<'r> },
    }
}

impl<'r, X, T, E, C> Future for Extract<'r, X, C>
where
    X: Future<Output = Result<T, E>>,
    E: IntoResponse,
    C: FnOnce(T) -> Reply<'r>,
{
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        loop {
            let reply = match self.as_mut().project() {
                ExtractProjection::Answering { reply } => return Pin::new(reply).poll(cx),
                ExtractProjection::Extracting { extracting, call } => {
                    match (ready!(extracting.poll(cx)), call.take()) {
                        (Ok(value), Some(call)) => call(value),
                        (Err(rejection), _) => return Poll::Ready(rejection.into_response()),
                        (Ok(_), None) => return Poll::Pending,
                    }
                }
            };
            self.set(Self::Answering { reply });
        }
    }
}

pin_project! {
    /// A future whose output is changed.
    #[derive(Debug)]
    pub struct Map<F, M> {
        #[pin]
        future: F,
        map: Option<M>,
    }
}

impl<F: Future, M: FnOnce(F::Output) -> Response> Future for Map<F, M> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let this = self.project();
        let output = ready!(this.future.poll(cx));
        match this.map.take() {
            Some(map) => Poll::Ready(map(output)),
            None => Poll::Pending,
        }
    }
}

/// Changes what an `async fn` gives.
pub fn map_async<F: Future, M: FnOnce(F::Output) -> Response>(future: F, map: M) -> Map<F, M> {
    Map {
        future,
        map: Some(map),
    }
}

/// Changes what a plain `fn` gave.
pub fn map<T>(value: T, map: impl FnOnce(T) -> Response) -> Response {
    map(value)
}

/// One function that is the whole application.
#[must_use = "a reply does nothing unless it is returned"]
pub fn answer_single<'r, A: Sync>(
    app: &'r A,
    request: &'r mut Request,
    needs: Needs,
    answer: for<'x> fn(&'x A, &'x Request) -> Reply<'x>,
) -> Reply<'r> {
    if is_ready(request, needs) {
        return answer(app, request);
    }
    Reply::future(async move {
        prepare(request, needs).await;
        answer(app, request).await
    })
}
