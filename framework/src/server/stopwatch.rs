//! Handlers that hold up an event loop are named.

use std::time::Duration;
use std::time::Instant;

/// How long polls of one request's handler took, where somebody wants to know.
///
/// While an `async fn` computes, or waits without `.await`, all other connections of its event
/// loop wait, too.
#[derive(Debug)]
pub(super) struct Stopwatch {
    begun: Option<Instant>,
}

impl Stopwatch {
    /// Starts, unless nothing is too long.
    #[inline]
    #[allow(
        clippy::disallowed_methods,
        reason = "a span of time, not the time of day"
    )]
    pub(super) fn start(limit: Option<Duration>) -> Self {
        Self {
            begun: limit.map(|_| Instant::now()),
        }
    }

    /// How long it ran, where that is longer than the limit.
    #[inline]
    pub(super) fn stop(self, limit: Option<Duration>) -> Option<Duration> {
        let spent = self.begun?.elapsed();
        (spent > limit?).then_some(spent)
    }
}
