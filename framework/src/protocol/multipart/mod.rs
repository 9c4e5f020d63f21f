//! `multipart/form-data` (RFC 7578), sans-IO: bytes in, events out, and back.
//!
//! ```text
//! bytes ─→ Decoder ─→ Event: Preamble, Field | File, Data …, Field | File, Data …, Epilogue
//! bytes ←─ Encoder ←─ the same
//! ```
//!
//! However the input is cut, the events are the same once pieces of one kind that follow each
//! other are put together. Nothing here knows where a part goes: a caller keeps it, spools it, or
//! drops it. Memory is bounded by the head of one part; everything else passes through.

mod decoder;
mod encoder;
mod error;
mod event;
mod headers;
#[cfg(test)]
mod tests;

pub use decoder::Decoder;
pub use decoder::DecoderLimits;
pub use encoder::Encoder;
pub use error::MultipartError;
pub use event::Event;
