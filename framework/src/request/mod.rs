//! What a client asks for.
//!
//! [`Request`] keeps the head as it came and everything else lazy: an accessor parses what it
//! needs the first time it is called and remembers the answer. Nothing here answers anything:
//! responses belong to the next room.

mod background;
mod body;
mod connection;
mod extensions;
mod fields;
mod form;
mod headers;
mod json;
#[expect(clippy::module_inception, reason = "the file is named after its type")]
mod request;
mod route;
mod url;

pub(crate) use background::Tasks;
pub(crate) use body::body_exception;
pub use connection::ConnectionInfo;
pub use connection::RequestLimits;
pub use extensions::Extensions;
pub use form::FileReader;
pub use form::FileStorage;
pub use form::FormData;
pub use form::FormError;
pub use form::Multipart;
pub use form::Part;
pub use request::Request;
pub use route::Route;
