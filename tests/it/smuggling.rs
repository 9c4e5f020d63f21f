use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::serve;

use crate::probe::Probe;

/// What must never be answered: the request hidden in the body of another.
const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

/// Each is refused, and what follows is not read as a request.
#[test]
fn two_readings_of_a_length_are_refused() {
    let server = serve(Probe::default());
    let cases: &[(&str, u16)] = &[
        ("Content-Length: 6\r\nTransfer-Encoding: chunked", 400),
        ("Transfer-Encoding: chunked\r\nContent-Length: 6", 400),
        ("Content-Length: 0\r\nTransfer-Encoding: chunked", 400),
        ("Content-Length: 6\r\nContent-Length: 5", 400),
        ("Content-Length: 6\r\ncontent-length: 5", 400),
        ("Content-Length: 6, 5", 400),
        ("Content-Length: +6", 400),
        ("Content-Length: 0x6", 400),
        ("Content-Length: 6 6", 400),
        ("Content-Length:", 400),
        ("Content-Length : 6", 400),
        ("Content-Length\t: 6", 400),
        ("Content-Length: 6\nX: y", 400),
        ("X: y\nContent-Length: 6", 400),
        ("X: y\r\n Content-Length: 6", 400),
        ("Transfer-Encoding: xchunked", 400),
        ("Transfer-Encoding : chunked", 400),
        ("Transfer-Encoding: chunked, identity", 400),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: x", 400),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            400,
        ),
        ("Transfer-Encoding: x\r\nTransfer-Encoding: chunked", 501),
        ("Transfer-Encoding: identity", 400),
        ("Transfer-Encoding: \"chunked\"", 400),
        ("Transfer-Encoding: 'chunked'", 400),
        ("Transfer-Encoding:\x0bchunked", 400),
        ("Transfer-Encoding: chunked\x00", 400),
        ("Transfer-Encoding: chunked;x=y", 400),
        ("\x00Transfer-Encoding: chunked", 400),
        (" Transfer-Encoding: chunked", 400),
        ("X: y\rTransfer-Encoding: chunked", 400),
        ("Transfer-Encoding\r\n : chunked", 400),
    ];
    for (fields, want) in cases {
        let request =
            format!("POST /echo HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n0\r\n\r\n{HIDDEN}");
        let text = server.raw_open(&request);
        assert_eq!(statuses(&text), [*want], "{fields:?}: {text:?}");
        assert!(!text.contains("/hidden"), "{fields:?}: {text:?}");
    }
}

#[test]
fn http_1_0_has_no_transfer_codings() {
    let server = serve(Probe::default());
    let text = server.raw_open(format!(
        "POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n\
         0\r\n\r\n{HIDDEN}"
    ));
    assert_eq!(statuses(&text), [400]);
}

#[test]
fn a_get_has_a_body_if_it_says_so() {
    let server = serve(Probe::default());
    let n = HIDDEN.len();
    let text = server.raw(format!(
        "GET /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: {n}\r\n\r\n{HIDDEN}"
    ));
    assert_eq!(statuses(&text), [200]);
    let text = server.raw(format!(
        "HEAD /ignore HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
         {n:x}\r\n{HIDDEN}\r\n0\r\n\r\n"
    ));
    assert_eq!(statuses(&text), [200]);
}

#[test]
fn chunks_hide_nothing() {
    let server = serve(Probe::default());
    let cases = [
        // Read with bare line feeds, the hidden request would begin elsewhere.
        format!("2\r\nxx\n0\r\n\r\n{HIDDEN}"),
        format!("2;\nxx\r\n0\r\n\r\n{HIDDEN}"),
        format!("0\n\n{HIDDEN}"),
        format!("0\r\n\n{HIDDEN}"),
        format!("0\r\nX: y\n\n{HIDDEN}"),
        // Sizes that wrap around to small ones.
        format!("100000000\r\n\r\n0\r\n\r\n{HIDDEN}").replace("100000000", "10000000000000000"),
        format!("-0\r\n\r\n{HIDDEN}"),
        format!("0x0\r\n\r\n{HIDDEN}"),
    ];
    for body in cases {
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        let text = server.raw_open(format!("{head}{body}"));
        assert_eq!(statuses(&text), [400], "{body:?}: {text:?}");
        assert!(!text.contains("/hidden"), "{body:?}: {text:?}");
    }
}

#[test]
fn hosts_that_two_readers_may_split_differently() {
    let server = serve(Probe::default());
    for host in [
        "a b", "a,b c", "a@b", "a/b", "a\\b", "a#b", "a?b", "a:80:80", "a:x", "[::1", "\u{e4}",
    ] {
        let text = server.raw_open(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n{HIDDEN}"));
        assert_eq!(statuses(&text), [400], "{host:?}: {text:?}");
    }
}
