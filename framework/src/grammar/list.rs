//! Comma separated lists (RFC 9110 section 5.6.1) and lists of `key=value`.
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::list;
//!
//! let items = list::parse_list_header("a, \"b c\"");
//! assert_eq!(list::dump_list_header(items), "a, \"b c\"");
//! ```

use std::borrow::Cow;

use super::percent;
use super::quoted::quote_header_value;
use super::quoted::unquote_header_value;
use super::token;

/// Splits a list header into its items.
///
/// Surrounding quotes are removed from items that are quoted as a whole; where only a part is
/// quoted, quotes and escapes are kept. Empty items are dropped. A list with an unclosed quote is
/// empty: where its items end is anybody's guess.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::list::parse_list_header;
///
/// assert_eq!(parse_list_header(r#"token, "quoted, value""#), ["token", "quoted, value"]);
/// assert!(parse_list_header(r#"a, "b"#).is_empty());
/// ```
pub fn parse_list_header(value: &str) -> Vec<Cow<'_, str>> {
    let Some(items) = split_list(value) else {
        return Vec::new();
    };
    items.map(unquote_header_value).collect()
}

/// Splits a list header whose items are `key=value` or `key`.
///
/// The last value of a key wins, at the first one's place. A key that ends with `*` is followed by
/// `charset''value` (RFC 2231) with the charset ASCII, UTF-8 or ISO-8859-1.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::list::parse_dict_header;
///
/// let items = parse_dict_header(r#"a=b, c="d, e", f"#);
/// assert_eq!(items[1].1.as_deref(), Some("d, e"));
/// assert_eq!(items[2].1, None);
/// ```
pub fn parse_dict_header(value: &str) -> Vec<(String, Option<String>)> {
    let mut out: Vec<(String, Option<String>)> = Vec::new();
    // Keys are few; past this many they are looked up, so that a long header stays linear.
    let mut places = std::collections::HashMap::new();
    for item in parse_list_header(value) {
        let (key, value) = match item.split_once('=') {
            Some((key, value)) => (token::trim(key), Some(token::trim(value))),
            None => (token::trim(&item), None),
        };
        if key.is_empty() {
            continue;
        }
        let (key, value) = match (key.strip_suffix('*'), value) {
            (Some(key), Some(value)) => {
                let decoded = decode_extended(value, None).0;
                (key, Some(unquote_header_value(&decoded).into_owned()))
            }
            (_, value) => (
                key,
                value.map(|value| unquote_header_value(value).into_owned()),
            ),
        };
        let at = *places.entry(key.to_owned()).or_insert(out.len());
        match out.get_mut(at) {
            Some((_, old)) => *old = value,
            None => out.push((key.to_owned(), value)),
        }
    }
    out
}

/// Joins items into a list header, quoting those that are no tokens.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::list::dump_list_header;
///
/// assert_eq!(dump_list_header(["foo", "bar baz"]), r#"foo, "bar baz""#);
/// ```
pub fn dump_list_header<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let mut out = String::new();
    for item in items {
        separate(&mut out);
        out.push_str(&quote_header_value(item.as_ref()));
    }
    out
}

/// Joins pairs into a list header of `key=value`, or `key` where there is no value.
///
/// A value whose key ends with `*` is taken to be encoded already.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::list::dump_dict_header;
///
/// assert_eq!(dump_dict_header([("a", Some("b c")), ("d", None)]), r#"a="b c", d"#);
/// ```
pub fn dump_dict_header<K, V>(items: impl IntoIterator<Item = (K, Option<V>)>) -> String
where
    K: AsRef<str>,
    V: AsRef<str>,
{
    let mut out = String::new();
    for (key, value) in items {
        separate(&mut out);
        push_param(&mut out, key.as_ref(), value.as_ref().map(AsRef::as_ref));
    }
    out
}

/// Writes `key`, `key=value`, or `key*=value` as it is.
pub(crate) fn push_param(out: &mut String, key: &str, value: Option<&str>) {
    out.push_str(key);
    let Some(value) = value else {
        return;
    };
    out.push('=');
    if key.ends_with('*') {
        out.push_str(value);
    } else {
        out.push_str(&quote_header_value(value));
    }
}

/// Returns the trimmed items that are not empty, or `None` if a quote is not closed.
pub(crate) fn split_list(value: &str) -> Option<impl Iterator<Item = &str>> {
    if value.contains('"') && ends_quoted(value) {
        return None;
    }
    let mut rest = Some(value);
    let next = move || {
        let value = rest?;
        let (item, after) = split_item(value);
        rest = after;
        Some(item)
    };
    Some(
        std::iter::from_fn(next)
            .map(token::trim)
            .filter(|item| !item.is_empty()),
    )
}

/// Decodes `charset'language'value` (RFC 2231 section 4, RFC 8187); returns the charset, too.
///
/// Without a charset of its own the value has `charset`. Unknown charsets leave it as it is.
pub(crate) fn decode_extended<'a>(
    value: &'a str,
    charset: Option<&str>,
) -> (Cow<'a, str>, Option<String>) {
    let (own, value) = match split_charset(value) {
        Some((own, value)) => (own.to_ascii_lowercase(), value),
        None => (String::new(), value),
    };
    let charset = match charset {
        Some(before) if own.is_empty() => before.to_owned(),
        _ => own,
    };
    let decoded = match charset.as_str() {
        "utf-8" => percent::decode(value),
        "ascii" | "us-ascii" => decode_ascii(value),
        "iso-8859-1" => percent::decode_latin1(value),
        _ => Cow::Borrowed(value),
    };
    (decoded, (!charset.is_empty()).then_some(charset))
}

/// Splits `charset'language'` off a value that is a token.
fn split_charset(text: &str) -> Option<(&str, &str)> {
    let (charset, rest) = text.split_once('\'')?;
    let (language, value) = rest.split_once('\'')?;
    let plain = |text: &str| text.bytes().all(token::is_token_byte);
    // A line feed may end the value: `$` is what Werkzeug's expression ends with.
    let value = value.strip_suffix('\n').unwrap_or(value);
    (plain(charset) && plain(language) && token::is_token(value)).then_some((charset, value))
}

/// Each byte beyond ASCII is one U+FFFD.
fn decode_ascii(text: &str) -> Cow<'_, str> {
    let decoded = percent::decode_latin1(text);
    if decoded.is_ascii() {
        return decoded;
    }
    let replace = |char: char| if char.is_ascii() { char } else { '\u{fffd}' };
    Cow::Owned(decoded.chars().map(replace).collect())
}

/// Splits at the first comma outside quotes.
fn split_item(value: &str) -> (&str, Option<&str>) {
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                let after = value.get(at + 1..);
                return (value.get(..at).unwrap_or_default(), after);
            }
            _ => {}
        }
    }
    (value, None)
}

fn ends_quoted(value: &str) -> bool {
    let mut quoted = false;
    let mut escaped = false;
    for byte in value.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
    }
    quoted
}

fn separate(out: &mut String) {
    if !out.is_empty() {
        out.push_str(", ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::fuzz::fuzz;

    #[test]
    fn lists_are_split() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            (",, ,", &[]),
            ("a, b,c", &["a", "b", "c"]),
            ("a, \"b, c\"", &["a", "b, c"]),
            ("\"\"", &[""]),
            ("a\"b,c\"", &["a\"b,c\""]),
            ("a=\"b\"", &["a=\"b\""]),
            (r#""a\"b", c"#, &["a\"b", "c"]),
            (r"a\, b", &[r"a\", "b"]),
            ("a, \"b", &[]),
            (r#""a\""#, &[]),
        ];
        for (value, want) in cases {
            assert_eq!(parse_list_header(value), *want, "{value}");
        }
    }

    #[test]
    fn dicts_are_split() {
        let cases: &[(&str, &[(&str, Option<&str>)])] = &[
            ("a, b=c", &[("a", None), ("b", Some("c"))]),
            ("a=1, b, a=2", &[("a", Some("2")), ("b", None)]),
            ("=x, a = \"b c\"", &[("a", Some("b c"))]),
            ("a*=UTF-8''%C3%BC", &[("a", Some("ü"))]),
            ("a*=latin1''%FC", &[("a", Some("%FC"))]),
            ("a*=ISO-8859-1'en'%FC", &[("a", Some("ü"))]),
            ("a*", &[("a*", None)]),
        ];
        for (value, want) in cases {
            let items = parse_dict_header(value);
            let items: Vec<_> = items.iter().map(|(k, v)| (&**k, v.as_deref())).collect();
            assert_eq!(items, *want, "{value}");
        }
    }

    #[test]
    fn lists_are_joined() {
        assert_eq!(dump_list_header(["a", "", "b,c"]), "a, \"\", \"b,c\"");
        let pairs = [("a", Some("\"")), ("b*", Some("x y")), ("c", None)];
        assert_eq!(dump_dict_header(pairs), r#"a="\"", b*=x y, c"#);
    }

    #[test]
    fn what_is_joined_is_split() {
        fuzz(6, |text| {
            let _ = parse_dict_header(text);
            let items = parse_list_header(text);
            assert_eq!(parse_list_header(&dump_list_header(&items)), items);
        });
    }
}
