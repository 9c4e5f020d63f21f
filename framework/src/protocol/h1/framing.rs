//! The one place that decides where a message ends (RFC 9112 section 6.3).
//!
//! Request smuggling lives from two parties that decide differently. Here everything that is
//! not plain is refused, and the decision is made once, from the fields as they were received.

use super::Refusal;
use super::error::Kind;

/// How a body is delimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "RFC 9112 section 6.3 knows no other for requests"
)]
pub enum BodyFraming {
    /// Neither Content-Length nor Transfer-Encoding: no body.
    #[default]
    None,
    /// Content-Length: so many bytes.
    Length(u64),
    /// Transfer-Encoding: chunked.
    Chunked,
}

/// What a head says about its message and its connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Framing {
    /// How the body is delimited.
    pub body: BodyFraming,
    /// Whether the client wants the connection kept.
    pub keep_alive: bool,
    /// Whether the client waits for `100 Continue`.
    pub expects_continue: bool,
    /// Whether `Connection: upgrade` was said.
    pub upgrade: bool,
}

/// Collects what the fields say, one at a time, then decides.
///
/// Most heads say nothing of all this but their Host, so what they say is a set of bits: nothing
/// to clear, and one comparison tells the plain ones.
#[derive(Debug)]
pub(super) struct Facts {
    said: u16,
    /// Only where `LENGTH` was said.
    length: u64,
}

const IS_11: u16 = 1;
const HOST: u16 = 1 << 1;
const LENGTH: u16 = 1 << 2;
/// A Transfer-Encoding, of any kind.
const ENCODING: u16 = 1 << 3;
/// The last transfer coding seen was `chunked`.
const CHUNKED: u16 = 1 << 4;
/// RFC 9112 section 7.1: nobody may apply it twice.
const CHUNKED_TWICE: u16 = 1 << 5;
const OTHER_CODING: u16 = 1 << 6;
const CLOSE: u16 = 1 << 7;
const KEEP_ALIVE: u16 = 1 << 8;
const UPGRADE: u16 = 1 << 9;
const CONTINUE: u16 = 1 << 10;
const OTHER_EXPECTATION: u16 = 1 << 11;
/// A test or a gateway need not bring a Host.
const EXCUSED: u16 = 1 << 12;

impl Facts {
    #[inline]
    pub(super) const fn new(is_11: bool) -> Self {
        Self {
            said: if is_11 { IS_11 } else { 0 },
            length: 0,
        }
    }

    /// Lets a message do without a Host.
    pub(super) const fn excuse_host(&mut self) {
        self.said |= EXCUSED;
    }

    /// Looks at one field. Only five names matter; their lengths and first letters differ, so most
    /// fields cost a comparison of two numbers.
    #[inline]
    pub(super) fn field(&mut self, name: &[u8], value: &[u8]) -> Result<(), Refusal> {
        let first = name.first().map_or(0, |byte| byte | 0x20);
        match (name.len(), first) {
            (4, b'h') if is_host_name(name) => self.host(value),
            (6, b'e') | (10 | 14, b'c') | (17, b't') => self.rare(name, value),
            _ => Ok(()),
        }
    }

    #[inline(never)]
    fn rare(&mut self, name: &[u8], value: &[u8]) -> Result<(), Refusal> {
        if name.eq_ignore_ascii_case(b"connection") {
            self.connection(value);
        } else if name.eq_ignore_ascii_case(b"content-length") {
            self.content_length(value)?;
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.transfer_encoding(value);
        } else if name.eq_ignore_ascii_case(b"expect") {
            self.expect(value);
        }
        Ok(())
    }

    #[inline]
    fn host(&mut self, value: &[u8]) -> Result<(), Refusal> {
        if self.said & HOST != 0 {
            return Err(Refusal::new(Kind::HostTwice));
        }
        self.said |= HOST;
        if super::target::is_host(value) {
            Ok(())
        } else {
            Err(Refusal::new(Kind::BadHost))
        }
    }

    fn expect(&mut self, value: &[u8]) {
        for token in tokens(value) {
            self.said |= if token.eq_ignore_ascii_case(b"100-continue") {
                CONTINUE
            } else {
                OTHER_EXPECTATION
            };
        }
    }

    fn connection(&mut self, value: &[u8]) {
        for token in tokens(value) {
            if token.eq_ignore_ascii_case(b"close") {
                self.said |= CLOSE;
            } else if token.eq_ignore_ascii_case(b"keep-alive") {
                self.said |= KEEP_ALIVE;
            } else if token.eq_ignore_ascii_case(b"upgrade") {
                self.said |= UPGRADE;
            }
        }
    }

    /// Digits only; a second one, or a list, must say the same (RFC 9110 section 8.6).
    fn content_length(&mut self, value: &[u8]) -> Result<(), Refusal> {
        let refused = Refusal::new(Kind::BadContentLength);
        for part in value.split(|b| *b == b',') {
            let digits = part.trim_ascii();
            if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
                return Err(refused);
            }
            let length = digits.iter().try_fold(0u64, |n, d| {
                n.checked_mul(10)?.checked_add(u64::from(d - b'0'))
            });
            let length = length.ok_or(refused)?;
            if self.said & LENGTH != 0 && self.length != length {
                return Err(refused);
            }
            self.said |= LENGTH;
            self.length = length;
        }
        Ok(())
    }

    fn transfer_encoding(&mut self, value: &[u8]) {
        self.said |= ENCODING;
        let mut is_empty = true;
        for token in tokens(value) {
            is_empty = false;
            if token.eq_ignore_ascii_case(b"chunked") {
                if self.said & CHUNKED != 0 {
                    self.said |= CHUNKED_TWICE;
                }
                self.said |= CHUNKED;
            } else {
                self.said = self.said & !CHUNKED | OTHER_CODING;
            }
        }
        if is_empty {
            self.said &= !CHUNKED;
        }
    }

    /// The decision.
    #[inline]
    pub(super) fn decide(self) -> Result<Framing, Refusal> {
        // All that a plain GET says.
        if self.said == IS_11 | HOST {
            return Ok(Framing {
                body: BodyFraming::None,
                keep_alive: true,
                expects_continue: false,
                upgrade: false,
            });
        }
        self.decide_rest()
    }

    fn decide_rest(self) -> Result<Framing, Refusal> {
        let says = |bit| self.said & bit != 0;
        // RFC 9112 section 3.2: exactly one Host on 1.1, whatever the form of the target.
        if says(IS_11) && !says(HOST | EXCUSED) {
            return Err(Refusal::new(Kind::HostMissing));
        }
        let body = if says(ENCODING) {
            // RFC 9112 section 6.1: an HTTP/1.0 message with a transfer coding has faulty framing.
            if !says(IS_11) {
                return Err(Refusal::new(Kind::EncodingOn10));
            }
            // Section 6.3: both are what smuggling is made of.
            if says(LENGTH) {
                return Err(Refusal::new(Kind::EncodingAndLength));
            }
            if !says(CHUNKED) || says(CHUNKED_TWICE) {
                return Err(Refusal::new(Kind::EncodingNotLast));
            }
            if says(OTHER_CODING) {
                return Err(Refusal::new(Kind::UnknownEncoding));
            }
            BodyFraming::Chunked
        } else {
            match self.length {
                0 => BodyFraming::None,
                length => BodyFraming::Length(length),
            }
        };
        // RFC 9110 section 10.1.1: an expectation nobody knows is 417; HTTP/1.0 has none.
        if says(OTHER_EXPECTATION) && says(IS_11) {
            return Err(Refusal::new(Kind::Expectation));
        }
        Ok(Framing {
            body,
            // RFC 9112 section 9.3: close wins.
            keep_alive: !says(CLOSE) && says(IS_11 | KEEP_ALIVE),
            expects_continue: says(CONTINUE) && says(IS_11) && body != BodyFraming::None,
            // HTTP/1.0 cannot upgrade (RFC 9110 section 7.8).
            upgrade: says(UPGRADE) && says(IS_11),
        })
    }
}

/// Every request has it: all letters at once. The bit that is set makes small letters of large
/// ones and a small letter of nothing else.
#[inline]
fn is_host_name(name: &[u8]) -> bool {
    const SMALL: u32 = 0x2020_2020;
    name.first_chunk()
        .is_some_and(|name| u32::from_ne_bytes(*name) | SMALL == u32::from_ne_bytes(*b"host"))
}

/// The members of a comma-separated list, without the empty ones.
fn tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|b| *b == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|token| !token.is_empty())
}
