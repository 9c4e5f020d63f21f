//! Running a call to its end from a test that is not asynchronous.

use std::future::Future;
use std::pin::Pin;
use std::pin::pin;
use std::task::Context;
use std::task::Poll;
use std::task::Waker;
use std::thread;

use tokio::runtime::Handle;
use tokio::runtime::Runtime;

use crate::application::Place;
use crate::request::Tasks;

/// Runs a future that calls an application, on this thread where that is possible.
///
/// Inside a runtime of the caller's this thread must not wait for another one, so a second thread
/// does; panics come through.
pub(super) fn run<F: Future<Output: Send> + Send>(runtime: &Runtime, future: F) -> F::Output {
    if Handle::try_current().is_err() {
        return run_here(runtime, future);
    }
    let joined = thread::scope(|scope| scope.spawn(|| run_here(runtime, future)).join());
    match joined {
        Ok(output) => output,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// An `async fn` handler runs inside the runtime. A plain `fn` handler runs between two polls:
/// on this thread, so that thread-locals such as the clock of a test are the same, but outside of
/// the runtime, so that it may block, or block on futures, as it may on a worker of a server.
fn run_here<F: Future>(runtime: &Runtime, future: F) -> F::Output {
    let mut future = pin!(future);
    let tasks = Tasks::default();
    let _entered = tasks.enter();
    loop {
        let step = runtime.block_on(std::future::poll_fn(|cx| {
            let here = Restore(Place::Loop.enter());
            let polled = future.as_mut().poll(cx);
            match (polled, here.leave()) {
                (Poll::Ready(output), _) => Poll::Ready(Some(output)),
                (Poll::Pending, Place::Wanted) => Poll::Ready(None),
                (Poll::Pending, _) => Poll::Pending,
            }
        }));
        let step = step.map_or_else(|| poll_blocking(runtime, future.as_mut()), Poll::Ready);
        if let Poll::Ready(output) = step {
            runtime.block_on(tasks.finished());
            return output;
        }
    }
}

/// Polls once where blocking is fine, while another thread keeps the runtime going: the handler
/// may wait for its timers and sockets.
fn poll_blocking<F: Future>(runtime: &Runtime, future: Pin<&mut F>) -> Poll<F::Output> {
    let (done, wait) = tokio::sync::oneshot::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(|| runtime.block_on(wait));
        // Dropped in any case, a panic included: that ends the other thread.
        let _done = done;
        let _entered = runtime.enter();
        let _here = Restore(Place::Worker.enter());
        future.poll(&mut Context::from_waker(Waker::noop()))
    })
}

/// Puts the place back, also when a handler panics.
struct Restore(Place);

impl Restore {
    /// Puts the place back and tells what it had become.
    fn leave(self) -> Place {
        self.0.enter()
    }
}

impl Drop for Restore {
    fn drop(&mut self) {
        self.0.enter();
    }
}
