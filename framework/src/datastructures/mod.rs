//! The values of headers, query strings, forms and cookies.
//!
//! A type for each family of headers, with a lenient `from_header` that drops what it cannot read
//! (as Werkzeug does), a strict `FromStr`, and `to_header`. The text itself is taken apart in
//! [`grammar`](crate::grammar); nothing here does IO or knows of requests.
//!
//! # Examples
//!
//! ```
//! use rustzeug::datastructures::{Headers, MultiDict};
//!
//! let args = MultiDict::from([("a", "1"), ("a", "2")]);
//! assert_eq!(args.get_list("a"), ["1", "2"]);
//!
//! let mut headers = Headers::new();
//! headers.set("content-length", 5);
//! assert_eq!(headers.get("Content-Length"), Some("5"));
//! ```

mod combined;
pub mod cookie;
pub mod headers;
pub mod multi_dict;

pub use combined::CombinedMultiDict;
pub use cookie::Cookie;
pub use cookie::InvalidCookie;
pub use cookie::SameSite;
pub use cookie::parse_cookie;
pub use headers::Headers;
pub use headers::InvalidHeader;
pub use multi_dict::MultiDict;
