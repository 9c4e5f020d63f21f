//! Testing an application without a socket.
//!
//! A [`Client`] calls an application in-process: it keeps cookies between calls, follows
//! redirects when asked to, and reads every response to its end. [`EnvironBuilder`] makes a
//! single [`Request`](crate::Request), for what needs no application at all. Nothing here is
//! meant for production code: what goes wrong panics, because that is how a test fails.
//!
//! # Examples
//!
//! ```
//! use rustzeug::prelude::*;
//! use rustzeug::testing::Client;
//!
//! struct Greeter;
//!
//! #[application]
//! impl Greeter {
//!     #[route("/<name>")]
//!     fn greet(&self, name: &str) -> String {
//!         format!("Hello {name}!")
//!     }
//! }
//!
//! # fn main() -> Result<(), StartError> {
//! let client = Client::new(Greeter)?;
//! let response = client.get("/Ada").send();
//! assert_eq!(response.status(), 200);
//! assert_eq!(response.text(), "Hello Ada!");
//! # Ok(())
//! # }
//! ```

mod builder;
mod call;
mod client;
mod drive;
mod error;
mod jar;
mod multipart;
mod recipe;
mod redirect;
mod response;

pub use builder::EnvironBuilder;
pub use call::Call;
pub use client::Client;
pub use error::BuildRequestError;
pub use error::CallError;
pub use jar::CookieJar;
pub use jar::StoredCookie;
pub use response::TestResponse;
