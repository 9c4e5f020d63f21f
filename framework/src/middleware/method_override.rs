//! Methods that a browser's forms cannot send.

use http::Method;

use super::Middleware;
use super::Next;
use crate::request::Request;
use crate::response::Response;

/// Takes the method of a POST from its `X-HTTP-Method-Override` field: for clients that can send
/// GET and POST only.
///
/// Only `DELETE`, `PATCH` and `PUT` are taken; anything else is left alone.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::{Layer, MethodOverride};
/// use rustzeug::prelude::*;
///
/// # struct App;
/// # #[application]
/// # impl App {}
/// let app = App.with(MethodOverride::new());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct MethodOverride;

impl MethodOverride {
    /// Makes the middleware.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Middleware for MethodOverride {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        if *request.method() == Method::POST {
            let wanted = request
                .header("x-http-method-override")
                .map(str::to_ascii_uppercase);
            let method = match wanted.as_deref() {
                Some("DELETE") => Some(Method::DELETE),
                Some("PATCH") => Some(Method::PATCH),
                Some("PUT") => Some(Method::PUT),
                _ => None,
            };
            if let Some(method) = method {
                request.set_method(method);
            }
        }
        next.run(request).await
    }
}
