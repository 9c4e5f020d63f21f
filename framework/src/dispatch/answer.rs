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
use crate::extract::Pair;
use crate::request::Request;
use crate::response::IntoResponse;
use crate::response::Response;

pin_project! {
    struct Answer<F> {
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
            self.set(Extract::Answering { future: next });
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

/// Extractors on their way, before the handler is known: `extract(app, request).first::<X>()
/// .and::<Y>().answer_async(|(x, y)| …)`.
///
/// Each has a call of its own, so that a message about one points at its parameter.
#[derive(Debug)]
pub struct Extraction<'r, A: ?Sized, F> {
    app: &'r A,
    request: &'r Request,
    future: F,
}

/// Begins to extract.
pub fn extract<'r, A: ?Sized>(app: &'r A, request: &'r Request) -> Extraction<'r, A, ()> {
    Extraction { app, request, future: () }
}

impl<'r, A: ?Sized> Extraction<'r, A, ()> {
    /// The first extractor.
    pub fn first<X: FromRequest<'r, A> + 'r>(
        self,
    ) -> Extraction<'r, A, impl Future<Output = Result<X, X::Error>> + Send + 'r> {
        let Self { app, request, .. } = self;
        Extraction { app, request, future: X::from_request(request, app) }
    }
}

impl<'r, A, F, T, E> Extraction<'r, A, F>
where
    A: ?Sized,
    F: Future<Output = Result<T, E>> + Send + 'r,
    T: Send + 'r,
    E: IntoResponse + 'r,
{
    /// Another extractor, after those before it.
    pub fn and<X: FromRequest<'r, A> + 'r>(
        self,
    ) -> Extraction<'r, A, impl Future<Output = Result<(T, X), Response>> + Send + 'r> {
        let Self { app, request, future } = self;
        let future = Pair::new(future, X::from_request(request, app));
        Extraction { app, request, future }
    }

    /// The handler is an `async fn`.
    #[must_use = "a reply does nothing unless it is returned"]
    pub fn answer_async<G>(self, call: impl FnOnce(T) -> G + Send + 'r) -> Reply<'r>
    where
        G: Future + Send + 'r,
        G::Output: IntoResponse,
    {
        let (extracting, call) = (self.future, Some(call));
        Reply::Future(Box::pin(Extract::Extracting { extracting, call }))
    }

    /// The handler is a plain `fn`, which may block.
    #[must_use = "a reply does nothing unless it is returned"]
    pub fn answer_blocking<R>(self, call: impl FnOnce(T) -> R + Send + 'r) -> Reply<'r>
    where
        R: IntoResponse + 'r,
    {
        let (extracting, call) =
            (self.future, Some(move |value| answer_blocking(move || call(value))));
        Reply::Future(Box::pin(Extract::Extracting { extracting, call }))
    }

    /// The handler is a plain `fn` that says it does not block.
    #[must_use = "a reply does nothing unless it is returned"]
    pub fn answer_inline<R>(self, call: impl FnOnce(T) -> R + Send + 'r) -> Reply<'r>
    where
        R: IntoResponse + 'r,
    {
        let (extracting, call) =
            (self.future, Some(move |value| answer_inline(move || call(value))));
        Reply::Future(Box::pin(Extract::Extracting { extracting, call }))
    }
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
