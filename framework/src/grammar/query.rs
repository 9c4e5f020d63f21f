//! Query strings and `application/x-www-form-urlencoded` bodies.
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::query;
//!
//! assert_eq!(query::encode(query::decode_pairs("b=%32&a")), "b=2&a=");
//! ```

use std::borrow::Cow;

use super::percent;

/// Decodes a query string into its pairs, in order.
///
/// Pairs are separated by `&` alone, blank values are kept, a key without `=` has an empty value,
/// and empty pairs are skipped. `+` is a space. Percent sequences that are not UTF-8 stay as they
/// are, in upper case, so that nothing is lost.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::query::decode_pairs;
///
/// let pairs: Vec<_> = decode_pairs("a=1&b&&c=%C3%BC+%e4").collect();
/// assert_eq!(pairs.len(), 3);
/// assert_eq!(pairs[2].1, "ü %E4");
/// ```
pub fn decode_pairs(query: &str) -> Pairs<'_> {
    Pairs { rest: Some(query) }
}

/// Encodes pairs as a query string.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::query::encode;
///
/// assert_eq!(encode([("q", "a b"), ("ü", "")]), "q=a+b&%C3%BC=");
/// ```
pub fn encode<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> String
where
    K: AsRef<str>,
    V: AsRef<str>,
{
    let mut out = String::new();
    for (key, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(&percent::quote_query(key.as_ref()));
        out.push('=');
        out.push_str(&percent::quote_query(value.as_ref()));
    }
    out
}

/// The pairs of a query string, made by [`decode_pairs`].
#[derive(Clone, Debug)]
pub struct Pairs<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (Cow<'a, str>, Cow<'a, str>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (pair, rest) = split(self.rest?, b'&');
            self.rest = rest;
            if !pair.is_empty() {
                let (key, value) = split(pair, b'=');
                return Some((decode(key), decode(value.unwrap_or_default())));
            }
        }
    }
}

/// Splits at the first of an ASCII byte; a call of `memchr` costs less than a search by pattern.
#[inline]
fn split(text: &str, at: u8) -> (&str, Option<&str>) {
    match memchr::memchr(at, text.as_bytes()).and_then(|place| text.split_at_checked(place)) {
        Some((before, after)) => (before, after.get(1..)),
        None => (text, None),
    }
}

fn decode(text: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'%', b'+', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    match decode_ascii(text) {
        Some(text) => Cow::Owned(text),
        None => decode_any(text),
    }
}

/// One pass, for escapes that are whole and of ASCII; nearly all are.
fn decode_ascii(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let [high, low, tail @ ..] = rest else {
                    return None;
                };
                let byte = hex(*high)? << 4 | hex(*low)?;
                if !byte.is_ascii() {
                    return None;
                }
                rest = tail;
                byte
            }
            byte => *byte,
        });
    }
    String::from_utf8(out).ok()
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Escapes beyond ASCII, and what looks like one and is none.
fn decode_any(text: &str) -> Cow<'_, str> {
    if !text.contains('+') {
        return percent::decode_or_keep(text);
    }
    let spaced = text.replace('+', " ");
    Cow::Owned(percent::decode_or_keep(&spaced).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::fuzz::fuzz;

    #[test]
    fn pairs_are_decoded() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("", &[]),
            ("&", &[]),
            ("a", &[("a", "")]),
            ("=", &[("", "")]),
            ("a=b=c", &[("a", "b=c")]),
            ("a;b=c", &[("a;b", "c")]),
            ("a+b=%2B+", &[("a b", "+ ")]),
            ("a=1&&a=2&", &[("a", "1"), ("a", "2")]),
            ("%e4=%", &[("%E4", "%")]),
            ("ü=ä", &[("ü", "ä")]),
        ];
        for (query, want) in cases {
            let pairs: Vec<_> = decode_pairs(query).collect();
            let pairs: Vec<_> = pairs.iter().map(|(k, v)| (&**k, &**v)).collect();
            assert_eq!(pairs, *want, "{query}");
        }
    }

    #[test]
    fn plain_pairs_borrow() {
        let (key, value) = decode_pairs("a=b").next().unwrap();
        assert!(matches!((key, value), (Cow::Borrowed(_), Cow::Borrowed(_))));
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        fuzz(2, |text| {
            let _ = decode_pairs(text).count();
            let encoded = encode([(text, text)]);
            if !text.is_empty() {
                let pairs: Vec<_> = decode_pairs(&encoded).collect();
                assert_eq!(pairs, [(text.into(), text.into())]);
            }
        });
    }
}
