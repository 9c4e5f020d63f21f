use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::serve;
use rustzeug_tests::server::serve_with;
use rustzeug_tests::server::wait_until;

use crate::probe::Probe;

const NEXT: &str = "GET /ignore HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn a_panic_is_500_and_the_connection_stays() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    for path in ["/panic", "/panic-later", "/panic-blocking"] {
        client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        let response = client.read_response();
        assert_eq!(response.status(), 500, "{path}");
        assert_eq!(response.field("connection"), None, "{path}");
        client.send(NEXT);
        assert_eq!(client.read_response().text(), "ignored", "{path}");
    }
}

#[test]
fn a_panic_among_pipelined_requests() {
    let server = serve(Probe::default());
    let panics = "GET /panic HTTP/1.1\r\nHost: a\r\n\r\n";
    let text = server.raw(format!("{NEXT}{panics}{NEXT}{panics}"));
    assert_eq!(statuses(&text), [200, 500, 200, 500]);
}

#[test]
fn a_panic_with_an_unread_body() {
    let server = serve(Probe::default());
    let panics = "POST /panic HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
    let text = server.raw(format!("{panics}hello{NEXT}"));
    assert_eq!(statuses(&text), [500, 200]);
}

#[test]
fn a_blocking_handler_does_not_stop_the_loop() {
    let probe = Probe::default();
    let server = serve(probe.clone());
    let mut blocked = server.connect();
    blocked.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n");
    wait_until("entered", || probe.entered() == 1);
    assert_eq!(statuses(&server.raw(NEXT)), [200]);
    probe.open(1);
    assert_eq!(blocked.read_response().text(), "blocked /block");
    blocked.send(NEXT);
    assert_eq!(blocked.read_response().text(), "ignored");
}

#[test]
fn no_thread_and_no_place_in_the_queue_is_503() {
    let probe = Probe::default();
    let server = serve_with(probe.clone(), |builder| {
        builder.blocking_threads(1).blocking_queue(1)
    });
    let block = "GET /block HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut running = server.connect();
    running.send(block);
    wait_until("entered", || probe.entered() == 1);
    let mut queued = server.connect();
    queued.send(block);
    let mut refused = server.connect();
    let response = loop {
        // Which of the two comes first is the event loop's choice.
        refused.send(block);
        if let Some(response) = answered(&mut refused, &mut queued) {
            break response;
        }
    };
    assert_eq!(response.status(), 503);
    assert_eq!(response.field("retry-after"), Some("1"));
    probe.open(3);
    assert_eq!(running.read_response().status(), 200);
}

/// The 503 of whichever of two connections got it.
fn answered(
    one: &mut rustzeug_tests::raw::Raw,
    two: &mut rustzeug_tests::raw::Raw,
) -> Option<rustzeug_tests::raw::RawResponse> {
    for client in [one, two] {
        let mut byte = [0];
        let patience = Some(std::time::Duration::from_millis(500));
        client
            .stream()
            .set_read_timeout(patience)
            .expect("a timeout");
        if client.stream().peek(&mut byte).is_ok() {
            return Some(client.read_response());
        }
    }
    None
}

#[test]
fn a_client_that_vanishes_while_its_handler_works() {
    let probe = Probe::default();
    let server = serve(probe.clone());
    for path in ["/wait", "/block"] {
        let before = probe.entered();
        let mut client = server.connect();
        client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        wait_until("entered", || probe.entered() == before + 1);
        drop(client);
        probe.open(1);
        assert_eq!(statuses(&server.raw(NEXT)), [200]);
    }
    wait_until("the handler is gone", || probe.dropped() == 1);
}
