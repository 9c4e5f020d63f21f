use rustzeug::IntoResponse;
use rustzeug::Reply;
use rustzeug::Response;
use rustzeug::exceptions::NotFound;
use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::TestServer;
use rustzeug_tests::server::app;
use rustzeug_tests::server::serve;

use crate::probe::Probe;

const STAMP: &str = "server: rustzeug\r\ndate: DATE\r\n\r\n";

/// The answer to one request whose connection then ends.
fn check(server: &TestServer, request: &str, want: &str) {
    assert_eq!(
        server.raw(request),
        want.replace("STAMP", STAMP),
        "{request:?}"
    );
}

const TEXT: &str = "content-type: text/plain; charset=utf-8\r\n";

#[test]
fn answers_to_the_byte() {
    let server = serve(Probe::default());
    check(
        &server,
        "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n",
        &format!(
            "HTTP/1.1 200 OK\r\n{TEXT}content-length: 30\r\nSTAMP\
             GET /a \"b=c\" Some(\"127.0.0.1\")"
        ),
    );
    check(
        &server,
        "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n",
        &format!("HTTP/1.1 200 OK\r\n{TEXT}content-length: 28\r\nSTAMP"),
    );
    check(
        &server,
        "GET /no-content HTTP/1.1\r\nHost: x\r\n\r\n",
        &format!("HTTP/1.1 204 No Content\r\n{TEXT}STAMP"),
    );
    check(
        &server,
        "GET /reset-content HTTP/1.1\r\nHost: x\r\n\r\n",
        &format!("HTTP/1.1 205 Reset Content\r\n{TEXT}content-length: 0\r\nSTAMP"),
    );
    check(
        &server,
        "GET /not-modified HTTP/1.1\r\nHost: x\r\n\r\n",
        &format!("HTTP/1.1 304 Not Modified\r\n{TEXT}content-length: 10\r\nSTAMP"),
    );
    check(
        &server,
        "GET /close HTTP/1.1\r\nHost: x\r\n\r\n",
        &format!("HTTP/1.1 200 OK\r\n{TEXT}content-length: 3\r\nconnection: close\r\nSTAMPbye"),
    );
    check(
        &server,
        "GET /ignore HTTP/1.0\r\n\r\n",
        &format!("HTTP/1.1 200 OK\r\n{TEXT}content-length: 7\r\nconnection: close\r\nSTAMPignored"),
    );
}

#[test]
fn a_status_has_the_words_it_was_given() {
    let server = serve(app(|request| {
        let mut response = Response::new("");
        let status = request.query_string().replace('+', " ");
        if response.set_status_text(&status).is_err() {
            response.set_status(500);
        }
        Reply::Ready(response)
    }));
    for (query, want) in [
        ("404+Gone+Fishing", "404 Gone Fishing"),
        ("200++Two", "200  Two"),
        ("200+", "200 OK"),
        ("404", "404 Not Found"),
        ("299", "299 Unknown"),
        ("foo", "500 Internal Server Error"),
    ] {
        // The second answer of the connection begins in the middle of the buffer.
        let one = format!("GET /?{query} HTTP/1.1\r\nHost: x\r\n\r\n");
        let text = server.raw(format!("{one}{one}"));
        let lines: Vec<_> = text
            .split("\r\n")
            .filter(|l| l.starts_with("HTTP/"))
            .collect();
        let want = format!("HTTP/1.1 {want}");
        assert_eq!(lines, [&want, &want], "{query}");
        assert!(
            text.starts_with(&format!("{want}\r\n{TEXT}content-length: 0\r\n")),
            "{text}"
        );
    }
}

#[test]
fn a_client_that_prefers_json_gets_problems_as_json() {
    let server = serve(app(|_| Reply::Ready(NotFound.into_response())));
    let ask = |accept: &str| {
        server.raw(format!(
            "GET / HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\n\r\n"
        ))
    };
    let json = ask("application/json");
    assert!(
        json.contains("content-type: application/problem+json\r\n"),
        "{json}"
    );
    assert!(json.contains("\"status\":404"), "{json}");
    assert!(ask("text/html").contains("<title>404 Not Found</title>"));
}

#[test]
fn forms_of_the_target() {
    let server = serve(Probe::default());
    let path = |line: &str| {
        let text = server.raw(format!("{line} HTTP/1.1\r\nHost: x\r\n\r\n"));
        text.rsplit("\r\n")
            .next()
            .unwrap_or_default()
            .replace(" Some(\"127.0.0.1\")", "")
    };
    assert_eq!(path("OPTIONS *"), "OPTIONS * \"\"");
    assert_eq!(path("GET http://other:80/a?b"), "GET /a \"b\"");
    assert_eq!(path("GET http://other"), "GET / \"\"");
    assert_eq!(path("GET //a/b"), "GET /a/b \"\"");
    assert_eq!(path("GET /a%20b"), "GET /a b \"\"");
}

#[test]
fn an_absolute_target_overrides_host() {
    let server = serve(Probe::default());
    let host = |line: &str, host: &str| {
        let text = server.raw(format!("GET {line} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        text.rsplit("\r\n").next().unwrap_or_default().to_owned()
    };
    assert_eq!(host("/host", "a:8000"), "a:8000");
    assert_eq!(host("http://b/host", "a"), "b");
    assert_eq!(host("http://b:81/host", "a"), "b:81");
    assert_eq!(host("HTTP://[::1]:81/host", "a"), "[::1]:81");
    assert_eq!(host("http://b:81/host/again", "a"), "b:81");
    assert_eq!(host("/host/again", "a:8000"), "a:8000");
}

#[test]
fn what_is_no_target_is_refused() {
    let server = serve(Probe::default());
    for target in [
        "/a#b",
        "#",
        "http://a/#b",
        "http://u@a/",
        "http://u:p@a/",
        "http:///",
        "http://",
        "ftp://a/",
        "a",
        "",
        "*a",
        "*?a",
        "/\"",
        "/<",
        "/\u{e4}",
        "/a\u{7f}",
        "/a\tb",
        "/a\\b",
        "?a",
        "//#",
    ] {
        let text = server.raw_open(format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!(statuses(&text), [400], "{target:?}: {text:?}");
    }
    // An asterisk is for OPTIONS alone; CONNECT is not offered to anything.
    let text = server.raw_open("GET * HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(statuses(&text), [400]);
    for target in ["a:80", "/", "*", "http://a/"] {
        let text = server.raw_open(format!("CONNECT {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!(statuses(&text), [501], "{target:?}");
    }
}

#[test]
fn versions() {
    let server = serve(Probe::default());
    for (version, want) in [
        ("HTTP/1.1", 200),
        ("HTTP/1.0", 200),
        ("HTTP/1.9", 200),
        ("HTTP/2.0", 505),
        ("HTTP/3.0", 505),
        ("HTTP/0.9", 505),
        ("HTTP/9.1", 505),
        ("HTTP/1.", 400),
        ("HTTP/11", 400),
        ("HTTP/1.10", 400),
        ("http/1.1", 400),
        ("HTTP/1,1", 400),
        ("HTTPS/1.1", 400),
        ("ICY/1.1", 400),
    ] {
        let text = server.raw(format!("GET /ignore {version}\r\nHost: a\r\n\r\n"));
        assert_eq!(statuses(&text), [want], "{version}: {text:?}");
    }
}

#[test]
fn http_1_0_gets_no_upgrade_and_no_interim_answer() {
    let server = serve(Probe::default());
    let text = server.raw(
        "GET /ignore HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\nExpect: x\r\n\r\n",
    );
    assert_eq!(statuses(&text), [200], "{text:?}");
}

#[test]
fn refusals_reach_the_client_and_close() {
    let server = serve(Probe::default());
    let cases: &[(&str, u16)] = &[
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
        ("GET http://a b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET http://other/ HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\nHost: a\n\n", 400),
        ("GET /\r\n\r\n", 400),
        ("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}", 400),
        ("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        ("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417),
    ];
    for (request, want) in cases {
        // The client keeps its side open: the server has to close.
        let text = server.raw_open(request);
        assert_eq!(statuses(&text), [*want], "{request:?}: {text:?}");
        assert!(
            text.contains("\r\nconnection: close\r\n"),
            "{request:?}: {text:?}"
        );
    }
}

#[test]
fn a_minor_version_to_come_is_read_as_ours() {
    let server = serve(Probe::default());
    let text = server.raw("GET /ignore HTTP/1.2\r\nHost: a\r\n\r\n");
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text:?}");
}

#[test]
fn an_empty_line_before_a_request_is_forgiven() {
    let server = serve(Probe::default());
    let request = "\r\nGET /ignore HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_eq!(statuses(&server.raw(request.repeat(3))), [200, 200, 200]);
}

#[test]
fn a_request_may_come_byte_by_byte() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    for _ in 0..2 {
        client.drip("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
        assert_eq!(client.read_response().text(), "hello");
    }
}

#[test]
fn a_half_closed_client_is_answered() {
    let probe = Probe::default();
    let server = serve(probe.clone());
    let mut client = server.connect();
    client
        .send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
        .finish();
    rustzeug_tests::server::wait_until("entered", || probe.entered() == 1);
    probe.open(1);
    assert!(client.read_to_end().ends_with("waited /wait"));
}

#[test]
fn half_a_head_and_no_more_is_not_answered() {
    let server = serve(Probe::default());
    assert_eq!(server.raw("GET / HTTP/1.1\r\nHost: a\r\n"), "");
    assert_eq!(server.raw(""), "");
}

#[test]
fn an_interim_status_of_an_application_is_an_error() {
    let server = serve(Probe::default());
    let text = server.raw("GET /interim HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(statuses(&text), [500]);
}

#[test]
fn a_refused_head_request_gets_no_content() {
    let server = serve(Probe::default());
    let text = server.raw_open("HEAD / HTTP/1.1\r\nHost: a b\r\n\r\n");
    assert_eq!(statuses(&text), [400]);
    assert!(text.ends_with("\r\n\r\n"), "{text:?}");
}

#[test]
fn on_close_is_called_once_for_each_response() {
    let probe = Probe::default();
    let server = serve(probe.clone());
    let request = "GET /on-close HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_eq!(statuses(&server.raw(request.repeat(3))), [200, 200, 200]);
    rustzeug_tests::server::wait_until("closed", || probe.closed() == 3);
}
