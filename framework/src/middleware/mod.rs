//! Applications around applications.
//!
//! A [`Middleware`] sees a request before the application does, and the response after it: it may
//! change either, answer by itself, or do something at both times. There is no second mechanism:
//! a middleware with an application inside is an [`Application`], as in WSGI.
//!
//! What belongs to one application (a login, a stamp on each page) is a hook of that application;
//! what belongs to a place in the network (a proxy in front, a header that every response needs)
//! is a middleware.
//!
//! # Examples
//!
//! ```
//! use std::time::Instant;
//!
//! use rustzeug::middleware::{Layer, Middleware, Next};
//! use rustzeug::prelude::*;
//! use rustzeug::testing::Client;
//!
//! struct Hello;
//!
//! #[application]
//! impl Hello {
//!     #[route("/")]
//!     async fn hello(&self) -> &'static str {
//!         "hello"
//!     }
//! }
//!
//! struct Stamp;
//!
//! impl Middleware for Stamp {
//!     async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
//!         let mut response = next.run(request).await;
//!         response.headers_mut().set("x-stamp", "seen");
//!         response
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(Hello.with(Stamp))?;
//! let response = client.get("/").send();
//! assert_eq!(response.headers().get("x-stamp"), Some("seen"));
//! # Ok(())
//! # }
//! ```

mod catch_panic;
#[cfg(feature = "compress")]
mod compress;
mod cors;
mod dispatcher;
mod embedded;
#[cfg(feature = "proxy")]
mod http_proxy;
mod lint;
mod method_override;
mod profiler;
mod proxy_fix;
mod request_id;
mod security_headers;
mod shared_data;
mod timeout;
mod trusted_hosts;
mod vary;
mod wildcard;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use crate::application::Application;
use crate::application::Description;
use crate::application::IntoApplication;
use crate::application::Reply;
use crate::application::StartError;
use crate::request::Request;
use crate::response::Response;

pub use catch_panic::CatchPanic;
#[cfg(feature = "compress")]
pub use compress::Coding;
#[cfg(feature = "compress")]
pub use compress::Compress;
#[cfg(feature = "compress")]
pub use compress::Effort;
#[cfg(feature = "compress")]
pub use compress::is_compressible;
pub use cors::Cors;
pub use dispatcher::Dispatcher;
pub use embedded::EmbeddedDir;
#[cfg(feature = "proxy")]
pub use http_proxy::HttpProxy;
#[cfg(feature = "proxy")]
pub use http_proxy::ProxyTarget;
pub use lint::Finding;
pub use lint::Lint;
pub use method_override::MethodOverride;
pub use profiler::Profiler;
pub use profiler::RouteTimes;
pub use proxy_fix::ProxyFix;
pub use request_id::RequestId;
pub use request_id::RequestName;
pub use security_headers::FrameOptions;
pub use security_headers::SecurityHeaders;
pub use shared_data::SharedData;
pub use timeout::Timeout;
pub use trusted_hosts::TrustedHosts;

/// What stands between a server and an application.
pub trait Middleware: Send + Sync + 'static {
    /// Answers a request, usually through `next`.
    ///
    /// # Cancel safety
    ///
    /// The future is dropped where it waits when the client is given up.
    fn handle(
        &self,
        request: &mut Request,
        next: Next<'_>,
    ) -> impl Future<Output = Response> + Send;

    /// Begins the answer: [`handle`](Self::handle) in a box.
    ///
    /// A middleware that never waits may do without the box: one that changes requests returns
    /// `next.run(request)`, one that changes responses returns [`Reply::map`] of it. `handle` is
    /// then `self.reply(request, next).await`.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::middleware::{Middleware, Next};
    /// use rustzeug::prelude::*;
    ///
    /// struct Stamp;
    ///
    /// impl Middleware for Stamp {
    ///     async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
    ///         self.reply(request, next).await
    ///     }
    ///
    ///     fn reply<'a>(&'a self, request: &'a mut Request, next: Next<'a>) -> Reply<'a> {
    ///         next.run(request).map(|response| response.with_header("x-stamp", "seen"))
    ///     }
    /// }
    /// ```
    fn reply<'a>(&'a self, request: &'a mut Request, next: Next<'a>) -> Reply<'a> {
        Reply::future(self.handle(request, next))
    }
}

/// Nothing stands between where there is none: for what only some places need.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::{Layer, ProxyFix};
/// use rustzeug::prelude::*;
///
/// # struct App;
/// # #[application]
/// # impl App {}
/// let behind_proxy = std::env::var_os("BEHIND_PROXY").is_some();
/// let app = App.with(behind_proxy.then(ProxyFix::new));
/// ```
impl<M: Middleware> Middleware for Option<M> {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        self.reply(request, next).await
    }

    fn reply<'a>(&'a self, request: &'a mut Request, next: Next<'a>) -> Reply<'a> {
        match self {
            Some(middleware) => middleware.reply(request, next),
            None => next.run(request),
        }
    }
}

/// One that is asked for something elsewhere, such as what it has counted.
impl<M: Middleware> Middleware for Arc<M> {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        self.reply(request, next).await
    }

    fn reply<'a>(&'a self, request: &'a mut Request, next: Next<'a>) -> Reply<'a> {
        (**self).reply(request, next)
    }
}

/// The application behind a middleware.
pub struct Next<'a> {
    app: &'a dyn Application,
}

impl<'a> Next<'a> {
    /// Lets the application answer.
    pub fn run<'r>(self, request: &'r mut Request) -> Reply<'r>
    where
        'a: 'r,
    {
        self.app.call(request)
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Next")
    }
}

/// Puts middleware around anything that can be served.
pub trait Layer: IntoApplication + Sized {
    /// Puts a middleware around the application; the last one added sees a request first.
    fn with<M: Middleware>(self, middleware: M) -> Layered<M, Self> {
        Layered {
            middleware,
            app: self,
        }
    }
}

impl<A: IntoApplication> Layer for A {}

/// An application with a middleware around it; made by [`Layer::with`].
#[derive(Clone, Copy, Debug)]
pub struct Layered<M, A> {
    middleware: M,
    app: A,
}

/// [`Layered`], when it can answer.
#[derive(Clone, Copy, Debug)]
pub struct Bound<M, A> {
    middleware: M,
    app: A,
}

impl<M: Middleware, A: IntoApplication> IntoApplication for Layered<M, A> {
    type Application = Bound<M, A::Application>;

    fn into_application(self) -> Result<Self::Application, StartError> {
        let app = self.app.into_application()?;
        Ok(Bound {
            middleware: self.middleware,
            app,
        })
    }
}

impl<M: Middleware, A: Application> Application for Bound<M, A> {
    fn call<'a>(&'a self, request: &'a mut Request) -> Reply<'a> {
        self.middleware.reply(request, Next { app: &self.app })
    }

    fn describe(&self) -> Description {
        self.app.describe()
    }
}

#[cfg(test)]
mod tests;
