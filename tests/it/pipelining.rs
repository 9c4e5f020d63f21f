use std::fmt::Write;
use std::thread;

use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::serve;
use rustzeug_tests::server::wait_until;

use crate::probe::LINE;
use crate::probe::Probe;

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
}

#[test]
fn answers_come_in_order() {
    let server = serve(Probe::default());
    let mut requests = String::new();
    for i in 0..1_000 {
        write!(requests, "GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n").expect("a string takes all");
    }
    let mut client = server.connect();
    client.send(requests);
    for i in 0..1_000 {
        let response = client.read_response();
        assert!(response.text().starts_with(&format!("GET /{i} ")), "{i}");
    }
}

#[test]
fn kinds_of_answers_do_not_disturb_each_other() {
    let server = serve(Probe::default());
    let head = "HEAD /large HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut client = server.connect();
    client.send(format!(
        "{}{head}{}{}{}{head}{}",
        get("/ignore"),
        get("/large"),
        get("/no-content"),
        get("/stream"),
        get("/ignore")
    ));
    assert_eq!(client.read_response().text(), "ignored");
    assert!(client.read_head().contains("content-length: 1048576"));
    assert_eq!(client.read_response().body, LINE.repeat(16 * 1024));
    assert_eq!(client.read_response().status(), 204);
    assert_eq!(client.read_response().text(), "onetwo");
    assert!(client.read_head().contains("content-length: 1048576"));
    assert_eq!(client.read_response().text(), "ignored");
}

#[test]
fn answers_before_a_mistake_are_sent() {
    let server = serve(Probe::default());
    let text = server.raw_open(format!(
        "{}{}nonsense\r\n\r\n{}",
        get("/a"),
        get("/b"),
        get("/c")
    ));
    assert_eq!(statuses(&text), [200, 200, 400]);
}

#[test]
fn an_answer_does_not_wait_for_the_next_request() {
    let probe = Probe::default();
    let server = serve(probe.clone());
    let mut client = server.connect();
    client.send(format!(
        "{}{}{}",
        get("/ignore"),
        get("/wait"),
        get("/ignore")
    ));
    assert_eq!(client.read_response().text(), "ignored");
    wait_until("entered", || probe.entered() == 1);
    probe.open(1);
    assert_eq!(client.read_response().text(), "waited /wait");
    assert_eq!(client.read_response().text(), "ignored");
}

/// A client that asks and does not read gets no more than buffers hold: the server stops reading.
#[test]
fn a_flood_that_is_never_read_stops() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    let patience = Some(std::time::Duration::from_millis(300));
    client
        .stream()
        .set_write_timeout(patience)
        .expect("a timeout");
    let flood = get("/large").repeat(1_000);
    let mut sent = 0;
    while sent < 2_000 && client.try_send(&flood) {
        sent += 1;
    }
    // The requests alone filled the socket, although each is answered by a megabyte.
    assert!(sent < 1_000, "the server read {sent} thousand requests");
    assert_eq!(statuses(&server.raw(get("/ignore"))), [200]);
}

#[test]
fn small_answers_that_are_never_read_stop_too() {
    let probe = Probe::default();
    let server = serve(probe);
    let mut client = server.connect();
    let patience = Some(std::time::Duration::from_millis(300));
    client
        .stream()
        .set_write_timeout(patience)
        .expect("a timeout");
    let flood = get("/a").repeat(1_000);
    let mut sent = 0;
    while sent < 2_000 && client.try_send(&flood) {
        sent += 1;
    }
    assert!(sent < 2_000, "the server answered {sent} thousand requests");
    assert_eq!(statuses(&server.raw(get("/ignore"))), [200]);
}

#[test]
fn a_flood_does_not_starve_others() {
    let server = serve(Probe::default());
    let address = server.address();
    let flood = thread::spawn(move || {
        let mut client = rustzeug_tests::raw::Raw::connect(address);
        for _ in 0..20 {
            client.send(get("/ignore").repeat(200));
            for _ in 0..200 {
                assert_eq!(client.read_response().status(), 200);
            }
        }
    });
    for _ in 0..20 {
        assert_eq!(statuses(&server.raw(get("/ignore"))), [200]);
    }
    flood.join().expect("all answered");
}
