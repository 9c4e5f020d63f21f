//! Methods that a browser's forms cannot send.

use http::Method;

use super::Middleware;
use super::Next;
use crate::application::Reply;
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
        self.reply(request, next).await
    }

    fn reply<'a>(&'a self, request: &'a mut Request, next: Next<'a>) -> Reply<'a> {
        if *request.method() == Method::POST
            && let Some(method) = wanted(request)
        {
            request.set_method(method);
        }
        next.run(request)
    }
}

fn wanted(request: &Request) -> Option<Method> {
    let wanted = request.header("x-http-method-override")?;
    [Method::DELETE, Method::PATCH, Method::PUT]
        .into_iter()
        .find(|method| wanted.eq_ignore_ascii_case(method.as_str()))
}
