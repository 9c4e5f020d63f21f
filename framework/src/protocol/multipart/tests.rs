use bytes::Bytes;

use super::Decoder;
use super::DecoderLimits;
use super::Encoder;
use super::Event;
use super::MultipartError;
use crate::datastructures::Headers;

/// The events of an input that comes in pieces, those of one kind put together, as text.
fn events(pieces: &[&[u8]]) -> Result<Vec<String>, MultipartError> {
    let mut decoder = Decoder::new(b"b", DecoderLimits::default())?;
    let mut out: Vec<String> = Vec::new();
    let mut open: Vec<u8> = Vec::new();
    let mut kind = "";
    let mut input = pieces.iter();
    loop {
        let (next, data, closes) = match decoder.next_event()? {
            Event::NeedData => {
                match input.next() {
                    Some(piece) => decoder.receive(Bytes::copy_from_slice(piece)),
                    None => decoder.finish(),
                }
                continue;
            }
            Event::Preamble(data) => ("preamble", data, false),
            Event::Epilogue(data) => ("epilogue", data, false),
            Event::Data { data, more } => ("data", data, !more),
            Event::Field { name, .. } => ("field", name.into(), true),
            Event::File { name, filename, .. } => {
                ("file", format!("{name}/{filename}").into(), true)
            }
            Event::End => ("", Bytes::new(), false),
        };
        if next != kind && !kind.is_empty() {
            out.push(format!("{kind} {}", open.escape_ascii()));
            open.clear();
        }
        kind = next;
        open.extend_from_slice(&data);
        if closes {
            out.push(format!("{kind} {}", open.escape_ascii()));
            open.clear();
            kind = "";
        }
        if next.is_empty() {
            return Ok(out);
        }
    }
}

const HEAD: &str = "Content-Disposition: form-data; name=a";

const BODIES: [&str; 22] = [
    "",
    "junk",
    "--b--",
    "--b--\r\nepilogue",
    "--b--  \t\r\r\n",
    "pre\r\n--b--x",
    "pre--b\r\n--b \t\nH\n\n1\n--b--",
    "--b\r\nH\r\n\r\n1\r\n--b--\r\n",
    "--b\r\nH\r\n\r\n--b--\r\n",
    "--b\r\nH\r\n\r\n\r\n--b--\r\n",
    "--b\rH\r\r1\r--b--\r",
    "--b\rH\r\r\n\r--b--\r",
    "--b\nH\n\n\n\n--b\nH\n\n--b--",
    "--b\r\nH\r\n\r\n\r\n-\r\n--\r\n--c\r\n--bx\r\n--b-x\r\n--b--",
    "--b\r\nH\r\n\r\n\r\r\r\n\n\r\n--b   \r\nH; filename=x\r\n\r\n\r\n\r\n--b--",
    "--b\r\nH\r\n\r\nx--b\r\n--b-\r\n--b\r\n\r\nX: y",
    "--b\r\nH\r\n X\r\n\tY\r\n\r\n1\r\n--b--\r\n",
    "--b\r\nH\r\n\r\n1\r\n--b",
    "--b\r\nH\r\n\r\n1\r\n--b\r",
    "--b\r\nH",
    "--b\r\n\r\n1\r\n--b--",
    "--b\r\nX: y\r\n\r\n1\r\n--b--",
];

#[test]
fn events_do_not_depend_on_cuts() {
    for body in BODIES {
        let body = body.replace('H', HEAD);
        let body = body.as_bytes();
        let whole = events(&[body]);
        let bytes: Vec<&[u8]> = body.chunks(1).collect();
        assert_eq!(
            events(&bytes),
            whole,
            "byte by byte: {}",
            body.escape_ascii()
        );
        for at in 0..=body.len() {
            let (left, right) = body.split_at(at);
            assert_eq!(
                events(&[left, right]),
                whole,
                "cut at {at}: {}",
                body.escape_ascii()
            );
        }
        for size in 2..9 {
            let pieces: Vec<&[u8]> = body.chunks(size).collect();
            assert_eq!(events(&pieces), whole, "by {size}: {}", body.escape_ascii());
        }
    }
}

#[test]
fn bodies_are_told() {
    for (body, want) in [
        ("--b--", Some(vec![])),
        ("--b--\r\nx", Some(vec!["epilogue x"])),
        ("p\r\n--b--", Some(vec!["preamble p"])),
        (
            "--b\r\nH\r\n\r\n1\r\n--b--",
            Some(vec!["field a", "data 1"]),
        ),
        ("--b\r\nH\r\n\r\n--b--", Some(vec!["field a", "data "])),
        ("--b\rH\r\r\n\r--b--\r", Some(vec!["field a", "data "])),
        (
            "--b\nH; filename=f\n\n\n\n--b--",
            Some(vec!["file a/f", "data \\n"]),
        ),
        (
            "--b\r\nH\r\n\r\n--bx\r\n--b--",
            Some(vec!["field a", "data --bx"]),
        ),
        ("--b\r\nH\r\n\r\n1", None),
        ("--b\r\nH\r\n\r\n1--b--", None),
        ("--b\r\nX: y\r\n\r\n1\r\n--b--", None),
    ] {
        let body = body.replace('H', HEAD);
        let want: Option<Vec<String>> =
            want.map(|events| events.into_iter().map(str::to_owned).collect());
        assert_eq!(
            events(&[body.as_bytes()]).ok(),
            want,
            "{}",
            body.escape_debug()
        );
    }
}

#[test]
fn what_is_written_is_read() {
    let mut out = Vec::new();
    let mut encoder = Encoder::new("b");
    let mut headers = Headers::new();
    headers.set("content-type", "text/plain");
    encoder.field("ü \"", &Headers::new(), &mut out);
    encoder.data(b"", &mut out);
    encoder.file("f", "a\r\nb", &headers, &mut out);
    encoder.data(b"", &mut out);
    encoder.data(b"\r\n", &mut out);
    encoder.finish(&mut out);
    let events = events(&[&out]).unwrap();
    let name = "ü \"".as_bytes().escape_ascii().to_string();
    assert_eq!(
        events,
        [
            &*format!("field {name}"),
            "data ",
            "file f/a%0D%0Ab",
            "data \\r\\n"
        ]
    );
}

#[test]
fn limits_hold() {
    let limits = DecoderLimits {
        max_headers_size: 100,
        max_parts: Some(1),
    };
    for (body, too_large) in [
        (
            format!("--b\r\n{HEAD}\r\n\r\n1\r\n--b\r\n{HEAD}\r\n\r\n"),
            true,
        ),
        (format!("--b\r\n{}", "x".repeat(101)), true),
        (format!("--b\r\n{HEAD}\r\n\r\n{}", "x".repeat(1000)), false),
    ] {
        let mut decoder = Decoder::new(b"b", limits).unwrap();
        decoder.receive(body.into());
        decoder.finish();
        let error = loop {
            match decoder.next_event() {
                Ok(Event::End) => unreachable!("all bodies are cut"),
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert_eq!(error.is_too_large(), too_large, "{error}");
    }
    for boundary in [&b""[..], "ü".as_bytes(), &[b'x'; 2000]] {
        assert!(Decoder::new(boundary, limits).is_err());
    }
}

#[test]
fn a_delimiter_of_much_padding_does_not_fill_memory() {
    let mut decoder = Decoder::new(b"b", DecoderLimits::default()).unwrap();
    decoder.receive(format!("--b\r\n{HEAD}\r\n\r\nx\r\n--b").into());
    let mut told = 0;
    for _ in 0..100 {
        decoder.receive(Bytes::from_static(&[b' '; 100]));
        loop {
            match decoder.next_event().unwrap() {
                Event::NeedData => break,
                Event::Data { data, .. } => told += data.len(),
                _ => {}
            }
        }
    }
    assert!(told > 8_000, "{told}");
}
