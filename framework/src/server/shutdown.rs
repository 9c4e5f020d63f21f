//! Ending in order: what is in flight is finished, what is new is refused.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// Ends a running server from elsewhere.
///
/// # Examples
///
/// ```no_run
/// use rustzeug::Server;
///
/// # async fn example(app: impl rustzeug::IntoApplication) -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::builder().bind("127.0.0.1:0")?;
/// let handle = server.handle();
/// tokio::spawn(async move {
///     tokio::time::sleep(std::time::Duration::from_secs(60)).await;
///     handle.shutdown();
/// });
/// server.serve(app).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Handle {
    sender: Arc<watch::Sender<Phase>>,
}

/// How far the end has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    #[default]
    Running,
    /// Connections say `close` and end after what they are at.
    Draining,
    /// Whatever still runs is dropped.
    Stopped,
}

impl Handle {
    pub(super) fn new() -> Self {
        Self {
            sender: Arc::new(watch::Sender::new(Phase::Running)),
        }
    }

    /// Finishes what is in flight, then ends; a second call ends at once.
    pub fn shutdown(&self) {
        self.sender.send_modify(|phase| {
            *phase = match phase {
                Phase::Running => Phase::Draining,
                Phase::Draining | Phase::Stopped => Phase::Stopped,
            }
        });
    }

    pub(super) fn stop(&self) {
        self.sender.send_replace(Phase::Stopped);
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Phase> {
        self.sender.subscribe()
    }

    /// Calls [`shutdown`](Self::shutdown) for each SIGINT or SIGTERM, and stops `grace` after
    /// the first.
    pub(super) async fn follow_signals(self, grace: Duration) {
        let mut signals = Signals::new();
        signals.next().await;
        self.shutdown();
        tokio::select! {
            () = signals.next() => {}
            () = tokio::time::sleep(grace) => {}
        }
        self.stop();
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::SignalKind;
        use tokio::signal::unix::signal;

        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
        }
    }

    async fn next(&mut self) {
        async fn one(signal: &mut Option<tokio::signal::unix::Signal>) {
            match signal {
                Some(signal) => {
                    signal.recv().await;
                }
                None => std::future::pending().await,
            }
        }
        tokio::select! {
            () = one(&mut self.interrupt) => {}
            () = one(&mut self.terminate) => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
