//! Response heads and chunk framing, appended to a caller's buffer.

use http::HeaderName;
use http::StatusCode;
use http::header;

use crate::datastructures::Headers;

/// The two fields that every response carries and that change once a second.
///
/// Formatting a date costs more than the rest of a small head, so it is done ahead of time.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    bytes: [u8; STAMP],
}

/// `server: rustzeug`, `date: …` with the 29 bytes of an IMF-fixdate (RFC 9110 section 5.6.7).
const TEMPLATE: &[u8; STAMP] = b"server: rustzeug\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n";
const STAMP: usize = 18 + 37;
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
        self.bytes.get(18..).unwrap_or_default()
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

/// Appends a whole head. Framing fields are ours alone: what an application says of them was
/// used for `length` and `persistence` and is not repeated.
#[inline]
pub(super) fn encode_head(
    out: &mut Vec<u8>,
    status: StatusCode,
    fields: &Headers,
    length: Length,
    persistence: Persistence,
    stamp: &Stamp,
) {
    out.reserve(256);
    encode_status(out, status);
    let mut has_date = false;
    let mut has_server = false;
    for (name, value) in fields {
        if is_framing(name, persistence) {
            continue;
        }
        has_date |= name == header::DATE;
        has_server |= name == header::SERVER;
        out.extend_from_slice(name.as_str().as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
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
    if !has_date && !has_server {
        out.extend_from_slice(&stamp.bytes);
    } else if !has_date {
        out.extend_from_slice(stamp.date());
    } else if !has_server {
        out.extend_from_slice(stamp.server());
    }
    out.extend_from_slice(b"\r\n");
}

#[inline]
fn is_framing(name: &HeaderName, persistence: Persistence) -> bool {
    name == header::CONTENT_LENGTH
        || name == header::TRANSFER_ENCODING
        || (name == header::CONNECTION && persistence != Persistence::Theirs)
}

#[inline]
fn encode_status(out: &mut Vec<u8>, status: StatusCode) {
    // The commonest line in one copy; every other from its parts.
    if status == StatusCode::OK {
        out.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
        return;
    }
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
