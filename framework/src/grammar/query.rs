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
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::query::decode_pairs;
///
/// let mut pairs = decode_pairs("a=1&b=2");
/// assert_eq!(pairs.next(), Some(("a".into(), "1".into())));
/// ```
#[derive(Clone, Debug)]
pub struct Pairs<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (Cow<'a, str>, Cow<'a, str>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let text = self.rest?;
            let (length, is_key_escaped) = scan(text, AND | EQUALS);
            let (key, tail) = text.split_at_checked(length)?;
            let value = match tail.as_bytes().first() {
                Some(b'=') => tail.get(1..)?,
                Some(_) => {
                    self.rest = tail.get(1..);
                    if key.is_empty() {
                        continue;
                    }
                    return Some((decode(key, is_key_escaped), Cow::Borrowed("")));
                }
                None => {
                    self.rest = None;
                    if key.is_empty() {
                        return None;
                    }
                    return Some((decode(key, is_key_escaped), Cow::Borrowed("")));
                }
            };
            let (length, is_escaped) = scan(value, AND);
            let (value, tail) = value.split_at_checked(length)?;
            self.rest = tail.get(1..);
            return Some((decode(key, is_key_escaped), decode(value, is_escaped)));
        }
    }
}

/// What a byte is between pairs.
const AND: u8 = 1;
const EQUALS: u8 = 2;
const ESCAPE: u8 = 4;

/// A look-up costs less than four comparisons.
#[allow(clippy::indexing_slicing, reason = "the index stays below 256")]
static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    table[b'&' as usize] = AND;
    table[b'=' as usize] = EQUALS;
    table[b'%' as usize] = ESCAPE;
    table[b'+' as usize] = ESCAPE;
    table
};

#[inline]
#[allow(clippy::indexing_slicing, reason = "a byte indexes 256 places")]
fn class(byte: u8) -> u8 {
    CLASS[usize::from(byte)]
}

/// How long the text is up to a byte of `stops`, and whether any of it has to be decoded.
///
/// A word at a time: names and most values are short, so that calls that are made for long text
/// would cost more.
#[inline]
fn scan(text: &str, stops: u8) -> (usize, bool) {
    let bytes = text.as_bytes();
    let (words, rest) = bytes.as_chunks::<WORD>();
    let mut seen = 0;
    for (place, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let equals = if stops & EQUALS != 0 {
            zeros(word ^ (ONES * 0x3d))
        } else {
            0
        };
        let ends = (zeros(word ^ (ONES * 0x26)) | equals) & HIGHS;
        let escapes = (zeros(word ^ (ONES * 0x25)) | zeros(word ^ (ONES * 0x2b))) & HIGHS;
        if ends != 0 {
            // Those before the first end; a mark is right only up to the first of its kind.
            let first = ends & ends.wrapping_neg();
            seen |= escapes & (first - 1);
            return (
                place * WORD + (ends.trailing_zeros() / 8) as usize,
                seen != 0,
            );
        }
        seen |= escapes;
    }
    let length = bytes.len() - rest.len();
    for (place, byte) in rest.iter().enumerate() {
        let class = class(*byte);
        if class & stops != 0 {
            return (length + place, seen != 0);
        }
        seen |= u64::from(class & ESCAPE);
    }
    (bytes.len(), seen != 0)
}

/// Marks the bytes that are zero; right up to the first one.
#[inline]
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word
}

const WORD: usize = 8;
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES * 0x80;

#[inline]
fn decode(text: &str, is_escaped: bool) -> Cow<'_, str> {
    if is_escaped {
        decode_escaped(text)
    } else {
        Cow::Borrowed(text)
    }
}

#[inline(never)]
fn decode_escaped(text: &str) -> Cow<'_, str> {
    match decode_ascii(text) {
        Some(text) => Cow::Owned(text),
        None => decode_any(text),
    }
}

/// For escapes that are whole and of ASCII; nearly all are.
fn decode_ascii(text: &str) -> Option<String> {
    // All at once: the compiler makes a few instructions of many bytes.
    let spaced = text
        .bytes()
        .map(|byte| if byte == b'+' { b' ' } else { byte });
    let mut out: Vec<u8> = spaced.collect();
    let (mut read, mut kept) = (0, 0);
    while let Some(length) = out.get(read..)?.iter().position(|byte| *byte == b'%') {
        let at = read + length;
        let [high, low] = *out.get(at + 1..)?.first_chunk()?;
        // Beyond ASCII it takes more than one to make a character.
        let decoded = Some(hex(high)? << 4 | hex(low)?).filter(u8::is_ascii)?;
        out.copy_within(read..at, kept);
        kept += length;
        *out.get_mut(kept)? = decoded;
        kept += 1;
        read = at + 3;
    }
    out.copy_within(read.., kept);
    out.truncate(kept + out.len() - read);
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
            ("==a%3", &[("", "=a%3")]),
            ("%41%2%42=%c3%a4%0", &[("A%2B", "ä%0")]),
            ("&=&a&", &[("", ""), ("a", "")]),
        ];
        for (query, want) in cases {
            let pairs: Vec<_> = decode_pairs(query).collect();
            let pairs: Vec<_> = pairs.iter().map(|(k, v)| (&**k, &**v)).collect();
            assert_eq!(pairs, *want, "{query}");
        }
    }

    #[test]
    fn text_of_any_length_is_cut_at_the_same_places() {
        for n in 0..12 * WORD + 3 {
            let (long, coded) = ("x".repeat(n), format!("{}%20+", "ü".repeat(n)));
            let query = format!("{long}={coded}={long}&{coded}&&{long}");
            let pairs: Vec<_> = decode_pairs(&query).collect();
            let plain = coded.replace("%20+", "  ");
            let mut want = vec![
                (long.clone(), format!("{plain}={long}")),
                (plain, String::new()),
                (long, String::new()),
            ];
            want.retain(|(key, value)| !key.is_empty() || !value.is_empty());
            let pairs: Vec<_> = pairs
                .into_iter()
                .map(|(key, value)| (key.into_owned(), value.into_owned()))
                .collect();
            assert_eq!(pairs, want, "{n}");
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
