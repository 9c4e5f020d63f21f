//! Werkzeug and the best of Flask, as a declarative web framework with its own HTTP server.
//!
//! ```no_run
//! use rustzeug::prelude::*;
//!
//! #[application]
//! fn application(request: &Request) -> Response {
//!     let name = request.args().get("name").unwrap_or("World");
//!     Response::new(format!("Hello {name}!"))
//! }
//!
//! fn main() {
//!     run_simple("localhost", 4000, application)
//! }
//! ```
//!
//! # The way of a request
//!
//! ```text
//! socket → server → protocol/h1 → request → application → dispatch → extract → your handler
//! socket ← server ← protocol/h1 ← response ←──────────────────────────────────┘
//! ```
//!
//! Each word is a module of this crate; [`Application`] is the waist between the halves.

// Macro output names the crate by its own name, also in tests and examples in here.
extern crate self as rustzeug;

pub mod application;
mod blocking;
pub mod body;
pub mod clock;
pub mod datastructures;
pub mod dispatch;
pub mod exceptions;
pub mod extract;
pub mod grammar;
pub mod middleware;
#[doc(hidden)]
pub mod private;
pub mod protocol;
pub mod request;
pub mod response;
mod run;
pub mod security;
pub mod server;
pub mod testing;

pub use bytes::Bytes;
pub use http;
pub use http::Method;
pub use http::StatusCode;
pub use rustzeug_macros::after_request;
pub use rustzeug_macros::application;
pub use rustzeug_macros::before_request;
pub use rustzeug_macros::embed;
pub use rustzeug_macros::errorhandler;
pub use rustzeug_macros::main;
pub use rustzeug_macros::mount;
pub use rustzeug_macros::route;
pub use rustzeug_macros::teardown_request;
pub use rustzeug_macros::url_for;
pub use rustzeug_routing as routing;

pub use application::Application;
pub use application::IntoApplication;
pub use application::Reply;
pub use application::StartError;
pub use body::Body;
pub use dispatch::UrlFor;
pub use exceptions::HttpException;
pub use exceptions::abort;
pub use extract::FromRequest;
pub use request::Request;
pub use response::Html;
pub use response::IntoResponse;
pub use response::Json;
pub use response::Redirect;
pub use response::Response;
pub use response::SendFile;
pub use response::redirect;
pub use response::send_file;
pub use response::send_from_directory;
pub use run::Start;
pub use run::run_simple;
pub use server::ServeError;
pub use server::Server;

/// What a handler returns that may fail: the error is any error, or an exception.
pub type Result<T, E = HttpException> = std::result::Result<T, E>;

/// What most files of an application need.
pub mod prelude {
    pub use crate::Application;
    pub use crate::Body;
    pub use crate::Bytes;
    pub use crate::Html;
    pub use crate::HttpException;
    pub use crate::IntoApplication;
    pub use crate::IntoResponse;
    pub use crate::Json;
    pub use crate::Method;
    pub use crate::Redirect;
    pub use crate::Reply;
    pub use crate::Request;
    pub use crate::Response;
    pub use crate::Result;
    pub use crate::SendFile;
    pub use crate::Server;
    pub use crate::StartError;
    pub use crate::StatusCode;
    pub use crate::abort;
    pub use crate::after_request;
    pub use crate::application;
    pub use crate::before_request;
    pub use crate::errorhandler;
    pub use crate::exceptions::*;
    pub use crate::extract::BodyStream;
    #[cfg(feature = "validate")]
    pub use crate::extract::FieldError;
    pub use crate::extract::Files;
    pub use crate::extract::Form;
    pub use crate::extract::FromRequest;
    #[cfg(feature = "validate")]
    pub use crate::extract::Invalid;
    pub use crate::extract::Query;
    pub use crate::extract::State;
    #[cfg(feature = "validate")]
    pub use crate::extract::Valid;
    pub use crate::mount;
    pub use crate::redirect;
    pub use crate::request::Multipart;
    pub use crate::route;
    pub use crate::run_simple;
    pub use crate::send_file;
    pub use crate::send_from_directory;
    pub use crate::teardown_request;
    pub use crate::url_for;
}

/// Long reads: quickstart, routing, forms and uploads, middleware, coming from Flask and Werkzeug,
/// testing, deploying, limits and timeouts.
pub mod guide {
    #[doc = include_str!("../docs/caching.md")]
    pub mod caching {}
    #[doc = include_str!("../docs/coming_from_flask.md")]
    pub mod coming_from_flask {}
    #[doc = include_str!("../docs/deploying.md")]
    pub mod deploying {}
    #[doc = include_str!("../docs/forms.md")]
    #[cfg_attr(feature = "validate", doc = include_str!("../docs/validation.md"))]
    pub mod forms {}
    #[doc = include_str!("../docs/limits.md")]
    pub mod limits {}
    #[doc = include_str!("../docs/middleware.md")]
    pub mod middleware {}
    #[doc = include_str!("../docs/quickstart.md")]
    pub mod quickstart {}
    #[doc = include_str!("../docs/requests.md")]
    pub mod requests {}
    #[doc = include_str!("../docs/responses.md")]
    pub mod responses {}
    #[doc = include_str!("../docs/routing.md")]
    pub mod routing {}
    #[doc = include_str!("../docs/testing.md")]
    pub mod testing {}
    #[doc = include_str!("../docs/werkzeug.md")]
    pub mod werkzeug {}
    #[doc = include_str!("../docs/performance.md")]
    pub mod performance {}
}

/// The README, so that its example compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
