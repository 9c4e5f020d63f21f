//! Two extractors one after the other: what a macro makes of several parameters.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::task::ready;

use pin_project_lite::pin_project;

use super::FromRequest;
use crate::request::Request;
use crate::response::IntoResponse;
use crate::response::Response;

impl<'r, A, X, Y> FromRequest<'r, A> for (X, Y)
where
    A: ?Sized + 'r,
    X: FromRequest<'r, A> + Send + 'r,
    Y: FromRequest<'r, A> + 'r,
{
    type Error = Response;

    const IS_READY: bool = X::IS_READY && Y::IS_READY;

    fn from_request(
        request: &'r Request,
        app: &'r A,
    ) -> impl Future<Output = Result<Self, Response>> + Send {
        let (first, second) = (X::from_request(request, app), Y::from_request(request, app));
        Pair {
            first,
            second,
            value: None,
        }
    }
}

pin_project! {
    /// Two extractors, one after the other.
    struct Pair<F, S, X> {
        #[pin]
        first: F,
        #[pin]
        second: S,
        value: Option<X>,
    }
}

impl<F, S, X, Y, E, G> Future for Pair<F, S, X>
where
    F: Future<Output = Result<X, E>>,
    S: Future<Output = Result<Y, G>>,
    E: IntoResponse,
    G: IntoResponse,
{
    type Output = Result<(X, Y), Response>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if this.value.is_none() {
            match ready!(this.first.poll(cx)) {
                Ok(value) => *this.value = Some(value),
                Err(rejection) => return Poll::Ready(Err(rejection.into_response())),
            }
        }
        match (ready!(this.second.poll(cx)), this.value.take()) {
            (Ok(second), Some(first)) => Poll::Ready(Ok((first, second))),
            (Err(rejection), _) => Poll::Ready(Err(rejection.into_response())),
            (Ok(_), None) => Poll::Pending,
        }
    }
}
