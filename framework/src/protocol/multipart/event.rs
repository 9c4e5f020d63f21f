//! What a multipart body is made of.

use bytes::Bytes;

use crate::datastructures::Headers;

/// A piece of a multipart body, as it is read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "the format is closed, and callers match all of it"
)]
pub enum Event {
    /// Text before the first boundary, which means nothing.
    Preamble(Bytes),
    /// A part that is a text field begins.
    Field {
        /// The name; empty where the part says none.
        name: String,
        /// All fields of the part's head.
        headers: Headers,
    },
    /// A part that is a file begins.
    File {
        /// The name; empty where the part says none.
        name: String,
        /// What the client calls the file: never a path to be used as it is.
        filename: String,
        /// All fields of the part's head.
        headers: Headers,
    },
    /// Bytes of the part.
    Data {
        /// The bytes.
        data: Bytes,
        /// Whether more of the same part follow.
        more: bool,
    },
    /// Text after the last boundary, which means nothing.
    Epilogue(Bytes),
    /// The decoder has said all that the input so far tells.
    NeedData,
    /// The end was reached; nothing follows.
    End,
}
