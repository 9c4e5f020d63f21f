//! The head of a request: kept once, as it came, and looked at through spans.

use std::mem::MaybeUninit;
use std::ops::Range;

use http::Method;
use http::Version;

use super::BodyFraming;
use super::Framing;
use super::Limits;
use super::Refusal;
use super::error::Kind;
use super::framing::Facts;
use super::target::Target;
use super::target::span;
use crate::grammar::percent;

/// The head of a request: kept once, as it came, and looked at through spans.
///
/// One copy out of the receive buffer, no allocation once it has been used before: a server
/// recycles heads. Fields become [`http::HeaderMap`]-like structures only when asked for.
#[derive(Clone, Debug)]
pub struct Head {
    /// Invariant: every span of `fields` lies inside.
    bytes: Vec<u8>,
    fields: Vec<Field>,
    method: Method,
    version: Version,
    /// Invariant: the ranges of `parts` lie inside, at character boundaries (it is ASCII).
    target: String,
    parts: Target,
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
            version: Version::HTTP_11,
            target: String::new(),
            parts: Target::default(),
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
        head.parts = Target::parse(target, method.as_str())?;
        head.method = method;
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
    }

    /// Whether the method is HEAD; comparing text is cheaper than comparing [`Method`]s.
    #[inline]
    pub(super) fn is_head(&self) -> bool {
        self.method.as_str() == "HEAD"
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
        if self.decoded.is_empty() {
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
    pub fn read(&mut self, input: &[u8], limits: &Limits) -> Result<Option<usize>, Refusal> {
        let mut slots =
            [const { MaybeUninit::<httparse::Header<'_>>::uninit() }; Limits::MOST_FIELDS];
        let slots = slots
            .get_mut(..limits.fields.min(Limits::MOST_FIELDS))
            .unwrap_or_default();
        let mut parsed = httparse::Request::new(&mut []);
        // The parser sees no more than the limits allow, so its work is bounded.
        let most = limits.head_size.min(usize::from(u16::MAX));
        let window = input.get(..most).unwrap_or(input);
        let length = match parsed.parse_with_uninit_headers(window, slots) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return check_partial(input, limits).map(|()| None),
            Err(error) => return self.read_refused(error, input, limits),
        };
        self.keep(input, length, &parsed, limits)?;
        Ok(Some(length))
    }

    /// Copies what was parsed, checks what the parser does not.
    fn keep(
        &mut self,
        input: &[u8],
        length: usize,
        parsed: &httparse::Request<'_, '_>,
        limits: &Limits,
    ) -> Result<(), Refusal> {
        self.clear();
        let raw = input.get(..length).unwrap_or_default();
        let base = raw.as_ptr() as usize;
        let offset = |part: &[u8]| (part.as_ptr() as usize).wrapping_sub(base);
        let (Some(method), Some(target)) = (parsed.method, parsed.path) else {
            return Err(Refusal::new(Kind::BadLine));
        };
        if target.len() > limits.target_size {
            return Err(Refusal::new(Kind::TargetTooLong));
        }
        // RFC 9112 section 3: longer than any method that anybody implements.
        if method.len() > LONGEST_METHOD {
            return Err(Refusal::new(Kind::MethodTooLong));
        }
        check_lines(raw, offset(method.as_bytes()))?;
        self.version = match parsed.version {
            Some(0) => Version::HTTP_10,
            _ => Version::HTTP_11,
        };
        self.method =
            Method::from_bytes(method.as_bytes()).map_err(|_| Refusal::new(Kind::BadMethod))?;
        self.bytes.extend_from_slice(raw);
        self.parts = Target::parse(target, method)?;
        self.target.push_str(target);
        self.decode_path();
        let mut facts = Facts::new(self.version == Version::HTTP_11);
        self.fields.reserve(parsed.headers.len());
        for header in parsed.headers.iter() {
            let name = header.name.as_bytes();
            let start = offset(name);
            // A bare line feed before this line: the parser takes it, RFC 9112 section 2.2 lets
            // us refuse it, and other parsers may see another line there.
            if raw.get(start.wrapping_sub(2)..start) != Some(b"\r\n") {
                return Err(Refusal::new(Kind::BareLineFeed));
            }
            facts.field(name, header.value)?;
            let value = match header.value {
                [] => span(start, start),
                value => span(offset(value), offset(value) + value.len()),
            };
            self.fields.push(Field {
                name: span(start, start + name.len()),
                value,
            });
        }
        self.framing = facts.decide()?;
        Ok(())
    }

    fn decode_path(&mut self) {
        let is_doubled = self.raw_path().starts_with("//");
        if self.parts.is_escaped || is_doubled {
            self.decode_path_slowly();
        }
    }

    #[cold]
    fn decode_path_slowly(&mut self) {
        let decoded = percent::decode_path(self.raw_path().as_bytes()).into_owned();
        self.decoded.clear();
        self.decoded.push('/');
        self.decoded.push_str(decoded.trim_start_matches('/'));
    }

    /// The parser gave up: finds out whom to blame.
    #[cold]
    fn read_refused(
        &mut self,
        error: httparse::Error,
        input: &[u8],
        limits: &Limits,
    ) -> Result<Option<usize>, Refusal> {
        let line_end = memchr::memchr(b'\n', input);
        if line_end.unwrap_or(input.len()) > limits.target_size + LINE_AROUND_TARGET {
            return Err(Refusal::new(Kind::TargetTooLong));
        }
        let kind = match error {
            httparse::Error::TooManyHeaders => Kind::FieldsTooLarge,
            httparse::Error::Version => return self.read_other_version(input, limits),
            httparse::Error::Token => Kind::BadLine,
            _ if line_end.is_none() => Kind::BadLine,
            _ => Kind::BadField,
        };
        Err(Refusal::new(kind))
    }

    /// RFC 9110 section 2.5: a higher minor version is read as ours; another major is 505.
    #[cold]
    fn read_other_version(
        &mut self,
        input: &[u8],
        limits: &Limits,
    ) -> Result<Option<usize>, Refusal> {
        let start = if input.starts_with(b"\r\n") { 2 } else { 0 };
        let line = input.get(start..).unwrap_or_default();
        let Some(end) = memchr::memchr(b'\n', line) else {
            // The version may still be arriving.
            return match check_version_start(line) {
                true => check_partial(input, limits).map(|()| None),
                false => Err(Refusal::new(Kind::BadVersion)),
            };
        };
        let line = line.get(..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let version = line.rsplit(|b| *b == b' ').next().unwrap_or_default();
        match version {
            [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'2'..=b'9'] => {
                let mut patched = input.to_vec();
                if let Some(minor) = patched.get_mut(start + line.len() - 1) {
                    *minor = b'1';
                }
                self.read(&patched, limits)
            }
            // The version is fine; what stands before it is not.
            [b'H', b'T', b'T', b'P', b'/', b'1', b'.', _] => Err(Refusal::new(Kind::BadLine)),
            [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
                if major.is_ascii_digit() && minor.is_ascii_digit() =>
            {
                Err(Refusal::new(Kind::Version))
            }
            _ => Err(Refusal::new(Kind::BadVersion)),
        }
    }
}

/// Bytes of a request line besides its target: a long method, two spaces, the version.
const LINE_AROUND_TARGET: usize = 64;

/// The longest registered method, UPDATEREDIRECTREF, has 17 bytes.
const LONGEST_METHOD: usize = 32;

/// Whether an unfinished line may still end in a version we know.
fn check_version_start(input: &[u8]) -> bool {
    let tail = input.rsplit(|b| *b == b' ').next().unwrap_or_default();
    let tail = tail.strip_suffix(b"\r").unwrap_or(tail);
    tail.len() <= 8
        && tail.iter().zip(b"HTTP/").all(|(have, want)| have == want)
        && tail
            .iter()
            .skip(5)
            .all(|b| b.is_ascii_digit() || *b == b'.')
}

/// Line ends are CRLF, and at most one empty line stands before the request line (RFC 9112
/// section 2.2); the parser would take any number of either kind.
#[inline]
fn check_lines(raw: &[u8], start: usize) -> Result<(), Refusal> {
    if start != 0 && raw.get(..start) != Some(b"\r\n") {
        return Err(Refusal::new(Kind::BareLineFeed));
    }
    if raw.ends_with(b"\r\n\r\n") {
        Ok(())
    } else {
        Err(Refusal::new(Kind::BareLineFeed))
    }
}

/// What can be said of a head that is not all there.
fn check_partial(input: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let line = input.strip_prefix(b"\r\n").unwrap_or(input);
    if matches!(line, [b'\r', b'\n', ..] | [b'\n', ..]) {
        return Err(Refusal::new(Kind::BareLineFeed));
    }
    let end = memchr::memchr(b'\n', line).unwrap_or(line.len());
    if end > limits.target_size + LINE_AROUND_TARGET {
        return Err(Refusal::new(Kind::TargetTooLong));
    }
    if input.len() >= limits.head_size.min(usize::from(u16::MAX)) {
        return Err(Refusal::new(Kind::FieldsTooLarge));
    }
    Ok(())
}
