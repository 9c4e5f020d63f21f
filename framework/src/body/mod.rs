//! Bytes on their way in and out.
//!
//! [`Body`] is what a response carries: nothing, bytes, a file, or a stream. [`Incoming`] is what
//! a request brings: bytes that came with its head, or the rest of them, still in the socket.
//! Neither knows of HTTP: framing belongs to `protocol`, limits are numbers given from above.

mod error;
mod feed;
mod file;
mod incoming;
mod outgoing;
mod spool;

pub use error::BodyError;
pub(crate) use feed::Feed;
pub(crate) use feed::Shared;
pub use file::FileSlice;
pub use incoming::Incoming;
pub use outgoing::Body;
pub(crate) use outgoing::Kind;
pub(crate) use spool::Spool;
pub(crate) use spool::Spooled;
