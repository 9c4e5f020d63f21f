//! Ending in order: what is in flight is finished, what is new is refused.

use std::sync::Arc;

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

    /// Resolves when the server has been asked to end, for work beside it
    /// ([`Builder::background`](super::Builder::background)).
    ///
    /// # Cancel safety
    ///
    /// May be dropped and asked again.
    pub async fn draining(&self) {
        let mut phase = self.subscribe();
        // The sender lives as long as this handle.
        let _never = phase.wait_for(|phase| *phase != Phase::Running).await;
    }

    pub(super) fn stop(&self) {
        self.sender.send_replace(Phase::Stopped);
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Phase> {
        self.sender.subscribe()
    }

    /// Finishes what is in flight, unless that was asked before.
    pub(super) fn drain(&self) {
        self.sender.send_if_modified(|phase| {
            let is_running = *phase == Phase::Running;
            if is_running {
                *phase = Phase::Draining;
            }
            is_running
        });
    }
}

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// SIGINT, SIGTERM.
    End,
    /// SIGUSR2.
    Restart,
}

/// The signals of the process.
#[cfg(unix)]
pub(super) struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
    restart: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    pub(super) fn new() -> Self {
        use tokio::signal::unix::SignalKind;
        use tokio::signal::unix::signal;

        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
            restart: signal(SignalKind::user_defined2()).ok(),
        }
    }

    /// None is followed.
    pub(super) fn none() -> Self {
        Self {
            interrupt: None,
            terminate: None,
            restart: None,
        }
    }

    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            () = one(&mut self.interrupt) => Signal::End,
            () = one(&mut self.terminate) => Signal::End,
            () = one(&mut self.restart) => Signal::Restart,
        }
    }

    pub(super) async fn next_end(&mut self) {
        while self.next().await != Signal::End {}
    }
}

#[cfg(unix)]
async fn one(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// The signals of the process: here only Ctrl-C.
#[cfg(not(unix))]
pub(super) struct Signals {
    is_followed: bool,
}

#[cfg(not(unix))]
impl Signals {
    pub(super) fn new() -> Self {
        Self { is_followed: true }
    }

    /// None is followed.
    pub(super) fn none() -> Self {
        Self { is_followed: false }
    }

    pub(super) async fn next(&mut self) -> Signal {
        if !self.is_followed || tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Signal::End
    }

    pub(super) async fn next_end(&mut self) {
        self.next().await;
    }
}
