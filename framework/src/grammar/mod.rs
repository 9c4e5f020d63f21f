//! The text of headers and URLs: parsing and writing, as pure functions.
//!
//! Everything here turns text into borrowed or owned text and back. No type of a header lives
//! here (those are in `datastructures` and call this room), no IO, no clock, no `async`. Parsers
//! take what the network sends: they never panic, run in linear time, and allocate only where a
//! borrow will not do.
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::options::parse_options_header;
//!
//! let (value, params) = parse_options_header("text/html; charset=UTF-8");
//! assert_eq!(value, "text/html");
//! assert_eq!(params.get("charset"), Some("UTF-8"));
//! ```
#![warn(clippy::indexing_slicing, clippy::string_slice)]

pub mod base64;
pub mod cookie;
pub mod date;
pub mod etag;
pub mod forwarded;
pub mod host;
pub mod list;
pub mod media_type;
pub mod number;
pub mod options;
pub mod percent;
pub mod query;
pub mod quoted;
pub mod status;
pub mod token;
pub mod url;

#[cfg(test)]
pub(crate) mod fuzz;
