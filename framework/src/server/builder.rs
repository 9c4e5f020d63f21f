//! How a server is made.

use std::error::Error;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use super::Events;
use super::Handle;
use super::LogFormat;
use super::ServeError;
use super::Server;
use super::config::Config;
use super::config::Shared;
use super::hooks::Hooks;
use super::listener;
use crate::protocol::h1;
use crate::request::RequestLimits;

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
    hooks: Hooks,
}

impl Builder {
    /// Threads with an event loop of their own, in each process. Default: one for each CPU,
    /// shared out among the processes.
    pub fn workers(mut self, workers: usize) -> Self {
        self.config.workers = Some(workers.max(1));
        self
    }

    /// Processes that serve. Default: 1, the program itself.
    ///
    /// With more, the program starts itself so many times with its listening sockets, looks after
    /// these processes and serves nothing itself. One that ends is replaced, after a pause that
    /// grows while they end soon. Threads use the CPUs as well and share their memory; processes
    /// are for what must not share it, or may bring its process down. Limits such as
    /// [`max_connections`](Self::max_connections) count for each process. Only on Unix.
    pub fn processes(mut self, processes: usize) -> Self {
        self.config.processes = processes.max(1);
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
    ///
    /// It is the time that [`min_body_rate`](Self::min_body_rate) allows at first, too.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.config.body_timeout = seconds(timeout);
        self
    }

    /// How long a client may take nothing of its response; beyond, it is cut. Default: 30 s.
    ///
    /// It is the time that [`min_write_rate`](Self::min_write_rate) allows at first, too.
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.config.write_timeout = seconds(timeout);
        self
    }

    /// Bytes a second that a request body must bring on average; slower: 408. 0: any. Default: 240.
    ///
    /// Each so many bytes allow a second more than [`body_timeout`](Self::body_timeout); only time
    /// in which the client is waited for counts. Without it a client that sends a byte now and
    /// then holds a handler for days.
    pub fn min_body_rate(mut self, bytes_per_second: u32) -> Self {
        self.config.min_body_rate = bytes_per_second;
        self
    }

    /// Bytes a second that a client must take of its response on average; a slower one is cut.
    /// 0: any. Default: 240.
    ///
    /// Each so many bytes allow a second more than [`write_timeout`](Self::write_timeout).
    pub fn min_write_rate(mut self, bytes_per_second: u32) -> Self {
        self.config.min_write_rate = bytes_per_second;
        self
    }

    /// Requests that a pipelining client gets answered before other connections have their turn.
    /// Default: 64.
    pub fn pipeline_depth(mut self, requests: u32) -> Self {
        self.config.pipeline_depth = requests.max(1);
        self
    }

    /// Bytes of answers that may wait for a pipelining client before no further request of its is
    /// read. Default: 32 KiB.
    pub fn pipeline_bytes(mut self, bytes: usize) -> Self {
        self.config.pipeline_bytes = bytes;
        self
    }

    /// Bytes of a request body that nobody read and that are discarded to keep the connection;
    /// where more is left, it is closed after the answer. Default: 256 KiB.
    pub fn max_drained(mut self, bytes: u64) -> Self {
        self.config.max_drained = bytes;
        self
    }

    /// How long a connection that is closed by the server goes on reading, so that the last answer
    /// reaches a client that is still sending (RFC 9112 section 9.6). Default: 5 s, and 16 MiB.
    pub fn linger_timeout(mut self, timeout: Duration) -> Self {
        self.config.linger_timeout = seconds(timeout);
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

    /// How each request is logged. Default: not at all.
    ///
    /// A thread of its own writes; lines that find a megabyte waiting for a slow output are
    /// dropped and counted, and the count is logged.
    pub fn access_log(mut self, format: LogFormat) -> Self {
        self.config.log_format = format;
        self
    }

    /// Where [`access_log`](Self::access_log) writes to. Default: standard error, where notes
    /// about the server itself always go.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use std::fs::File;
    ///
    /// use rustzeug::Server;
    /// use rustzeug::server::LogFormat;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let file = File::options().append(true).create(true).open("access.log")?;
    /// let builder = Server::builder()
    ///     .access_log(LogFormat::Combined)
    ///     .access_log_to(file);
    /// # let _ = builder;
    /// # Ok(())
    /// # }
    /// ```
    pub fn access_log_to(mut self, output: impl io::Write + Send + 'static) -> Self {
        self.config.log_output = Some(Shared(Arc::new(Mutex::new(output))));
        self
    }

    /// Tells somebody of what happens to connections.
    pub fn events(mut self, events: impl Events) -> Self {
        self.config.events = Some(Shared(Arc::new(events)));
        self
    }

    /// How long a handler may keep an event loop, at a time, before a note names it. `None`: as
    /// long as it likes. Default: 50 ms in debug builds, `None` in release builds.
    ///
    /// Such a handler computes, or waits without `.await`; a plain `fn` may do both.
    pub fn slow_handler(mut self, limit: Option<Duration>) -> Self {
        self.config.slow_handler = limit;
        self
    }

    /// Whether a panic of a handler ends the server, with an error, instead of being answered
    /// with 500: for debuggers and tests, as Werkzeug's `passthrough_errors`. Default: no.
    pub fn passthrough_errors(mut self, on: bool) -> Self {
        self.config.passthrough_errors = on;
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

    /// Permissions of the Unix sockets it makes, such as `0o660`. Default: what the process's
    /// mask leaves.
    ///
    /// They are set before the socket listens: there is no moment at which others may connect.
    pub fn unix_mode(mut self, mode: u32) -> Self {
        self.config.unix_mode = Some(mode);
        self
    }

    /// Runs before the first connection is accepted, in each process that serves; several run one
    /// after the other. An error keeps the server from starting.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Server;
    ///
    /// let builder = Server::builder().on_start(|| async {
    ///     std::fs::create_dir_all("uploads")
    /// });
    /// # let _ = builder;
    /// ```
    pub fn on_start<F, T, E>(mut self, hook: F) -> Self
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        self.hooks.add_start(hook);
        self
    }

    /// Runs when the last connection and the last task has ended, the latest added first, within
    /// what is left of [`shutdown_timeout`](Self::shutdown_timeout). A server that is ended at
    /// once does not run it.
    pub fn on_shutdown<F, T>(mut self, hook: F) -> Self
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        self.hooks.add_shutdown(hook);
        self
    }

    /// Runs beside the server, in each process that serves, from the start on.
    ///
    /// When the server is asked to end, the future is waited for, as a request in flight is:
    /// [`Handle::draining`] tells it. A panic in it is reported and ends nothing else.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use rustzeug::Server;
    ///
    /// let builder = Server::builder().background(|server| async move {
    ///     loop {
    ///         tokio::select! {
    ///             () = server.draining() => break,
    ///             () = tokio::time::sleep(Duration::from_secs(60)) => { /* tidy up */ }
    ///         }
    ///     }
    /// });
    /// # let _ = builder;
    /// ```
    pub fn background<F, T>(mut self, task: F) -> Self
    where
        F: Fn(Handle) -> T + Send + Sync + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        self.hooks.add_task(task);
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
        let listener = listener::bind(address.as_ref(), &self.config)?;
        Ok(Server::new(self.config, self.hooks, listener))
    }
}

fn seconds(timeout: Duration) -> u32 {
    let rounded = timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0);
    u32::try_from(rounded).unwrap_or(u32::MAX / 2).max(1)
}
