//! What a client gets.
//!
//! [`Response`] is a status, header fields and a body; [`IntoResponse`] is everything a handler
//! may return instead. An exception, which is a value, becomes a response here and nowhere else.

mod from_exception;
mod into_response;
mod redirect;
#[expect(clippy::module_inception, reason = "the file is named after its type")]
mod response;

pub use from_exception::render;
pub use into_response::Html;
pub use into_response::IntoResponse;
pub use into_response::Json;
pub use redirect::Redirect;
pub use redirect::redirect;
pub(crate) use response::OnClose;
pub use response::Response;
