//! Work that goes on after the response.

use std::cell::RefCell;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use tokio::sync::Notify;

use super::Request;

impl Request {
    /// Lets a future go on by itself, also after the response.
    ///
    /// It runs on the event loop, so it waits with `.await` and does not block. When the server
    /// is asked to end, it is waited for as a request in flight is, within
    /// [`shutdown_timeout`](crate::server::Builder::shutdown_timeout). A panic in it ends nothing
    /// else. The test client's `send` waits for it before it returns.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    ///
    /// #[application]
    /// fn application(request: &Request) -> &'static str {
    ///     let name = request.path().to_owned();
    ///     request.spawn(async move {
    ///         tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    ///         let _mail = format!("somebody asked for {name}");
    ///     });
    ///     "noted"
    /// }
    /// # fn main() -> Result<(), StartError> {
    /// # let client = rustzeug::testing::Client::new(application)?;
    /// # assert_eq!(client.get("/").send().text(), "noted");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, which neither the server nor the test client is.
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let counted = HERE.with_borrow(|here| here.as_ref().map(Tasks::count));
        tokio::spawn(async move {
            let _counted = counted;
            task.await;
        });
    }
}

/// The tasks of one event loop that were not awaited by anybody.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks {
    running: Arc<Running>,
}

#[derive(Debug, Default)]
struct Running {
    count: AtomicUsize,
    ended: Notify,
}

thread_local! {
    /// Whose tasks this thread spawns.
    static HERE: RefCell<Option<Tasks>> = const { RefCell::new(None) };
}

impl Tasks {
    /// From now on tasks that this thread spawns are counted here, until the guard is dropped.
    pub(crate) fn enter(&self) -> Entered {
        Entered {
            before: HERE.replace(Some(self.clone())),
        }
    }

    /// Waits until none is left.
    pub(crate) async fn finished(&self) {
        loop {
            // Made first, so that an end between the look and the wait is not missed.
            let ended = self.running.ended.notified();
            if self.running.count.load(Ordering::SeqCst) == 0 {
                return;
            }
            ended.await;
        }
    }

    fn count(&self) -> Counted {
        self.running.count.fetch_add(1, Ordering::SeqCst);
        Counted(self.running.clone())
    }
}

/// Puts back what a thread counted for before.
#[derive(Debug)]
pub(crate) struct Entered {
    before: Option<Tasks>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        HERE.set(self.before.take());
    }
}

/// A task that runs; dropped with it, also when it panics or is given up.
struct Counted(Arc<Running>);

impl Drop for Counted {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.ended.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::protocol::h1::Head;

    #[tokio::test]
    async fn tasks_are_waited_for_also_those_that_panic() {
        let tasks = Tasks::default();
        tasks.finished().await;
        let request = Request::new(Head::new(), crate::body::Incoming::empty());
        let done = Arc::new(AtomicBool::new(false));
        let entered = tasks.enter();
        let there = done.clone();
        request.spawn(async move {
            tokio::task::yield_now().await;
            there.store(true, Ordering::SeqCst);
        });
        request.spawn(async { panic!("as asked") });
        drop(entered);
        assert_eq!(tasks.running.count.load(Ordering::SeqCst), 2);
        tasks.finished().await;
        assert!(done.load(Ordering::SeqCst));
        // Nobody counts for this thread any more.
        request.spawn(std::future::pending());
        tasks.finished().await;
    }
}
