use rustzeug_tests::raw::Raw;
use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::serve;
use rustzeug_tests::server::wait_until;

use crate::probe::Probe;

/// Requests of all kinds, one after the other.
const REQUESTS: &str = "GET /ignore HTTP/1.1\r\nHost: a\r\n\r\n\
    POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\
    POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n\
    POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\
    PUT /pipe HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\
    PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello\
    GET /stream HTTP/1.1\r\nHost: a\r\n\r\n\
    GET /panic HTTP/1.1\r\nHost: a\r\n\r\n\
    HEAD /large HTTP/1.1\r\nHost: a\r\n\r\n";

/// Closes by a reset: what is on its way is lost on both sides.
fn reset(client: &Raw) {
    let socket = socket2::SockRef::from(client.stream());
    let linger = Some(std::time::Duration::ZERO);
    socket.set_linger(linger).expect("an option");
}

#[test]
fn a_client_may_vanish_at_any_byte_of_its_requests() {
    let mut server = serve(Probe::default());
    for cut in 0..=REQUESTS.len() {
        for by_reset in [false, true] {
            let mut client = server.connect();
            client.send(&REQUESTS[..cut]);
            if by_reset {
                reset(&client);
            }
        }
    }
    let next = "GET /ignore HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_eq!(statuses(&server.raw(next)), [200]);
    // Nothing is left of any of them: the end need not wait.
    server.handle().shutdown();
    wait_until("ended", || server.has_ended());
    server.join();
}

#[test]
fn a_client_may_vanish_at_any_byte_of_an_answer() {
    let probe = Probe::default();
    let mut server = serve(probe.clone());
    let whole = server.raw(REQUESTS).len();
    for cut in (1..whole).step_by(7) {
        let mut client = server.connect();
        client.send(REQUESTS);
        client.read_exact(cut);
        reset(&client);
    }
    // Answers that never end notice it, too, and the application is told.
    for path in ["/endless", "/large", "/on-close"] {
        let mut client = server.connect();
        client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        client.read_until("\r\n\r\n");
        reset(&client);
    }
    wait_until("closed", || probe.closed() == 1);
    server.handle().shutdown();
    wait_until("ended", || server.has_ended());
    server.join();
}
