//! Field lines (RFC 9112 section 5): where names and values are, and where the lines end.
//!
//! Read by httparse, with what it is lenient about refused here.

use super::Limits;
use super::Refusal;
use super::error::Kind;

/// A field, and where its parts begin.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) name: &'a [u8],
    pub(super) name_at: usize,
    pub(super) value: &'a [u8],
    pub(super) value_at: usize,
}

/// Reads field lines up to the empty line, whose end is returned; nothing where more has to come.
/// They begin at `start`, behind a line end or at the beginning.
///
/// Refused are: a name that is no token or is not followed by a colon (RFC 9112 section 5.1: white
/// space before it is an attack), controls in a value, lines that are folded (section 5.2), and a
/// line feed alone, which other parsers may take for the end of a line (section 2.2); and more than
/// `most` fields.
#[inline(always)]
pub(super) fn read<'a>(
    bytes: &'a [u8],
    start: usize,
    most: usize,
    mut take: impl FnMut(Field<'a>),
) -> Result<Option<usize>, Refusal> {
    let lines = bytes.get(start..).unwrap_or_default();
    // Clearing a hundred places for each request would cost more than reading most heads.
    let mut few = [httparse::EMPTY_HEADER; FEW_FIELDS];
    let mut many = Vec::new();
    let places = most.min(Limits::MOST_FIELDS);
    let few = few.get_mut(..places.min(FEW_FIELDS)).unwrap_or_default();
    let mut parsed = httparse::parse_headers(lines, few);
    if parsed == Err(httparse::Error::TooManyHeaders) && places > FEW_FIELDS {
        many.resize(places, httparse::EMPTY_HEADER);
        parsed = httparse::parse_headers(lines, &mut many);
    }
    let (length, fields) = match parsed {
        Ok(httparse::Status::Complete(complete)) => complete,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => {
            return Err(Refusal::new(Kind::FieldsTooLarge));
        }
        Err(_) => return Err(Refusal::new(Kind::BadField)),
    };
    let end = start + length;
    let mut is_bare = !bytes.get(..end).is_some_and(|all| all.ends_with(b"\r\n"));
    let base = bytes.as_ptr() as usize;
    for field in fields {
        let name = field.name.as_bytes();
        let name_at = (name.as_ptr() as usize).wrapping_sub(base);
        // Each line but the first has the end of another one before it.
        is_bare |= name_at > start && bytes.get(name_at.wrapping_sub(2)) != Some(&b'\r');
        let value_at = match field.value {
            [] => name_at,
            value => (value.as_ptr() as usize).wrapping_sub(base),
        };
        take(Field {
            name,
            name_at,
            value: field.value,
            value_at,
        });
    }
    // The empty line has one, too.
    is_bare |= length > 2 && bytes.get(end.wrapping_sub(4)) != Some(&b'\r');
    if is_bare {
        return Err(Refusal::new(Kind::BareLineFeed));
    }
    Ok(Some(end))
}

/// Fields that most heads do not exceed, a browser's neither.
const FEW_FIELDS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(bytes: &[u8]) -> String {
        let mut out = String::new();
        let end = read(bytes, 0, 20, |field| {
            let name = &bytes[field.name_at..][..field.name.len()];
            let value = &bytes[field.value_at..][..field.value.len()];
            assert_eq!((name, value), (field.name, field.value));
            out += &format!("{}={}|", name.escape_ascii(), value.escape_ascii());
        });
        match end {
            Ok(Some(end)) => format!("{out}{end}"),
            Ok(None) => "unfinished".to_owned(),
            Err(refusal) => refusal.reason().to_owned(),
        }
    }

    #[test]
    fn lines_are_read_to_the_empty_one() {
        assert_eq!(read_all(b"\r\nrest"), "2");
        assert_eq!(read_all(b"a: b\r\n\r\nrest"), "a=b|8");
        assert_eq!(read_all(b"a:b \t\r\nc:\r\n\r\n"), "a=b|c=|13");
        assert_eq!(read_all(b"a: b\r\n"), "unfinished");
        assert_eq!(read_all(b""), "unfinished");
        let many = "a: b\r\n".repeat(20) + "\r\n";
        assert_eq!(read_all(many.as_bytes()), "a=b|".repeat(20) + "122");
    }

    #[test]
    fn what_other_parsers_may_read_otherwise_is_refused() {
        let malformed = Refusal::new(Kind::BadField).reason();
        for lines in [
            &b"a : b\r\n\r\n"[..],
            b" a: b\r\n\r\n",
            b"a: b\r\n c\r\n\r\n",
            b"a: \0\r\n\r\n",
            b"a: \x7f\r\n\r\n",
            b"a: b\rc\r\n\r\n",
            b"a\r\n\r\n",
            b": b\r\n\r\n",
            b"a\xe4: b\r\n\r\n",
        ] {
            assert_eq!(read_all(lines), malformed, "{}", lines.escape_ascii());
        }
        let bare = Refusal::new(Kind::BareLineFeed).reason();
        for lines in [
            &b"\n"[..],
            b"a: b\n\r\n",
            b"a: b\r\n\n",
            b"a: b\nc: d\r\n\r\n",
            b"a: b\r\nc: d\n\r\n",
        ] {
            let read = read_all(lines);
            assert!(read.ends_with(bare), "{}: {read}", lines.escape_ascii());
        }
        let many = "a: b\r\n".repeat(21) + "\r\n";
        let too_many = Refusal::new(Kind::FieldsTooLarge).reason();
        assert_eq!(read_all(many.as_bytes()), too_many);
    }
}
