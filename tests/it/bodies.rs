use rustzeug_tests::raw::End;
use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::serve;
use rustzeug_tests::server::serve_with;

use crate::probe::Probe;

#[test]
fn a_body_with_its_head_and_one_that_comes_later() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    let head = |n: usize| format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {n}\r\n\r\n");
    client.send(format!("{}hello", head(5)));
    assert_eq!(client.read_response().text(), "hello");
    client.send(head(5));
    client.send("hel");
    client.send("lo");
    assert_eq!(client.read_response().text(), "hello");
    client.send(head(0));
    assert_eq!(client.read_response().text(), "");
    let large = "x".repeat(1_000_000);
    client.send(head(large.len()));
    client.send(&large);
    assert_eq!(client.read_response().text(), large);
}

#[test]
fn a_body_is_not_read_further_than_its_end() {
    let server = serve(Probe::default());
    let text = server.raw(
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\
         GET /ignore HTTP/1.1\r\nHost: a\r\n\r\n",
    );
    assert_eq!(statuses(&text), [200, 200]);
    assert!(text.ends_with("ignored"), "{text:?}");
}

#[test]
fn a_body_that_is_cut_off_is_a_bad_request() {
    let server = serve(Probe::default());
    let text = server.raw("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhello");
    assert_eq!(statuses(&text), [400]);
    let text =
        server.raw("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe");
    assert_eq!(statuses(&text), [400]);
}

#[test]
fn a_short_unread_body_is_discarded_and_the_connection_stays() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    client.send("POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    let response = client.read_response();
    assert_eq!(response.text(), "ignored");
    assert_eq!(response.field("connection"), None);
    client.send("x".repeat(100_000));
    client.send("GET /ignore HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.read_response().text(), "ignored");
}

#[test]
fn a_long_unread_body_closes_but_the_answer_is_seen() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    client.send("POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n");
    // A client that sends all before it reads.
    client.send("x".repeat(10_000_000));
    let text = client.read_to_end();
    assert_eq!(statuses(&text), [200]);
    assert!(text.contains("\r\nconnection: close\r\n"), "{text:?}");
    assert!(text.ends_with("ignored"), "{text:?}");
}

#[test]
fn a_body_beyond_the_limit_is_413_before_it_is_sent() {
    let server = serve_with(Probe::default(), |builder| {
        builder.max_content_length(1_000)
    });
    let mut client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n");
    assert_eq!(client.read_response().status(), 413);
}

#[test]
fn a_client_that_sends_all_of_a_body_beyond_the_limit_sees_413() {
    let server = serve_with(Probe::default(), |builder| {
        builder.max_content_length(1_000)
    });
    for _ in 0..5 {
        let mut client = server.connect();
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n");
        client.send("x".repeat(5_000_000));
        let (text, end) = client.read_to_its_end();
        assert_eq!((statuses(&text), end), (vec![413], End::Closed));
    }
}

#[test]
fn the_limit_counts_small_bodies_too() {
    let server = serve_with(Probe::default(), |builder| builder.max_content_length(4));
    let post = |body: &str| {
        let n = body.len();
        let head = format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {n}\r\n\r\n");
        statuses(&server.raw(format!("{head}{body}")))
    };
    assert_eq!(post("four"), [200]);
    assert_eq!(post("fives"), [413]);
    let chunked = |body: &str| {
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        statuses(&server.raw(format!("{head}{body}0\r\n\r\n")))
    };
    assert_eq!(chunked("2\r\nfo\r\n2\r\nur\r\n"), [200]);
    assert_eq!(chunked("2\r\nfi\r\n3\r\nves\r\n"), [413]);
}

#[test]
fn a_response_may_be_made_of_the_request_while_it_comes() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    for _ in 0..2 {
        client.send("POST /pipe HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.read_until("\r\n\r\n");
        client.send("5\r\nhello\r\n");
        client.read_until("5\r\nhello\r\n");
        client.send("6\r\n world\r\n");
        client.read_until("6\r\n world\r\n");
        client.send("0\r\n\r\n");
        assert_eq!(client.read_until("0\r\n\r\n"), "0\r\n\r\n");
    }
}

#[test]
fn a_piped_body_is_continued_before_the_answer_begins() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    client.send(
        "POST /pipe HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    );
    assert_eq!(client.read_head(), "HTTP/1.1 100 Continue");
    let head = client.read_head();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head:?}");
    client.send("hello");
    assert_eq!(client.read_until("0\r\n\r\n"), "5\r\nhello\r\n0\r\n\r\n");
    client.send("GET /ignore HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.read_response().text(), "ignored");
}

#[test]
fn a_piped_body_that_breaks_cuts_the_answer() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    client.send("POST /pipe HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("5\r\nhello\r\n");
    client.read_until("5\r\nhello\r\n");
    client.send("nonsense\r\n");
    assert_eq!(client.read_to_end(), "");
}

#[test]
fn a_reader_that_outlives_its_handler_is_told() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    client.send("POST /keep-body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
    assert_eq!(client.read_response().text(), "kept");
    client.send("helloGET /ignore HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.read_response().text(), "ignored");
}
