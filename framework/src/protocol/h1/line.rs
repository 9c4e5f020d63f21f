//! The request line (RFC 9112 section 3): method, target, version.
//!
//! Read by ourselves, in one pass: parsers of others allow more in every part (RFC 3986 does not
//! know the bytes they let through in targets), so all of it would be read twice.

use std::ops::Range;

use http::Method;
use http::Version;

use super::Limits;
use super::Refusal;
use super::error::Kind;
use super::target::ENDS;
use super::target::class;
use super::target::span;
use crate::grammar::token;

/// A request line that is all there: where its parts are. Small, so that it stays in registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) verb: Verb,
    /// All classes of the bytes of the target.
    pub(super) classes: u8,
    is_11: bool,
    /// Where the method begins.
    start: u16,
    /// The target: bytes that may stand in one, none beyond ASCII; what its parts are is not known
    /// yet.
    from: u16,
    to: u16,
}

/// The methods that nearly all requests have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Verb {
    #[default]
    Get,
    Post,
    Head,
    Put,
    Patch,
    Delete,
    Options,
    Rare,
}

impl Line {
    /// Reads a line from the front of `input`, which is at most 65,535 bytes long; `None` where it
    /// is not one of the usual ones, of which [`read_unusual`](Self::read_unusual) knows more.
    #[inline]
    pub(super) fn read(input: &[u8], limits: &Limits) -> Option<Self> {
        let (verb, from) = if input.starts_with(b"GET ") {
            (Verb::Get, 4)
        } else {
            match input {
                [b'P', b'O', b'S', b'T', b' ', ..] => (Verb::Post, 5),
                [b'H', b'E', b'A', b'D', b' ', ..] => (Verb::Head, 5),
                [b'P', b'U', b'T', b' ', ..] => (Verb::Put, 4),
                [b'P', b'A', b'T', b'C', b'H', b' ', ..] => (Verb::Patch, 6),
                [b'D', b'E', b'L', b'E', b'T', b'E', b' ', ..] => (Verb::Delete, 7),
                [b'O', b'P', b'T', b'I', b'O', b'N', b'S', b' ', ..] => (Verb::Options, 8),
                _ => return None,
            }
        };
        let rest = input.get(from..).unwrap_or_default();
        let (length, classes) = scan(rest);
        let tail = rest.get(length..).unwrap_or_default();
        if !tail.starts_with(b" HTTP/1.1\r\n") || length == 0 || length > limits.target_size {
            return None;
        }
        let target = span(from, from + length);
        Some(Self {
            verb,
            classes,
            is_11: true,
            start: 0,
            from: target.start,
            to: target.end,
        })
    }

    /// Bytes from the beginning of the input to the end of the line.
    #[inline]
    pub(super) fn length(self) -> usize {
        usize::from(self.to) + AFTER_TARGET
    }

    #[inline]
    pub(super) fn target(self) -> Range<usize> {
        self.from.into()..self.to.into()
    }

    #[inline]
    pub(super) const fn version(self) -> Version {
        if self.is_11 {
            Version::HTTP_11
        } else {
            Version::HTTP_10
        }
    }

    /// The method; `input` is what the line was read from.
    #[inline(never)]
    pub(super) fn method(self, input: &[u8]) -> Result<Method, Refusal> {
        Ok(match self.verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
            Verb::Head => Method::HEAD,
            Verb::Put => Method::PUT,
            Verb::Patch => Method::PATCH,
            Verb::Delete => Method::DELETE,
            Verb::Options => Method::OPTIONS,
            Verb::Rare => {
                let name = input.get(self.start.into()..usize::from(self.from) - 1);
                Method::from_bytes(name.unwrap_or_default())
                    .map_err(|_| Refusal::new(Kind::BadMethod))?
            }
        })
    }

    /// Reads any line: with an empty one before it, a rare method, another version; `None` where it
    /// is not all there yet.
    ///
    /// What is wrong is told as soon as it is seen, and always the same wherever the input was
    /// cut.
    #[cold]
    pub(super) fn read_unusual(input: &[u8], limits: &Limits) -> Result<Option<Self>, Refusal> {
        // RFC 9112 section 2.2: one empty line is forgiven.
        let line = input.strip_prefix(b"\r\n").unwrap_or(input);
        let start = input.len() - line.len();
        if line.is_empty() || input == b"\r" {
            return Ok(None);
        }
        // No more is looked at, so that the verdict is the same however much has arrived.
        let most = limits.target_size.saturating_add(AROUND_TARGET);
        let line = line.get(..most).unwrap_or(line);
        let Some((method, rest)) = word(line, is_token) else {
            return unfinished(line, most);
        };
        if method.is_empty() || rest.first() != Some(&b' ') {
            return Err(Refusal::new(match rest.first() {
                Some(b'\r' | b'\n') if method.is_empty() => Kind::BareLineFeed,
                _ => Kind::BadLine,
            }));
        }
        let rest = rest.get(1..).unwrap_or_default();
        let (length, classes) = scan(rest);
        let tail = rest.get(length..).unwrap_or_default();
        match tail.first() {
            None => return unfinished(line, most),
            Some(b' ') if length > 0 => {}
            Some(b'\r' | b'\n') => return Err(Refusal::new(Kind::BadLine)),
            Some(_) => return Err(Refusal::new(Kind::BadTarget)),
        }
        let Some(version) = version(tail.get(1..).unwrap_or_default())? else {
            return unfinished(line, most);
        };
        if length > limits.target_size {
            return Err(Refusal::new(Kind::TargetTooLong));
        }
        // RFC 9112 section 3: longer than any method that anybody implements.
        if method.len() > LONGEST_METHOD {
            return Err(Refusal::new(Kind::MethodTooLong));
        }
        let from = start + method.len() + 1;
        let (before, target) = (span(start, from), span(from, from + length));
        Ok(Some(Self {
            verb: Verb::Rare,
            classes,
            is_11: version == Version::HTTP_11,
            start: before.start,
            from: target.start,
            to: target.end,
        }))
    }
}

/// How many bytes may stand in a target, and all their classes.
#[inline]
fn scan(bytes: &[u8]) -> (usize, u8) {
    let length = plain(bytes);
    if bytes.get(length) == Some(&b' ') {
        return (length, 0);
    }
    scan_classes(bytes)
}

/// How many bytes are plain in any case: up to the first that may not be, or to the last whole word.
#[inline]
fn plain(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks::<WORD>();
    for (place, word) in words.iter().enumerate() {
        let marks = doubts(u64::from_le_bytes(*word));
        if marks != 0 {
            return place * WORD + (marks.trailing_zeros() / 8) as usize;
        }
    }
    words.len() * WORD
}

/// Marks the bytes of a word that may be special; right up to the first that is marked.
///
/// Controls, space and all up to the apostrophe; `<`, `>`, `?` and `=`; the backslash; what is not
/// ASCII. A few of them are plain: those are looked up.
#[inline]
const fn doubts(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const fn zeros(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word
    }
    let low = word.wrapping_sub(ONES * 0x28) & !word;
    let angles = zeros(word & (ONES * 0xfc) ^ (ONES * 0x3c));
    let backslash = zeros(word ^ (ONES * 0x5c));
    let high = word.wrapping_add(ONES) | word;
    (low | angles | backslash | high) & (ONES * 0x80)
}

const WORD: usize = 8;

/// As [`scan`], for every target.
#[inline(never)]
fn scan_classes(bytes: &[u8]) -> (usize, u8) {
    let (chunks, _) = bytes.as_chunks::<STRIDE>();
    let mut length = 0;
    let mut classes = 0;
    // Without a branch for each byte.
    for chunk in chunks {
        let all = chunk.iter().fold(0, |all, byte| all | class(*byte));
        if all & ENDS != 0 {
            break;
        }
        classes |= all;
        length += STRIDE;
    }
    for byte in bytes.get(length..).unwrap_or_default() {
        let class = class(*byte);
        if class & ENDS != 0 {
            break;
        }
        classes |= class;
        length += 1;
    }
    (length, classes)
}

/// Bytes looked at in one go.
const STRIDE: usize = 8;

/// The bytes up to the first that is not allowed, and the rest from there; `None` without one.
fn word(bytes: &[u8], is_allowed: impl Fn(u8) -> bool) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| !is_allowed(*byte))?;
    bytes.split_at_checked(end)
}

/// The line goes on; where it has gone on for too long, the target is to blame.
fn unfinished<T>(line: &[u8], most: usize) -> Result<Option<T>, Refusal> {
    if line.len() >= most {
        Err(Refusal::new(Kind::TargetTooLong))
    } else {
        Ok(None)
    }
}

/// `HTTP/1.1` and the line end; `None` where more has to come.
///
/// RFC 9110 section 2.5: a higher minor version is read as ours; another major is 505.
fn version(tail: &[u8]) -> Result<Option<Version>, Refusal> {
    for (place, byte) in tail.iter().enumerate().take(VERSION) {
        let fits = match place {
            5 | 7 => byte.is_ascii_digit(),
            9 => *byte == b'\n',
            _ => b"HTTP/_._\r".get(place) == Some(byte),
        };
        if !fits {
            return Err(Refusal::new(match (place, byte) {
                (8, b'\n') => Kind::BareLineFeed,
                _ => Kind::BadVersion,
            }));
        }
    }
    match tail.get(..VERSION) {
        None => Ok(None),
        Some([.., b'1', b'.', b'0', b'\r', b'\n']) => Ok(Some(Version::HTTP_10)),
        Some([.., b'1', b'.', _, b'\r', b'\n']) => Ok(Some(Version::HTTP_11)),
        Some(_) => Err(Refusal::new(Kind::Version)),
    }
}

/// `HTTP/1.1` and a line end.
const VERSION: usize = 10;

/// The same, and a space before it.
const AFTER_TARGET: usize = VERSION + 1;

/// Bytes of a request line besides its target: a long method, two spaces, the version.
const AROUND_TARGET: usize = 64;

/// The longest registered method, UPDATEREDIRECTREF, has 17 bytes.
const LONGEST_METHOD: usize = 32;

#[inline]
#[allow(clippy::indexing_slicing, reason = "a byte indexes 256 places")]
fn is_token(byte: u8) -> bool {
    TOKEN[usize::from(byte)]
}

#[allow(clippy::indexing_slicing, reason = "the index stays below 256")]
static TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        table[byte] = token::is_token_byte(byte as u8);
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_special_byte_is_taken_for_a_plain_one() {
        for byte in 0..=u8::MAX {
            for place in 0..2 * WORD {
                let mut bytes = [b'a'; 2 * WORD];
                bytes[place] = byte;
                let length = plain(&bytes);
                match class(byte) {
                    0 => assert!(length == place || length == bytes.len(), "{byte} {place}"),
                    _ => assert_eq!(length, place, "{byte}"),
                }
                bytes[place] = b' ';
                bytes[0] = byte;
                let (length, classes) = scan(&bytes);
                let want = bytes.iter().position(|byte| class(*byte) & ENDS != 0);
                assert_eq!(length, want.unwrap_or(bytes.len()));
                let all = bytes[..length]
                    .iter()
                    .fold(0, |all, byte| all | class(*byte));
                assert_eq!(classes, all, "{byte} {place}");
            }
        }
    }
}
