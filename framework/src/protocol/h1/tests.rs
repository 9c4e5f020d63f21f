//! Heads, framing and chunks as tables: each case whole, byte by byte, and cut at every place.

#![allow(clippy::too_many_lines, reason = "tables")]

use http::StatusCode;
use http::Version;

use super::BodyFraming;
use super::ChunkedDecoder;
use super::Connection;
use super::Head;
use super::Limits;
use super::Outgoing;
use super::Refusal;
use super::Stamp;
use super::encode_chunk_end;
use super::encode_chunk_head;
use super::encode_last_chunk;
use super::target::is_host;
use crate::datastructures::Headers;

/// What a head came to, in words: status and reason, or what was read.
fn show(head: &Head, length: usize) -> String {
    let framing = head.framing();
    let body = match framing.body {
        BodyFraming::None => "none".to_owned(),
        BodyFraming::Length(n) => n.to_string(),
        BodyFraming::Chunked => "chunked".to_owned(),
    };
    let minor = if head.version() == Version::HTTP_11 {
        1
    } else {
        0
    };
    format!(
        "{} {} ?{} 1.{minor} host={} fields={} body={body} keep={} continue={} used={length}",
        head.method(),
        head.path(),
        head.query(),
        head.host().unwrap_or("-"),
        head.len(),
        u8::from(framing.keep_alive),
        u8::from(framing.expects_continue),
    )
}

/// What came out of a head that arrived in pieces that end at `cuts`.
fn read_in_pieces(input: &[u8], cuts: impl Iterator<Item = usize>, limits: &Limits) -> String {
    let mut connection = Connection::new();
    let mut head = Head::new();
    for end in cuts.chain([input.len()]) {
        let seen = &input[..end];
        match connection.read_head(seen, &mut head, limits) {
            Ok(Some(length)) => return show(&head, length),
            Ok(None) => {}
            Err(refusal) => return refused(refusal),
        }
    }
    // A connection may wait with its judgement until a line is whole; a parser may not.
    match head.read(input, limits) {
        Ok(Some(_)) => "read too late".to_owned(),
        Ok(None) => "partial".to_owned(),
        Err(refusal) => refused(refusal),
    }
}

fn refused(refusal: Refusal) -> String {
    refusal.status().to_string()
}

/// Whole, byte by byte and cut once at every place: always the same.
fn read_every_way(input: &[u8], limits: &Limits) -> String {
    let whole = read_in_pieces(input, std::iter::empty(), limits);
    let text = String::from_utf8_lossy(input);
    assert_eq!(
        read_in_pieces(input, 1..input.len(), limits),
        whole,
        "byte by byte: {text:?}"
    );
    // Long inputs are cut at fewer places.
    let step = input.len().div_ceil(2_000).max(1);
    for cut in (1..input.len()).step_by(step) {
        assert_eq!(
            read_in_pieces(input, std::iter::once(cut), limits),
            whole,
            "cut at {cut}: {text:?}"
        );
    }
    whole
}

fn check(cases: &[(&[u8], &str)]) {
    for (input, want) in cases {
        let got = read_every_way(input, &Limits::default());
        assert_eq!(got, *want, "{:?}", String::from_utf8_lossy(input));
    }
}

/// The reason for the refusal of a whole head.
fn reason(input: &[u8]) -> &'static str {
    match Head::new().read(input, &Limits::default()) {
        Err(refusal) => refusal.reason(),
        Ok(_) => "(not refused)",
    }
}

#[test]
fn heads_that_are_read() {
    check(&[
        (
            b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / ? 1.1 host=a fields=1 body=none keep=1 continue=0 used=27",
        ),
        (
            b"GET /a%20b?c=d&e HTTP/1.1\r\nhOST:a:80\r\nX:  y \t\r\n\r\n",
            "GET /a b ?c=d&e 1.1 host=a:80 fields=2 body=none keep=1 continue=0 used=49",
        ),
        (
            b"GET / HTTP/1.0\r\n\r\n",
            "GET / ? 1.0 host=- fields=0 body=none keep=0 continue=0 used=18",
        ),
        (
            b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
            "GET / ? 1.0 host=- fields=1 body=none keep=1 continue=0 used=42",
        ),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n",
            "GET / ? 1.1 host=a fields=2 body=none keep=0 continue=0 used=58",
        ),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: Close\r\n\r\n",
            "GET / ? 1.1 host=a fields=3 body=none keep=0 continue=0 used=70",
        ),
        // RFC 9112 section 2.2: one empty line before the request line.
        (
            b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / ? 1.1 host=a fields=1 body=none keep=1 continue=0 used=29",
        ),
        // An empty Host is what a client sends for a target without an authority.
        (
            b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
            "GET / ? 1.1 host= fields=1 body=none keep=1 continue=0 used=25",
        ),
        // RFC 9110 section 2.5: a higher minor version is read as ours.
        (
            b"GET / HTTP/1.2\r\nHost: a\r\n\r\n",
            "GET / ? 1.1 host=a fields=1 body=none keep=1 continue=0 used=27",
        ),
        (
            b"\r\nGET / HTTP/1.9\r\nHost: a\r\n\r\n",
            "GET / ? 1.1 host=a fields=1 body=none keep=1 continue=0 used=29",
        ),
        (
            b"BREW /pot HTTP/1.1\r\nHost: a\r\n\r\nmore",
            "BREW /pot ? 1.1 host=a fields=1 body=none keep=1 continue=0 used=31",
        ),
        (b"", "partial"),
        (b"\r\n", "partial"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", "partial"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r", "partial"),
    ]);
}

#[test]
fn heads_that_frame_a_body() {
    check(&[
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
            "POST / ? 1.1 host=a fields=2 body=5 keep=1 continue=0 used=47",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
            "POST / ? 1.1 host=a fields=2 body=none keep=1 continue=0 used=47",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n",
            "POST / ? 1.1 host=a fields=2 body=18446744073709551615 keep=1 continue=0 used=66",
        ),
        // RFC 9110 section 8.6: the same, twice, may be taken as once.
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
            "POST / ? 1.1 host=a fields=3 body=5 keep=1 continue=0 used=66",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n",
            "POST / ? 1.1 host=a fields=2 body=5 keep=1 continue=0 used=50",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n",
            "POST / ? 1.1 host=a fields=2 body=chunked keep=1 continue=0 used=56",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n",
            "POST / ? 1.1 host=a fields=3 body=5 keep=1 continue=1 used=69",
        ),
        // Nothing to wait for.
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
            "POST / ? 1.1 host=a fields=2 body=none keep=1 continue=0 used=50",
        ),
        // RFC 9110 section 10.1.1: HTTP/1.0 has no expectations.
        (
            b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
            "POST / ? 1.0 host=- fields=2 body=5 keep=0 continue=0 used=60",
        ),
        (
            b"POST / HTTP/1.0\r\nExpect: the impossible\r\nContent-Length: 5\r\n\r\n",
            "POST / ? 1.0 host=- fields=2 body=5 keep=0 continue=0 used=62",
        ),
    ]);
}

#[test]
fn framing_that_is_refused() {
    let cases: &[(&[u8], &str, &str)] = &[
        (b"Content-Length: ", "400", "invalid Content-Length"),
        (b"Content-Length: +5", "400", "invalid Content-Length"),
        (b"Content-Length: -5", "400", "invalid Content-Length"),
        (b"Content-Length: 0x5", "400", "invalid Content-Length"),
        (b"Content-Length: 5 5", "400", "invalid Content-Length"),
        (b"Content-Length: 5,", "400", "invalid Content-Length"),
        (b"Content-Length: ,5", "400", "invalid Content-Length"),
        (b"Content-Length: 5;q=1", "400", "invalid Content-Length"),
        (b"Content-Length: 5.0", "400", "invalid Content-Length"),
        (b"Content-Length: 1e1", "400", "invalid Content-Length"),
        (b"Content-Length: \xd9\xa5", "400", "invalid Content-Length"),
        (
            b"Content-Length: 18446744073709551616",
            "400",
            "invalid Content-Length",
        ),
        (b"Content-Length: 5, 6", "400", "invalid Content-Length"),
        (
            b"Content-Length: 5\r\nContent-Length: 6",
            "400",
            "invalid Content-Length",
        ),
        (
            b"Content-Length: 0\r\nContent-Length: 6",
            "400",
            "invalid Content-Length",
        ),
        (
            b"Content-Length: 5\r\nTransfer-Encoding: chunked",
            "400",
            "both Transfer-Encoding and Content-Length",
        ),
        (
            b"Transfer-Encoding: chunked\r\nContent-Length: 0",
            "400",
            "both Transfer-Encoding and Content-Length",
        ),
        (
            b"Transfer-Encoding: chunked, chunked",
            "400",
            "chunked is not the last transfer coding",
        ),
        (
            b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "400",
            "chunked is not the last transfer coding",
        ),
        (
            b"Transfer-Encoding: chunked, gzip",
            "400",
            "chunked is not the last transfer coding",
        ),
        (
            b"Transfer-Encoding: chunked, identity",
            "400",
            "chunked is not the last transfer coding",
        ),
        (
            b"Transfer-Encoding: ",
            "400",
            "chunked is not the last transfer coding",
        ),
        (
            b"Transfer-Encoding: identity",
            "400",
            "chunked is not the last transfer coding",
        ),
        (
            b"Transfer-Encoding: chunked;q=1",
            "400",
            "chunked is not the last transfer coding",
        ),
        (
            b"Transfer-Encoding: xchunked",
            "400",
            "chunked is not the last transfer coding",
        ),
        (
            b"Transfer-Encoding: \"chunked\"",
            "400",
            "chunked is not the last transfer coding",
        ),
        (
            b"Transfer-Encoding: gzip, chunked",
            "501",
            "unknown transfer coding",
        ),
        (
            b"Transfer-Encoding: identity, chunked",
            "501",
            "unknown transfer coding",
        ),
        (
            b"Transfer-Encoding : chunked",
            "400",
            "malformed header field",
        ),
        (
            b"Transfer-Encoding\t: chunked",
            "400",
            "malformed header field",
        ),
        (
            b" Transfer-Encoding: chunked",
            "400",
            "malformed header field",
        ),
        (
            b"Transfer-Encoding:\x0bchunked",
            "400",
            "malformed header field",
        ),
        (
            b"Transfer-Encoding: chunked\x00",
            "400",
            "malformed header field",
        ),
        (
            b"X: y\r\n Transfer-Encoding: chunked",
            "400",
            "malformed header field",
        ),
        (
            b"X: y\rTransfer-Encoding: chunked",
            "400",
            "malformed header field",
        ),
        (
            b"X: y\nTransfer-Encoding: chunked",
            "400",
            "line without carriage return",
        ),
        (b"Host: b", "400", "more than one Host"),
        (b"hOsT: a", "400", "more than one Host"),
        (b"Expect: the impossible", "417", "unknown expectation"),
        (b"Expect: 100-continue, more", "417", "unknown expectation"),
    ];
    for (field, status, why) in cases {
        let mut input = b"POST / HTTP/1.1\r\nHost: a\r\n".to_vec();
        input.extend_from_slice(field);
        input.extend_from_slice(b"\r\n\r\n0\r\n\r\n");
        let shown = String::from_utf8_lossy(field);
        assert_eq!(
            read_every_way(&input, &Limits::default()),
            *status,
            "{shown:?}"
        );
        assert_eq!(reason(&input), *why, "{shown:?}");
    }
    let on_10 = b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(reason(on_10), "Transfer-Encoding in an HTTP/1.0 request");
}

#[test]
fn request_lines_that_are_refused() {
    let cases: &[(&[u8], &str)] = &[
        (b"GET / HTTP/2.0", "505"),
        (b"PRI * HTTP/2.0", "505"),
        (b"GET / HTTP/0.9", "505"),
        (b"GET / HTTP/3.1", "505"),
        (b"GET / HTTP/1.10", "400"),
        (b"GET / HTTP/11.1", "400"),
        (b"GET / http/1.1", "400"),
        (b"GET / HTTP/1", "400"),
        (b"GET / HTTP/1.x", "400"),
        (b"GET / HTTP1.1", "400"),
        (b"GET / HTTPS/1.1", "400"),
        (b"GET / HTTP/1.1 ", "400"),
        (b"GET / HTTP/2.0 ", "400"),
        (b"GET /", "400"),
        (b"GET / ", "400"),
        (b"GET", "400"),
        (b"GET  / HTTP/1.1", "400"),
        (b"GET /  HTTP/1.1", "400"),
        (b" GET / HTTP/1.1", "400"),
        (b"GET\t/ HTTP/1.1", "400"),
        (b"GET /\tHTTP/1.1", "400"),
        (b"GET / HTTP/1.1\r", "400"),
        (b"G@T / HTTP/1.1", "400"),
        (b"G\x00T / HTTP/1.1", "400"),
        (b"GET /\x00 HTTP/1.1", "400"),
        (b"GET /a b HTTP/1.1", "400"),
        (b"GET /a\rb HTTP/1.1", "400"),
        (b"GET /a#b HTTP/1.1", "400"),
        (b"GET /a?b#c HTTP/1.1", "400"),
        (b"GET /a\"b HTTP/1.1", "400"),
        (b"GET /<a> HTTP/1.1", "400"),
        (b"GET /a\\b HTTP/1.1", "400"),
        (b"GET /\xc3\xa4 HTTP/1.1", "400"),
        (b"GET /\xff HTTP/1.1", "400"),
        (b"GET /?\xc3\xa4 HTTP/1.1", "400"),
        (b"GET /\x7f HTTP/1.1", "400"),
        (b"GET * HTTP/1.1", "400"),
        (b"GET a HTTP/1.1", "400"),
        (b"GET ?a HTTP/1.1", "400"),
        (b"GET http:///a HTTP/1.1", "400"),
        (b"GET http://u@a/ HTTP/1.1", "400"),
        (b"GET http://u:p@a/ HTTP/1.1", "400"),
        (b"GET http://a:x/ HTTP/1.1", "400"),
        (b"GET ftp://a/ HTTP/1.1", "400"),
        (b"GET //a://b HTTP/1.1", "ok"),
        (b"GET http://a HTTP/1.1", "ok"),
        (b"GET HTTPS://a?b HTTP/1.1", "ok"),
        (b"OPTIONS * HTTP/1.1", "ok"),
        (b"OPTIONS *a HTTP/1.1", "400"),
        (b"CONNECT a:80 HTTP/1.1", "501"),
        (b"CONNECT / HTTP/1.1", "501"),
        (b"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF / HTTP/1.1", "ok"),
        (b"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1", "501"),
    ];
    for (line, want) in cases {
        let mut input = line.to_vec();
        input.extend_from_slice(b"\r\nHost: a\r\n\r\n");
        let got = read_every_way(&input, &Limits::default());
        let got = if got.contains("host=a") { "ok" } else { &got };
        assert_eq!(got, *want, "{:?}", String::from_utf8_lossy(line));
    }
}

#[test]
fn lines_end_in_both_characters() {
    check(&[
        (b"GET / HTTP/1.1\nHost: a\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\n", "400"),
        (b"GET / HTTP/1.1\nHost: a\n\n", "400"),
        (b"GET / HTTP/1.0\n\r\n", "400"),
        (b"GET / HTTP/1.0\r\n\n", "400"),
        (b"GET / HTTP/1.1\rHost: a\r\r", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", "400"),
        (b"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        (b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        (b"\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x7fb\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x01b\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX y: b\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX\xe4: b\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\n Host: a\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\n\r\n", "400"),
    ]);
}

#[test]
fn hosts() {
    let cases: &[(&str, bool)] = &[
        ("", true),
        ("a", true),
        ("a.b-c_d~e", true),
        ("a:80", true),
        ("a:", true),
        ("a:65535", true),
        ("a:65536", false),
        ("a:000080", false),
        ("a:8a", false),
        ("a:80:80", false),
        (":80", false),
        (":", false),
        ("127.0.0.1:8000", true),
        ("[::1]", true),
        ("[::1]:80", true),
        ("[::1", false),
        ("::1", false),
        ("[::1]80", false),
        ("[]", false),
        ("[a]", false),
        ("[fe80::1%25en0]", false),
        ("[v1.a:b]", true),
        ("[v.a]", false),
        ("[v1.]", false),
        ("a/b", false),
        ("a?b", false),
        ("a#b", false),
        ("u@a", false),
        ("a b", false),
        ("a,b", true),
        ("a\\b", false),
        ("a\"b", false),
        ("<a>", false),
        ("a%2eb", true),
        ("a%2", false),
        ("a%zz", false),
        ("\u{e4}", false),
        ("http://a", false),
    ];
    for (host, want) in cases {
        assert_eq!(is_host(host.as_bytes()), *want, "{host:?}");
    }
}

#[test]
fn targets() {
    // Target, path, query, host.
    let cases: &[(&str, &str, &str, &str)] = &[
        ("/", "/", "", "h"),
        ("/?", "/", "", "h"),
        ("/??", "/", "?", "h"),
        ("/a?b?c", "/a", "b?c", "h"),
        ("/a%2Fb", "/a/b", "", "h"),
        ("/a%zz", "/a%zz", "", "h"),
        ("/a%", "/a%", "", "h"),
        ("/a+b", "/a+b", "", "h"),
        ("/%ff", "/\u{fffd}", "", "h"),
        ("/%c3%a4", "/\u{e4}", "", "h"),
        ("//a//b", "/a//b", "", "h"),
        ("///", "/", "", "h"),
        ("/a/../b", "/a/../b", "", "h"),
        ("/[a]^{b}|`", "/[a]^{b}|`", "", "h"),
        ("http://a", "/", "", "a"),
        ("http://a:80/b?c", "/b", "c", "a:80"),
        ("https://a?b", "/", "b", "a"),
        ("hTTp://[::1]:80/", "/", "", "[::1]:80"),
    ];
    for (target, path, query, host) in cases {
        let input = format!("GET {target} HTTP/1.1\r\nHost: h\r\n\r\n");
        let mut head = Head::new();
        let read = head.read(input.as_bytes(), &Limits::default());
        assert_eq!(read, Ok(Some(input.len())), "{target}");
        assert_eq!(head.target(), *target);
        assert_eq!(head.path(), *path, "{target}");
        assert_eq!(head.query(), *query, "{target}");
        assert_eq!(head.host(), Some(*host), "{target}");
    }
}

#[test]
fn limits_of_heads() {
    let limits = Limits {
        head_size: 300,
        fields: 3,
        target_size: 40,
        ..Limits::default()
    };
    let fields = |n: usize, value: usize| {
        let field = format!("x: {}\r\n", "y".repeat(value));
        format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", field.repeat(n))
    };
    let target = |n: usize| format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(n - 1));
    let cases = [
        (fields(2, 1), "ok"),
        (fields(3, 1), "431"),
        (fields(1, 268), "ok"),
        (fields(1, 269), "431"),
        (fields(1, 2_000), "431"),
        (target(40), "ok"),
        (target(41), "414"),
        (target(90), "414"),
        (target(400), "414"),
        (target(4_000), "414"),
        ("A".repeat(400), "414"),
        ("GET / HTTP/1.1\r\nHost: a\r\nx: y".to_owned(), "partial"),
    ];
    for (input, want) in cases {
        let got = read_every_way(input.as_bytes(), &limits);
        let got = if got.contains("host=a") { "ok" } else { &got };
        assert_eq!(got, want, "{input:?}");
    }
    let many = fields(Limits::MOST_FIELDS, 1);
    let mut head = Head::new();
    let refusal = head.read(many.as_bytes(), &Limits::default());
    assert_eq!(refusal.map_err(Refusal::status), Err(431));
    let most = fields(Limits::MOST_FIELDS - 1, 1);
    assert_eq!(
        head.read(most.as_bytes(), &Limits::default()),
        Ok(Some(most.len()))
    );
}

#[test]
fn a_head_beyond_sixteen_bits_is_refused_whatever_the_limit() {
    let limits = Limits {
        head_size: usize::MAX,
        ..Limits::default()
    };
    let input = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(70_000));
    let refusal = Head::new().read(input.as_bytes(), &limits);
    assert_eq!(refusal.map_err(Refusal::status), Err(431));
}

#[test]
fn a_byte_at_a_time_is_not_parsed_at_each_byte() {
    let limits = Limits::default();
    let mut input = b"GET / HTTP/1.1\r\nHost: a\r\nX: ".to_vec();
    let mut connection = Connection::new();
    let mut head = Head::new();
    assert_eq!(connection.read_head(&input, &mut head, &limits), Ok(None));
    // A control character makes the head malformed, which a parser that looks would say.
    input.push(0);
    assert_eq!(connection.read_head(&input, &mut head, &limits), Ok(None));
    input.extend_from_slice(b"\r\n");
    assert!(connection.read_head(&input, &mut head, &limits).is_err());
}

#[test]
fn a_refused_head_request_is_answered_without_content() {
    let mut connection = Connection::new();
    let mut head = Head::new();
    let input = b"HEAD / HTTP/1.1\r\nHost: a b\r\n\r\n";
    let refused = connection.read_head(input, &mut head, &Limits::default());
    assert_eq!(refused.map_err(Refusal::status), Err(400));
    let mut out = Vec::new();
    let outgoing = connection.write_head(
        &mut out,
        StatusCode::BAD_REQUEST,
        &Headers::new(),
        Some(7),
        &Stamp::default(),
    );
    assert_eq!(outgoing, Outgoing::Nothing);
}

#[test]
fn heads_of_parts_frame_like_received_ones() {
    let fields: [(&[u8], &[u8]); 1] = [(b"content-length", b"5")];
    let head = Head::from_parts(http::Method::POST, "/", fields);
    assert_eq!(head.map(|head| head.content_length()), Ok(Some(5)));
    let fields: [(&[u8], &[u8]); 2] = [
        (b"content-length", b"5"),
        (b"transfer-encoding", b"chunked"),
    ];
    let head = Head::from_parts(http::Method::POST, "/", fields);
    assert_eq!(head.map(drop).map_err(Refusal::status), Err(400));
}

/// Decodes pieces that end at `cuts`; the data and how the body ended.
fn decode_in_pieces(input: &[u8], cuts: impl Iterator<Item = usize>, limits: &Limits) -> String {
    let mut decoder = ChunkedDecoder::new();
    let mut out = Vec::new();
    let mut used = 0;
    for end in cuts.chain([input.len()]) {
        while used < end && !decoder.is_done() {
            match decoder.decode(&input[used..end], &mut out, usize::MAX, limits) {
                Ok(0) => return "stuck".to_owned(),
                Ok(n) => used += n,
                Err(refusal) => return refused(refusal),
            }
        }
    }
    if !decoder.is_done() {
        return "partial".to_owned();
    }
    let trailers = decoder.take_trailers();
    let (data, trailers) = (
        String::from_utf8_lossy(&out),
        String::from_utf8_lossy(&trailers),
    );
    format!("{data}|{trailers}|{}", input.len() - used)
}

fn decode_every_way(input: &[u8], limits: &Limits) -> String {
    let whole = decode_in_pieces(input, std::iter::empty(), limits);
    let text = String::from_utf8_lossy(input);
    let bytes = decode_in_pieces(input, 1..input.len(), limits);
    assert_eq!(bytes, whole, "byte by byte: {text:?}");
    for cut in 1..input.len() {
        let cut_once = decode_in_pieces(input, std::iter::once(cut), limits);
        assert_eq!(cut_once, whole, "cut at {cut}: {text:?}");
    }
    whole
}

#[test]
fn chunks() {
    let cases: &[(&[u8], &str)] = &[
        (b"0\r\n\r\n", "||0"),
        (b"5\r\nhello\r\n0\r\n\r\n", "hello||0"),
        (
            b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET",
            "hello world||3",
        ),
        (b"A\r\n0123456789\r\n000\r\n\r\n", "0123456789||0"),
        (b"a\r\n0123456789\r\n0\r\n\r\n", "0123456789||0"),
        (b"0000000000000005\r\nhello\r\n0\r\n\r\n", "hello||0"),
        (b"5;a=b\r\nhello\r\n0;c\r\n\r\n", "hello||0"),
        (b"5 ;a = \"b;\\\" \"\r\nhello\r\n0\r\n\r\n", "hello||0"),
        (b"0\r\nA: b\r\nC: d\r\n\r\n", "|A: b\r\nC: d\r\n|0"),
        (b"5\r\nhello\r\n0\r\n", "partial"),
        (b"5\r\nhello", "partial"),
        (b"ffffffffffffffff\r\nx", "partial"),
        (b"00000000000000005\r\nhello\r\n0\r\n\r\n", "400"),
        (b"10000000000000000\r\n", "400"),
        (b"\r\n5\r\nhello\r\n0\r\n\r\n", "400"),
        (b"5\nhello\n0\n\n", "400"),
        (b"5\rhello", "400"),
        (b"5\r\nhello0\r\n\r\n", "400"),
        (b"5\r\nhello\n0\r\n\r\n", "400"),
        (b"5\r\nhello \r\n0\r\n\r\n", "400"),
        (b"4\r\nhello\r\n0\r\n\r\n", "400"),
        (b"6\r\nhello\r\n0\r\n\r\n", "400"),
        (b"-1\r\n", "400"),
        (b"+5\r\n", "400"),
        (b"0x5\r\n", "400"),
        (b" 5\r\n", "400"),
        (b"5 \r\nhello\r\n0\r\n\r\n", "400"),
        (b"5\t\r\nhello\r\n0\r\n\r\n", "400"),
        (b"5_0\r\n", "400"),
        (b"5 5\r\n", "400"),
        (b";a\r\n", "400"),
        (b"\r\n", "400"),
        (b"g\r\n", "400"),
        (b"\xef\xbc\x95\r\n", "400"),
        (b"5;a\nb\r\nhello\r\n0\r\n\r\n", "400"),
        (b"5;a\rb\r\nhello\r\n0\r\n\r\n", "400"),
        (b"5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n", "400"),
        (b"5;a\x00\r\nhello\r\n0\r\n\r\n", "400"),
        (b"0\r\n\n", "400"),
        (b"0\r\nA: b\n\r\n", "400"),
        (b"0\r\nA: b\r\r\n\r\n", "400"),
        (b"0\r\nA\r\n\r\n", "400"),
        (b"0\r\nA : b\r\n\r\n", "400"),
        (b"0\r\nA: b\r\n c\r\n\r\n", "400"),
        (b"0\r\n A: b\r\n\r\n", "400"),
        (b"0\r\nA: \x00\r\n\r\n", "400"),
        (b"0\r\nContent-Length: 5\r\n\r\n", "400"),
        (b"0\r\nHost: b\r\n\r\n", "400"),
        (b"0\r\ntransfer-encoding: chunked\r\n\r\n", "400"),
        (b"0\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
    ];
    for (input, want) in cases {
        let got = decode_every_way(input, &Limits::default());
        assert_eq!(got, *want, "{:?}", String::from_utf8_lossy(input));
    }
}

#[test]
fn limits_of_chunks() {
    let limits = Limits {
        chunk_extensions: 10,
        trailers: 20,
        ..Limits::default()
    };
    let cases: &[(&[u8], &str)] = &[
        (b"1;23456789a\r\nx\r\n0\r\n\r\n", "x||0"),
        (b"1;23456789ab\r\nx\r\n0\r\n\r\n", "400"),
        (b"1 \t \t \t \t \t \t;a\r\nx\r\n0\r\n\r\n", "400"),
        // Over all chunks, not for each.
        (b"1;2345\r\nx\r\n1;2345\r\nx\r\n0;2\r\n\r\n", "400"),
        (b"0\r\nA: 3456789\r\n\r\n", "|A: 3456789\r\n|0"),
        (
            b"0\r\nA: 3456789\r\nB: 34567\r\n\r\n",
            "|A: 3456789\r\nB: 34567\r\n|0",
        ),
        (b"0\r\nA: 3456789\r\nB: 34567890\r\n\r\n", "431"),
    ];
    for (input, want) in cases {
        let got = decode_every_way(input, &limits);
        assert_eq!(got, *want, "{:?}", String::from_utf8_lossy(input));
    }
}

#[test]
fn a_reader_with_little_room_gets_no_more() {
    let input = b"5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n";
    let mut decoder = ChunkedDecoder::new();
    let mut out = Vec::new();
    let used = decoder.decode(input, &mut out, 3, &Limits::default());
    assert_eq!((used, &out[..]), (Ok(6), &b"hel"[..]));
    assert_eq!(decoder.left_of_chunk(), 2);
    decoder.skip_data(2);
    let used = decoder.decode(&input[8..], &mut out, 9, &Limits::default());
    assert_eq!((used, &out[..]), (Ok(input.len() - 8), &b"helyou"[..]));
    assert!(decoder.is_done());
}

#[test]
fn encoded_chunks_decode() {
    for n in [1, 9, 15, 16, 17, 255, 256, 4_095, 65_536] {
        let data = vec![b'x'; n];
        let mut wire = Vec::new();
        encode_chunk_head(&mut wire, n);
        assert_eq!(wire, format!("{n:x}\r\n").as_bytes());
        wire.extend_from_slice(&data);
        encode_chunk_end(&mut wire);
        encode_last_chunk(&mut wire);
        let mut decoder = ChunkedDecoder::new();
        let mut out = Vec::new();
        let used = decoder.decode(&wire, &mut out, usize::MAX, &Limits::default());
        assert_eq!(used, Ok(wire.len()));
        assert_eq!(&out[..], &data[..]);
        assert!(decoder.is_done());
    }
}

/// The head that answers `request`, without date and server, and what follows it.
fn answer(
    request: &str,
    status: u16,
    fields: &[(&'static str, &'static str)],
    length: Option<u64>,
) -> (String, Outgoing, bool) {
    let mut connection = Connection::new();
    let mut head = Head::new();
    let read = connection.read_head(request.as_bytes(), &mut head, &Limits::default());
    assert_eq!(read, Ok(Some(request.len())), "{request:?}");
    let mut headers = Headers::new();
    for (name, value) in fields {
        headers.add(*name, *value);
    }
    let mut out = Vec::new();
    let status = StatusCode::from_u16(status).unwrap();
    let outgoing = connection.write_head(&mut out, status, &headers, length, &Stamp::default());
    let text = String::from_utf8(out).unwrap();
    let stamp = "server: rustzeug\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n";
    let text = text.strip_suffix(stamp).unwrap_or(&text).to_owned();
    (text, outgoing, connection.is_persistent())
}

#[test]
fn response_heads() {
    const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const GET_CLOSE: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    const HEAD: &str = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
    const OLD: &str = "GET / HTTP/1.0\r\n\r\n";
    const OLD_KEEP: &str = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    const OLD_HEAD: &str = "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    type Case = (
        &'static str,
        u16,
        &'static [(&'static str, &'static str)],
        Option<u64>,
        &'static str,
        Outgoing,
        bool,
    );
    #[rustfmt::skip]
    let cases: &[Case] = &[
        (GET, 200, &[], Some(5), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", Outgoing::Length(5), true),
        (GET, 200, &[], Some(0), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n", Outgoing::Length(0), true),
        (GET, 404, &[("x-a", "b")], Some(5), "HTTP/1.1 404 Not Found\r\nx-a: b\r\ncontent-length: 5\r\n", Outgoing::Length(5), true),
        (GET, 799, &[], Some(0), "HTTP/1.1 799 Unknown\r\ncontent-length: 0\r\n", Outgoing::Length(0), true),
        (GET, 200, &[], None, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n", Outgoing::Chunked, true),
        (GET_CLOSE, 200, &[], Some(5), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n", Outgoing::Length(5), false),
        (GET, 200, &[("connection", "x, Close")], Some(5), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n", Outgoing::Length(5), false),
        (GET, 200, &[("connection", "x")], Some(5), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", Outgoing::Length(5), true),
        // What an application says of framing is not repeated.
        (GET, 200, &[("content-length", "7"), ("transfer-encoding", "gzip")], Some(5), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", Outgoing::Length(5), true),
        (GET, 204, &[("content-length", "7")], Some(5), "HTTP/1.1 204 No Content\r\n", Outgoing::Nothing, true),
        (GET, 204, &[], None, "HTTP/1.1 204 No Content\r\n", Outgoing::Nothing, true),
        (GET, 304, &[], Some(0), "HTTP/1.1 304 Not Modified\r\n", Outgoing::Nothing, true),
        (GET, 304, &[("content-length", "7")], Some(0), "HTTP/1.1 304 Not Modified\r\ncontent-length: 7\r\n", Outgoing::Nothing, true),
        (GET, 304, &[], None, "HTTP/1.1 304 Not Modified\r\n", Outgoing::Nothing, true),
        (HEAD, 200, &[], Some(5), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", Outgoing::Nothing, true),
        (HEAD, 200, &[], Some(0), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n", Outgoing::Nothing, true),
        (HEAD, 200, &[("content-length", "7")], Some(0), "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n", Outgoing::Nothing, true),
        (HEAD, 200, &[], None, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n", Outgoing::Nothing, true),
        (HEAD, 204, &[], Some(5), "HTTP/1.1 204 No Content\r\n", Outgoing::Nothing, true),
        (OLD, 200, &[], Some(5), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n", Outgoing::Length(5), false),
        (OLD_KEEP, 200, &[], Some(5), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: keep-alive\r\n", Outgoing::Length(5), true),
        (OLD_KEEP, 200, &[], None, "HTTP/1.1 200 OK\r\nconnection: close\r\n", Outgoing::UntilClose, false),
        (OLD_HEAD, 200, &[], None, "HTTP/1.1 200 OK\r\nconnection: keep-alive\r\n", Outgoing::Nothing, true),
    ];
    for (request, status, fields, length, want, outgoing, persists) in cases {
        let got = answer(request, *status, fields, *length);
        assert_eq!(
            got,
            ((*want).to_owned(), *outgoing, *persists),
            "{request:?} {status} {fields:?} {length:?}"
        );
    }
}

#[test]
fn an_application_may_say_date_and_server() {
    let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let (text, ..) = answer(
        request,
        200,
        &[("server", "mine"), ("date", "today")],
        Some(0),
    );
    assert_eq!(
        text,
        "HTTP/1.1 200 OK\r\nserver: mine\r\ndate: today\r\ncontent-length: 0\r\n\r\n"
    );
}

#[test]
fn continue_is_said_once() {
    let mut connection = Connection::new();
    let mut head = Head::new();
    let request = b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
    let read = connection.read_head(request, &mut head, &Limits::default());
    assert_eq!(read, Ok(Some(request.len())));
    assert!(connection.expects_continue());
    let mut out = Vec::new();
    connection.write_continue(&mut out);
    connection.write_continue(&mut out);
    assert_eq!(out, Connection::CONTINUE);
}

/// Numbers for seeded tests: SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }
}

/// Glues fragments that matter to a grammar together, and breaks some of them.
fn garble(random: &mut Random, fragments: &[&[u8]]) -> Vec<u8> {
    let mut input = Vec::new();
    for _ in 0..random.below(9) + 1 {
        input.extend_from_slice(fragments[random.below(fragments.len())]);
    }
    for _ in 0..random.below(3) {
        if input.is_empty() {
            break;
        }
        let at = random.below(input.len());
        match random.below(3) {
            0 => input[at] = u8::try_from(random.below(256)).unwrap(),
            1 => drop(input.remove(at)),
            _ => input.insert(at, b"\r\n \t:;,\0\x7f0"[random.below(10)]),
        }
    }
    input
}

#[test]
fn garbled_heads_read_the_same_in_pieces() {
    const FRAGMENTS: &[&[u8]] = &[
        b"GET / HTTP/1.1\r\n",
        b"POST /a?b HTTP/1.1\r\n",
        b"Host: a\r\n",
        b"Content-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Connection: close\r\n",
        b"Expect: 100-continue\r\n",
        b"X: \r\n",
        b"\r\n",
        b"\r\n\r\n",
        b"\n",
        b" HTTP/1.0\r\n",
        b"HTTP/2.0",
    ];
    let mut random = Random(7);
    for _ in 0..4_000 {
        let input = garble(&mut random, FRAGMENTS);
        read_every_way(&input, &Limits::default());
    }
}

#[test]
fn a_head_that_was_used_reads_as_a_new_one() {
    const LINES: &[&[u8]] = &[
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/1.0\r\n",
        b"POST /a?b HTTP/1.1\r\n",
        b"CONNECT / HTTP/1.1\r\n",
        b"OPTIONS * HTTP/1.1\r\n",
        b"BREW /%20 HTTP/1.1\r\n",
        b"BREW http://b/ HTTP/1.1\r\n",
    ];
    const FIELDS: &[&[u8]] = &[
        b"\r\n",
        b"Host: a\r\n\r\n",
        b"Host: a\r\n\n",
        b"Host: a\r\nHost: a\r\n\r\n",
        b"Host: a\r\nContent-Length: 5\r\n\r\n",
        b"Host: a\r\nContent-Length: 5\r\nX:\xe4\r\n\r\n",
        b"Host: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"Host: a\r\nContent-Length: 5",
    ];
    let few = Limits {
        fields: 1,
        ..Limits::default()
    };
    let mut random = Random(9);
    let mut used = Head::new();
    let mut repeated = 0;
    for _ in 0..20_000 {
        let mut input = LINES[random.below(LINES.len())].to_vec();
        input.extend_from_slice(FIELDS[random.below(FIELDS.len())]);
        let limits = match random.below(8) {
            0 => few,
            _ => Limits::default(),
        };
        let mut new = Head::new();
        let want = new.read(&input, &limits);
        assert_eq!(used.read(&input, &limits), want, "{input:?}");
        if let Ok(Some(length)) = want {
            assert_eq!(show(&used, length), show(&new, length));
            assert!(used.iter().eq(new.iter()), "{input:?}");
            repeated += 1;
        }
        if random.below(16) == 0 {
            used.set_method(http::Method::DELETE);
        }
    }
    assert!(repeated > 5_000, "{repeated}");
}

#[test]
fn garbled_chunks_decode_the_same_in_pieces() {
    const FRAGMENTS: &[&[u8]] = &[
        b"5\r\nhello\r\n",
        b"1\r\nx\r\n",
        b"0\r\n",
        b"\r\n",
        b"a;b=\"c\"\r\n",
        b"A: b\r\n",
        b"ffffffffffffffff",
        b"0\r\n\r\n",
    ];
    let mut random = Random(8);
    for _ in 0..6_000 {
        let input = garble(&mut random, FRAGMENTS);
        decode_every_way(&input, &Limits::default());
    }
}
