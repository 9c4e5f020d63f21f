//! A name for each request.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use super::Middleware;
use super::Next;
use crate::application::Reply;
use crate::clock;
use crate::request::Request;
use crate::response::Response;

/// Names each request: the client's `X-Request-Id` where it is plain, else one of our own; in the
/// request's [`extensions`](Request::extensions) as [`RequestName`], and in the response.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::{Layer, RequestId};
/// use rustzeug::prelude::*;
///
/// # struct App;
/// # #[application]
/// # impl App {}
/// let app = App.with(RequestId::new());
/// ```
#[derive(Debug)]
pub struct RequestId {
    /// Differs between processes, so that names of two runs do not meet.
    start: u64,
    count: AtomicU64,
}

/// The name of a request, for logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestName(String);

impl RequestName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl RequestId {
    /// Makes the middleware.
    #[must_use]
    pub fn new() -> Self {
        let now = clock::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        let start = now.as_nanos() as u64 ^ (u64::from(std::process::id()) << 40);
        Self {
            start,
            count: AtomicU64::new(0),
        }
    }

    fn name(&self, request: &Request) -> String {
        let given = request.header("x-request-id").filter(|name| is_plain(name));
        given.map_or_else(
            || {
                format!(
                    "{:012x}-{:x}",
                    self.start,
                    self.count.fetch_add(1, Ordering::Relaxed)
                )
            },
            str::to_owned,
        )
    }
}

impl Default for RequestId {
    fn default() -> Self {
        Self::new()
    }
}

/// A name from outside ends in logs: nothing but letters, digits and a few signs.
fn is_plain(name: &str) -> bool {
    (1..=128).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'))
}

impl Middleware for RequestId {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        self.reply(request, next).await
    }

    fn reply<'a>(&'a self, request: &'a mut Request, next: Next<'a>) -> Reply<'a> {
        let name = self.name(request);
        request.extensions().insert(RequestName(name.clone()));
        next.run(request).map(move |mut response| {
            let _plain = response.headers_mut().try_set("x-request-id", name);
            response
        })
    }
}
