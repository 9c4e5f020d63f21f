//! The HTTP server: sockets, worker threads, timeouts, shutdown.
//!
//! Each worker is a thread with an event loop of its own, beside tokio's for the user's code; all
//! accept from one listening socket. A connection is one hand-written, poll-driven task around the
//! sans-IO state machine of [`protocol::h1`](crate::protocol::h1). What goes in and out is decided
//! there; what waits, how long, and with which buffers is decided here. Nothing here knows of routes
//! or handlers: an [`Application`](crate::Application) gets requests and gives replies.

mod accept;
mod access_log;
mod balance;
mod buffer;
mod builder;
mod config;
mod connection;
mod error;
mod event_loop;
mod events;
#[cfg(fuzzing)]
pub mod fuzz;
mod handover;
mod hooks;
mod journal;
mod listener;
mod log_format;
mod pace;
#[cfg(unix)]
mod processes;
mod serve;
mod shutdown;
mod stopwatch;
mod timeout;
mod transport;
mod worker;
mod writer;

pub use builder::Builder;
pub use error::ServeError;
pub use events::Events;
pub(crate) use handover::is_child;
pub use listener::ListenAddr;
pub use log_format::InvalidLogFormat;
pub use log_format::LogFormat;
pub use serve::Server;
pub use shutdown::Handle;
pub use transport::Transport;
