//! The state of one connection between a request's first byte and its response's last.

use http::StatusCode;
use http::Version;
use http::header;

use super::BodyFraming;
use super::ChunkedDecoder;
use super::Head;
use super::Limits;
use super::Refusal;
use super::Stamp;
use super::encoder;
use super::encoder::Length;
use super::encoder::Persistence;
use crate::datastructures::Headers;

/// The server's side of an HTTP/1.1 connection, without the socket.
///
/// One exchange at a time: [`read_head`](Self::read_head), then
/// [`read_body`](Self::read_body) until [`is_body_read`](Self::is_body_read), then
/// [`write_head`](Self::write_head) and the body it asks for. When
/// [`is_persistent`](Self::is_persistent) still holds, the next head may be read.
#[derive(Debug, Default)]
pub struct Connection {
    body: Reading,
    is_head: bool,
    is_11: bool,
    keep_alive: bool,
    /// The client said that it sends nothing after this request.
    is_last: bool,
    expects_continue: bool,
    /// Bytes of an unfinished head that were looked at in vain.
    seen: usize,
}

/// What is left of the request body.
#[derive(Debug, Default)]
enum Reading {
    #[default]
    Done,
    Length(u64),
    /// Boxed: few requests are chunked, and connections are kept small.
    Chunked(Box<ChunkedDecoder>),
}

/// What the caller has to send after a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outgoing {
    /// Nothing: HEAD, 1xx, 204, 304.
    Nothing,
    /// So many bytes.
    Length(u64),
    /// Chunks, then the last chunk.
    Chunked,
    /// Bytes until the connection is closed.
    UntilClose,
}

impl Connection {
    /// A new connection, before its first byte.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a head from the front of `input` into `head`; `None` where it is not all there yet,
    /// else how many bytes it took.
    ///
    /// # Errors
    ///
    /// What is refused; the connection must be closed after the answer.
    #[inline]
    pub fn read_head(
        &mut self,
        input: &[u8],
        head: &mut Head,
        limits: &Limits,
    ) -> Result<Option<usize>, Refusal> {
        // Until a head is understood, answers close and are framed for the newest version.
        self.keep_alive = false;
        self.is_last = false;
        self.is_11 = true;
        if self.seen > 0 && !self.has_news(input, limits) {
            return Ok(None);
        }
        let length = match head.read(input, limits) {
            Ok(Some(length)) => length,
            Ok(None) => {
                self.seen = input.len();
                self.is_head = starts_with_head(input);
                return Ok(None);
            }
            Err(refusal) => {
                self.seen = 0;
                // RFC 9110 section 9.3.2: an error answered to HEAD has no content, either.
                self.is_head = starts_with_head(input);
                return Err(refusal);
            }
        };
        self.seen = 0;
        let framing = head.framing();
        self.is_head = head.is_head();
        self.is_11 = head.version() == Version::HTTP_11;
        self.keep_alive = framing.keep_alive;
        self.is_last = !framing.keep_alive;
        self.expects_continue = framing.expects_continue;
        self.body = match framing.body {
            BodyFraming::None => Reading::Done,
            BodyFraming::Length(length) => Reading::Length(length),
            BodyFraming::Chunked => Reading::Chunked(Box::default()),
        };
        Ok(Some(length))
    }

    /// Decodes body bytes from `input`, appends at most `room` of them to `out`, and says how
    /// many bytes of the input it used.
    ///
    /// # Errors
    ///
    /// Broken chunks or trailers.
    pub fn read_body(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        room: usize,
        limits: &Limits,
    ) -> Result<usize, Refusal> {
        match &mut self.body {
            Reading::Done => Ok(0),
            Reading::Length(left) => {
                let n = usize::try_from(*left)
                    .unwrap_or(usize::MAX)
                    .min(input.len())
                    .min(room);
                out.extend_from_slice(input.get(..n).unwrap_or_default());
                *left -= n as u64;
                if *left == 0 {
                    self.body = Reading::Done;
                }
                Ok(n)
            }
            Reading::Chunked(decoder) => decoder.decode(input, out, room, limits),
        }
    }

    /// How many bytes of plain data come next on the wire, so that a caller may receive them
    /// straight into its own buffer and report them with
    /// [`skip_data`](Self::skip_data).
    #[must_use]
    pub fn plain_data(&self) -> u64 {
        match &self.body {
            Reading::Done => 0,
            Reading::Length(left) => *left,
            Reading::Chunked(decoder) => decoder.left_of_chunk(),
        }
    }

    /// Counts plain data that the caller received by itself; at most
    /// [`plain_data`](Self::plain_data).
    pub fn skip_data(&mut self, n: u64) {
        match &mut self.body {
            Reading::Done => {}
            Reading::Length(left) => {
                *left = left.saturating_sub(n);
                if *left == 0 {
                    self.body = Reading::Done;
                }
            }
            Reading::Chunked(decoder) => decoder.skip_data(n),
        }
    }

    /// Whether the request body was read to its end.
    #[must_use]
    #[inline]
    pub fn is_body_read(&self) -> bool {
        match &self.body {
            Reading::Done => true,
            Reading::Length(_) => false,
            Reading::Chunked(decoder) => decoder.is_done(),
        }
    }

    /// The trailer lines of a chunked body that was read.
    #[must_use]
    pub fn take_trailers(&mut self) -> Vec<u8> {
        match &mut self.body {
            Reading::Chunked(decoder) => decoder.take_trailers(),
            Reading::Done | Reading::Length(_) => Vec::new(),
        }
    }

    /// Whether the client still waits for [`CONTINUE`](Self::CONTINUE) before it sends the body.
    #[must_use]
    pub fn expects_continue(&self) -> bool {
        self.expects_continue
    }

    /// Appends the interim response, once; the caller wants the body now.
    pub fn write_continue(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.expects_continue) {
            out.extend_from_slice(Self::CONTINUE);
        }
    }

    /// The interim response (RFC 9110 section 15.2.1).
    pub const CONTINUE: &'static [u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

    /// Makes this exchange the last one: the response will say so.
    pub fn close(&mut self) {
        self.keep_alive = false;
    }

    /// Whether the client said that it sends nothing after this request: closing then destroys
    /// nothing that it has not read yet.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.is_last
    }

    /// Whether the request body is chunked, so that its end is not known ahead.
    #[must_use]
    pub fn is_chunked(&self) -> bool {
        matches!(self.body, Reading::Chunked(_))
    }

    /// Whether another request may follow on this connection.
    #[must_use]
    #[inline]
    pub fn is_persistent(&self) -> bool {
        self.keep_alive
    }

    /// Appends the head of the response; `length` is that of the body the application made,
    /// where it is known.
    ///
    /// RFC 9112 section 6.3: HEAD, 1xx, 204 and 304 have no body, whatever the application made.
    #[inline]
    pub fn write_head(
        &mut self,
        out: &mut Vec<u8>,
        status: StatusCode,
        fields: &Headers,
        length: Option<u64>,
        stamp: &Stamp,
    ) -> Outgoing {
        let said = encoder::encode_fields(out, status, fields);
        if said.closes {
            self.keep_alive = false;
        }
        let (framing, outgoing) = self.frame(status, fields, length);
        let persistence = if status == StatusCode::SWITCHING_PROTOCOLS {
            Persistence::Theirs
        } else if !self.keep_alive {
            Persistence::Close
        } else if self.is_11 {
            Persistence::Default
        } else {
            Persistence::KeepAlive
        };
        encoder::encode_end(out, framing, persistence, said, stamp);
        outgoing
    }

    /// Whether an unfinished head has grown enough to be parsed again: a client that sends a byte
    /// at a time must not make every byte cost a whole parse. A head ends in a line feed; looking
    /// when the size has doubled finds garbage early, at a bounded cost.
    #[cold]
    fn has_news(&self, input: &[u8], limits: &Limits) -> bool {
        input.len() >= limits.head_size
            || input.len() / 2 >= self.seen
            || input
                .get(self.seen..)
                .is_none_or(|news| memchr::memchr(b'\n', news).is_some())
    }

    /// How the body is framed, and what is sent of it.
    #[inline]
    fn frame(
        &mut self,
        status: StatusCode,
        fields: &Headers,
        length: Option<u64>,
    ) -> (Length, Outgoing) {
        // RFC 9110 section 8.6: no Content-Length in 1xx and 204.
        if status.is_informational() || status == StatusCode::NO_CONTENT {
            return (Length::Absent, Outgoing::Nothing);
        }
        // RFC 9110 section 15.3.6: no content either, but RFC 9112 section 6.3 has no rule for it.
        let length = match status {
            StatusCode::RESET_CONTENT => Some(0),
            _ => length,
        };
        if self.is_head || status == StatusCode::NOT_MODIFIED {
            return (self.frame_absent(status, fields, length), Outgoing::Nothing);
        }
        match length {
            Some(length) => (
                Length::Known(length),
                match status {
                    StatusCode::RESET_CONTENT => Outgoing::Nothing,
                    _ => Outgoing::Length(length),
                },
            ),
            None if self.is_11 => (Length::Chunked, Outgoing::Chunked),
            None => {
                self.keep_alive = false;
                (Length::Close, Outgoing::UntilClose)
            }
        }
    }

    /// What the head says of a body that is not sent: the length a GET would have had, also where
    /// the application says it itself.
    #[cold]
    fn frame_absent(&self, status: StatusCode, fields: &Headers, length: Option<u64>) -> Length {
        let told = fields
            .get(header::CONTENT_LENGTH.as_str())
            .and_then(|text| text.parse().ok());
        match (length, told) {
            (None | Some(0), Some(told)) => Length::Known(told),
            // A 304 that carries the length 0 would describe another representation.
            (Some(0), None) if status == StatusCode::NOT_MODIFIED => Length::Absent,
            (Some(length), _) => Length::Known(length),
            (None, None) if self.is_11 && status != StatusCode::NOT_MODIFIED => Length::Chunked,
            (None, None) => Length::Absent,
        }
    }
}

/// Whether an unfinished or refused head is that of a HEAD request.
#[cold]
fn starts_with_head(input: &[u8]) -> bool {
    input
        .strip_prefix(b"\r\n")
        .unwrap_or(input)
        .starts_with(b"HEAD ")
}
