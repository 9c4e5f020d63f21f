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
            let rest = self.rest?;
            let pair = match rest.split_once('&') {
                Some((pair, rest)) => {
                    self.rest = Some(rest);
                    pair
                }
                None => {
                    self.rest = None;
                    rest
                }
            };
            if !pair.is_empty() {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                return Some((decode(key), decode(value)));
            }
        }
    }
}

fn decode(text: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'%', b'+', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
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
