//! How a server runs, from its first connection to its last.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::watch;

use super::Builder;
use super::Handle;
use super::ListenAddr;
use super::ServeError;
use super::balance::Balance;
use super::config::Config;
use super::handover;
use super::hooks::Hooks;
use super::journal::Journal;
use super::listener;
use super::listener::Listener;
#[cfg(unix)]
use super::processes;
use super::shutdown::Phase;
use super::shutdown::Signal;
use super::shutdown::Signals;
use super::timeout;
use super::worker;
use crate::application::Application;
use crate::application::IntoApplication;

/// A server that listens already.
#[derive(Debug)]
#[must_use = "a server does nothing until `run` or `serve`"]
pub struct Server {
    config: Config,
    hooks: Hooks,
    /// Invariant: at least one.
    listeners: Vec<Listener>,
    handle: Handle,
}

impl Server {
    /// Settings of a new server.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(super) fn new(config: Config, hooks: Hooks, listener: Listener) -> Self {
        Self {
            config,
            hooks,
            listeners: vec![listener],
            handle: Handle::new(),
        }
    }

    /// The internet address it listens at, the first one where there are several.
    ///
    /// # Errors
    ///
    /// What the system answers; a server that listens at Unix sockets alone has none.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        let addresses = self.local_addrs()?;
        let inet = addresses.into_iter().find_map(|address| match address {
            ListenAddr::Inet(address) => Some(address),
            ListenAddr::Unix(_) => None,
        });
        inet.ok_or_else(|| io::ErrorKind::AddrNotAvailable.into())
    }

    /// All addresses it listens at.
    ///
    /// # Errors
    ///
    /// What the system answers.
    pub fn local_addrs(&self) -> io::Result<Vec<ListenAddr>> {
        self.listeners.iter().map(Listener::local_addr).collect()
    }

    /// Listens at one more address, of any kind that [`Builder::bind`] takes.
    ///
    /// # Errors
    ///
    /// As [`Builder::bind`].
    pub fn bind_also(mut self, address: impl AsRef<str>) -> Result<Self, ServeError> {
        let listener = listener::bind(address.as_ref(), &self.config)?;
        self.listeners.push(listener);
        Ok(self)
    }

    /// What ends it from elsewhere.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Serves until it is asked to end; blocks the thread.
    ///
    /// # Errors
    ///
    /// An application that cannot start, threads or processes that cannot be had, a worker that
    /// ended by a panic.
    pub fn run(self, app: impl IntoApplication) -> Result<(), ServeError> {
        self.run_shared(app.into_shared()?)
    }

    pub(crate) fn run_shared(self, app: Arc<dyn Application>) -> Result<(), ServeError> {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().map_err(ServeError::thread)?;
        runtime.block_on(self.serve_shared(app))
    }

    /// Serves until it is asked to end, inside a tokio program. The workers are threads of their
    /// own: what the program does does not slow them down.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    ///
    /// # Cancel safety
    ///
    /// Dropped, it stops the workers at once.
    pub async fn serve(self, app: impl IntoApplication) -> Result<(), ServeError> {
        self.serve_shared(app.into_shared()?).await
    }

    pub(crate) async fn serve_shared(self, app: Arc<dyn Application>) -> Result<(), ServeError> {
        let log = self.config.journal();
        let guard = StopOnDrop(self.handle.clone());
        // First of all: one that comes while the application starts must not be lost.
        let mut signals = if self.config.follows_signals {
            Signals::new()
        } else {
            Signals::none()
        };
        if self.config.processes > 1 && !handover::is_child() {
            // What serves is the children's; here the application only showed that it starts.
            drop(app);
            let result = self.supervise(signals, &log).await;
            log.flush();
            return result;
        }
        tokio::select! {
            started = self.hooks.start() => started.map_err(ServeError::hook)?,
            () = signals.next_end() => return Ok(()),
        }
        let mut config = self.config;
        config.balance = Arc::new(Balance::new(config.workers()));
        let config = Arc::new(config);
        let mut workers = Workers::new();
        let ticks = timeout::tell_seconds().map_err(ServeError::thread)?;
        for _ in 0..config.workers() {
            let listeners = clone_all(&self.listeners).map_err(ServeError::thread)?;
            let (app, config, log) = (app.clone(), config.clone(), log.clone());
            let (phase, ticks) = (self.handle.subscribe(), ticks.clone());
            workers.spawn(move || worker::run(listeners, app, config, log, phase, ticks))?;
        }
        // Only the workers use it from now on.
        drop(app);
        let tasks = self.hooks.spawn_tasks(&self.handle);
        handover::announce_ready();
        let mut phase = self.handle.subscribe();
        let all = async {
            let result = workers.ended(&self.handle, &log).await;
            tokio::select! {
                () = self.hooks.finish(tasks, &log) => {}
                () = until_stopped(&mut phase) => {}
            }
            result
        };
        let follow = follow(&self.handle, self.listeners, signals, config.grace, &log);
        let result = tokio::select! {
            result = all => result,
            () = follow => Ok(()),
        };
        drop(guard);
        log.flush();
        result
    }

    /// Lets other processes serve.
    #[cfg(unix)]
    async fn supervise(self, signals: Signals, log: &Journal) -> Result<(), ServeError> {
        let listeners = clone_all(&self.listeners).map_err(ServeError::thread)?;
        let children = processes::keep(self.config.processes, listeners, &self.handle, log);
        // Each child has its own deadline; this one is for those that do not keep it.
        let grace = self.config.grace + Duration::from_secs(2);
        let follow = follow(&self.handle, self.listeners, signals, grace, log);
        tokio::select! {
            result = children => result,
            () = follow => Ok(()),
        }
    }

    #[cfg(not(unix))]
    #[allow(clippy::unused_async, reason = "elsewhere it waits")]
    async fn supervise(self, _signals: Signals, _log: &Journal) -> Result<(), ServeError> {
        Err(ServeError::process(io::Error::other(
            "several processes need Unix; several workers do not",
        )))
    }
}

fn clone_all(listeners: &[Listener]) -> io::Result<Vec<Listener>> {
    listeners.iter().map(Listener::try_clone).collect()
}

/// Follows signals and never returns: the workers' end is what ends the server.
async fn follow(
    handle: &Handle,
    listeners: Vec<Listener>,
    mut signals: Signals,
    grace: Duration,
    log: &Journal,
) {
    loop {
        let signal = tokio::select! {
            signal = signals.next() => signal,
            // Somebody else ended the server.
            () = handle.draining() => Signal::End,
            // The process that looks after this one is gone, or wants it to end.
            () = handover::parent_gone() => Signal::End,
        };
        match signal {
            Signal::End => break,
            // A child alone cannot be restarted: its parent would not know the new one.
            Signal::Restart if handover::is_child() => {}
            Signal::Restart => {
                let restarted = tokio::select! {
                    restarted = handover::restart(&listeners) => restarted,
                    // Whoever asks for the end does not wait for a program that hesitates.
                    () = signals.next_end() => break,
                };
                match restarted {
                    Ok(()) => break,
                    Err(error) => log.note(&format!("cannot restart: {error}")),
                }
            }
        }
    }
    // From now on only the workers hold the sockets: when the last one lets go, they are closed.
    drop(listeners);
    handover::announce_stopping();
    handle.drain();
    tokio::select! {
        () = signals.next_end() => {}
        () = tokio::time::sleep(grace) => {}
    }
    handle.stop();
    std::future::pending::<()>().await;
}

async fn until_stopped(phase: &mut watch::Receiver<Phase>) {
    // An error: the handle is gone, and with it the server.
    let _stopped = phase.wait_for(|phase| *phase == Phase::Stopped).await;
}

/// The worker threads, and how each of them ended.
struct Workers {
    count: usize,
    sender: mpsc::UnboundedSender<Option<io::Result<()>>>,
    ends: mpsc::UnboundedReceiver<Option<io::Result<()>>>,
}

impl Workers {
    fn new() -> Self {
        let (sender, ends) = mpsc::unbounded_channel();
        Self {
            count: 0,
            sender,
            ends,
        }
    }

    fn spawn(
        &mut self,
        run: impl FnOnce() -> io::Result<()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let end = End {
            sender: self.sender.clone(),
            result: None,
        };
        let thread = thread::Builder::new().name(format!("rustzeug-{}", self.count));
        let spawned = thread.spawn(move || end.of(run));
        spawned.map_err(ServeError::thread)?;
        self.count += 1;
        Ok(())
    }

    /// Waits for all. The first one that does not end in order ends the others, in order: a
    /// server that lost a worker and goes on would be a slower one without anybody knowing why.
    async fn ended(&mut self, handle: &Handle, log: &Journal) -> Result<(), ServeError> {
        let mut result = Ok(());
        for _ in 0..self.count {
            let error = match self.ends.recv().await.flatten() {
                Some(Ok(())) => continue,
                Some(Err(error)) => ServeError::thread(error),
                None => ServeError::worker_died(),
            };
            log.note(&format!("{error}; the others finish what they are at"));
            handle.drain();
            result = Err(error);
        }
        result
    }
}

/// Tells how a thread ended, also when it panics.
struct End {
    sender: mpsc::UnboundedSender<Option<io::Result<()>>>,
    result: Option<io::Result<()>>,
}

impl End {
    fn of(mut self, run: impl FnOnce() -> io::Result<()>) {
        self.result = Some(run());
    }
}

impl Drop for End {
    fn drop(&mut self) {
        // Nobody listens any more: the server was dropped.
        let _gone = self.sender.send(self.result.take());
    }
}

struct StopOnDrop(Handle);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_worker_that_panics_is_noticed_while_others_run() {
        let handle = Handle::new();
        let log = Journal::new(None);
        let mut workers = Workers::new();
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let mut phase = handle.subscribe();
        workers
            .spawn(move || wait.recv().map_err(io::Error::other))
            .unwrap();
        workers.spawn(|| panic!("as asked")).unwrap();
        let ended = workers.ended(&handle, &log);
        let noticed = async {
            phase
                .wait_for(|phase| *phase == Phase::Draining)
                .await
                .unwrap();
            release.send(()).unwrap();
        };
        let (result, ()) = tokio::join!(ended, noticed);
        let text = result.unwrap_err().to_string();
        assert_eq!(text, "a worker thread ended by a panic");
    }

    #[tokio::test]
    async fn workers_that_end_in_order_are_no_error() {
        let mut workers = Workers::new();
        for _ in 0..3 {
            workers.spawn(|| Ok(())).unwrap();
        }
        let ended = workers.ended(&Handle::new(), &Journal::new(None)).await;
        assert!(ended.is_ok());
    }
}
