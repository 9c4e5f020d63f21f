//! The head of a request: kept once, as it came, and looked at through spans.

use std::mem;
use std::ops::Range;

use http::Method;
use http::Version;

use super::BodyFraming;
use super::Framing;
use super::Limits;
use super::Refusal;
use super::error::Kind;
use super::fields;
use super::framing::Facts;
use super::line::Line;
use super::line::Verb;
use super::target::Target;
use super::target::classes;
use super::target::is_target;
use super::target::span;
use crate::grammar::percent;

/// The head of a request: kept once, as it came, and looked at through spans.
///
/// One copy out of the receive buffer, no allocation once it has been used before: a server
/// recycles heads. A head that follows one with the same fields costs its request line only. Fields become [`http::HeaderMap`]-like structures only when asked for.
#[derive(Clone, Debug)]
pub struct Head {
    /// Invariant: every span of `fields` lies inside.
    bytes: Vec<u8>,
    fields: Vec<Field>,
    method: Method,
    /// What `method` was made of, so that it need not be made again and again.
    verb: Verb,
    version: Version,
    /// Invariant: the ranges of `parts` lie inside, at character boundaries (it is ASCII).
    target: String,
    parts: Target,
    /// The target is a path and nothing else, not even escaped: the commonest of all.
    is_path: bool,
    /// The decoded path, where it differs from the raw one.
    decoded: String,
    framing: Framing,
}

/// One header field, as spans of the head.
#[derive(Clone, Debug)]
struct Field {
    name: Range<u16>,
    value: Range<u16>,
}

impl Default for Head {
    fn default() -> Self {
        Self::new()
    }
}

impl Head {
    /// An empty head: `GET /` without fields.
    #[must_use]
    pub fn new() -> Self {
        Self {
            bytes: Vec::new(),
            fields: Vec::new(),
            method: Method::GET,
            verb: Verb::Get,
            version: Version::HTTP_11,
            target: String::new(),
            parts: Target::default(),
            is_path: false,
            decoded: String::new(),
            framing: Framing::default(),
        }
    }

    /// Makes a head of parts, for what does not come off an HTTP/1 wire: tests, gateways.
    ///
    /// # Errors
    ///
    /// A target or a field that HTTP does not allow.
    pub fn from_parts<'a>(
        method: Method,
        target: &str,
        fields: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<Self, Refusal> {
        let mut head = Self::new();
        let too_long = usize::from(u16::MAX);
        if target.len() > too_long {
            return Err(Refusal::new(Kind::TargetTooLong));
        }
        let classes = classes(target.as_bytes());
        if !is_target(classes) {
            return Err(Refusal::new(Kind::BadTarget));
        }
        head.parts = Target::parse(target.as_bytes(), classes, &method)?;
        head.set_method(method);
        head.target.push_str(target);
        head.decode_path();
        let mut facts = Facts::new(true);
        // A test or a gateway need not bring a Host.
        facts.excuse_host();
        for (name, value) in fields {
            if head.bytes.len() + name.len() + value.len() > too_long {
                return Err(Refusal::new(Kind::FieldsTooLarge));
            }
            if http::HeaderName::from_bytes(name).is_err()
                || http::HeaderValue::from_bytes(value).is_err()
            {
                return Err(Refusal::new(Kind::BadField));
            }
            facts.field(name, value)?;
            let start = head.bytes.len();
            head.bytes.extend_from_slice(name);
            let middle = head.bytes.len();
            head.bytes.extend_from_slice(value);
            let end = head.bytes.len();
            head.fields.push(Field {
                name: span(start, middle),
                value: span(middle, end),
            });
        }
        head.framing = facts.decide()?;
        Ok(head)
    }

    /// The method.
    #[must_use]
    #[inline]
    pub fn method(&self) -> &Method {
        &self.method
    }

    pub(crate) fn set_method(&mut self, method: Method) {
        self.method = method;
        self.verb = Verb::Rare;
    }

    /// Whether the method is HEAD.
    #[inline]
    pub(super) fn is_head(&self) -> bool {
        match self.verb {
            Verb::Head => true,
            Verb::Rare => self.method == Method::HEAD,
            _ => false,
        }
    }

    /// `HTTP/1.0` or `HTTP/1.1`.
    #[must_use]
    #[inline]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The request target, as it was received.
    #[must_use]
    #[inline]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The path, percent-decoded; bytes that are not UTF-8 become U+FFFD, leading slashes one.
    #[must_use]
    #[inline]
    pub fn path(&self) -> &str {
        if self.is_path {
            &self.target
        } else if self.decoded.is_empty() {
            self.raw_path()
        } else {
            &self.decoded
        }
    }

    /// The path as it was received.
    #[must_use]
    #[inline]
    pub fn raw_path(&self) -> &str {
        if self.parts.is_asterisk {
            return "*";
        }
        match self.part(&self.parts.path) {
            "" => "/",
            path => path,
        }
    }

    /// The query as it was received, without the question mark.
    #[must_use]
    #[inline]
    pub fn query(&self) -> &str {
        self.part(&self.parts.query)
    }

    /// Whether the target is `*` (`OPTIONS *`, RFC 9110 section 9.3.7).
    #[must_use]
    #[inline]
    pub fn is_asterisk(&self) -> bool {
        self.parts.is_asterisk
    }

    /// The host the client asked: of an absolute target, else of the Host field.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match &self.parts.authority {
            Some(authority) => Some(self.part(authority)),
            None => self
                .get("host")
                .and_then(|value| std::str::from_utf8(value).ok()),
        }
    }

    /// How the body is delimited and what becomes of the connection.
    #[must_use]
    #[inline]
    pub fn framing(&self) -> &Framing {
        &self.framing
    }

    /// The announced length of the body; `None` for a chunked one, 0 without.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        match self.framing.body {
            BodyFraming::None => Some(0),
            BodyFraming::Length(length) => Some(length),
            BodyFraming::Chunked => None,
        }
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The value of the first field of a name, in any case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        let field = self
            .fields
            .iter()
            .find(|field| self.is_named(field, name))?;
        Some(self.bytes_of(&field.value))
    }

    /// The values of all fields of a name, in order.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.fields
            .iter()
            .filter(move |field| self.is_named(field, name))
            .map(|field| self.bytes_of(&field.value))
    }

    /// All fields, in order: names as they came, values without surrounding white space.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.fields
            .iter()
            .map(|field| (self.bytes_of(&field.name), self.bytes_of(&field.value)))
    }

    /// Forgets everything, keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.fields.clear();
        self.target.clear();
        self.decoded.clear();
        self.is_path = false;
        self.parts = Target::default();
        self.framing = Framing::default();
    }

    #[inline]
    fn is_named(&self, field: &Field, name: &str) -> bool {
        field.name.len() == name.len()
            && self
                .bytes_of(&field.name)
                .eq_ignore_ascii_case(name.as_bytes())
    }

    #[inline]
    fn part(&self, range: &Range<u16>) -> &str {
        self.target
            .get(usize::from(range.start)..usize::from(range.end))
            .unwrap_or_default()
    }

    #[inline]
    fn bytes_of(&self, range: &Range<u16>) -> &[u8] {
        self.bytes
            .get(usize::from(range.start)..usize::from(range.end))
            .unwrap_or_default()
    }

    /// Reads a head from the front of `input`; `None` where it is not all there yet, else how
    /// many bytes it took.
    ///
    /// # Errors
    ///
    /// What RFC 9112 refuses, or a limit.
    #[inline]
    pub fn read(&mut self, input: &[u8], limits: &Limits) -> Result<Option<usize>, Refusal> {
        // The parser sees no more than the limits allow, so its work is bounded.
        let most = limits.head_size.min(usize::from(u16::MAX));
        let window = input.get(..most).unwrap_or(input);
        match Line::read(window, limits) {
            Some(line) => self.read_behind(window, line, limits, most),
            None => self.read_unusual(window, limits, most),
        }
    }

    /// Reads a head whose line is none of the usual ones. Apart, so that a usual line stays in
    /// registers.
    #[cold]
    fn read_unusual(
        &mut self,
        window: &[u8],
        limits: &Limits,
        most: usize,
    ) -> Result<Option<usize>, Refusal> {
        match Line::read_unusual(window, limits)? {
            Some(line) => self.read_behind(window, line, limits, most),
            None => unfinished(window, most),
        }
    }

    /// Reads what follows the line.
    #[inline(always)]
    fn read_behind(
        &mut self,
        window: &[u8],
        line: Line,
        limits: &Limits,
        most: usize,
    ) -> Result<Option<usize>, Refusal> {
        if self.repeats_fields(window, line, limits) {
            self.keep_line(window, line)?;
            return Ok(Some(line.length() - LINE_END + self.bytes.len()));
        }
        self.read_fields(window, line, limits, most)
    }

    /// Reads fields that are not those of the last head. Apart, because it needs much room.
    #[inline(never)]
    fn read_fields(
        &mut self,
        window: &[u8],
        line: Line,
        limits: &Limits,
        most: usize,
    ) -> Result<Option<usize>, Refusal> {
        let start = line.length() - LINE_END;
        let lines = window.get(start..).unwrap_or_default();
        if lines.len() < self.bytes.len() && self.bytes.starts_with(lines) {
            // Those of the last head again, as far as they have come.
            return unfinished(window, most);
        }
        self.bytes.clear();
        self.fields.clear();
        let mut facts = Facts::new(line.version() == Version::HTTP_11);
        let mut refused = Ok(());
        let end = fields::read(lines, LINE_END, limits.fields, |field| {
            if let Err(refusal) = facts.field(field.name, field.value) {
                refused = refused.and(Err(refusal));
            }
            self.fields.push(Field {
                name: span(field.name_at, field.name_at + field.name.len()),
                value: span(field.value_at, field.value_at + field.value.len()),
            });
        })?;
        let Some(end) = end else {
            return unfinished(window, most);
        };
        self.keep_line(window, line)?;
        refused?;
        self.framing = facts.decide()?;
        // Not before all of it was found good: a refused field must not be taken for a repeated
        // one.
        let lines = lines.get(..end).unwrap_or_default();
        self.bytes.extend_from_slice(lines);
        Ok(Some(start + end))
    }

    /// Whether the fields are, byte for byte, those that were read last.
    ///
    /// Browsers and services repeat most of what they say of themselves with each request, which is
    /// what HTTP/2 and 3 compress fields for. What the same bytes meant, they mean again; looking
    /// at them anew would be most of the work of most requests. Only all of them are compared at
    /// once, so that all that a client could find out by the time it takes is that it knew them
    /// (compare RFC 7541 section 7.1).
    #[inline]
    fn repeats_fields(&self, window: &[u8], line: Line, limits: &Limits) -> bool {
        let lines = window.get(line.length() - LINE_END..).unwrap_or_default();
        !self.bytes.is_empty()
            && lines.starts_with(&self.bytes)
            // Both decide what fields mean.
            && self.version == line.version()
            && self.fields.len() <= limits.fields
    }

    /// Takes over the request line.
    #[inline(always)]
    fn keep_line(&mut self, window: &[u8], line: Line) -> Result<(), Refusal> {
        let target = window.get(line.target()).unwrap_or_default();
        if line.verb != self.verb || line.verb == Verb::Rare {
            self.method = line.method(window)?;
            self.verb = line.verb;
        }
        let is_path = self.parts.read(target, line.classes, &self.method)?;
        self.version = line.version();
        self.keep_target(window, line.target());
        if is_path {
            self.is_path = true;
        } else {
            self.decode_path();
        }
        Ok(())
    }

    /// Copies the target. It is ASCII, but only a check makes it text; that check is an order of
    /// magnitude faster for whole words, so what follows the target is copied and checked, too.
    #[inline(always)]
    fn keep_target(&mut self, window: &[u8], target: Range<usize>) {
        let length = target.len();
        let rest = window.get(target.start..).unwrap_or_default();
        let mut bytes = mem::take(&mut self.target).into_bytes();
        bytes.clear();
        // So much at a time is copied in two instructions.
        let (blocks, _) = rest.as_chunks::<WORDS>();
        if let Some(blocks) = blocks.get(..length.div_ceil(WORDS)) {
            for block in blocks {
                bytes.extend_from_slice(block);
            }
        }
        self.target = String::from_utf8(bytes).unwrap_or_default();
        if self.target.is_empty() {
            // Not so much follows, or no text.
            let bytes = window.get(target).unwrap_or_default();
            self.target.push_str(&String::from_utf8_lossy(bytes));
        }
        self.target.truncate(length);
    }

    #[inline]
    fn decode_path(&mut self) {
        self.decoded.clear();
        let is_doubled = self.raw_path().starts_with("//");
        self.is_path = false;
        if self.parts.is_escaped || is_doubled {
            self.decode_path_slowly();
        }
    }

    #[cold]
    fn decode_path_slowly(&mut self) {
        let decoded = percent::decode_path(self.raw_path().as_bytes()).into_owned();
        self.decoded.push('/');
        self.decoded.push_str(decoded.trim_start_matches('/'));
    }
}

/// A head that goes on; where there is no room for more, its fields are too large.
fn unfinished(window: &[u8], most: usize) -> Result<Option<usize>, Refusal> {
    if window.len() >= most {
        Err(Refusal::new(Kind::FieldsTooLarge))
    } else {
        Ok(None)
    }
}

/// The end of the request line, kept with the fields.
const LINE_END: usize = 2;

/// Bytes that the check of text takes in one step.
const WORDS: usize = 16;
