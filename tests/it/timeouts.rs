//! Timeouts are whole seconds, so each of these takes two or more, asleep: one test runs them all
//! side by side, however few threads the test runner has.

use std::thread::sleep;
use std::time::Duration;

use rustzeug::server::Builder;
use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::TestServer;
use rustzeug_tests::server::serve_with;
use rustzeug_tests::server::wait_until;

use crate::probe::Probe;

const SECOND: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(60);
const GET: &str = "GET /ignore HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn timeouts() {
    let cases: &[(&str, fn())] = &[
        (
            "an_idle_connection_is_closed_without_a_word",
            an_idle_connection_is_closed_without_a_word,
        ),
        ("a_slow_head_is_408", a_slow_head_is_408),
        (
            "a_head_that_drips_is_408_all_the_same",
            a_head_that_drips_is_408_all_the_same,
        ),
        (
            "an_idle_client_is_not_hit_by_the_header_timeout",
            an_idle_client_is_not_hit_by_the_header_timeout,
        ),
        ("a_body_that_stalls_is_408", a_body_that_stalls_is_408),
        (
            "a_body_that_progresses_is_waited_for",
            a_body_that_progresses_is_waited_for,
        ),
        ("a_body_below_the_rate_is_408", a_body_below_the_rate_is_408),
        (
            "a_reader_below_the_rate_is_cut",
            a_reader_below_the_rate_is_cut,
        ),
        (
            "a_slow_handler_does_not_count_against_the_rate",
            a_slow_handler_does_not_count_against_the_rate,
        ),
        (
            "an_unwanted_body_does_not_hold_the_connection",
            an_unwanted_body_does_not_hold_the_connection,
        ),
        (
            "a_piped_body_that_stalls_cuts_the_answer",
            a_piped_body_that_stalls_cuts_the_answer,
        ),
        (
            "a_client_that_does_not_read_is_cut",
            a_client_that_does_not_read_is_cut,
        ),
        (
            "a_client_that_reads_slowly_is_waited_for",
            a_client_that_reads_slowly_is_waited_for,
        ),
        (
            "a_slow_handler_behind_a_slow_reader_is_left_alone",
            a_slow_handler_behind_a_slow_reader_is_left_alone,
        ),
        (
            "a_client_that_never_closes_is_closed",
            a_client_that_never_closes_is_closed,
        ),
    ];
    std::thread::scope(|scope| {
        for (name, case) in cases {
            let thread = std::thread::Builder::new().name((*name).to_owned());
            thread.spawn_scoped(scope, case).expect("a thread");
        }
    });
}

/// All timeouts long but those that are set.
fn serve(set: impl FnOnce(Builder) -> Builder) -> (Probe, TestServer) {
    let probe = Probe::default();
    let server = serve_with(probe.clone(), |builder| {
        let builder = builder.header_timeout(LONG).idle_timeout(LONG);
        set(builder.body_timeout(LONG).write_timeout(LONG))
    });
    (probe, server)
}

fn an_idle_connection_is_closed_without_a_word() {
    let (_, server) = serve(|builder| builder.idle_timeout(SECOND));
    let mut fresh = server.connect();
    let mut used = server.connect();
    used.send(GET);
    assert_eq!(used.read_response().status(), 200);
    assert_eq!(fresh.read_to_end(), "");
    assert_eq!(used.read_to_end(), "");
}

fn a_slow_head_is_408() {
    let (_, server) = serve(|builder| builder.header_timeout(SECOND));
    // The first one, a later one, and one that came with the request before it.
    let mut first = server.connect();
    let mut later = server.connect();
    let mut piped = server.connect();
    let mut empty_line = server.connect();
    later.send(GET);
    assert_eq!(later.read_response().status(), 200);
    piped.send(format!("{GET}GET / HT"));
    assert_eq!(piped.read_response().status(), 200);
    first.send("GET / HT");
    later.send("GET / HT");
    empty_line.send("\r\n");
    for client in [first, later, piped, empty_line].iter_mut() {
        let text = client.read_to_end();
        assert_eq!(statuses(&text), [408], "{text:?}");
        assert!(text.contains("\r\nconnection: close\r\n"), "{text:?}");
    }
}

fn a_head_that_drips_is_408_all_the_same() {
    let (_, server) = serve(|builder| builder.header_timeout(SECOND));
    let mut client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n");
    for _ in 0..25 {
        client.try_send("X: y\r\n");
        sleep(Duration::from_millis(100));
    }
    assert_eq!(statuses(&client.read_to_end()), [408]);
}

fn an_idle_client_is_not_hit_by_the_header_timeout() {
    let (_, server) = serve(|builder| builder.header_timeout(SECOND));
    let mut client = server.connect();
    for _ in 0..2 {
        client.send(GET);
        assert_eq!(client.read_response().status(), 200);
        sleep(Duration::from_millis(2_500));
    }
    client.send(GET);
    assert_eq!(client.read_response().status(), 200);
}

fn a_body_that_stalls_is_408() {
    let (_, server) = serve(|builder| builder.body_timeout(SECOND));
    let cases = [
        "Content-Length: 5\r\n\r\nhel",
        "Content-Length: 5\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    ];
    let mut clients = Vec::new();
    for body in cases {
        let mut client = server.connect();
        client.send(format!("POST /echo HTTP/1.1\r\nHost: a\r\n{body}"));
        clients.push(client);
    }
    for client in &mut clients {
        let text = client.read_to_end();
        let text = text
            .strip_prefix("HTTP/1.1 100 Continue\r\n\r\n")
            .unwrap_or(&text);
        assert_eq!(statuses(text), [408], "{text:?}");
        assert!(text.contains("\r\nconnection: close\r\n"), "{text:?}");
    }
}

fn a_body_that_progresses_is_waited_for() {
    let (_, server) = serve(|builder| builder.body_timeout(SECOND).min_body_rate(0));
    let mut client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n");
    for _ in 0..8 {
        sleep(Duration::from_millis(500));
        client.send("x");
    }
    assert_eq!(client.read_response().text(), "xxxxxxxx");
}

fn a_body_below_the_rate_is_408() {
    let (_, server) = serve(|builder| builder.body_timeout(SECOND * 2).min_body_rate(100));
    let head = "HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n";
    // One whose body is collected, and one who gets each piece at once.
    let mut collected = server.connect();
    let mut piped = server.connect();
    let mut quick = server.connect();
    collected.send(format!("POST /echo {head}"));
    piped.send(format!("POST /pipe {head}"));
    quick.send(format!("POST /echo {head}"));
    for n in 0..50 {
        // None of them is ever silent for long.
        sleep(Duration::from_millis(100));
        collected.try_send("x");
        piped.try_send("x");
        if n < 49 {
            quick.send("0123456789");
        }
    }
    assert_eq!(statuses(&collected.read_to_its_end().0), [408]);
    let text = piped.read_to_its_end().0;
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text:?}");
    assert!(!text.ends_with("0\r\n\r\n"), "{text:?}");
    let answer = quick.send("0123456789").read_response();
    assert_eq!(answer.text(), "0123456789".repeat(50));
}

fn a_reader_below_the_rate_is_cut() {
    let (probe, server) = serve(|builder| {
        builder
            .write_timeout(SECOND * 2)
            .min_write_rate(100_000_000)
    });
    for path in ["/endless", "/large"] {
        let mut client = server.connect();
        // Much more than the sockets hold.
        client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").repeat(50));
        let mut taken = 0;
        for _ in 0..100 {
            sleep(Duration::from_millis(50));
            match client.try_read(100_000) {
                Some(n) => taken += n,
                None => break,
            }
        }
        assert!(taken < 10_000_000, "{path}: {taken}");
    }
    let streamed = probe.streamed();
    sleep(SECOND / 2);
    assert_eq!(probe.streamed(), streamed, "nobody reads it any more");
}

fn a_slow_handler_does_not_count_against_the_rate() {
    let (probe, server) = serve(|builder| builder.body_timeout(SECOND).min_body_rate(1_000));
    let mut client = server.connect();
    client.send("POST /pause HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx");
    wait_until("entered", || probe.entered() == 1);
    // Much longer than the rate allows for a byte.
    sleep(SECOND * 3);
    probe.open(1);
    client.send("y");
    assert_eq!(client.read_response().text(), "2 bytes");
}

fn an_unwanted_body_does_not_hold_the_connection() {
    let (_, server) = serve(|builder| builder.body_timeout(SECOND));
    let mut client = server.connect();
    client.send("POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
    assert_eq!(client.read_response().text(), "ignored");
    for _ in 0..30 {
        client.try_send("x");
        sleep(Duration::from_millis(100));
    }
    assert!(!client.try_send(GET) || client.read_to_its_end().0.is_empty());
}

fn a_piped_body_that_stalls_cuts_the_answer() {
    let (_, server) = serve(|builder| builder.body_timeout(SECOND));
    let mut client = server.connect();
    client.send("POST /pipe HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhello");
    client.read_until("5\r\nhello\r\n");
    assert_eq!(client.read_to_end(), "");
}

fn a_client_that_does_not_read_is_cut() {
    let (probe, server) = serve(|builder| builder.write_timeout(SECOND));
    let mut stream = server.connect();
    stream.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut bytes = server.connect();
    bytes.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(50));
    let mut watched = server.connect();
    // The last answer waits behind many that are not read.
    watched.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20));
    watched.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    sleep(Duration::from_millis(2_500));
    assert!(bytes.read_to_its_end().0.len() < 50 << 20);
    let streamed = probe.streamed();
    sleep(Duration::from_millis(100));
    assert_eq!(streamed, probe.streamed());
    assert!(watched.read_to_its_end().0.len() < 20 << 20);
    assert_eq!(probe.entered(), 0);
}

fn a_client_that_reads_slowly_is_waited_for() {
    let (_, server) = serve(|builder| builder.write_timeout(SECOND));
    let mut client = server.connect();
    client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(12));
    let mut total = 0;
    for _ in 0..8 {
        sleep(Duration::from_millis(400));
        total += client.read_exact(1 << 20).len();
    }
    assert_eq!(total, 8 << 20);
    client.read_exact(4 << 20);
}

/// A write that took its time must not leave its deadline behind for the handler after it.
fn a_slow_handler_behind_a_slow_reader_is_left_alone() {
    let (probe, server) = serve(|builder| {
        builder
            .write_timeout(Duration::from_secs(2))
            .body_timeout(SECOND)
    });
    let mut client = server.connect();
    client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(12));
    client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    sleep(Duration::from_millis(500));
    for _ in 0..12 {
        assert_eq!(client.read_response().status(), 200);
    }
    wait_until("entered", || probe.entered() == 1);
    sleep(Duration::from_millis(3_500));
    probe.open(1);
    assert_eq!(client.read_response().text(), "waited /wait");
}

fn a_client_that_never_closes_is_closed() {
    let (_, server) = serve(|builder| builder);
    let mut client = server.connect();
    client.send("nonsense\r\n\r\n");
    assert_eq!(statuses(&client.read_until("</p>\n")), [400]);
    assert_eq!(client.read_to_end(), "");
    // Our side is still open: the server waits for five seconds, not for ever.
    let mut cut = false;
    for _ in 0..90 {
        sleep(Duration::from_millis(100));
        if !client.try_send("x") {
            cut = true;
            break;
        }
    }
    assert!(cut);
}
