//! The `Cookie` header (RFC 6265 section 5.4) and the quoting of cookie values.
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::cookie;
//!
//! assert_eq!(cookie::decode_cookies("a=b; c=d").count(), 2);
//! ```

use std::borrow::Cow;

use super::token;

/// Splits a `Cookie` header into names and values, in order.
///
/// Browsers send more than RFC 6265 allows, so nearly everything up to the next `;` is a value. A
/// name without `=` has an empty value; parts with a misplaced quote are skipped. A quoted value
/// loses its quotes and its `\123` escapes.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::cookie::decode_cookies;
///
/// let cookies: Vec<_> = decode_cookies(r#"a=1; b="x\073y"; c"#).collect();
/// assert_eq!(cookies[1], ("b", "x;y".into()));
/// assert_eq!(cookies[2], ("c", "".into()));
/// ```
pub fn decode_cookies(header: &str) -> Cookies<'_> {
    Cookies { rest: Some(header) }
}

/// Quotes a cookie value if it holds anything but RFC 6265's cookie octets and a few more.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::cookie::quote_value;
///
/// assert_eq!(quote_value("plain"), "plain");
/// assert_eq!(quote_value("ü;"), r#""\303\274\073""#);
/// ```
pub fn quote_value(value: &str) -> Cow<'_, str> {
    if value.bytes().all(is_plain) {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len() + 8);
    out.push('"');
    for byte in value.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            0..0x20 | b',' | b';' | 0x7f.. => {
                let octal = [byte >> 6, byte >> 3 & 7, byte & 7];
                out.push('\\');
                out.extend(octal.map(|digit| char::from(b'0' + digit)));
            }
            _ => out.push(char::from(byte)),
        }
    }
    out.push('"');
    Cow::Owned(out)
}

/// The cookies of a header, made by [`decode_cookies`].
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::cookie::decode_cookies;
///
/// let names: Vec<_> = decode_cookies("a=b; c=d").map(|(name, _)| name).collect();
/// assert_eq!(names, ["a", "c"]);
/// ```
#[derive(Clone, Debug)]
pub struct Cookies<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Cookies<'a> {
    type Item = (&'a str, Cow<'a, str>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let part = self.rest.filter(|rest| !rest.is_empty())?;
            if let Some((name, value, rest)) = next_cookie(part) {
                self.rest = rest;
                return Some((name, unquote_value(value)));
            }
            self.rest = part.split_once(';').map(|(_, rest)| rest);
        }
    }
}

/// Reads one cookie off the front: name, raw value and what follows its `;`.
fn next_cookie(part: &str) -> Option<(&str, &str, Option<&str>)> {
    let part = token::trim_start(part);
    let (name, after) = split_at_any(part, |byte| {
        matches!(byte, b' ' | b'\t' | b'=' | b'"' | b';')
    });
    if name.is_empty() {
        return None;
    }
    let after = token::trim_start(after);
    let (value, after) = match after.strip_prefix('=').map(token::trim_start) {
        None => ("", after),
        Some(after) => match quoted_len(after).and_then(|end| after.split_at_checked(end)) {
            Some((value, after)) => (value, after),
            None => split_at_any(after, |byte| matches!(byte, b' ' | b'\t' | b'"' | b';')),
        },
    };
    let after = token::trim_start(after);
    if after.is_empty() {
        return Some((name, value, None));
    }
    Some((name, value, Some(after.strip_prefix(';')?)))
}

/// Returns the length of a quoted value at the front, its quotes included.
fn quoted_len(text: &str) -> Option<usize> {
    let mut bytes = text.bytes().enumerate();
    if bytes.next()?.1 != b'"' {
        return None;
    }
    let mut escaped = false;
    for (at, byte) in bytes {
        match byte {
            b'\n' if escaped => return None,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Removes quotes, `\123` and `\x`; other values are returned as they are.
fn unquote_value(value: &str) -> Cow<'_, str> {
    let inner = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    let Some(inner) = inner else {
        return Cow::Borrowed(value);
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        match after {
            [
                high @ b'0'..=b'3',
                middle @ b'0'..=b'7',
                low @ b'0'..=b'7',
                after @ ..,
            ] => {
                out.push(((high - b'0') << 6) | ((middle - b'0') << 3) | (low - b'0'));
                rest = after;
            }
            [escaped, after @ ..] if *escaped != b'\n' => {
                out.push(*escaped);
                rest = after;
            }
            _ => out.push(b'\\'),
        }
    }
    Cow::Owned(match String::from_utf8(out) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

fn split_at_any(text: &str, stop: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(stop).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// What needs no quotes: visible ASCII less `"`, `,`, `;` and `\`.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::fuzz::fuzz;

    #[test]
    fn cookies_are_split() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("", &[]),
            (";;", &[]),
            ("a=b", &[("a", "b")]),
            ("a=b; c = d ;e", &[("a", "b"), ("c", "d"), ("e", "")]),
            ("a=b=c", &[("a", "b=c")]),
            ("=x; a=1", &[("a", "1")]),
            ("a=1 2; b=3", &[("b", "3")]),
            ("a=\"b;c\"; d=e", &[("a", "b;c"), ("d", "e")]),
            ("a=\"b; c=d", &[("c", "d")]),
            ("a=\"b\"c; d=e", &[("d", "e")]),
            (r#"a="\"\\\073\303\274""#, &[("a", "\"\\;ü")]),
            (r#"a="\400\8""#, &[("a", "4008")]),
            (r#"a="\377""#, &[("a", "\u{fffd}")]),
            ("a=\"\"", &[("a", "")]),
            ("ü=ä", &[("ü", "ä")]),
        ];
        for (header, want) in cases {
            let cookies: Vec<_> = decode_cookies(header).collect();
            let cookies: Vec<_> = cookies.iter().map(|(k, v)| (*k, &**v)).collect();
            assert_eq!(cookies, *want, "{header}");
        }
    }

    #[test]
    fn what_is_quoted_is_unquoted() {
        fuzz(8, |text| {
            let _ = decode_cookies(text).count();
            let header = format!("a={}", quote_value(text));
            let cookies: Vec<_> = decode_cookies(&header).collect();
            assert_eq!(cookies, [("a", text.into())], "{header}");
        });
    }
}
