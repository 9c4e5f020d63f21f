//! Whole numbers as headers write them: ASCII digits and nothing else.
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::number;
//!
//! assert_eq!(number::lenient_int(" +5 "), Some(5));
//! ```

use super::token;

/// Reads a number of ASCII digits with an optional `-`, with blanks around it.
///
/// A number too large for 64 bits is the largest (or smallest) there is, so that a length of
/// thirty digits is "too long" rather than "not a number".
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::number::plain_int;
///
/// assert_eq!(plain_int(" 42 "), Some(42));
/// assert_eq!(plain_int("+42"), None);
/// assert_eq!(plain_int("1_0"), None);
/// ```
pub fn plain_int(text: &str) -> Option<i64> {
    let text = token::trim(text);
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let limit = if digits.len() == text.len() {
        i64::MAX
    } else {
        i64::MIN
    };
    Some(text.parse().unwrap_or(limit))
}

/// Reads a number as Python's `int` does, less underscores and other scripts' digits: blanks
/// around it and a sign are allowed.
///
/// ```
/// use rustzeug::grammar::number::lenient_int;
///
/// assert_eq!(lenient_int(" +7 "), Some(7));
/// assert_eq!(lenient_int("7x"), None);
/// ```
pub fn lenient_int(text: &str) -> Option<i64> {
    let text = text.trim();
    match text.strip_prefix('+') {
        Some(rest) if rest.starts_with('-') => None,
        Some(rest) => digits_only(rest),
        None => digits_only(text),
    }
}

fn digits_only(text: &str) -> Option<i64> {
    plain_int(text).filter(|_| token::trim(text).len() == text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read() {
        for (text, plain, lenient) in [
            ("5", Some(5), Some(5)),
            (" 5\t", Some(5), Some(5)),
            ("-5", Some(-5), Some(-5)),
            ("+5", None, Some(5)),
            ("+-5", None, None),
            ("\n5", None, Some(5)),
            ("", None, None),
            ("-", None, None),
            ("5 5", None, None),
            ("+ 5", None, None),
            ("٣", None, None),
            ("99999999999999999999", Some(i64::MAX), Some(i64::MAX)),
            ("-99999999999999999999", Some(i64::MIN), Some(i64::MIN)),
        ] {
            assert_eq!(plain_int(text), plain, "{text}");
            assert_eq!(lenient_int(text), lenient, "{text}");
        }
    }
}
