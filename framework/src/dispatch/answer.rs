//! What the functions of rules end with: a handler's call → a reply.
//!
//! Futures are written by hand: a generic `async` block over an extractor does not compile
//! (rust-lang issue 100013), and each one in the user's crate would cost the compiler more than
//! all the rest.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::task::ready;

use pin_project_lite::pin_project;

use super::Needs;
use super::trip::is_ready;
use super::trip::prepare;
use crate::application::Reply;
use crate::extract::FromRequest;
use crate::request::Request;
use crate::response::IntoResponse;
use crate::response::Response;

pin_project! {
    /// A handler's future; its output is made a response.
    #[derive(Debug)]
    pub struct Answer<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future<Output: IntoResponse>> Future for Answer<F> {
    type Output = Response;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        self.project()
            .future
            .poll(cx)
            .map(IntoResponse::into_response)
    }
}

pin_project! {
    /// First the extractors, then the handler.
    #[project = ExtractProjection]
    enum Extract<X, C, F> {
        Extracting { #[pin] extracting: X, call: Option<C> },
        Answering { #[pin] future: F },
    }
}

impl<X, T, E, C, F> Future for Extract<X, C, F>
where
    X: Future<Output = Result<T, E>>,
    E: IntoResponse,
    C: FnOnce(T) -> F,
    F: Future<Output: IntoResponse>,
{
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        loop {
            let next = match self.as_mut().project() {
                ExtractProjection::Answering { future } => {
                    return future.poll(cx).map(IntoResponse::into_response);
                }
                ExtractProjection::Extracting { extracting, call } => {
                    match (ready!(extracting.poll(cx)), call.take()) {
                        (Ok(value), Some(call)) => call(value),
                        (Err(rejection), _) => return Poll::Ready(rejection.into_response()),
                        (Ok(_), None) => return Poll::Pending,
                    }
                }
            };
            self.set(Self::Answering { future: next });
        }
    }
}

/// An `async fn`.
#[must_use = "a reply does nothing unless it is returned"]
pub fn answer_async<'r, F>(future: F) -> Reply<'r>
where
    F: Future + Send + 'r,
    F::Output: IntoResponse,
{
    Reply::Future(Box::pin(Answer { future }))
}

/// A plain `fn`, which may block.
#[must_use = "a reply does nothing unless it is returned"]
pub fn answer_blocking<'r, T: IntoResponse>(work: impl FnOnce() -> T + Send + 'r) -> Reply<'r> {
    Reply::Blocking(Box::new(move || work().into_response()))
}

/// A plain `fn` that says it does not block.
#[must_use = "a reply does nothing unless it is returned"]
pub fn answer_inline<'r, T: IntoResponse>(work: impl FnOnce() -> T) -> Reply<'r> {
    Reply::Ready(work().into_response())
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

/// An `async fn` behind extractors.
///
/// The answer is a bound of this function and the extractors are one of the next, so that each
/// kind of message points at its own part of the signature.
pub fn respond_async<F>(future: F) -> Answer<F>
where
    F: Future + Send,
    F::Output: IntoResponse,
{
    Answer { future }
}

/// A plain `fn` behind extractors.
pub fn respond<T: IntoResponse>(answer: T) -> Response {
    answer.into_response()
}

/// An `async fn` with extractors.
#[must_use = "a reply does nothing unless it is returned"]
pub fn extract_async<'r, X, A, F>(
    app: &'r A,
    request: &'r Request,
    call: impl FnOnce(X) -> F + Send + 'r,
) -> Reply<'r>
where
    A: ?Sized,
    X: FromRequest<'r, A> + 'r,
    F: Future<Output = Response> + Send + 'r,
{
    let extracting = X::from_request(request, app);
    Reply::Future(Box::pin(Extract::Extracting {
        extracting,
        call: Some(call),
    }))
}

/// A plain `fn` with extractors.
#[must_use = "a reply does nothing unless it is returned"]
pub fn extract_blocking<'r, X, A>(
    app: &'r A,
    request: &'r Request,
    call: impl FnOnce(X) -> Response + Send + 'r,
) -> Reply<'r>
where
    A: ?Sized,
    X: FromRequest<'r, A> + Send + 'r,
{
    let extracting = X::from_request(request, app);
    let call = move |value| answer_blocking(move || call(value));
    Reply::Future(Box::pin(Extract::Extracting {
        extracting,
        call: Some(call),
    }))
}

/// A plain `fn` with extractors that says it does not block.
#[must_use = "a reply does nothing unless it is returned"]
pub fn extract_inline<'r, X, A>(
    app: &'r A,
    request: &'r Request,
    call: impl FnOnce(X) -> Response + Send + 'r,
) -> Reply<'r>
where
    A: ?Sized,
    X: FromRequest<'r, A> + 'r,
{
    let extracting = X::from_request(request, app);
    let call = move |value| Reply::Ready(call(value));
    Reply::Future(Box::pin(Extract::Extracting {
        extracting,
        call: Some(call),
    }))
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
