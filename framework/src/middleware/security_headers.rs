//! Fields that make browsers careful.

use super::Middleware;
use super::Next;
use crate::request::Request;
use crate::response::Response;

/// Adds the fields that make browsers careful, where the application did not set them itself:
/// `X-Content-Type-Options: nosniff`, `X-Frame-Options: SAMEORIGIN`,
/// `Referrer-Policy: strict-origin-when-cross-origin`, and, over TLS,
/// `Strict-Transport-Security` for a year.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::{Layer, SecurityHeaders};
/// use rustzeug::prelude::*;
///
/// # struct App;
/// # #[application]
/// # impl App {}
/// let app = App.with(SecurityHeaders::new());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SecurityHeaders;

impl SecurityHeaders {
    /// Makes the middleware.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Middleware for SecurityHeaders {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        let is_secure = request.is_secure();
        let mut response = next.run(request).await;
        let headers = response.headers_mut();
        headers.set_default("x-content-type-options", "nosniff");
        headers.set_default("x-frame-options", "SAMEORIGIN");
        headers.set_default("referrer-policy", "strict-origin-when-cross-origin");
        if is_secure {
            headers.set_default("strict-transport-security", "max-age=31536000");
        }
        response
    }
}
