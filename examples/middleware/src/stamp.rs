//! A middleware of one's own.

use rustzeug::middleware::Middleware;
use rustzeug::middleware::Next;
use rustzeug::prelude::*;
use tokio::time::Instant;

/// Says in a field of each response how long it took to make.
pub(crate) struct Stamp {
    field: &'static str,
}

impl Stamp {
    pub(crate) fn new(field: &'static str) -> Self {
        Self { field }
    }
}

impl Middleware for Stamp {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        let start = Instant::now();
        let mut response = next.run(request).await;
        let took = start.elapsed().as_micros();
        let text = format!("{took} us");
        // Digits and letters are a value.
        let _valid = response.headers_mut().try_set(self.field, text);
        response
    }
}
