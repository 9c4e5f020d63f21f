//! Tokens (RFC 9110 section 5.6.2) and the blanks between them.
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::token;
//!
//! assert!(token::is_token(token::trim(" \tgzip ")));
//! ```

/// Returns whether a byte may stand in a token.
///
/// ```
/// use rustzeug::grammar::token::is_token_byte;
///
/// assert!(is_token_byte(b'a') && !is_token_byte(b'/'));
/// ```
pub const fn is_token_byte(byte: u8) -> bool {
    matches!(byte,
        b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`'
        | b'|' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z')
}

/// Returns whether text is a token: at least one character, all of them token characters.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::token::is_token;
///
/// assert!(is_token("no-cache"));
/// assert!(!is_token("a b"));
/// assert!(!is_token(""));
/// ```
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Splits the longest token off the front.
pub(crate) fn split_token(text: &str) -> (&str, &str) {
    let end = text
        .bytes()
        .position(|byte| !is_token_byte(byte))
        .unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Removes the blanks of RFC 9110 (space and tab, nothing else) from both ends.
///
/// ```
/// use rustzeug::grammar::token::trim;
///
/// assert_eq!(trim(" \ta "), "a");
/// ```
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// Removes blanks from the front.
pub(crate) fn trim_start(text: &str) -> &str {
    text.trim_start_matches(is_blank)
}

pub(crate) const fn is_blank(char: char) -> bool {
    matches!(char, ' ' | '\t')
}
