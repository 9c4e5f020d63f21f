//! Percent encoding (RFC 3986 section 2.1), with the sets of characters that Werkzeug leaves as
//! they are in each part of a URL.
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::percent;
//!
//! assert_eq!(percent::decode(&percent::quote_all("a b")), "a b");
//! ```

use std::borrow::Cow;
use std::fmt::Write as _;

use percent_encoding::AsciiSet;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::percent_decode;
use percent_encoding::percent_decode_str;
use percent_encoding::utf8_percent_encode;

/// Decodes the path of a request target into text.
///
/// `%XX` becomes a byte, anything that is not `%` and two hex digits stays as it is, and bytes
/// that are not UTF-8 become U+FFFD. Nothing is allocated when there is nothing to decode.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::percent::decode_path;
///
/// assert_eq!(decode_path(b"/a%20b"), "/a b");
/// assert_eq!(decode_path(b"/%ff/%zz"), "/\u{fffd}/%zz");
/// ```
pub fn decode_path(path: &[u8]) -> Cow<'_, str> {
    if memchr::memchr(b'%', path).is_none() {
        return String::from_utf8_lossy(path);
    }
    lossy(percent_decode(path).into())
}

/// Decodes `%XX` in text; bytes that are not UTF-8 become U+FFFD.
///
/// ```
/// use rustzeug::grammar::percent::decode;
///
/// assert_eq!(decode("a%20b%C3%BC"), "a bü");
/// ```
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    lossy(percent_decode_str(text).into())
}

/// Decodes `%XX` in text as ISO-8859-1: each byte is one character.
///
/// ```
/// use rustzeug::grammar::percent::decode_latin1;
///
/// assert_eq!(decode_latin1("%FC"), "ü");
/// ```
pub fn decode_latin1(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        match leading_byte(after) {
            Some((byte, after)) => {
                out.push(char::from(byte));
                rest = after;
            }
            None => {
                out.push('%');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Decodes `%XX` in text; bytes that are not UTF-8 stay percent encoded, in upper case.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::percent::decode_or_keep;
///
/// assert_eq!(decode_or_keep("%C3%BC-%e4"), "ü-%E4");
/// ```
pub fn decode_or_keep(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes: Cow<'_, [u8]> = percent_decode_str(text).into();
    keep_invalid(bytes)
}

/// Decodes `%XX` as [`decode_or_keep`] does, but leaves sequences of the bytes for which `reserved`
/// is true as they are written.
pub(crate) fn decode_except(text: &str, reserved: impl Fn(u8) -> bool) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    // Bytes decoded since the last reserved sequence: a character may span several sequences.
    let mut pending = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        pending.extend_from_slice(before.as_bytes());
        rest = after;
        match leading_byte(after) {
            Some((byte, after)) if !reserved(byte) => {
                pending.push(byte);
                rest = after;
            }
            Some((_, after)) => {
                out.push_str(&keep_invalid(Cow::Borrowed(&pending)));
                pending.clear();
                out.push('%');
                out.extend(rest.chars().take(2));
                rest = after;
            }
            None => pending.push(b'%'),
        }
    }
    pending.extend_from_slice(rest.as_bytes());
    out.push_str(&keep_invalid(Cow::Borrowed(&pending)));
    Cow::Owned(out)
}

/// Quotes a value for the path of a URL; `/` stays, `%` is quoted.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::percent::quote_path;
///
/// assert_eq!(quote_path("/a b/100%"), "/a%20b/100%25");
/// ```
pub fn quote_path(text: &str) -> Cow<'_, str> {
    quote(text, PATH)
}

/// Quotes a key or a value of a query string; a space becomes `+`.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::percent::quote_query;
///
/// assert_eq!(quote_query("a b&c"), "a+b%26c");
/// ```
pub fn quote_query(text: &str) -> Cow<'_, str> {
    if text.contains(' ') {
        let mut out = String::with_capacity(text.len() + 8);
        for (index, word) in text.split(' ').enumerate() {
            if index > 0 {
                out.push('+');
            }
            out.extend(utf8_percent_encode(word, QUERY));
        }
        return Cow::Owned(out);
    }
    quote(text, QUERY)
}

/// Quotes everything but letters, digits and `_.-~`.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::percent::quote_all;
///
/// assert_eq!(quote_all("a/ü"), "a%2F%C3%BC");
/// ```
pub fn quote_all(text: &str) -> Cow<'_, str> {
    quote(text, UNRESERVED)
}

pub(crate) fn quote<'a>(text: &'a str, set: &'static AsciiSet) -> Cow<'a, str> {
    utf8_percent_encode(text, set).into()
}

fn lossy(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }),
    }
}

/// Turns bytes into text, writing those that are not UTF-8 as `%XX`.
fn keep_invalid(bytes: Cow<'_, [u8]>) -> Cow<'static, str> {
    let bytes = match String::from_utf8(bytes.into_owned()) {
        Ok(text) => return Cow::Owned(text),
        Err(error) => error.into_bytes(),
    };
    let mut out = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    Cow::Owned(out)
}

/// Reads two hex digits.
fn leading_byte(text: &str) -> Option<(u8, &str)> {
    let mut chars = text.chars();
    let high = chars.next()?.to_digit(16)?;
    let low = chars.next()?.to_digit(16)?;
    Some(((high * 16 + low) as u8, chars.as_str()))
}

/// What Python's `quote` never quotes.
pub(crate) const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'_')
    .remove(b'.')
    .remove(b'-')
    .remove(b'~');

/// Sub-delimiters (RFC 3986 section 2.2) stay in paths and user information.
const SUB_DELIMITERS: &AsciiSet = &UNRESERVED
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b'=');

/// A path segment's characters (WHATWG URL) and the slash.
pub(crate) const PATH: &AsciiSet = &SUB_DELIMITERS
    .remove(b'/')
    .remove(b':')
    .remove(b';')
    .remove(b'@');

/// A key or value of a query: the query's characters less those with a meaning there.
pub(crate) const QUERY: &AsciiSet = &UNRESERVED
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b'/')
    .remove(b':')
    .remove(b';')
    .remove(b'?')
    .remove(b'@');

/// As [`PATH`], for text that may be quoted already.
pub(crate) const QUOTED_PATH: &AsciiSet = &PATH.remove(b'%');

/// A whole query that may be quoted already.
pub(crate) const QUOTED_QUERY: &AsciiSet = &QUOTED_PATH.remove(b'?');

/// A fragment that may be quoted already.
pub(crate) const QUOTED_FRAGMENT: &AsciiSet = &QUOTED_QUERY.remove(b'#');

/// User information that may be quoted already.
pub(crate) const QUOTED_USER: &AsciiSet = &SUB_DELIMITERS.remove(b';').remove(b'%');

/// A cookie's path: `;` would end the attribute.
pub(crate) const COOKIE_PATH: &AsciiSet = &QUOTED_PATH.add(b';');

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::fuzz::fuzz;

    #[test]
    fn paths_are_decoded() {
        let cases: &[(&[u8], &str)] = &[
            (b"", ""),
            (b"/", "/"),
            (b"/a%20b", "/a b"),
            (b"/a+b", "/a+b"),
            (b"/%C3%bc", "/ü"),
            (b"/%", "/%"),
            (b"/%4", "/%4"),
            (b"/%zz%41", "/%zzA"),
            (b"/%25%32%46", "/%2F"),
            (b"/\xff", "/\u{fffd}"),
            (b"/%e6%97", "/\u{fffd}"),
        ];
        for (path, want) in cases {
            assert_eq!(decode_path(path), *want, "{}", path.escape_ascii());
        }
    }

    #[test]
    fn invalid_bytes_are_kept() {
        for (text, want) in [
            ("a", "a"),
            ("%e4", "%E4"),
            ("%C3", "%C3"),
            ("%c3%BC%c3", "ü%C3"),
            ("ü%bc", "ü%BC"),
            ("%e6%97%a5%e6%97", "日%E6%97"),
        ] {
            assert_eq!(decode_or_keep(text), want, "{text}");
        }
    }

    #[test]
    fn reserved_sequences_are_kept() {
        let slash = |byte| byte == b'/';
        for (text, want) in [
            ("%2f", "%2f"),
            ("%61%2F%62", "a%2Fb"),
            ("%C3%2f%BC", "%C3%2f%BC"),
            ("%", "%"),
            ("%2", "%2"),
            ("%%32f", "%2f"),
        ] {
            assert_eq!(decode_except(text, slash), want, "{text}");
        }
    }

    #[test]
    fn latin1_is_decoded() {
        for (text, want) in [
            ("%e4%", "ä%"),
            ("x", "x"),
            ("%zz%41", "%zzA"),
            ("%C3%BC", "Ã¼"),
        ] {
            assert_eq!(decode_latin1(text), want, "{text}");
        }
    }

    #[test]
    fn values_are_quoted() {
        for (text, path, query) in [
            ("a b", "a%20b", "a+b"),
            ("%", "%25", "%25"),
            ("&=+#", "&=+%23", "%26%3D%2B%23"),
            ("ü", "%C3%BC", "%C3%BC"),
            ("?/", "%3F/", "?/"),
        ] {
            assert_eq!(quote_path(text), path, "{text}");
            assert_eq!(quote_query(text), query, "{text}");
        }
    }

    #[test]
    fn random_text_is_survived() {
        fuzz(1, |text| {
            let _ = (
                decode(text),
                decode_latin1(text),
                decode_path(text.as_bytes()),
            );
            let _ = (
                decode_or_keep(text),
                decode_except(text, |byte| byte < b'a'),
            );
            assert_eq!(decode(&quote_path(text)), text);
            assert_eq!(decode(&quote_all(text)), text);
        });
    }
}
