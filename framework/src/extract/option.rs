//! Extractors that may be missing, or may fail.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;

use pin_project_lite::pin_project;

use super::FromRequest;
use crate::exceptions::HttpException;
use crate::request::Request;

pin_project! {
    /// `None` at once where there is nothing, else the extractor's own future.
    struct Maybe<F> {
        #[pin]
        future: Option<F>,
    }
}

impl<F: Future<Output = Result<T, E>>, T, E> Future for Maybe<F> {
    type Output = Result<Option<T>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().future.as_pin_mut() {
            Some(future) => future.poll(cx).map_ok(Some),
            None => Poll::Ready(Ok(None)),
        }
    }
}

impl<'r, A: ?Sized, X: FromRequest<'r, A>> FromRequest<'r, A> for Option<X> {
    type Error = X::Error;

    const IS_READY: bool = X::IS_READY;

    fn from_request(
        request: &'r Request,
        app: &'r A,
    ) -> impl Future<Output = Result<Self, X::Error>> + Send {
        let future = (!X::is_absent(request, app)).then(|| X::from_request(request, app));
        Maybe { future }
    }
}

pin_project! {
    /// Hands the rejection over.
    struct Either<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Either<F> {
    type Output = Result<F::Output, HttpException>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().future.poll(cx).map(Ok)
    }
}

impl<'r, A: ?Sized, X: FromRequest<'r, A>> FromRequest<'r, A> for Result<X, X::Error> {
    type Error = HttpException;

    const IS_READY: bool = X::IS_READY;

    fn from_request(
        request: &'r Request,
        app: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        Either {
            future: X::from_request(request, app),
        }
    }
}
