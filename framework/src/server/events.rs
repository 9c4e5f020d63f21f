//! What happens to connections, told to whoever wants to know.

use std::net::SocketAddr;

use http::StatusCode;

use crate::request::Request;

/// Is told of what happens to connections and to requests that no handler answers.
///
/// For counters, bans and logs of one's own: Werkzeug's handler class with its
/// `connection_dropped` and `log_request`. Each method does nothing unless it is written. They
/// run on the event loops, so they must not wait: count, or send to a channel. An application
/// that wants to change answers is wrapped in a [middleware](crate::middleware) instead.
///
/// # Examples
///
/// ```
/// use std::net::SocketAddr;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use rustzeug::Server;
/// use rustzeug::server::Events;
///
/// #[derive(Default)]
/// struct Dropped(AtomicU64);
///
/// impl Events for Dropped {
///     fn connection_dropped(&self, _peer: Option<SocketAddr>) {
///         self.0.fetch_add(1, Ordering::Relaxed);
///     }
/// }
///
/// let builder = Server::builder().events(Dropped::default());
/// # let _ = builder;
/// ```
pub trait Events: Send + Sync + 'static {
    /// A connection was accepted.
    fn connection_opened(&self, _peer: Option<SocketAddr>) {}

    /// A connection ended in order, or was closed for its idleness.
    fn connection_closed(&self, _peer: Option<SocketAddr>) {}

    /// A connection ended before its answer was sent: the client left, was cut for reading too
    /// slowly, or the server ended at once.
    fn connection_dropped(&self, _peer: Option<SocketAddr>) {}

    /// A request was refused before any application saw it, for a reason that is one line.
    fn request_refused(&self, _peer: Option<SocketAddr>, _status: StatusCode, _reason: &str) {}

    /// A request was answered; its body may still be on its way.
    fn request_answered(&self, _request: &Request, _status: StatusCode) {}

    /// A handler panicked, with this text.
    fn handler_panicked(&self, _peer: Option<SocketAddr>, _text: &str) {}
}
