//! Multipart bytes in, events out.

use bytes::Buf;
use bytes::Bytes;
use bytes::BytesMut;
use memchr::memmem::Finder;

use super::error::Kind;
use super::error::MultipartError;
use super::event::Event;
use super::headers;

/// Reads a multipart body: [`receive`](Self::receive) bytes, take [`next_event`](Self::next_event)s
/// until it needs data, [`finish`](Self::finish) at the end.
///
/// Line ends may be CR LF, LF or CR alone, as Werkzeug takes them. A boundary may be padded with
/// blanks up to its line end (RFC 2046 section 5.1.1).
///
/// # Examples
///
/// ```
/// use rustzeug::protocol::multipart::{Decoder, DecoderLimits, Event};
///
/// let mut decoder = Decoder::new(b"x", DecoderLimits::default())?;
/// decoder.receive("--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--".into());
/// decoder.finish();
/// assert!(matches!(decoder.next_event()?, Event::Field { name, .. } if name == "a"));
/// assert!(matches!(decoder.next_event()?, Event::Data { data, more: false } if data == "1"));
/// assert_eq!(decoder.next_event()?, Event::End);
/// # Ok::<_, rustzeug::protocol::multipart::MultipartError>(())
/// ```
#[derive(Debug)]
pub struct Decoder {
    /// Two hyphens and the boundary.
    delimiter: Finder<'static>,
    /// What was received and not told. Invariant: outside the head of a part, no longer than the
    /// last piece received and a delimiter with its padding. Mostly it is a piece as it came: bytes
    /// are copied only where what may be a delimiter, or the head of a part, spans two pieces.
    buffer: Bytes,
    state: State,
    /// Where to go on with the search for the end of a head.
    searched: usize,
    finished: bool,
    parts: usize,
    limits: DecoderLimits,
}

/// How much a [`Decoder`] accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecoderLimits {
    /// Bytes of the head of a part.
    pub max_headers_size: usize,
    /// Parts, fields and files alike.
    pub max_parts: Option<usize>,
}

impl Default for DecoderLimits {
    fn default() -> Self {
        Self {
            max_headers_size: 16 * 1024,
            max_parts: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Preamble,
    /// In the head of a part.
    Head,
    /// The line end that closes the head is still in the buffer: it may begin a delimiter, too.
    DataStart,
    Data,
    /// After the closing delimiter, in its padding.
    Padding,
    Epilogue,
    End,
}

/// What a search for a delimiter gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Search {
    /// It stands there, with its line end on both sides.
    Found {
        start: usize,
        end: usize,
        closing: bool,
    },
    /// It is not there; what comes before this place cannot belong to one.
    Until(usize),
}

/// What a place that looks like a delimiter turned out to be.
enum Tail {
    Delimiter { end: usize, closing: bool },
    Undecided,
    Text,
}

impl Decoder {
    /// Makes a decoder for a boundary, as the Content-Type says it.
    ///
    /// # Errors
    ///
    /// A boundary that is empty, longer than 1024 bytes, or not ASCII.
    pub fn new(boundary: &[u8], limits: DecoderLimits) -> Result<Self, MultipartError> {
        if boundary.is_empty() || boundary.len() > MAX_BOUNDARY || !boundary.is_ascii() {
            return Err(MultipartError::new(Kind::BadBoundary));
        }
        let delimiter = [b"--", boundary].concat();
        Ok(Self {
            delimiter: Finder::new(&delimiter).into_owned(),
            buffer: Bytes::new(),
            state: State::Preamble,
            searched: 0,
            finished: false,
            parts: 0,
            limits,
        })
    }

    /// Takes input.
    pub fn receive(&mut self, input: Bytes) {
        if self.buffer.is_empty() {
            self.buffer = input;
            return;
        }
        // Growing one buffer: a head that comes byte by byte is not copied for each byte.
        let before = std::mem::take(&mut self.buffer);
        let mut all = before
            .try_into_mut()
            .unwrap_or_else(|shared| BytesMut::from(&shared[..]));
        all.extend_from_slice(&input);
        self.buffer = all.freeze();
    }

    /// Says that there is no more input.
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// Tells what comes next; [`Event::NeedData`] when that depends on more input.
    ///
    /// # Errors
    ///
    /// A malformed part, a body that ends before its closing delimiter, or a limit.
    pub fn next_event(&mut self) -> Result<Event, MultipartError> {
        loop {
            let event = match self.state {
                State::Preamble => self.preamble(),
                State::Head => Some(self.head()?),
                State::DataStart => Some(self.data_start()),
                State::Data => Some(self.data(0)),
                State::Padding => self.padding(),
                State::Epilogue => return Ok(self.epilogue()),
                State::End => return Ok(Event::End),
            };
            match event {
                // A state that has nothing to tell leads to another.
                None => {}
                Some(Event::NeedData) if self.finished => {
                    return Err(MultipartError::new(Kind::Cut));
                }
                Some(event) => return Ok(event),
            }
        }
    }

    fn preamble(&mut self) -> Option<Event> {
        let data = match self.search(false) {
            Search::Found {
                start,
                end,
                closing,
            } => {
                let data = self.buffer.split_to(start);
                self.pass(end - start, closing);
                data
            }
            Search::Until(0) => return Some(Event::NeedData),
            Search::Until(at) => self.buffer.split_to(at),
        };
        (!data.is_empty()).then_some(Event::Preamble(data))
    }

    fn head(&mut self) -> Result<Event, MultipartError> {
        let Some((end, blank)) = self.blank_line() else {
            if self.buffer.len() > self.limits.max_headers_size {
                return Err(MultipartError::new(Kind::HeadersTooLarge));
            }
            return Ok(Event::NeedData);
        };
        if end > self.limits.max_headers_size {
            return Err(MultipartError::new(Kind::HeadersTooLarge));
        }
        let event = headers::parse(self.buffer.get(..end).unwrap_or_default())?;
        if self.limits.max_parts.is_some_and(|max| self.parts >= max) {
            return Err(MultipartError::new(Kind::TooManyParts));
        }
        self.parts += 1;
        // The second line end of the blank line stays: it may begin a delimiter.
        self.buffer.advance(end + blank / 2);
        self.searched = 0;
        self.state = State::DataStart;
        Ok(event)
    }

    /// Where the blank line after a head begins and how long it is.
    fn blank_line(&mut self) -> Option<(usize, usize)> {
        loop {
            let rest = self.buffer.get(self.searched..).unwrap_or_default();
            let at = memchr::memchr2(b'\r', b'\n', rest)?;
            let rest = rest.get(at..).unwrap_or_default();
            self.searched += at;
            match rest {
                [b'\r', b'\n', b'\r', b'\n', ..] => return Some((self.searched, 4)),
                [b'\r', b'\r', ..] | [b'\n', b'\n', ..] => return Some((self.searched, 2)),
                // It may go on to be one.
                [b'\r' | b'\n'] | [b'\r', b'\n'] | [b'\r', b'\n', b'\r'] => return None,
                _ => self.searched += 1,
            }
        }
    }

    fn data_start(&mut self) -> Event {
        let line_end = match *self.buffer {
            [b'\r', b'\n', ..] => 2,
            // The next byte may be the LF that belongs to it.
            [b'\r'] if !self.finished => return Event::NeedData,
            _ => 1,
        };
        self.data(line_end)
    }

    /// The bytes of a part up to a delimiter, or as many as are surely none; the first
    /// `line_end` bytes end the head.
    fn data(&mut self, line_end: usize) -> Event {
        match self.search(true) {
            Search::Found {
                start,
                end,
                closing,
            } => {
                let mut data = self.buffer.split_to(start.max(line_end));
                data.advance(line_end);
                self.pass(end - start.max(line_end), closing);
                Event::Data { data, more: false }
            }
            Search::Until(at) if at <= line_end => {
                if at > 0 && at == line_end {
                    self.buffer.advance(at);
                    self.state = State::Data;
                }
                Event::NeedData
            }
            Search::Until(at) => {
                let mut data = self.buffer.split_to(at);
                data.advance(line_end);
                self.state = State::Data;
                Event::Data { data, more: true }
            }
        }
    }

    /// Passes over a delimiter.
    fn pass(&mut self, length: usize, closing: bool) {
        self.buffer.advance(length);
        self.searched = 0;
        self.state = if closing { State::Padding } else { State::Head };
    }

    /// What may follow the closing delimiter: blanks and a line end.
    fn padding(&mut self) -> Option<Event> {
        let is_blank = |byte: &&u8| is_blank(**byte);
        let blanks = self.buffer.iter().take_while(is_blank).count();
        self.buffer.advance(blanks);
        let line_end = match *self.buffer {
            [b'\r', b'\n', ..] => 2,
            [] | [b'\r'] if !self.finished => return Some(Event::NeedData),
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        self.buffer.advance(line_end);
        self.state = State::Epilogue;
        None
    }

    fn epilogue(&mut self) -> Event {
        if !self.buffer.is_empty() {
            return Event::Epilogue(std::mem::take(&mut self.buffer));
        }
        if self.finished {
            self.state = State::End;
            return Event::End;
        }
        Event::NeedData
    }

    /// Looks for a delimiter; only the first one may lack the line end before it.
    fn search(&self, after_line: bool) -> Search {
        let mut from = 0;
        while let Some(at) = self
            .buffer
            .get(from..)
            .and_then(|rest| self.delimiter.find(rest))
        {
            let at = from + at;
            let before = self.buffer.get(..at).unwrap_or_default();
            let line_end = match before {
                [.., b'\r', b'\n'] => 2,
                [.., b'\r' | b'\n'] => 1,
                _ => 0,
            };
            let start = at - line_end;
            if line_end > 0 || !after_line {
                match self.tail(at + self.delimiter.needle().len()) {
                    Tail::Delimiter { end, closing } => {
                        return Search::Found {
                            start,
                            end,
                            closing,
                        };
                    }
                    Tail::Undecided => return Search::Until(start),
                    Tail::Text => {}
                }
            }
            from = at + 1;
        }
        Search::Until(self.beginning(after_line))
    }

    /// What follows the delimiter's text: hyphens, or blanks and a line end.
    fn tail(&self, at: usize) -> Tail {
        let rest = self.buffer.get(at..).unwrap_or_default();
        if rest.starts_with(b"--") {
            return Tail::Delimiter {
                end: at + 2,
                closing: true,
            };
        }
        let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
        let end = at + blanks;
        let delimiter = |line_end| Tail::Delimiter {
            end: end + line_end,
            closing: false,
        };
        match rest.get(blanks..).unwrap_or_default() {
            [b'\r', b'\n', ..] => delimiter(2),
            [b'\r'] if !self.finished => Tail::Undecided,
            [b'\r' | b'\n', ..] => delimiter(1),
            [b'-'] if blanks == 0 && !self.finished => Tail::Undecided,
            // The limit keeps an endless padding from filling memory.
            [] if !self.finished && blanks < MAX_PADDING => Tail::Undecided,
            _ => Tail::Text,
        }
    }

    /// Where the end of the buffer may be the beginning of a delimiter.
    fn beginning(&self, after_line: bool) -> usize {
        let length = self.buffer.len();
        if self.finished {
            return length;
        }
        let needle = self.delimiter.needle();
        let from = length.saturating_sub(needle.len() + 1);
        let is_beginning = |at: &usize| {
            let text = self.buffer.get(*at..).unwrap_or_default();
            let stripped = text
                .strip_prefix(b"\r\n")
                .or_else(|| text.strip_prefix(b"\n"))
                .or_else(|| text.strip_prefix(b"\r"));
            match stripped {
                Some(text) => needle.starts_with(text),
                None => !after_line && needle.starts_with(text),
            }
        };
        (from..length).find(is_beginning).unwrap_or(length)
    }
}

/// A blank within a line, as Werkzeug counts them.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\x0b' | b'\x0c')
}

/// RFC 2046 allows 70; some clients take more.
const MAX_BOUNDARY: usize = 1024;

/// Blanks between a delimiter and its line end.
const MAX_PADDING: usize = 1024;
