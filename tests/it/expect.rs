use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::serve;
use rustzeug_tests::server::serve_with;

use crate::probe::Probe;

const NEXT: &str = "GET /ignore HTTP/1.1\r\nHost: a\r\n\r\n";

fn head(path: &str, framing: &str) -> String {
    format!("PUT {path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n{framing}\r\n\r\n")
}

#[test]
fn the_client_is_told_to_go_on_when_the_body_is_wanted() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    for framing in ["Content-Length: 5", "Transfer-Encoding: chunked"] {
        client.send(head("/echo", framing));
        assert_eq!(client.read_head(), "HTTP/1.1 100 Continue");
        client.send(if framing.ends_with('5') {
            "hello"
        } else {
            "5\r\nhello\r\n0\r\n\r\n"
        });
        assert_eq!(client.read_response().text(), "hello");
    }
}

#[test]
fn an_unwanted_body_is_not_asked_for() {
    let server = serve(Probe::default());
    let text = server.raw_open(head("/ignore", "Content-Length: 5"));
    assert_eq!(statuses(&text), [200], "{text:?}");
    // Whether the client sends the body now, nobody knows: nothing may follow.
    assert!(text.contains("\r\nconnection: close\r\n"), "{text:?}");
}

#[test]
fn a_body_beyond_the_limit_is_refused_before_it_is_sent() {
    let server = serve_with(Probe::default(), |builder| builder.max_content_length(4));
    let text = server.raw_open(head("/echo", "Content-Length: 5"));
    assert_eq!(statuses(&text), [413], "{text:?}");
}

#[test]
fn a_client_that_does_not_wait_is_served() {
    let server = serve(Probe::default());
    let text = server.raw(format!("{}hello{NEXT}", head("/echo", "Content-Length: 5")));
    assert_eq!(statuses(&text), [200, 200], "{text:?}");
}

#[test]
fn http_1_0_is_never_told_to_go_on() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    client.send("PUT /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    client.send("hello");
    let text = client.read_to_end();
    assert_eq!(statuses(&text), [200], "{text:?}");
}

#[test]
fn other_expectations_fail() {
    let server = serve(Probe::default());
    let text = server.raw_open(format!(
        "GET / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n{NEXT}"
    ));
    assert_eq!(statuses(&text), [417]);
}
