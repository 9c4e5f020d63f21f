//! What an application does before the first request, beside all of them, and after the last.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::Handle;
use super::journal::Journal;

/// Futures of the application, in the order they were added.
#[derive(Clone, Default)]
pub(super) struct Hooks {
    start: Vec<Arc<dyn Fn() -> Boxed<Result<(), BoxError>> + Send + Sync>>,
    shutdown: Vec<Arc<dyn Fn() -> Boxed<()> + Send + Sync>>,
    tasks: Vec<Arc<dyn Fn(Handle) -> Boxed<()> + Send + Sync>>,
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
pub(super) type BoxError = Box<dyn Error + Send + Sync>;

impl Hooks {
    pub(super) fn add_start<F, T, E>(&mut self, hook: F)
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        self.start.push(Arc::new(move || {
            let future = hook();
            Box::pin(async move { future.await.map_err(Into::into) })
        }));
    }

    pub(super) fn add_shutdown<F, T>(&mut self, hook: F)
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        self.shutdown.push(Arc::new(move || Box::pin(hook())));
    }

    pub(super) fn add_task<F, T>(&mut self, task: F)
    where
        F: Fn(Handle) -> T + Send + Sync + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        self.tasks
            .push(Arc::new(move |handle| Box::pin(task(handle))));
    }

    /// Runs what comes before the first request; the first error ends it.
    pub(super) async fn start(&self) -> Result<(), BoxError> {
        for hook in &self.start {
            hook().await?;
        }
        Ok(())
    }

    /// Starts what runs beside the server.
    pub(super) fn spawn_tasks(&self, handle: &Handle) -> JoinSet<()> {
        self.tasks.iter().map(|task| task(handle.clone())).collect()
    }

    /// Waits for the tasks, then runs what comes after the last request, the latest first.
    pub(super) async fn finish(&self, mut tasks: JoinSet<()>, log: &Journal) {
        while let Some(ended) = tasks.join_next().await {
            if ended.is_err() {
                log.note("a background task panicked");
            }
        }
        for hook in self.shutdown.iter().rev() {
            // One that panics does not keep the others from running.
            if tokio::spawn(hook()).await.is_err() {
                log.note("a shutdown hook panicked");
            }
        }
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks")
            .field("start", &self.start.len())
            .field("shutdown", &self.shutdown.len())
            .field("tasks", &self.tasks.len())
            .finish()
    }
}
