//! Media types (RFC 9110 section 8.3.1).
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::media_type;
//!
//! assert!(media_type::is_json(&media_type::mimetype("Application/JSON; charset=utf-8")));
//! ```

use super::options::parse_options_header;

/// Returns a media type with a charset, if it is one of text.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::media_type::content_type;
///
/// assert_eq!(content_type("text/html", "utf-8"), "text/html; charset=utf-8");
/// assert_eq!(content_type("image/png", "utf-8"), "image/png");
/// ```
pub fn content_type(mimetype: &str, charset: &str) -> String {
    if has_charset(mimetype) {
        return format!("{mimetype}; charset={charset}");
    }
    mimetype.to_owned()
}

/// Returns whether a media type is text, so that its charset matters.
///
/// ```
/// use rustzeug::grammar::media_type::has_charset;
///
/// assert!(has_charset("text/html") && !has_charset("image/png"));
/// ```
pub fn has_charset(mimetype: &str) -> bool {
    mimetype.starts_with("text/")
        || mimetype.ends_with("+xml")
        || CHARSET_MIMETYPES.contains(&mimetype)
}

/// Returns whether a media type is JSON: `application/json` or any `application/*+json`.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::media_type::is_json;
///
/// assert!(is_json("application/problem+json"));
/// assert!(!is_json("text/json"));
/// ```
pub fn is_json(mimetype: &str) -> bool {
    let subtype = mimetype.strip_prefix("application/");
    subtype.is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

/// Returns the media type of a `Content-Type` header, without parameters and in lower case.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::media_type::mimetype;
///
/// assert_eq!(mimetype("Text/HTML; charset=utf-8"), "text/html");
/// ```
pub fn mimetype(content_type: &str) -> String {
    parse_options_header(content_type).0.to_lowercase()
}

/// Returns whether a Content-Type is of a type, whatever its parameters; `mimetype` is in lower
/// case.
///
/// The same as comparing [`mimetype`], without a copy.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::media_type::is_of;
///
/// assert!(is_of("Text/HTML; charset=utf-8", "text/html"));
/// assert!(!is_of("text/html5", "text/html"));
/// ```
pub fn is_of(content_type: &str, mimetype: &str) -> bool {
    let text = content_type.trim_start();
    let (Some(value), Some(rest)) = (text.get(..mimetype.len()), text.get(mimetype.len()..)) else {
        return false;
    };
    let rest = rest.trim_start();
    value.eq_ignore_ascii_case(mimetype) && (rest.is_empty() || rest.starts_with(';'))
}

/// Types of the XDG table that have a charset in the IANA registration, beside `text/*`.
const CHARSET_MIMETYPES: &[&str] = &[
    "application/ecmascript",
    "application/javascript",
    "application/sql",
    "application/xml",
    "application/xml-dtd",
    "application/xml-external-parsed-entity",
];
