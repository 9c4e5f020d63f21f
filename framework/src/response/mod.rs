//! What a client gets.
//!
//! [`Response`] is a status, header fields and a body; [`IntoResponse`] is everything a handler
//! may return instead. An exception, which is a value, becomes a response here and nowhere else.

mod conditional;
mod cookies;
mod disposition;
mod events;
mod fields;
mod file;
mod finish;
mod from_exception;
mod headers;
mod into_response;
mod json;
mod media;
mod open_files;
mod range;
mod redirect;
#[expect(clippy::module_inception, reason = "the file is named after its type")]
mod response;
mod status;
mod stream;
#[cfg(test)]
mod tests;

pub use conditional::Conditional;
pub use events::Event;
pub use events::EventStream;
pub use events::events;
pub use file::SendFile;
pub use file::send_file;
pub use file::send_from_directory;
#[cfg(feature = "validate")]
pub(crate) use from_exception::prefers_json;
pub use from_exception::render;
#[cfg(feature = "validate")]
pub(crate) use from_exception::render_as;
pub use into_response::Html;
pub use into_response::IntoResponse;
pub use into_response::Json;
pub use media::guess_mimetype;
pub use redirect::Redirect;
pub use redirect::append_slash_redirect;
pub use redirect::redirect;
pub(crate) use response::OnClose;
pub use response::Response;
pub use status::InvalidStatus;
pub use stream::BodySender;
pub use stream::SendError;
pub use stream::body_channel;
