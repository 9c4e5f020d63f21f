//! Chunked bodies (RFC 9112 section 7.1), strictly.

use super::Limits;
use super::Refusal;
use super::error::Kind;
use super::fields;

/// Decodes a chunked body from pieces of any size.
///
/// Sizes are plain hexadecimal numbers, lines end in CRLF, extensions are skipped but counted,
/// trailer fields are checked and kept apart from the header fields.
#[derive(Debug, Default)]
pub struct ChunkedDecoder {
    state: State,
    /// Of the chunk that is being read.
    left: u64,
    /// Bytes of extensions so far, over all chunks.
    extensions: usize,
    trailers: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Before the first digit of a size.
    #[default]
    Size,
    /// After so many digits.
    Digits(u8),
    /// White space before an extension (RFC 9112 section 7.1.1: bad white space).
    Blank,
    Extension,
    /// Inside a quoted extension value.
    Quoted,
    /// After a backslash in one.
    Escaped,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// At the start of a trailer line.
    Trailer,
    TrailerLine,
    TrailerLf,
    EndLf,
    Done,
}

impl ChunkedDecoder {
    /// At the start of a body.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the last chunk and the trailers were read.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// How many bytes are left of the chunk that is being read.
    #[must_use]
    pub fn left_of_chunk(&self) -> u64 {
        if self.state == State::Data {
            self.left
        } else {
            0
        }
    }

    /// Counts bytes of chunk data that the caller received by itself, straight into its own
    /// buffer; at most [`left_of_chunk`](Self::left_of_chunk).
    pub fn skip_data(&mut self, n: u64) {
        debug_assert!(n <= self.left_of_chunk(), "more data than the chunk has");
        self.left = self.left.saturating_sub(n);
        if self.left == 0 && self.state == State::Data {
            self.state = State::DataCr;
        }
    }

    /// The trailer lines, each with its CRLF; empty until the body is done.
    #[must_use]
    pub fn take_trailers(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.trailers)
    }

    /// Decodes from `input`, appends at most `room` bytes of data to `out`, and says how many
    /// bytes of the input it used.
    ///
    /// # Errors
    ///
    /// Anything but what RFC 9112 section 7.1 writes; sizes beyond 64 bits; limits.
    pub fn decode(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        room: usize,
        limits: &Limits,
    ) -> Result<usize, Refusal> {
        let mut rest = input;
        let mut room = room;
        while let [byte, tail @ ..] = rest {
            if self.state == State::Data {
                let n = usize::try_from(self.left)
                    .unwrap_or(usize::MAX)
                    .min(rest.len())
                    .min(room);
                if n == 0 {
                    break;
                }
                let (data, after) = rest.split_at(n);
                out.extend_from_slice(data);
                room -= n;
                self.skip_data(n as u64);
                rest = after;
                continue;
            }
            if self.state == State::Done {
                break;
            }
            self.state = self.step(*byte, limits)?;
            rest = tail;
        }
        Ok(input.len() - rest.len())
    }

    /// One byte of framing.
    fn step(&mut self, byte: u8, limits: &Limits) -> Result<State, Refusal> {
        let bad = Err(Refusal::new(Kind::BadChunk));
        Ok(match (self.state, byte) {
            (State::Size, _) => {
                self.left = 0;
                return self.digit(byte, 0);
            }
            (State::Digits(_) | State::Blank, b';') | (State::Quoted, b'"') => {
                self.extension(limits)?
            }
            (State::Digits(_) | State::Extension, b'\r') => State::SizeLf,
            (State::Digits(_) | State::Blank, b' ' | b'\t') => {
                self.extension(limits)?;
                State::Blank
            }
            (State::Digits(count), _) => return self.digit(byte, count),
            (State::Extension, b'"') => {
                self.extension(limits)?;
                State::Quoted
            }
            (State::Quoted, b'\\') => {
                self.extension(limits)?;
                State::Escaped
            }
            (
                state @ (State::Extension | State::Quoted | State::Escaped),
                b'\t' | b' '..=0x7e | 0x80..,
            ) => {
                self.extension(limits)?;
                if state == State::Escaped {
                    State::Quoted
                } else {
                    state
                }
            }
            (State::SizeLf, b'\n') if self.left == 0 => State::Trailer,
            (State::SizeLf, b'\n') => State::Data,
            (State::DataCr, b'\r') => State::DataLf,
            (State::DataLf, b'\n') => State::Size,
            (State::Trailer, b'\r') => State::EndLf,
            (State::TrailerLine, b'\r') => State::TrailerLf,
            (State::Trailer | State::TrailerLine, b'\n') => {
                return Err(Refusal::new(Kind::BadTrailer));
            }
            (State::Trailer | State::TrailerLine, _) => {
                self.trailer(byte, limits)?;
                State::TrailerLine
            }
            (State::TrailerLf, b'\n') => {
                self.trailers.extend_from_slice(b"\r\n");
                State::Trailer
            }
            (State::EndLf, b'\n') => {
                self.check_trailers()?;
                State::Done
            }
            _ => return bad,
        })
    }

    /// One more digit of a size: at most 16, so that it fits 64 bits.
    fn digit(&mut self, byte: u8, count: u8) -> Result<State, Refusal> {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            _ => return Err(Refusal::new(Kind::BadChunk)),
        };
        if count >= 16 {
            return Err(Refusal::new(Kind::BadChunk));
        }
        self.left = self.left << 4 | u64::from(digit);
        Ok(State::Digits(count + 1))
    }

    fn extension(&mut self, limits: &Limits) -> Result<State, Refusal> {
        self.extensions += 1;
        if self.extensions > limits.chunk_extensions {
            return Err(Refusal::new(Kind::BadChunk));
        }
        Ok(State::Extension)
    }

    fn trailer(&mut self, byte: u8, limits: &Limits) -> Result<(), Refusal> {
        if self.trailers.len() >= limits.trailers {
            return Err(Refusal::new(Kind::FieldsTooLarge));
        }
        self.trailers.push(byte);
        Ok(())
    }

    /// Trailer fields have the syntax of header fields, and may not say what frames a message
    /// (RFC 9110 section 6.5.1).
    fn check_trailers(&mut self) -> Result<(), Refusal> {
        if self.trailers.is_empty() {
            return Ok(());
        }
        let bad = Refusal::new(Kind::BadTrailer);
        let mut text = std::mem::take(&mut self.trailers);
        text.extend_from_slice(b"\r\n");
        let mut frames = false;
        let read = fields::read(&text, 0, Limits::MOST_FIELDS, |field| {
            let framing = ["content-length", "host", "transfer-encoding"];
            let mut framing = framing.iter().map(|known| known.as_bytes());
            frames |= framing.any(|known| known.eq_ignore_ascii_case(field.name));
        });
        if frames || !matches!(read, Ok(Some(_))) {
            return Err(bad);
        }
        text.truncate(text.len() - 2);
        self.trailers = text;
        Ok(())
    }
}
