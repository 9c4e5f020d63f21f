//! One connection without a server around it, for the fuzzer alone.

use std::rc::Rc;
use std::sync::Arc;

use super::Transport;
use super::connection::Connection;
use super::journal::Journal;
use super::worker::Worker;
use crate::application::Application;
use crate::blocking;
use crate::blocking::Pool;
use crate::blocking::PoolLimits;
use crate::request::Tasks;

/// Serves one connection to its end, with the default limits and no timeouts.
pub async fn serve_connection(app: Arc<dyn Application>, io: impl Transport) {
    let pool = Pool::new(PoolLimits::default(), None, Tasks::default());
    let worker = Worker::new(
        blocking::driver,
        app,
        Arc::default(),
        Journal::silent(),
        pool,
    );
    Connection::new(io, None, worker, Rc::default()).await;
}
