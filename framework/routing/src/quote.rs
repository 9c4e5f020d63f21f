//! Percent-quoting of paths and queries, as Werkzeug quotes them.

use std::fmt;
use std::fmt::Write as _;

use crate::Value;

/// Quotes text for a path; slashes stay.
///
/// What stays bare besides letters, digits and `_.-~` is ``!$&'()*+,/:;=@``, the WHATWG's "URL path
/// segment string".
///
/// # Examples
///
/// ```
/// assert_eq!(rustzeug_routing::path_quote("a b/ü?"), "a%20b/%C3%BC%3F");
/// ```
pub fn path_quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    path_quote_into(text, &mut out);
    out
}

/// Quotes text for a path onto the end of `out`, as [`path_quote`] does.
///
/// # Examples
///
/// ```
/// let mut url = "/u/".to_owned();
/// rustzeug_routing::path_quote_into("ä", &mut url);
/// assert_eq!(url, "/u/%C3%A4");
/// ```
pub fn path_quote_into(text: &str, out: &mut String) {
    quote_into(text, b"!$&'()*+,/:;=@", false, out);
}

/// Encodes pairs as a query, without the `?`; a list repeats its name, `None` is dropped.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Value;
/// use rustzeug_routing::query_encode;
///
/// let pairs = [("q", Value::from("a b&c")), ("tag", Value::from(vec!["x", "y"]))];
/// assert_eq!(query_encode(pairs.iter().map(|(k, v)| (*k, v))), "q=a+b%26c&tag=x&tag=y");
/// ```
pub fn query_encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a Value)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        let values = match value {
            Value::List(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values.iter().filter(|value| **value != Value::None) {
            query_pair_into(name, value, &mut out);
        }
    }
    out
}

/// Appends one `name=value` to a query, with the `&` before it unless `query` is empty.
///
/// # Examples
///
/// ```
/// let mut query = "a=1".to_owned();
/// rustzeug_routing::query_pair_into("b", &2, &mut query);
/// assert_eq!(query, "a=1&b=2");
/// ```
pub fn query_pair_into(name: &str, value: &dyn fmt::Display, query: &mut String) {
    if !query.is_empty() {
        query.push('&');
    }
    quote_into(name, QUERY_SAFE, true, query);
    query.push('=');
    quote_into(&value.to_string(), QUERY_SAFE, true, query);
}

fn quote_into(text: &str, safe: &[u8], plus: bool, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' if plus => out.push('+'),
            byte if safe.contains(&byte) => out.push(char::from(byte)),
            byte => {
                // Writing to a string does not fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

/// The WHATWG's query set without what `application/x-www-form-urlencoded` gives a meaning.
const QUERY_SAFE: &[u8] = b"!$'()*,/:;?@";
