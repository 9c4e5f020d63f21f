//! Bytes on their way in and out.
//!
//! [`Body`] is what a response carries: nothing, bytes, a file, or a stream. [`Incoming`] is what
//! a request brings: bytes that came with its head, or the rest of them, still in the socket.
//! Neither knows of HTTP: framing belongs to `protocol`, limits are numbers given from above.

mod error;
mod file;
mod incoming;
mod outgoing;
mod spool;

pub use error::BodyError;
pub use file::FileSlice;
pub(crate) use incoming::Feed;
pub use incoming::Incoming;
pub(crate) use incoming::Shared;
pub use outgoing::Body;
pub(crate) use outgoing::Kind;
pub(crate) use spool::Spool;
pub(crate) use spool::Spooled;
