//! Wire formats, sans-IO: bytes in, events and bytes out.
//!
//! Nothing here waits, reads a clock, or knows a socket: a caller brings bytes and takes bytes
//! away, so every state can be tested byte by byte. What the bytes *mean* to an application
//! (URLs, forms, cookies) is not decided here.
#![warn(clippy::indexing_slicing, clippy::string_slice)]

pub mod h1;
pub mod multipart;
