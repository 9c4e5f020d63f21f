//! HTTP/1.1 (RFC 9112), the server's side.
//!
//! [`Connection`] is the state machine: it reads a [`Head`] from the bytes it is shown, decides
//! once how the body is framed ([`Framing`]), decodes that body, and encodes the response. The
//! caller owns all buffers and all waiting.
//!
//! ```text
//! bytes → line.rs, fields.rs (httparse), head.rs (spans) → target.rs, framing.rs (may refuse)
//!       → decoder.rs (chunks)
//! bytes ← encoder.rs ← status, fields, body length
//! ```

mod connection;
mod decoder;
mod encoder;
mod error;
mod fields;
mod framing;
mod head;
mod limits;
mod line;
mod target;
#[cfg(test)]
mod tests;

pub use connection::Connection;
pub use connection::Outgoing;
pub use decoder::ChunkedDecoder;
pub use encoder::Stamp;
pub use encoder::encode_chunk_end;
pub use encoder::encode_chunk_head;
pub use encoder::encode_last_chunk;
pub use encoder::replace_reason;
pub use error::Refusal;
pub use framing::BodyFraming;
pub use framing::Framing;
pub use head::Head;
pub use limits::Limits;
