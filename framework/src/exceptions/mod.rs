//! Errors that are answers: a status, a text for people, fields, and the cause.
//!
//! A handler returns [`HttpException`] through `?`: from [`abort`], from a kind such as
//! [`NotFound`], or from any error at all, which becomes 500 with the error inside. An exception
//! is a value; the response layer renders it, so nothing here knows of responses.
//!
//! `HttpException` and the kinds do not implement [`std::error::Error`]: that is what lets every
//! type that does be turned into one (see the `From` implementations).
//!
//! # Examples
//!
//! ```
//! use rustzeug::exceptions::{HttpException, NotFound, OrAbort, abort};
//!
//! fn handler(id: &str) -> Result<u32, HttpException> {
//!     if id.is_empty() {
//!         return abort(400);
//!     }
//!     let id: u32 = id.parse()?;
//!     if id == 7 {
//!         Err(NotFound)?;
//!     }
//!     [1, 2, 3].get(id as usize).copied().or_404()
//! }
//!
//! let code = |id| handler(id).map_err(|error| error.code());
//! assert_eq!(code("1"), Ok(2));
//! assert_eq!(code(""), Err(400));
//! assert_eq!(code("x"), Err(500));
//! assert_eq!(code("7"), Err(404));
//! assert_eq!(code("9"), Err(404));
//! ```

mod abort;
mod aborter;
mod exception;
mod kinds;
mod page;

pub use abort::AbortCode;
pub use abort::OrAbort;
pub use abort::abort;
pub use aborter::Aborter;
pub use exception::HttpException;
pub use kinds::*;
pub use page::escape_html;
