//! Field lines (RFC 9112 section 5): where names and values are, and where the lines end.
//!
//! Read by ourselves, as the request line is: strictly, in one pass, and straight into the memory
//! that a head keeps.

use super::Refusal;
use super::error::Kind;
use crate::grammar::token;

/// Reads one field after the other.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    length: usize,
    rest: &'a [u8],
}

/// What comes next.
#[derive(Debug)]
pub(super) enum Next<'a> {
    Field(Field<'a>),
    /// An empty line, which ends here.
    End(usize),
    /// More has to come.
    Unfinished,
}

/// A field, and where its parts begin.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) name: &'a [u8],
    pub(super) name_at: usize,
    pub(super) value: &'a [u8],
    pub(super) value_at: usize,
}

impl<'a> Fields<'a> {
    /// Reads from a place where a line begins.
    #[inline]
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self {
            length: bytes.len(),
            rest: bytes.get(at..).unwrap_or_default(),
        }
    }

    /// Reads a line.
    ///
    /// Refused are: a name that is no token or is not followed by a colon (RFC 9112 section 5.1:
    /// white space before it is an attack), controls in a value, lines that are folded (section
    /// 5.2), and a line feed alone, which other parsers may take for the end of a line (section
    /// 2.2).
    #[inline(always)]
    pub(super) fn next(&mut self) -> Result<Next<'a>, Refusal> {
        let line = self.rest;
        let (name, behind) = line.split_at_checked(token(line)).unwrap_or_default();
        let text = match behind {
            [b':', b' ', text @ ..] | [b':', text @ ..] if !name.is_empty() => text,
            _ => return self.no_field(name, behind),
        };
        let text = match text {
            [b' ' | b'\t', ..] => behind_blanks(text),
            _ => text,
        };
        let length = value(text);
        let (value, behind) = text.split_at_checked(length).unwrap_or_default();
        let [b'\r', b'\n', rest @ ..] = behind else {
            return unended(behind);
        };
        self.rest = rest;
        Ok(Next::Field(Field {
            name,
            name_at: self.length - line.len(),
            value: match value {
                [.., b' ' | b'\t'] => before_blanks(value),
                _ => value,
            },
            value_at: self.length - text.len(),
        }))
    }

    /// A line that is not a field.
    #[inline(never)]
    fn no_field(&self, name: &[u8], behind: &[u8]) -> Result<Next<'a>, Refusal> {
        match behind {
            [b'\r', b'\n', rest @ ..] if name.is_empty() => Ok(Next::End(self.length - rest.len())),
            [] => Ok(Next::Unfinished),
            [b'\r'] if name.is_empty() => Ok(Next::Unfinished),
            [b'\n', ..] if name.is_empty() => Err(Refusal::new(Kind::BareLineFeed)),
            _ => Err(Refusal::new(Kind::BadField)),
        }
    }
}

/// A value that is not followed by a line end.
#[cold]
fn unended<'a>(behind: &[u8]) -> Result<Next<'a>, Refusal> {
    match behind {
        [] | [b'\r'] => Ok(Next::Unfinished),
        [b'\n', ..] => Err(Refusal::new(Kind::BareLineFeed)),
        _ => Err(Refusal::new(Kind::BadField)),
    }
}

#[cold]
fn behind_blanks(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    text
}

#[cold]
fn before_blanks(mut text: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// How many bytes of a token come first (RFC 9110 section 5.6.2).
#[inline]
fn token(bytes: &[u8]) -> usize {
    // Nearly all names are letters and dashes up to their colon.
    let (words, _) = bytes.as_chunks::<WORD>();
    let mut length = 0;
    for word in words {
        let marks = no_letters(u64::from_le_bytes(*word));
        if marks != 0 {
            length += (marks.trailing_zeros() / 8) as usize;
            break;
        }
        length += WORD;
    }
    let rest = bytes.get(length..).unwrap_or_default();
    let end = rest.iter().position(|byte| !is_token(*byte));
    length + end.unwrap_or(rest.len())
}

/// Marks the bytes of a word that are neither letters nor dashes.
#[inline]
const fn no_letters(word: u64) -> u64 {
    let small = word | (ONES * 0x20);
    // The highest bit of each byte, from `a` on and beyond `z`; no byte carries into the next.
    let seven = small & (ONES * 0x7f);
    let (from_a, beyond_z) = (seven + ONES * (0x80 - 0x61), seven + ONES * (0x80 - 0x7b));
    let dashes = !(((word ^ (ONES * 0x2d)) & (ONES * 0x7f)) + ONES * 0x7f);
    (word | !(from_a & !beyond_z | dashes)) & (ONES * 0x80)
}

#[inline]
#[allow(clippy::indexing_slicing, reason = "a byte indexes 256 places")]
pub(super) fn is_token(byte: u8) -> bool {
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

/// How many bytes come first that a value may hold: all but controls, and the tab (RFC 9110 section
/// 5.5).
#[inline]
fn value(bytes: &[u8]) -> usize {
    let length = text(bytes);
    match bytes.get(length) {
        Some(b'\t') => value_with_tab(bytes, length),
        _ => length,
    }
}

#[cold]
fn value_with_tab(bytes: &[u8], mut length: usize) -> usize {
    while bytes.get(length) == Some(&b'\t') {
        length += 1;
        length += text(bytes.get(length..).unwrap_or_default());
    }
    length
}

/// How many bytes come before a control.
#[inline(always)]
fn text(bytes: &[u8]) -> usize {
    // As many bytes at once as the compiler compares in one instruction, then a word.
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    let mut length = 0;
    for block in blocks {
        let bytes = block.iter();
        if bytes.fold(false, |found, byte| found | byte.is_ascii_control()) {
            break;
        }
        length += BLOCK;
    }
    let rest = bytes.get(length..).unwrap_or_default();
    let (words, _) = rest.as_chunks::<WORD>();
    for (place, word) in words.iter().enumerate() {
        let marks = controls(u64::from_le_bytes(*word));
        if marks != 0 {
            return length + place * WORD + (marks.trailing_zeros() / 8) as usize;
        }
    }
    let length = length + words.len() * WORD;
    let mut rest = bytes.get(length..).unwrap_or_default().iter();
    match rest.position(u8::is_ascii_control) {
        Some(place) => length + place,
        None => bytes.len(),
    }
}

const BLOCK: usize = 16;

const ONES: u64 = 0x0101_0101_0101_0101;

/// Marks the controls of a word; right up to the first that is marked.
#[inline]
const fn controls(word: u64) -> u64 {
    let low = word.wrapping_sub(ONES * 0x20);
    let delete = (word ^ (ONES * 0x7f)).wrapping_sub(ONES);
    (low | delete) & !word & (ONES * 0x80)
}

const WORD: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> String {
        let mut fields = Fields::new(bytes, 0);
        let mut out = String::new();
        loop {
            match fields.next() {
                Ok(Next::Field(field)) => {
                    let name = &bytes[field.name_at..][..field.name.len()];
                    let value = &bytes[field.value_at..][..field.value.len()];
                    assert_eq!((name, value), (field.name, field.value));
                    out += &format!("{}={}|", name.escape_ascii(), value.escape_ascii());
                }
                Ok(Next::End(end)) => return format!("{out}{end}"),
                Ok(Next::Unfinished) => return out + "unfinished",
                Err(refusal) => return out + refusal.reason(),
            }
        }
    }

    #[test]
    fn controls_end_a_value_wherever_they_are() {
        for byte in 0..=u8::MAX {
            for place in 0..2 * BLOCK + WORD + 3 {
                let mut text = [b'x'; 2 * BLOCK + WORD + 3];
                text[place] = byte;
                let want = match byte {
                    b'\t' => text.len(),
                    _ if byte.is_ascii_control() => place,
                    _ => text.len(),
                };
                assert_eq!(value(&text), want, "{byte} {place}");
            }
        }
    }

    #[test]
    fn tokens_are_those_of_the_standard() {
        for byte in 0..=u8::MAX {
            let want = byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            assert_eq!(is_token(byte), want, "{byte}");
            for place in 0..2 * WORD {
                let mut name = *b"Content-Encoding";
                name[place] = byte;
                let end = if want { name.len() } else { place };
                assert_eq!(token(&name), end, "{byte} {place}");
            }
        }
        for pair in 0..=u16::MAX {
            let [a, b] = pair.to_le_bytes();
            let bytes = [a, b, b'x', b'x', b'x', b'x', b'x', b'x'];
            let want = bytes.iter().position(|byte| !is_token(*byte));
            assert_eq!(token(&bytes), want.unwrap_or(bytes.len()), "{a} {b}");
        }
    }

    #[test]
    fn fields_are_read_as_another_parser_reads_them() {
        let parts: &[&str] = &[
            "a",
            "Host",
            ":",
            ": ",
            " ",
            "\t",
            "\r\n",
            "\r\n\r\n",
            "\r",
            "é",
            "value",
            "\0",
            "\x7f",
            "(",
            "long value with words\tand tabs",
            "X-Name: ",
            "\r\n ",
        ];
        let mut random = crate::grammar::fuzz::Random::new(7);
        for _ in 0..20_000 {
            let text = random.text(parts, 12);
            if text.replace("\r\n", "").contains('\n') {
                continue;
            }
            let bytes = text.as_bytes();
            let mut places = [httparse::EMPTY_HEADER; 16];
            let want = match httparse::parse_headers(bytes, &mut places) {
                Ok(httparse::Status::Complete((end, fields))) => {
                    let fields = fields.iter().map(|field| {
                        let value = field.value.escape_ascii();
                        format!("{}={value}|", field.name)
                    });
                    fields.collect::<String>() + &end.to_string()
                }
                Ok(httparse::Status::Partial) => "unfinished".to_owned(),
                Err(_) => "refused".to_owned(),
            };
            let got = read(bytes);
            match want.as_str() {
                "unfinished" => assert!(got.ends_with("unfinished"), "{text:?}: {got}"),
                "refused" => assert!(
                    got.ends_with(Refusal::new(Kind::BadField).reason()),
                    "{text:?}: {got}"
                ),
                want => assert_eq!(got, want, "{text:?}"),
            }
        }
    }
}
