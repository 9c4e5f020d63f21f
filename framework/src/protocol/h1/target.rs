//! The request target (RFC 9112 section 3.2) and the Host field.

use std::ops::Range;

use http::Method;

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

/// May not stand in a target.
pub(super) const ENDS: u8 = 1;
/// May stand in a query, but not in a path.
const NOT_PATH: u8 = 2;
/// A question mark.
const QUESTION: u8 = 4;
/// A percent sign.
const ESCAPE: u8 = 8;

/// What a byte is in a target; most are nothing special.
///
/// RFC 3986 allows fewer: `[ ] ^ { | }` and the back-tick are sent unescaped by browsers
/// (URL standard, path and query percent-encode sets), so they pass. Controls, space, quotes,
/// `#`, `<`, `>` and bytes beyond ASCII are refused; the backslash in paths, too, which some
/// servers read as a slash.
#[allow(clippy::indexing_slicing, reason = "the index stays below 256")]
static CLASS: [u8; 256] = {
    let mut table = [ENDS; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        table[byte] = match byte as u8 {
            b'"' | b'#' | b'<' | b'>' => ENDS,
            b'\\' => NOT_PATH,
            b'?' => QUESTION,
            b'%' => ESCAPE,
            _ => 0,
        };
        byte += 1;
    }
    table
};

impl Target {
    /// Finds the parts of a target; it is at most 65,535 bytes long and all its bytes may stand
    /// in one. `classes` are those of its bytes. Says whether all of it is a path as it stands.
    #[inline]
    pub(super) fn read(
        &mut self,
        bytes: &[u8],
        classes: u8,
        method: &Method,
    ) -> Result<bool, Refusal> {
        if classes == 0
            && bytes.first() == Some(&b'/')
            && bytes.get(1) != Some(&b'/')
            && *method != Method::CONNECT
        {
            let end = bytes.len();
            self.authority = None;
            self.path = span(0, end);
            self.query = span(end, end);
            self.is_escaped = false;
            self.is_asterisk = false;
            return Ok(true);
        }
        *self = Self::parse(bytes, classes, method)?;
        Ok(false)
    }

    #[inline(never)]
    pub(super) fn parse(bytes: &[u8], classes: u8, method: &Method) -> Result<Self, Refusal> {
        if *method == Method::CONNECT {
            return Err(Refusal::new(Kind::Connect));
        }
        match bytes {
            [b'/', ..] => Self::parse_from(bytes, 0, classes, None),
            b"*" if *method == Method::OPTIONS => Ok(Self {
                is_asterisk: true,
                ..Self::default()
            }),
            _ => Self::parse_absolute(bytes, classes),
        }
    }

    /// `http://authority/path?query`.
    #[cold]
    fn parse_absolute(bytes: &[u8], classes: u8) -> Result<Self, Refusal> {
        let refused = Refusal::new(Kind::BadTarget);
        let start = memchr::memmem::find(bytes, b"://").ok_or(refused)?;
        let (scheme, rest) = bytes.split_at_checked(start).unwrap_or_default();
        let rest = rest.get(3..).unwrap_or_default();
        if !scheme.eq_ignore_ascii_case(b"http") && !scheme.eq_ignore_ascii_case(b"https") {
            return Err(refused);
        }
        let start = bytes.len() - rest.len();
        let length = memchr::memchr2(b'/', b'?', rest).unwrap_or(rest.len());
        let authority = rest.get(..length).unwrap_or_default();
        // A userinfo part (`user@`) fails here, too: RFC 9110 section 4.2.4.
        if authority.is_empty() || !is_host(authority) {
            return Err(refused);
        }
        let end = start + length;
        Self::parse_from(bytes, end, classes, Some(span(start, end)))
    }

    /// The path that begins at `start`, and the query after it.
    fn parse_from(
        bytes: &[u8],
        start: usize,
        classes: u8,
        authority: Option<Range<u16>>,
    ) -> Result<Self, Refusal> {
        let tail = bytes.get(start..).unwrap_or_default();
        let question = match classes & QUESTION {
            0 => None,
            _ => memchr::memchr(b'?', tail),
        };
        let length = question.unwrap_or(tail.len());
        let path = tail.get(..length).unwrap_or_default();
        let of_path = self::classes(path);
        if of_path & NOT_PATH != 0 {
            return Err(Refusal::new(Kind::BadTarget));
        }
        let end = start + length;
        Ok(Self {
            authority,
            path: span(start, end),
            query: match question {
                Some(_) => span(end + 1, bytes.len()),
                None => span(end, end),
            },
            is_escaped: of_path & ESCAPE != 0,
            is_asterisk: false,
        })
    }
}

/// All classes of the bytes of a target.
pub(super) fn classes(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |all, byte| all | class(*byte))
}

/// Whether bytes of these classes make a target.
pub(super) const fn is_target(classes: u8) -> bool {
    classes & ENDS == 0
}

#[inline]
#[allow(clippy::indexing_slicing, reason = "a byte indexes 256 places")]
pub(super) fn class(byte: u8) -> u8 {
    CLASS[usize::from(byte)]
}

#[inline]
#[allow(clippy::indexing_slicing, reason = "a byte indexes 256 places")]
fn name_class(byte: u8) -> u8 {
    NAME[usize::from(byte)]
}

#[inline]
fn is_name(byte: u8) -> bool {
    name_class(byte) != NO_NAME
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

/// Stands for itself in a registered name.
const PLAIN: u8 = 1;
/// May not stand in one.
const NO_NAME: u8 = 4;
/// A percent sign.
const ESCAPING: u8 = 2;

/// May stand in a registered name (RFC 3986 section 3.2.2: unreserved, sub-delims, `%`).
#[allow(clippy::indexing_slicing, reason = "the index stays below 256")]
static NAME: [u8; 256] = {
    let mut table = [NO_NAME; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        table[byte] = match byte as u8 {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'!'
            | b'$'
            | b'&'
            | b'\''
            | b'('
            | b')'
            | b'*'
            | b'+'
            | b','
            | b';'
            | b'=' => PLAIN,
            b'%' => ESCAPING,
            _ => NO_NAME,
        };
        byte += 1;
    }
    table
};

/// Whether a Host value is `uri-host [ ":" port ]` (RFC 9110 section 7.2). Empty is allowed: a
/// client sends it for a target URI without an authority (RFC 9112 section 3.2).
#[inline]
pub(super) fn is_host(value: &[u8]) -> bool {
    // A name without a port and an escape, the commonest of all, in one loop without a branch.
    let classes = value.iter().fold(0, |all, byte| all | name_class(*byte));
    classes <= PLAIN || is_unusual_host(value)
}

#[inline(never)]
fn is_unusual_host(value: &[u8]) -> bool {
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
