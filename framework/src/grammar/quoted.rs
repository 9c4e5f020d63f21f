//! Quoted strings (RFC 9110 section 5.6.4).
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::quoted;
//!
//! assert_eq!(quoted::unquote_header_value(&quoted::quote_header_value("a b")), "a b");
//! ```

use std::borrow::Cow;

use super::token::is_token;

/// Quotes a header value unless it is a token.
///
/// `"` and `\` are escaped; the empty string becomes `""`.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::quoted::quote_header_value;
///
/// assert_eq!(quote_header_value("token"), "token");
/// assert_eq!(quote_header_value("a \"b\""), r#""a \"b\"""#);
/// ```
pub fn quote_header_value(value: &str) -> Cow<'_, str> {
    if is_token(value) {
        return Cow::Borrowed(value);
    }
    Cow::Owned(quote_always(value))
}

/// Quotes a header value even if it is a token.
///
/// ```
/// use rustzeug::grammar::quoted::quote_always;
///
/// assert_eq!(quote_always("a"), "\"a\"");
/// ```
pub fn quote_always(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for char in value.chars() {
        if matches!(char, '"' | '\\') {
            out.push('\\');
        }
        out.push(char);
    }
    out.push('"');
    out
}

/// Removes the quotes and the escapes of a quoted string; other text is returned as it is.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::quoted::unquote_header_value;
///
/// assert_eq!(unquote_header_value(r#""a \"b\"""#), "a \"b\"");
/// assert_eq!(unquote_header_value("token"), "token");
/// ```
pub fn unquote_header_value(value: &str) -> Cow<'_, str> {
    let inner = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    let Some(inner) = inner else {
        return Cow::Borrowed(value);
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            out.push(char);
            continue;
        }
        match chars.next() {
            // A line feed cannot be escaped, as in Werkzeug; it is no header text anyway.
            Some('\n') => out.push_str("\\\n"),
            Some(escaped) => out.push(escaped),
            None => out.push('\\'),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::fuzz::fuzz;

    #[test]
    fn values_are_unquoted() {
        for (value, want) in [
            ("", ""),
            ("\"", "\""),
            ("\"\"", ""),
            ("\"a", "\"a"),
            (r#""a\"b""#, "a\"b"),
            (r#""a\\b""#, r"a\b"),
            (r#""\a""#, "a"),
            (r#""a\""#, r"a\"),
        ] {
            assert_eq!(unquote_header_value(value), want, "{value}");
        }
    }

    #[test]
    fn what_is_quoted_is_unquoted() {
        fuzz(3, |text| {
            let _ = unquote_header_value(text);
            assert_eq!(unquote_header_value(&quote_always(text)), text);
        });
    }
}
