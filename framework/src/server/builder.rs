//! How a server is made and run.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use super::Handle;
use super::ListenAddr;
use super::ServeError;
use super::access_log::AccessLog;
use super::handover;
use super::listener;
use super::listener::Listener;
use super::shutdown::Phase;
use super::shutdown::Signal;
use super::shutdown::Signals;
use super::timeout;
use super::worker;
use crate::application::Application;
use crate::application::IntoApplication;
use crate::blocking::PoolLimits;
use crate::protocol::h1;
use crate::request::RequestLimits;

/// Everything that can be set, with the documented defaults.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) h1: h1::Limits,
    pub(super) request: RequestLimits,
    pub(super) blocking: PoolLimits,
    pub(super) workers: usize,
    pub(super) connections: usize,
    /// Timeouts in seconds: the clock of connections ticks once a second.
    pub(super) header_timeout: u32,
    pub(super) idle_timeout: u32,
    pub(super) body_timeout: u32,
    pub(super) write_timeout: u32,
    pub(super) grace: Duration,
    pub(super) logs_requests: bool,
    pub(super) follows_signals: bool,
    pub(super) backlog: i32,
}

impl Config {
    pub(super) fn connections_per_worker(&self) -> usize {
        self.connections.div_ceil(self.workers).max(1)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            h1: h1::Limits::default(),
            request: RequestLimits::default(),
            blocking: PoolLimits::default(),
            workers: thread::available_parallelism().map_or(1, usize::from),
            connections: 25_000,
            header_timeout: 10,
            idle_timeout: 75,
            body_timeout: 30,
            write_timeout: 30,
            grace: Duration::from_secs(30),
            logs_requests: false,
            follows_signals: true,
            backlog: 4_096,
        }
    }
}

/// Settings of a [`Server`]; each has a default fit for the open internet.
///
/// # Examples
///
/// ```no_run
/// use std::time::Duration;
///
/// use rustzeug::Server;
///
/// # fn example(app: impl rustzeug::IntoApplication) -> Result<(), rustzeug::ServeError> {
/// Server::builder()
///     .workers(2)
///     .header_timeout(Duration::from_secs(5))
///     .max_content_length(64 * 1024)
///     .bind("127.0.0.1:8000")?
///     .run(app)
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until `bind`"]
pub struct Builder {
    config: Config,
}

impl Builder {
    /// Threads with an event loop of their own. Default: one for each CPU.
    pub fn workers(mut self, workers: usize) -> Self {
        self.config.workers = workers.max(1);
        self
    }

    /// Limits of request heads and of the framing of bodies.
    pub fn h1_limits(mut self, limits: h1::Limits) -> Self {
        self.config.h1 = limits;
        self.config.h1.head_size = limits.head_size.min(usize::from(u16::MAX));
        self
    }

    /// Limits of request bodies and forms.
    pub fn request_limits(mut self, limits: RequestLimits) -> Self {
        self.config.request = limits;
        self
    }

    /// Bytes of a request body; beyond: 413. Default: 2 MiB.
    pub fn max_content_length(mut self, bytes: u64) -> Self {
        self.config.request.max_content_length = Some(bytes);
        self
    }

    /// Connections at a time; more wait in the kernel's queue. Default: 25,000.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.config.connections = connections.max(1);
        self
    }

    /// Time for a request head, from its first byte to its last; beyond: 408. Default: 10 s.
    ///
    /// Timeouts are kept to the second and rounded up.
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.config.header_timeout = seconds(timeout);
        self
    }

    /// How long a connection may wait for its next request. Default: 75 s.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.config.idle_timeout = seconds(timeout);
        self
    }

    /// How long a request body may bring nothing; beyond: 408. Default: 30 s.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.config.body_timeout = seconds(timeout);
        self
    }

    /// How long a client may take nothing of its response; beyond, it is cut. Default: 30 s.
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.config.write_timeout = seconds(timeout);
        self
    }

    /// Time to finish what is in flight when the server is asked to end. Default: 30 s.
    pub fn shutdown_timeout(mut self, grace: Duration) -> Self {
        self.config.grace = grace;
        self
    }

    /// Threads for plain `fn` handlers, for each worker. Default: 64.
    pub fn blocking_threads(mut self, threads: usize) -> Self {
        self.config.blocking.threads = threads.max(1);
        self
    }

    /// Plain `fn` handlers that may wait for a thread, for each worker; beyond: 503.
    /// Default: 1,024.
    pub fn blocking_queue(mut self, jobs: usize) -> Self {
        self.config.blocking.queue = jobs.max(1);
        self
    }

    /// Whether each request is written to standard error, in Werkzeug's format. Default: no.
    pub fn access_log(mut self, on: bool) -> Self {
        self.config.logs_requests = on;
        self
    }

    /// Whether signals are followed: SIGINT and SIGTERM end the server in order, a second one at
    /// once; SIGUSR2 starts the program again with the same sockets and ends this one when the
    /// new one is ready. Default: yes.
    pub fn handle_signals(mut self, on: bool) -> Self {
        self.config.follows_signals = on;
        self
    }

    /// Connections the kernel keeps waiting. Default: 4,096.
    pub fn backlog(mut self, backlog: i32) -> Self {
        self.config.backlog = backlog;
        self
    }

    /// Listens at an address:
    ///
    /// - `127.0.0.1:8000`, `localhost:8000`, `[::1]:8000`; port 0 takes a free one;
    /// - `unix:/run/app.sock`: a Unix socket; one that an earlier run left behind is replaced;
    /// - `fd://3`: a socket inherited from a service manager such as systemd (`LISTEN_FDS`).
    ///
    /// # Errors
    ///
    /// An address that names nothing, a port that is taken or not allowed.
    pub fn bind(self, address: impl AsRef<str>) -> Result<Server, ServeError> {
        let listener = listener::bind(address.as_ref(), self.config.backlog)?;
        Ok(Server {
            config: self.config,
            listeners: vec![listener],
            handle: Handle::new(),
        })
    }
}

fn seconds(timeout: Duration) -> u32 {
    let rounded = timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0);
    u32::try_from(rounded).unwrap_or(u32::MAX / 2).max(1)
}

/// A server that listens already.
#[derive(Debug)]
#[must_use = "a server does nothing until `run` or `serve`"]
pub struct Server {
    config: Config,
    /// Invariant: at least one.
    listeners: Vec<Listener>,
    handle: Handle,
}

impl Server {
    /// Settings of a new server.
    pub fn builder() -> Builder {
        Builder::default()
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
        let listener = listener::bind(address.as_ref(), self.config.backlog)?;
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
    /// An application that cannot start, threads that cannot be had.
    pub fn run(self, app: impl IntoApplication) -> Result<(), ServeError> {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().map_err(ServeError::thread)?;
        runtime.block_on(self.serve(app))
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
        let app: Arc<dyn Application> = Arc::new(app.into_application()?);
        let config = Arc::new(self.config);
        let log = AccessLog::new(config.logs_requests);
        let guard = StopOnDrop(self.handle.clone());
        let ticks = timeout::tell_seconds().map_err(ServeError::thread)?;
        let mut workers = Vec::new();
        for number in 0..config.workers {
            let listeners = self.listeners.iter().map(Listener::try_clone);
            let listeners = listeners
                .collect::<io::Result<_>>()
                .map_err(ServeError::thread)?;
            let (app, config, log) = (app.clone(), config.clone(), log.clone());
            let (phase, ticks) = (self.handle.subscribe(), ticks.clone());
            let (done, ended) = oneshot::channel();
            let thread = thread::Builder::new().name(format!("rustzeug-{number}"));
            let spawned = thread.spawn(move || {
                let _gone = done.send(worker::run(listeners, app, config, log, phase, ticks));
            });
            spawned.map_err(ServeError::thread)?;
            workers.push(ended);
        }
        handover::announce_ready();
        let all = wait_for(workers);
        let result = if config.follows_signals {
            let follow = follow(self.handle.clone(), self.listeners, config.grace, &log);
            tokio::select! {
                result = all => result,
                () = follow => Ok(()),
            }
        } else {
            // Only the workers hold the socket: when the last one lets go, it is closed.
            drop(self.listeners);
            all.await
        };
        drop(guard);
        result
    }
}

/// Follows signals and never returns: the workers' end is what ends the server.
async fn follow(handle: Handle, listeners: Vec<Listener>, grace: Duration, log: &AccessLog) {
    let mut signals = Signals::new();
    let mut phase = handle.subscribe();
    loop {
        let signal = tokio::select! {
            signal = signals.next() => signal,
            // Somebody else ended the server.
            _ = phase.wait_for(|phase| *phase != Phase::Running) => Signal::End,
        };
        match signal {
            Signal::End => break,
            Signal::Restart => match handover::restart(&listeners).await {
                Ok(()) => break,
                Err(error) => log.note(&format!("cannot restart: {error}")),
            },
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

async fn wait_for(workers: Vec<oneshot::Receiver<io::Result<()>>>) -> Result<(), ServeError> {
    for worker in workers {
        match worker.await {
            Ok(result) => result.map_err(ServeError::thread)?,
            Err(_) => return Err(ServeError::worker_died()),
        }
    }
    Ok(())
}

struct StopOnDrop(Handle);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}
