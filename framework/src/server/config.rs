//! Everything that can be set.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use super::Events;
use super::LogFormat;
use super::balance::Balance;
use super::journal::Journal;
use crate::blocking::PoolLimits;
use crate::protocol::h1;
use crate::request::RequestLimits;

/// Everything that can be set, with the documented defaults.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) h1: h1::Limits,
    pub(super) request: RequestLimits,
    pub(super) blocking: PoolLimits,
    /// Event loops of each process; unless told, the CPUs are shared out among the processes.
    pub(super) workers: Option<usize>,
    pub(super) processes: usize,
    pub(super) connections: usize,
    /// Timeouts in seconds: the clock of connections ticks once a second.
    pub(super) header_timeout: u32,
    pub(super) idle_timeout: u32,
    pub(super) body_timeout: u32,
    pub(super) write_timeout: u32,
    /// Bytes a second; 0 for none.
    pub(super) min_body_rate: u32,
    pub(super) min_write_rate: u32,
    pub(super) pipeline_depth: u32,
    pub(super) pipeline_bytes: usize,
    pub(super) max_drained: u64,
    pub(super) linger_timeout: u32,
    pub(super) events: Option<Shared<dyn Events>>,
    pub(super) slow_handler: Option<Duration>,
    pub(super) passthrough_errors: bool,
    pub(super) grace: Duration,
    pub(super) log_format: LogFormat,
    pub(super) log_output: Option<Shared<Mutex<dyn io::Write + Send>>>,
    pub(super) follows_signals: bool,
    pub(super) backlog: i32,
    /// Made when the server runs.
    pub(super) balance: Arc<Balance>,
    pub(super) unix_mode: Option<u32>,
}

/// What the application gave, without a demand on its `Debug`.
pub(super) struct Shared<T: ?Sized>(pub(super) Arc<T>);

impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}

impl Config {
    pub(super) fn journal(&self) -> Journal {
        Journal::new(self.log_output.as_ref().map(|output| output.0.clone()))
    }

    /// Whether lines go to a terminal that wants colours.
    pub(super) fn is_coloured(&self) -> bool {
        use std::io::IsTerminal;

        self.log_output.is_none()
            && io::stderr().is_terminal()
            && std::env::var_os("NO_COLOR").is_none()
    }

    pub(super) fn workers(&self) -> usize {
        self.workers.unwrap_or_else(|| {
            let cpus = thread::available_parallelism().map_or(1, usize::from);
            cpus.div_ceil(self.processes)
        })
    }

    pub(super) fn connections_per_worker(&self) -> usize {
        self.connections.div_ceil(self.workers()).max(1)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            h1: h1::Limits::default(),
            request: RequestLimits::default(),
            blocking: PoolLimits::default(),
            workers: None,
            processes: 1,
            connections: 25_000,
            header_timeout: 10,
            idle_timeout: 75,
            body_timeout: 30,
            write_timeout: 30,
            min_body_rate: 240,
            min_write_rate: 240,
            pipeline_depth: 64,
            pipeline_bytes: 32 * 1024,
            max_drained: 256 * 1024,
            linger_timeout: 5,
            events: None,
            slow_handler: cfg!(debug_assertions).then_some(Duration::from_millis(50)),
            passthrough_errors: false,
            grace: Duration::from_secs(30),
            log_format: LogFormat::Off,
            log_output: None,
            follows_signals: true,
            backlog: 4_096,
            balance: Arc::default(),
            unix_mode: None,
        }
    }
}
