use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::serve;
use rustzeug_tests::server::serve_with;

use crate::probe::Probe;

const HEAD: &str = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
const NEXT: &str = "GET /ignore HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn chunks_in_one_segment_with_the_head_and_the_next_request() {
    let server = serve(Probe::default());
    let text = server.raw(format!(
        "{HEAD}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n{NEXT}"
    ));
    assert_eq!(statuses(&text), [200, 200]);
    assert!(text.contains("\r\n\r\nhello worldHTTP/1.1"), "{text:?}");
}

#[test]
fn chunks_cut_anywhere() {
    let server = serve(Probe::default());
    let request = format!("{HEAD}5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n{NEXT}");
    let mut client = server.connect();
    for cut in HEAD.len() - 2..request.len() {
        client.send(&request[..cut]);
        client.send(&request[cut..]);
        assert_eq!(client.read_response().text(), "hello world", "cut at {cut}");
        assert_eq!(client.read_response().text(), "ignored", "cut at {cut}");
    }
}

#[test]
fn large_chunks() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    client.send(HEAD);
    let mut want = String::new();
    for (n, letter) in [(70_000, "a"), (1, "b"), (300_000, "c"), (16_384, "d")] {
        let data = letter.repeat(n);
        client.send(format!("{n:x}\r\n{data}\r\n"));
        want.push_str(&data);
    }
    client.send("0\r\n\r\n");
    assert_eq!(client.read_response().text(), want);
    client.send(NEXT);
    assert_eq!(client.read_response().text(), "ignored");
}

#[test]
fn broken_chunks_are_refused_and_nothing_after_them_is_answered() {
    let server = serve(Probe::default());
    let cases = [
        "5\nhello\n0\n\n",
        "5\r\nhello0\r\n\r\n",
        "4\r\nhello\r\n0\r\n\r\n",
        "-1\r\nx\r\n0\r\n\r\n",
        "0x1\r\nx\r\n0\r\n\r\n",
        " 1\r\nx\r\n0\r\n\r\n",
        "1 \r\nx\r\n0\r\n\r\n",
        "10000000000000000\r\nx",
        "g\r\n",
        "\r\n",
        "1;\n\r\nx\r\n0\r\n\r\n",
        "0\r\nContent-Length: 5\r\n\r\n",
        "0\r\nX y: z\r\n\r\n",
        "0\r\nX: y\n\r\n",
    ];
    for body in cases {
        let text = server.raw_open(format!("{HEAD}{body}{NEXT}"));
        assert_eq!(statuses(&text), [400], "{body:?}: {text:?}");
        assert!(
            text.contains("\r\nconnection: close\r\n"),
            "{body:?}: {text:?}"
        );
    }
}

#[test]
fn extensions_and_trailers_have_limits() {
    let server = serve(Probe::default());
    let extension = format!("1;{}\r\nx\r\n0\r\n\r\n", "e".repeat(5_000));
    assert_eq!(
        statuses(&server.raw_open(format!("{HEAD}{extension}"))),
        [400]
    );
    let extensions = format!("{}0\r\n\r\n", "1;eeeeeeeee\r\nx\r\n".repeat(500));
    assert_eq!(
        statuses(&server.raw_open(format!("{HEAD}{extensions}"))),
        [400]
    );
    let trailers = format!("0\r\nX: {}\r\n\r\n", "y".repeat(9_000));
    let text = server.raw_open(format!("{HEAD}{trailers}"));
    assert_eq!(statuses(&text), [400]);
}

#[test]
fn trailers_are_read_apart_from_headers() {
    let server = serve(Probe::default());
    let head = HEAD.replace("/echo", "/trailers");
    let text = server.raw(format!(
        "{head}2\r\nhi\r\n0\r\nX: y\r\nChecksum:  1,2 \r\n\r\n"
    ));
    assert!(text.ends_with("\r\n\r\nhi x=y checksum=1,2"), "{text:?}");
    // Nothing that frames, routes or authenticates comes late.
    for name in ["Host", "Content-Length", "Transfer-Encoding"] {
        let text = server.raw_open(format!("{head}0\r\n{name}: 1\r\n\r\n"));
        assert_eq!(statuses(&text), [400], "{name}");
    }
}

#[test]
fn an_unread_chunked_body_closes() {
    let server = serve(Probe::default());
    let head = HEAD.replace("/echo", "/ignore");
    let text = server.raw_open(&head);
    assert_eq!(statuses(&text), [200]);
    assert!(text.contains("\r\nconnection: close\r\n"), "{text:?}");
    // One that is all there costs nothing.
    let text = server.raw(format!("{head}1\r\nx\r\n0\r\n\r\n{NEXT}"));
    assert_eq!(statuses(&text), [200, 200]);
}

#[test]
fn a_chunked_body_beyond_the_limit_is_413() {
    let server = serve_with(Probe::default(), |builder| {
        builder.max_content_length(100_000)
    });
    let mut client = server.connect();
    client.send(HEAD);
    let chunk = format!("{:x}\r\n{}\r\n", 50_000, "x".repeat(50_000));
    for _ in 0..20 {
        client.send(&chunk);
    }
    assert_eq!(statuses(&client.read_to_end()), [413]);
}
