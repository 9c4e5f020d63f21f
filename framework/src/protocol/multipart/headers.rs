//! The head of a part.

use std::borrow::Cow;

use super::error::Kind;
use super::error::MultipartError;
use super::event::Event;
use crate::datastructures::Headers;
use crate::grammar::options::parse_options_header;
use crate::grammar::token;

/// Reads the head of a part. Lines may end with CR LF, LF or CR; a line that begins with a blank
/// goes on the line before (RFC 5322 section 2.2.3).
pub(super) fn parse(head: &[u8]) -> Result<Event, MultipartError> {
    let mut headers = Headers::new();
    let mut disposition: Option<String> = None;
    for line in unfolded(head) {
        let line = trim_bytes(&line);
        if line.is_empty() {
            continue;
        }
        let Ok(line) = std::str::from_utf8(line) else {
            return Err(MultipartError::new(Kind::HeadersNotText));
        };
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let (name, value) = (token::trim(name), token::trim(value));
        if disposition.is_none() && name.eq_ignore_ascii_case("content-disposition") {
            disposition = Some(value.to_owned());
        }
        // What no field can be is of no use to anybody.
        let _skipped = headers.try_add(name, value);
    }
    let Some(disposition) = disposition else {
        return Err(MultipartError::new(Kind::NoDisposition));
    };
    let (_, params) = parse_options_header(&disposition);
    let name = params.get("name").unwrap_or_default().to_owned();
    Ok(match params.get("filename") {
        Some(filename) => Event::File {
            name,
            filename: filename.to_owned(),
            headers,
        },
        None => Event::Field { name, headers },
    })
}

/// The lines of a head, those that go on put together with one space.
fn unfolded(head: &[u8]) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let mut rest = Some(head);
    std::iter::from_fn(move || {
        let (line, mut after) = split_line(rest?);
        let mut line = Cow::Borrowed(line);
        while let Some(more) = after.and_then(|after| {
            after
                .strip_prefix(b" ")
                .or_else(|| after.strip_prefix(b"\t"))
        }) {
            let (next, following) = split_line(more);
            let line = line.to_mut();
            line.push(b' ');
            line.extend_from_slice(next);
            after = following;
        }
        rest = after;
        Some(line)
    })
}

/// The first line without its end, and what follows; `None` where no line end is.
fn split_line(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr2(b'\r', b'\n', text) {
        Some(at) => {
            let (line, rest) = text.split_at(at);
            let after = rest.strip_prefix(b"\r\n").or_else(|| rest.get(1..));
            (line, after)
        }
        None => (text, None),
    }
}

fn trim_bytes(mut line: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = line {
        line = rest;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read() {
        for (head, want) in [
            ("Content-Disposition: form-data; name=a", Some(("a", None))),
            (
                "content-disposition:form-data;\r\n name=\"a b\"",
                Some(("a b", None)),
            ),
            (
                "X: 1\nContent-Disposition: x; name=a; filename=b\n",
                Some(("a", Some("b"))),
            ),
            (
                "Content-Disposition: x; filename=\"\"",
                Some(("", Some(""))),
            ),
            (
                "Content-Disposition: x; filename*=UTF-8''%C3%BC",
                Some(("", Some("ü"))),
            ),
            ("Content-Disposition", Some(("", None))),
            ("Content-Type: a/b", None),
            ("", None),
        ] {
            let got = match parse(head.as_bytes()) {
                Ok(Event::Field { name, .. }) => Some((name, None)),
                Ok(Event::File { name, filename, .. }) => Some((name, Some(filename))),
                _ => None,
            };
            let want = want.map(|(name, filename): (&str, Option<&str>)| {
                (name.to_owned(), filename.map(str::to_owned))
            });
            assert_eq!(got, want, "{head:?}");
        }
        assert!(parse(b"Content-Disposition: x; name=\xff").is_err());
    }
}
