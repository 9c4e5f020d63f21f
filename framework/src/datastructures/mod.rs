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

pub mod accept;
mod auth;
mod cache_control;
mod combined;
mod conditional;
pub mod cookie;
mod cross_origin;
mod csp;
mod etags;
mod header_set;
pub mod headers;
mod invalid;
pub mod multi_dict;
mod range;
mod user_agent;

pub use accept::Accept;
pub use accept::CharsetAccept;
pub use accept::InvalidAccept;
pub use accept::LanguageAccept;
pub use accept::MimeAccept;
pub use auth::Authorization;
pub use auth::InvalidAuthorization;
pub use auth::InvalidWwwAuthenticate;
pub use auth::WwwAuthenticate;
pub use cache_control::InvalidCacheControl;
pub use cache_control::RequestCacheControl;
pub use cache_control::ResponseCacheControl;
pub use combined::CombinedMultiDict;
pub use conditional::Conditions;
pub use cookie::Cookie;
pub use cookie::InvalidCookie;
pub use cookie::SameSite;
pub use cookie::parse_cookie;
pub use cross_origin::EmbedderPolicy;
pub use cross_origin::InvalidPolicy;
pub use cross_origin::OpenerPolicy;
pub use csp::ContentSecurityPolicy;
pub use csp::InvalidContentSecurityPolicy;
pub use etags::ETags;
pub use etags::InvalidETags;
pub use etags::generate_etag;
pub use header_set::HeaderSet;
pub use header_set::InvalidHeaderSet;
pub(crate) use headers::Constant;
pub use headers::Headers;
pub use headers::InvalidHeader;
pub use multi_dict::DictValue;
pub use multi_dict::MultiDict;
pub use range::ContentRange;
pub use range::IfRange;
pub use range::InvalidContentRange;
pub use range::InvalidIfRange;
pub use range::InvalidRange;
pub use range::Range;
pub use range::is_byte_range_valid;
pub use user_agent::InvalidUserAgent;
pub use user_agent::UserAgent;

#[cfg(test)]
mod tests;
