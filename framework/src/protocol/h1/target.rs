//! The request target (RFC 9112 section 3.2) and the Host field.

use std::ops::Range;

use super::Refusal;
use super::error::Kind;

/// Where the parts of a target are, as ranges into its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Target {
    /// Of an absolute-form target only; overrides the Host field (RFC 9112 section 3.2.2).
    pub(super) authority: Option<Range<u16>>,
    /// Undecoded; empty for `*` and for an absolute target without a path.
    pub(super) path: Range<u16>,
    /// Without the question mark.
    pub(super) query: Range<u16>,
    /// Whether the path holds a percent sign.
    pub(super) is_escaped: bool,
    /// `https://` in absolute form.
    pub(super) is_asterisk: bool,
}

/// May stand in a path, besides what ends or escapes it.
const PATH: u8 = 1;
/// May stand in a query.
const QUERY: u8 = 2;
/// A percent sign.
const ESCAPE: u8 = 4;

/// What a byte may be in a target.
///
/// RFC 3986 allows fewer: `[ ] ^ { | }` and the back-tick are sent unescaped by browsers
/// (URL standard, path and query percent-encode sets), so they pass. Controls, space, quotes,
/// `#`, `<`, `>` and bytes beyond ASCII are refused; the backslash in paths, too, which some
/// servers read as a slash.
#[allow(clippy::indexing_slicing, reason = "the index stays below 256")]
static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        table[byte] = match byte as u8 {
            b'"' | b'#' | b'<' | b'>' => 0,
            b'\\' | b'?' => QUERY,
            b'%' => PATH | QUERY | ESCAPE,
            _ => PATH | QUERY,
        };
        byte += 1;
    }
    table
};

impl Target {
    /// Finds the parts of a target; `text` is at most 65,535 bytes long.
    pub(super) fn parse(text: &str, method: &str) -> Result<Self, Refusal> {
        let bytes = text.as_bytes();
        if method == "CONNECT" {
            return Err(Refusal::new(Kind::Connect));
        }
        let start = match bytes {
            [b'/', ..] => 0,
            b"*" if method == "OPTIONS" => {
                return Ok(Self {
                    is_asterisk: true,
                    ..Self::default()
                });
            }
            _ => return Self::parse_absolute(text),
        };
        Self::parse_from(bytes, start, None)
    }

    /// `http://authority/path?query`.
    #[cold]
    fn parse_absolute(text: &str) -> Result<Self, Refusal> {
        let refused = Refusal::new(Kind::BadTarget);
        let (scheme, rest) = text.split_once("://").ok_or(refused)?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return Err(refused);
        }
        let start = text.len() - rest.len();
        let length = rest
            .bytes()
            .position(|b| matches!(b, b'/' | b'?'))
            .unwrap_or(rest.len());
        let authority = rest.as_bytes().get(..length).unwrap_or_default();
        // A userinfo part (`user@`) fails here, too: RFC 9110 section 4.2.4.
        if authority.is_empty() || !is_host(authority) {
            return Err(refused);
        }
        let end = start + length;
        Self::parse_from(text.as_bytes(), end, Some(span(start, end)))
    }

    /// The path that begins at `start`, and the query after it.
    #[inline]
    fn parse_from(
        bytes: &[u8],
        start: usize,
        authority: Option<Range<u16>>,
    ) -> Result<Self, Refusal> {
        let tail = bytes.get(start..).unwrap_or_default();
        let mut seen = 0;
        let stop = tail.iter().position(|b| {
            let class = class(*b);
            seen |= class;
            class & PATH == 0
        });
        let is_escaped = seen & ESCAPE != 0;
        let Some(stop) = stop else {
            let (path, query) = (span(start, bytes.len()), span(bytes.len(), bytes.len()));
            return Ok(Self {
                authority,
                path,
                query,
                is_escaped,
                is_asterisk: false,
            });
        };
        let refused = Refusal::new(Kind::BadTarget);
        let Some([b'?', query @ ..]) = tail.get(stop..) else {
            return Err(refused);
        };
        if !query.iter().all(|b| class(*b) & QUERY != 0) {
            return Err(refused);
        }
        let end = start + stop;
        let (path, query) = (span(start, end), span(end + 1, bytes.len()));
        Ok(Self {
            authority,
            path,
            query,
            is_escaped,
            is_asterisk: false,
        })
    }
}

#[inline]
#[allow(clippy::indexing_slicing, reason = "a byte indexes 256 places")]
fn class(byte: u8) -> u8 {
    CLASS[usize::from(byte)]
}

#[inline]
#[allow(clippy::indexing_slicing, reason = "a byte indexes 256 places")]
fn is_name(byte: u8) -> bool {
    NAME[usize::from(byte)]
}

/// Offsets in a head fit 16 bits: its size is limited to 65,535 bytes.
#[inline]
#[allow(
    clippy::cast_possible_truncation,
    reason = "the head is at most 65,535 bytes long"
)]
pub(super) const fn span(start: usize, end: usize) -> Range<u16> {
    start as u16..end as u16
}

/// May stand in a registered name (RFC 3986 section 3.2.2: unreserved, sub-delims, `%`).
#[allow(clippy::indexing_slicing, reason = "the index stays below 256")]
static NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        table[byte] = matches!(
            byte as u8,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'%'
            | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'='
        );
        byte += 1;
    }
    table
};

/// Whether a Host value is `uri-host [ ":" port ]` (RFC 9110 section 7.2). Empty is allowed: a
/// client sends it for a target URI without an authority (RFC 9112 section 3.2).
pub(super) fn is_host(value: &[u8]) -> bool {
    if let [b'[', rest @ ..] = value {
        let Some(end) = memchr::memchr(b']', rest) else {
            return false;
        };
        let (address, port) = rest.split_at(end);
        return is_ip_literal(address) && is_port(port.get(1..).unwrap_or_default());
    }
    let mut is_escaped = false;
    let end = value.iter().position(|b| {
        is_escaped |= *b == b'%';
        !is_name(*b)
    });
    let (name, port) = value.split_at(end.unwrap_or(value.len()));
    (!name.is_empty() || port.is_empty()) && (!is_escaped || is_escaped_well(name)) && is_port(port)
}

/// Nothing, or a colon and at most five digits that make a port.
fn is_port(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b':', digits @ ..] => {
            digits.len() <= 5
                && digits.iter().all(u8::is_ascii_digit)
                && digits.iter().fold(0, |n, d| n * 10 + u32::from(d - b'0')) <= 65_535
        }
        _ => false,
    }
}

/// Whether each percent sign is followed by two hexadecimal digits.
fn is_escaped_well(name: &[u8]) -> bool {
    let mut rest = name;
    while let Some(at) = memchr::memchr(b'%', rest) {
        match rest.get(at + 1..at + 3) {
            Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => {
                rest = rest.get(at + 3..).unwrap_or_default();
            }
            _ => return false,
        }
    }
    true
}

/// An IPv6 address or a future one (`v1.…`), without its brackets.
fn is_ip_literal(text: &[u8]) -> bool {
    if let [b'v' | b'V', rest @ ..] = text {
        let Some(dot) = memchr::memchr(b'.', rest) else {
            return false;
        };
        let (version, address) = rest.split_at(dot);
        return !version.is_empty()
            && version.iter().all(u8::is_ascii_hexdigit)
            && address.len() > 1
            && address.iter().all(|b| is_name(*b) || *b == b':');
    }
    std::str::from_utf8(text).is_ok_and(|text| text.parse::<std::net::Ipv6Addr>().is_ok())
}
