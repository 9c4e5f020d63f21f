//! What hooks may return, and the future that one is.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::task::ready;

use pin_project_lite::pin_project;

use crate::application::Reply;
use crate::response::IntoResponse;
use crate::response::Response;

/// A hook on its way: a future of a response that takes the place of the one to come, or of the
/// one that is.
pub struct Hook<'r> {
    state: State<'r>,
}

enum State<'r> {
    Ready(Option<Response>),
    Future(Pin<Box<dyn Future<Output = Option<Response>> + Send + 'r>>),
}

impl<'r> Hook<'r> {
    /// A hook that changes nothing.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            state: State::Ready(None),
        }
    }

    fn ready(response: Option<Response>) -> Self {
        Self {
            state: State::Ready(response),
        }
    }

    fn future(future: impl Future<Output = Option<Response>> + Send + 'r) -> Self {
        Self {
            state: State::Future(Box::pin(future)),
        }
    }
}

impl Future for Hook<'_> {
    type Output = Option<Response>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Response>> {
        match &mut self.state {
            State::Ready(response) => Poll::Ready(response.take()),
            State::Future(future) => future.as_mut().poll(cx),
        }
    }
}

impl fmt::Debug for Hook<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

/// Everything a hook may return: nothing, perhaps a response, or a [`Result`] of these.
///
/// # Examples
///
/// ```
/// use rustzeug::dispatch::IntoHook;
/// use rustzeug::prelude::*;
///
/// assert!(().into_hook().is_none());
/// assert!(Some("maintenance").into_hook().is_some());
/// let forbidden: Result<()> = Err(Forbidden.into());
/// assert_eq!(forbidden.into_hook().map(|answer| answer.status()), Some(StatusCode::FORBIDDEN));
/// ```
#[diagnostic::on_unimplemented(
    message = "a hook cannot return `{Self}`",
    label = "neither nothing nor perhaps a response",
    note = "return nothing to go on, `Option<Response>` to perhaps answer instead, or a `Result` \
            of these"
)]
pub trait IntoHook {
    /// The response to give instead, if there is one.
    fn into_hook(self) -> Option<Response>;
}

impl IntoHook for () {
    fn into_hook(self) -> Option<Response> {
        None
    }
}

impl<T: IntoResponse> IntoHook for Option<T> {
    fn into_hook(self) -> Option<Response> {
        self.map(IntoResponse::into_response)
    }
}

impl<T: IntoHook, E: IntoResponse> IntoHook for Result<T, E> {
    fn into_hook(self) -> Option<Response> {
        match self {
            Ok(value) => value.into_hook(),
            Err(error) => Some(error.into_response()),
        }
    }
}

pin_project! {
    struct Mapped<F, M> {
        #[pin]
        future: F,
        map: M,
    }
}

impl<F: Future, M: Fn(F::Output) -> Option<Response>> Future for Mapped<F, M> {
    type Output = Option<Response>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Response>> {
        let this = self.project();
        let output = ready!(this.future.poll(cx));
        Poll::Ready((this.map)(output))
    }
}

/// Runs on a worker thread, as a plain handler does.
fn on_worker<'r>(work: impl FnOnce() -> Option<Response> + Send + 'r) -> Hook<'r> {
    Hook::future(async move {
        let mut answer = None;
        let place = &mut answer;
        let _nothing = Reply::blocking(move || {
            *place = work();
            Response::empty()
        })
        .await;
        answer
    })
}

/// A hook that is an `async fn`.
pub fn hook_async<'r, F>(future: F) -> Hook<'r>
where
    F: Future<Output: IntoHook> + Send + 'r,
{
    Hook::future(Mapped {
        future,
        map: IntoHook::into_hook,
    })
}

/// A hook that is a plain `fn`.
pub fn hook_blocking<'r, T: IntoHook>(work: impl FnOnce() -> T + Send + 'r) -> Hook<'r> {
    on_worker(move || work().into_hook())
}

/// A hook that is a plain `fn` which does not block.
pub fn hook_inline<'r, T: IntoHook>(work: impl FnOnce() -> T) -> Hook<'r> {
    Hook::ready(work().into_hook())
}

/// An `#[after_request]` that takes the response and gives another; `async fn`.
pub fn change_async<'r, F>(future: F) -> Hook<'r>
where
    F: Future<Output: IntoResponse> + Send + 'r,
{
    Hook::future(Mapped {
        future,
        map: |output: F::Output| Some(output.into_response()),
    })
}

/// An `#[after_request]` that takes the response and gives another; plain `fn`.
pub fn change_blocking<'r, T: IntoResponse>(work: impl FnOnce() -> T + Send + 'r) -> Hook<'r> {
    on_worker(move || Some(work().into_response()))
}

/// An `#[after_request]` that takes the response and gives another, and does not block.
pub fn change_inline<'r, T: IntoResponse>(work: impl FnOnce() -> T) -> Hook<'r> {
    Hook::ready(Some(work().into_response()))
}
