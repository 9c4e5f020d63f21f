//! Base64 (RFC 4648): section 4 as `Authorization: Basic` has it, section 5 for URLs and cookies.
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::base64;
//!
//! assert_eq!(base64::decode(&base64::encode(b"any")).as_deref(), Some(&b"any"[..]));
//! ```

/// Encodes bytes, with padding.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::base64::encode;
///
/// assert_eq!(encode(b"user:pass"), "dXNlcjpwYXNz");
/// ```
pub fn encode(bytes: &[u8]) -> String {
    let mut out = encode_with(bytes, ALPHABET);
    while !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}

/// Encodes bytes with `-` and `_`, without padding.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::base64::encode_url;
///
/// assert_eq!(encode_url(&[0xfb, 0xff]), "-_8");
/// ```
pub fn encode_url(bytes: &[u8]) -> String {
    encode_with(bytes, URL_ALPHABET)
}

fn encode_with(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group = 0;
        for at in 0..3 {
            group = group << 8 | u32::from(chunk.get(at).copied().unwrap_or(0));
        }
        for at in 0..=chunk.len() {
            let six = (group >> (18 - 6 * at) & 63) as usize;
            out.extend(alphabet.get(six).copied().map(char::from));
        }
    }
    out
}

/// Decodes text, or `None` if it holds other characters or its padding is too short.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::base64::decode;
///
/// assert_eq!(decode("dXNlcjpwYXNz").as_deref(), Some(&b"user:pass"[..]));
/// assert_eq!(decode("dXNlcjpwYXN"), None);
/// ```
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let data = text.trim_end_matches('=');
    let padding = text.len() - data.len();
    let wanted = match data.len() % 4 {
        0 => 0,
        rest => 4 - rest,
    };
    if padding > 2 || padding < wanted {
        return None;
    }
    decode_with(data, b"+/")
}

/// Decodes text with `-` and `_`; padding may be missing, and bits left over must be zero, so that
/// each value has one text.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::base64::decode_url;
///
/// assert_eq!(decode_url("-_8").as_deref(), Some(&[0xfb, 0xff][..]));
/// assert_eq!(decode_url("-_9"), None);
/// ```
pub fn decode_url(text: &str) -> Option<Vec<u8>> {
    let data = text.trim_end_matches('=');
    let bytes = decode_with(data, b"-_")?;
    (encode_url(&bytes) == data).then_some(bytes)
}

fn decode_with(data: &str, last: &[u8; 2]) -> Option<Vec<u8>> {
    if data.len() % 4 == 1 {
        return None;
    }
    let mut out = Vec::with_capacity(data.len() / 4 * 3 + 2);
    let (mut group, mut bits) = (0_u32, 0);
    for byte in data.bytes() {
        group = group << 6 | six_bits(byte, last)?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((group >> bits & 0xff) as u8);
        }
    }
    Some(out)
}

fn six_bits(byte: u8, last: &[u8; 2]) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        _ if byte == last[0] => 62,
        _ if byte == last[1] => 63,
        _ => return None,
    }))
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::fuzz::fuzz;

    #[test]
    fn text_is_decoded() {
        for (text, want) in [
            ("", Some("")),
            ("YQ==", Some("a")),
            ("YWI=", Some("ab")),
            ("YWJj", Some("abc")),
            ("YWJj=", Some("abc")),
            ("YQ=", None),
            ("YQ", None),
            ("Y", None),
            ("YQ===", None),
            ("Y Q==", None),
            ("YQ==\n", None),
            ("Y=Q=", None),
        ] {
            assert_eq!(decode(text).as_deref(), want.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        fuzz(13, |text| {
            let _ = decode(text);
            let url = encode_url(text.as_bytes());
            assert_eq!(decode_url(&url).as_deref(), Some(text.as_bytes()));
            assert_eq!(
                decode(&encode(text.as_bytes())).as_deref(),
                Some(text.as_bytes())
            );
        });
    }
}
