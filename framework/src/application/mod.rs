//! The waist: [`Request`] in, [`Reply`] out.
//!
//! The server, the gateways, every middleware and the test client speak to an application only
//! through [`Application`]. Below this line nobody knows of routing or handlers; above it nobody
//! knows of sockets. What `#[application]` makes of a type, a middleware around it, or a type of
//! your own that implements the trait: all are served alike.
//!
//! ```text
//! socket → server → protocol/h1 → request ─ Request ─→ application ─→ dispatch → handler
//! socket ← server ← protocol/h1 ← response ←─ Reply ←─ application ←─ dispatch ← handler
//! ```

mod description;
mod reply;
mod trace;

use std::sync::Arc;

use crate::request::Request;

pub use description::Description;
pub use description::OverlapDescription;
pub use description::RouteDescription;
pub use description::SourceLocation;
pub(crate) use reply::Place;
pub use reply::Reply;
pub use reply::ResponseFuture;
pub(crate) use trace::Span;
pub(crate) use trace::matched;

/// Answers requests.
///
/// Object-safe, so the server is compiled once, in this crate, and not again for every
/// application. Implement it by hand only for what is not an application of routes: a
/// middleware, a proxy, a fixed answer.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// struct Teapot;
///
/// impl Application for Teapot {
///     fn call<'a>(&'a self, request: &'a mut Request) -> Reply<'a> {
///         let text = format!("no coffee at {}", request.path());
///         Reply::Ready(Response::new(text).with_status(418))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an application",
    label = "not an application",
    note = "put `#[application]` on its `impl` block, or implement `rustzeug::Application` by hand"
)]
pub trait Application: Send + Sync + 'static {
    /// Answers one request.
    ///
    /// The reply may borrow the application and the request; both outlive it.
    fn call<'a>(&'a self, request: &'a mut Request) -> Reply<'a>;

    /// What the application answers, for an operator: what the commands `routes` and `check`
    /// tell. A middleware passes the question on; without a routing table there is nothing to say.
    fn describe(&self) -> Description {
        Description::default()
    }
}

impl<A: Application + ?Sized> Application for Arc<A> {
    fn call<'a>(&'a self, request: &'a mut Request) -> Reply<'a> {
        (**self).call(request)
    }

    fn describe(&self) -> Description {
        (**self).describe()
    }
}

impl<A: Application + ?Sized> Application for Box<A> {
    fn call<'a>(&'a self, request: &'a mut Request) -> Reply<'a> {
        (**self).call(request)
    }

    fn describe(&self) -> Description {
        (**self).describe()
    }
}

/// What can be served: every [`Application`], and every type that carries `#[application]`.
///
/// `#[application]` implements it: the type is bound to its routing table. All that serves or
/// wraps an application ([`run_simple`](crate::run_simple), the server, the test client,
/// middleware) takes an `impl IntoApplication`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an application",
    label = "not an application",
    note = "put `#[application]` on its `impl` block, or implement `rustzeug::Application` by hand"
)]
pub trait IntoApplication {
    /// The application it becomes.
    type Application: Application;

    /// Makes it ready to answer; routing tables are built here, once.
    ///
    /// # Errors
    ///
    /// What is wrong with the routes as a whole: rules of different mounts that can never both
    /// match. All of them at once.
    fn into_application(self) -> Result<Self::Application, StartError>;

    /// Makes it ready to answer, behind a pointer whose type does not say what it is: what works on
    /// that is compiled once, and not again for every application.
    ///
    /// # Errors
    ///
    /// As [`into_application`](Self::into_application).
    fn into_shared(self) -> Result<Arc<dyn Application>, StartError>
    where
        Self: Sized,
    {
        Ok(Arc::new(self.into_application()?))
    }
}

impl<A: Application> IntoApplication for A {
    type Application = A;

    fn into_application(self) -> Result<A, StartError> {
        Ok(self)
    }
}

/// Why an application cannot start: the text says everything that is wrong, all at once.
#[derive(Debug)]
pub struct StartError {
    text: String,
}

impl StartError {
    /// Makes an error of its text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for StartError {}
