//! Handlers that take too long.

use std::time::Duration;

use super::Middleware;
use super::Next;
use crate::exceptions::ServiceUnavailable;
use crate::request::Request;
use crate::response::Response;
use crate::response::render;

/// Gives an answer so much time; one that takes longer is given up, and the client gets 503.
///
/// The handler is dropped where it waits. A plain `fn` that blocks cannot be dropped: the client
/// is told when it ends. The time for sending the body does not count: the server has
/// timeouts of its own for slow clients.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use rustzeug::middleware::{Layer, Timeout};
/// use rustzeug::prelude::*;
///
/// # struct App;
/// # #[application]
/// # impl App {}
/// let app = App.with(Timeout::new(Duration::from_secs(30)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeout {
    limit: Duration,
}

impl Timeout {
    /// Makes the middleware.
    #[must_use]
    pub const fn new(limit: Duration) -> Self {
        Self { limit }
    }
}

impl Middleware for Timeout {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        let answer = tokio::time::timeout(self.limit, next.run(&mut *request)).await;
        match answer {
            Ok(response) => response,
            Err(elapsed) => {
                let exception = ServiceUnavailable
                    .with_description("The answer took too long.")
                    .with_source(elapsed);
                render(exception, Some(request))
            }
        }
    }
}
