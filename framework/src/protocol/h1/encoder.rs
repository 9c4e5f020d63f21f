//! Response heads and chunk framing, appended to a caller's buffer.

use http::HeaderName;
use http::HeaderValue;
use http::StatusCode;

use crate::datastructures::Headers;

/// The two fields that every response carries and that change once a second.
///
/// Formatting a date costs more than the rest of a small head, so it is done ahead of time.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    bytes: [u8; STAMP],
}

/// `server: rustzeug`, `date: …` with the 29 bytes of an IMF-fixdate (RFC 9110 section 5.6.7), and
/// the end of the head, because both are mostly the last fields.
const TEMPLATE: &[u8; STAMP] = b"server: rustzeug\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n";
const STAMP: usize = 18 + 37 + 2;
const DATE_AT: usize = 18 + 6;

impl Default for Stamp {
    fn default() -> Self {
        Self { bytes: *TEMPLATE }
    }
}

impl Stamp {
    /// Takes over a formatted date.
    pub fn set(&mut self, date: &[u8; 29]) {
        if let Some(place) = self.bytes.get_mut(DATE_AT..DATE_AT + 29) {
            place.copy_from_slice(date);
        }
    }

    fn server(&self) -> &[u8] {
        self.bytes.get(..18).unwrap_or_default()
    }

    fn date(&self) -> &[u8] {
        self.bytes.get(18..STAMP - 2).unwrap_or_default()
    }
}

/// How the end of a response body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// Content-Length.
    Known(u64),
    /// Transfer-Encoding: chunked.
    Chunked,
    /// By closing the connection (HTTP/1.0).
    Close,
    /// This status has no body and says nothing of one.
    Absent,
}

/// What is said of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Persistence {
    Default,
    Close,
    KeepAlive,
    /// The application's own fields decide (101 Switching Protocols).
    Theirs,
}

/// What the fields of an application say that the rest of the head depends on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said {
    /// `Connection: close`.
    pub(super) closes: bool,
    has_date: bool,
    has_server: bool,
}

/// Appends the status line and the fields of the application, without those of framing: they are
/// ours alone. What an application says of framing was used elsewhere and is not repeated, except
/// where the protocol is not HTTP/1.1 any more (101 Switching Protocols).
#[inline]
pub(super) fn encode_fields(out: &mut Vec<u8>, status: StatusCode, fields: &Headers) -> Said {
    out.reserve(256);
    encode_status(out, status);
    let mut said = Said::default();
    let (constant, others) = fields.parts();
    if let Some(constant) = constant {
        // A Content-Type: nothing depends on what it says.
        out.extend_from_slice(constant.line().as_bytes());
    }
    if !others.is_empty() {
        encode_others(out, status, others, &mut said);
    }
    said
}

/// Appends fields, and notes what they say. Apart, so that the others need little room.
#[inline(never)]
fn encode_others(
    out: &mut Vec<u8>,
    status: StatusCode,
    fields: &[(HeaderName, HeaderValue)],
    said: &mut Said,
) {
    for (name, value) in fields {
        let name = name.as_str();
        if !is_plain(name, value, status, said) {
            continue;
        }
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}

/// Whether a field is passed on; notes those that matter. Names are in lower case, and the length
/// tells most of them from the five that are looked for.
#[inline]
fn is_plain(name: &str, value: &HeaderValue, status: StatusCode, said: &mut Said) -> bool {
    match name.len() {
        4 => said.has_date |= name == "date",
        6 => said.has_server |= name == "server",
        10 if name == "connection" => {
            said.closes |= says_close(value);
            return status == StatusCode::SWITCHING_PROTOCOLS;
        }
        14 => return name != "content-length",
        17 => return name != "transfer-encoding",
        _ => {}
    }
    true
}

fn says_close(value: &HeaderValue) -> bool {
    value
        .as_bytes()
        .split(|b| *b == b',')
        .any(|t| t.trim_ascii().eq_ignore_ascii_case(b"close"))
}

/// Appends what follows the fields of the application, to the end of the head.
#[inline]
pub(super) fn encode_end(
    out: &mut Vec<u8>,
    length: Length,
    persistence: Persistence,
    said: Said,
    stamp: &Stamp,
) {
    match length {
        Length::Known(n) => {
            out.extend_from_slice(b"content-length: ");
            out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        Length::Chunked => out.extend_from_slice(b"transfer-encoding: chunked\r\n"),
        Length::Close | Length::Absent => {}
    }
    match persistence {
        Persistence::Close => out.extend_from_slice(b"connection: close\r\n"),
        Persistence::KeepAlive => out.extend_from_slice(b"connection: keep-alive\r\n"),
        Persistence::Default | Persistence::Theirs => {}
    }
    if !said.has_date && !said.has_server {
        out.extend_from_slice(&stamp.bytes);
        return;
    }
    if !said.has_date {
        out.extend_from_slice(stamp.date());
    } else if !said.has_server {
        out.extend_from_slice(stamp.server());
    }
    out.extend_from_slice(b"\r\n");
}

#[inline]
fn encode_status(out: &mut Vec<u8>, status: StatusCode) {
    // The commonest line in one copy.
    if status == StatusCode::OK {
        out.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
    } else {
        encode_other_status(out, status);
    }
}

#[inline(never)]
fn encode_other_status(out: &mut Vec<u8>, status: StatusCode) {
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(status.as_str().as_bytes());
    out.push(b' ');
    out.extend_from_slice(status.canonical_reason().unwrap_or("Unknown").as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// Changes the reason phrase of the head that begins at `at` (RFC 9112 section 4).
///
/// Nearly no response has one of its own, so the head is written without, and then mended here.
#[cold]
pub fn replace_reason(out: &mut Vec<u8>, at: usize, reason: &str) {
    debug_assert!(
        !reason.contains(['\r', '\n']),
        "checked by `set_status_text`"
    );
    let start = at + STATUS_LINE_START;
    let line = out.get(start..).unwrap_or_default();
    if let Some(length) = memchr::memchr(b'\r', line) {
        out.splice(start..start + length, reason.bytes());
    }
}

/// `HTTP/1.1 200 `.
const STATUS_LINE_START: usize = 13;

/// Appends the line that announces `n` bytes of data; `n` is not 0.
#[allow(clippy::indexing_slicing, reason = "four bits index sixteen digits")]
pub fn encode_chunk_head(out: &mut Vec<u8>, n: usize) {
    debug_assert!(n > 0, "a chunk of no bytes ends the body");
    let mut digits = [0u8; 16];
    let mut left = n;
    let mut at = digits.len();
    for place in digits.iter_mut().rev() {
        *place = HEX[left & 15];
        left >>= 4;
        at -= 1;
        if left == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(at..).unwrap_or_default());
    out.extend_from_slice(b"\r\n");
}

/// Appends what follows the data of a chunk.
pub fn encode_chunk_end(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\r\n");
}

/// Appends the end of a chunked body.
pub fn encode_last_chunk(out: &mut Vec<u8>) {
    out.extend_from_slice(b"0\r\n\r\n");
}

const HEX: &[u8; 16] = b"0123456789abcdef";
