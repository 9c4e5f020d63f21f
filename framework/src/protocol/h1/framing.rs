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
#[derive(Debug)]
pub(super) struct Facts {
    is_11: bool,
    hosts: u8,
    is_host_excused: bool,
    length: Option<u64>,
    has_encoding: bool,
    /// The last transfer coding seen was `chunked`.
    is_chunked: bool,
    /// RFC 9112 section 7.1: nobody may apply it twice.
    is_chunked_twice: bool,
    knows_codings: bool,
    close: bool,
    keep_alive: bool,
    upgrade: bool,
    expects_continue: bool,
    expects_other: bool,
}

impl Facts {
    pub(super) const fn new(is_11: bool) -> Self {
        Self {
            is_11,
            hosts: 0,
            is_host_excused: false,
            length: None,
            has_encoding: false,
            is_chunked: false,
            is_chunked_twice: false,
            knows_codings: true,
            close: false,
            keep_alive: false,
            upgrade: false,
            expects_continue: false,
            expects_other: false,
        }
    }

    /// Lets a message do without a Host.
    pub(super) const fn excuse_host(&mut self) {
        self.is_host_excused = true;
    }

    /// Looks at one field. Only five names matter; their lengths differ, so most fields cost one
    /// comparison of numbers.
    #[inline]
    pub(super) fn field(&mut self, name: &[u8], value: &[u8]) -> Result<(), Refusal> {
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => self.host(value),
            6 if name.eq_ignore_ascii_case(b"expect") => {
                self.expect(value);
                Ok(())
            }
            10 if name.eq_ignore_ascii_case(b"connection") => {
                self.connection(value);
                Ok(())
            }
            14 if name.eq_ignore_ascii_case(b"content-length") => self.content_length(value),
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                self.transfer_encoding(value);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn host(&mut self, value: &[u8]) -> Result<(), Refusal> {
        if self.hosts > 0 {
            return Err(Refusal::new(Kind::HostTwice));
        }
        self.hosts = 1;
        if super::target::is_host(value) {
            Ok(())
        } else {
            Err(Refusal::new(Kind::BadHost))
        }
    }

    fn expect(&mut self, value: &[u8]) {
        for token in tokens(value) {
            if token.eq_ignore_ascii_case(b"100-continue") {
                self.expects_continue = true;
            } else {
                self.expects_other = true;
            }
        }
    }

    fn connection(&mut self, value: &[u8]) {
        for token in tokens(value) {
            if token.eq_ignore_ascii_case(b"close") {
                self.close = true;
            } else if token.eq_ignore_ascii_case(b"keep-alive") {
                self.keep_alive = true;
            } else if token.eq_ignore_ascii_case(b"upgrade") {
                self.upgrade = true;
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
            if self.length.is_some_and(|before| before != length) {
                return Err(refused);
            }
            self.length = Some(length);
        }
        Ok(())
    }

    fn transfer_encoding(&mut self, value: &[u8]) {
        self.has_encoding = true;
        let mut is_empty = true;
        for token in tokens(value) {
            is_empty = false;
            if token.eq_ignore_ascii_case(b"chunked") {
                self.is_chunked_twice |= self.is_chunked;
                self.is_chunked = true;
            } else {
                self.is_chunked = false;
                self.knows_codings = false;
            }
        }
        if is_empty {
            self.is_chunked = false;
        }
    }

    /// The decision.
    pub(super) fn decide(self) -> Result<Framing, Refusal> {
        // RFC 9112 section 3.2: exactly one Host on 1.1, whatever the form of the target.
        if self.is_11 && self.hosts == 0 && !self.is_host_excused {
            return Err(Refusal::new(Kind::HostMissing));
        }
        let body = if self.has_encoding {
            // RFC 9112 section 6.1: an HTTP/1.0 message with a transfer coding has faulty framing.
            if !self.is_11 {
                return Err(Refusal::new(Kind::EncodingOn10));
            }
            // Section 6.3: both are what smuggling is made of.
            if self.length.is_some() {
                return Err(Refusal::new(Kind::EncodingAndLength));
            }
            if !self.is_chunked || self.is_chunked_twice {
                return Err(Refusal::new(Kind::EncodingNotLast));
            }
            if !self.knows_codings {
                return Err(Refusal::new(Kind::UnknownEncoding));
            }
            BodyFraming::Chunked
        } else {
            match self.length {
                None | Some(0) => BodyFraming::None,
                Some(length) => BodyFraming::Length(length),
            }
        };
        // RFC 9110 section 10.1.1: an expectation nobody knows is 417; HTTP/1.0 has none.
        if self.expects_other && self.is_11 {
            return Err(Refusal::new(Kind::Expectation));
        }
        Ok(Framing {
            body,
            // RFC 9112 section 9.3: close wins.
            keep_alive: !self.close && (self.is_11 || self.keep_alive),
            expects_continue: self.expects_continue && self.is_11 && body != BodyFraming::None,
            // HTTP/1.0 cannot upgrade (RFC 9110 section 7.8).
            upgrade: self.upgrade && self.is_11,
        })
    }
}

/// The members of a comma-separated list, without the empty ones.
fn tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|b| *b == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|token| !token.is_empty())
}
