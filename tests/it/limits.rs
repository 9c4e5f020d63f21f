use std::io::ErrorKind;
use std::thread;
use std::time::Duration;

use rustzeug::Server;
use rustzeug::server::ListenAddr;
use rustzeug_tests::raw::Raw;
use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::serve;
use rustzeug_tests::server::serve_with;

use crate::probe::Probe;

#[test]
fn a_long_target_is_414() {
    let server = serve(Probe::default());
    let request = |n: usize| format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(n - 1));
    assert_eq!(statuses(&server.raw(request(8_192))), [200]);
    assert_eq!(statuses(&server.raw_open(request(8_193))), [414]);
    assert_eq!(statuses(&server.raw_open(request(60_000))), [414]);
    // One that never ends, by a client that never reads: the answer waits for it.
    let mut client = server.connect();
    client.send("GET /");
    client.send("a".repeat(4_000_000));
    assert_eq!(statuses(&client.read_to_end()), [414]);
}

#[test]
fn large_fields_are_431() {
    let server = serve(Probe::default());
    let request = |n: usize| format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "y".repeat(n));
    assert_eq!(statuses(&server.raw(request(32_000))), [200]);
    assert_eq!(statuses(&server.raw_open(request(33_000))), [431]);
    let mut client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    client.send("y".repeat(4_000_000));
    assert_eq!(statuses(&client.read_to_end()), [431]);
}

#[test]
fn many_fields_are_431() {
    let server = serve(Probe::default());
    let request = |n: usize| format!("GET / HTTP/1.1\r\n{}\r\n", fields(n));
    assert_eq!(statuses(&server.raw(request(100))), [200]);
    assert_eq!(statuses(&server.raw_open(request(101))), [431]);
}

fn fields(n: usize) -> String {
    format!("Host: a\r\n{}", "X: y\r\n".repeat(n - 1))
}

#[test]
fn limits_can_be_set() {
    let mut limits = rustzeug::protocol::h1::Limits::default();
    limits.head_size = 200;
    limits.target_size = 20;
    limits.fields = 2;
    let server = serve_with(Probe::default(), |builder| builder.h1_limits(limits));
    let get = |target: &str, fields: &str| {
        statuses(&server.raw_open(format!(
            "GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{fields}\r\n"
        )))
    };
    assert_eq!(get("/", ""), [200]);
    assert_eq!(get("/aaaaaaaaaaaaaaaaaaaa", ""), [414]);
    assert_eq!(get("/", "X: y\r\n"), [431]);
    assert_eq!(get("/", &format!("X: {}\r\n", "y".repeat(200))), [431]);
}

#[test]
fn connections_beyond_the_limit_wait_for_their_turn() {
    let server = serve_with(Probe::default(), |builder| builder.max_connections(2));
    let request = "GET /ignore HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut first = server.connect();
    let mut second = server.connect();
    first.send(request);
    second.send(request);
    assert_eq!(first.read_response().status(), 200);
    assert_eq!(second.read_response().status(), 200);
    let mut third = server.connect();
    third.send(request);
    drop(first);
    assert_eq!(third.read_response().status(), 200);
    assert_eq!(second.send(request).read_response().status(), 200);
}

#[test]
fn a_free_place_is_offered_at_every_address() {
    let builder = Server::builder().workers(1).handle_signals(false);
    let server = builder.max_connections(1).bind("127.0.0.1:0");
    let server = server.and_then(|server| server.bind_also("127.0.0.1:0"));
    let server = server.expect("two free ports");
    let addresses = server.local_addrs().expect("two addresses");
    let handle = server.handle();
    let running = thread::spawn(move || server.run(Probe::default()));
    let ask = |address: &ListenAddr| {
        let ListenAddr::Inet(address) = address else {
            unreachable!("both are of the internet");
        };
        let mut client = Raw::connect(*address);
        client.send("GET /ignore HTTP/1.1\r\nHost: a\r\n\r\n");
        client
    };
    // Whichever address has the one place, a client of the other one gets it next.
    let mut holder = ask(&addresses[0]);
    for address in addresses.iter().rev().cycle().take(5) {
        assert_eq!(holder.read_response().status(), 200);
        let next = ask(address);
        thread::sleep(Duration::from_millis(50));
        next.stream().set_nonblocking(true).expect("a socket");
        let answered = next.stream().peek(&mut [0]);
        assert!(answered.is_err_and(|error| error.kind() == ErrorKind::WouldBlock));
        next.stream().set_nonblocking(false).expect("a socket");
        holder = next;
    }
    assert_eq!(holder.read_response().status(), 200);
    drop(holder);
    handle.shutdown();
    running.join().expect("no panic").expect("an end in order");
}

mod own {
    use rustzeug::prelude::*;

    pub(super) struct Uploads;

    #[application(limits(max_content_length = 100, max_form_parts = 3))]
    impl Uploads {
        #[route("/plain", methods = ["POST"])]
        fn plain(&self, request: &Request) -> Result<String> {
            Ok(request.data()?.len().to_string())
        }

        #[route("/small", methods = ["POST"], limits(max_content_length = 4 + 6))]
        async fn small(&self, request: &Request) -> Result<String> {
            Ok(request.data()?.len().to_string())
        }

        #[route("/large", methods = ["POST"], limits(max_content_length = None))]
        async fn large(&self, request: &Request) -> Result<String> {
            Ok(request.data()?.len().to_string())
        }

        #[route("/form", methods = ["POST"], limits(max_form_memory_size = 5))]
        async fn form(&self, request: &Request) -> Result<String> {
            Ok(request.form()?.get("a").unwrap_or_default().to_owned())
        }

        #[mount("/sub")]
        fn sub(&self) -> &Sub {
            &Sub
        }
    }

    pub(super) struct Sub;

    #[application(limits(max_form_memory_size = None))]
    impl Sub {
        #[route("/", methods = ["POST"])]
        async fn plain(&self, request: &Request) -> Result<String> {
            Ok(request.data()?.len().to_string())
        }
    }
}

#[test]
fn applications_and_rules_have_limits_of_their_own() {
    let app = rustzeug::IntoApplication::into_application(own::Uploads).unwrap();
    let server = serve_with(app, |builder| builder.max_content_length(1_000));
    for (path, length, want) in [
        ("/plain", 100, 200),
        ("/plain", 101, 413),
        ("/small", 10, 200),
        ("/small", 11, 413),
        // More than the application's limit and the server's own.
        ("/large", 500_000, 200),
        ("/sub/", 100, 200),
        ("/sub/", 101, 413),
    ] {
        let body = "x".repeat(length);
        let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\n");
        let known = format!("{head}Content-Length: {length}\r\n\r\n{body}");
        assert_eq!(statuses(&server.raw(known)), [want], "{path} {length}");
        let chunked =
            format!("{head}Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n");
        assert_eq!(
            statuses(&server.raw(chunked)),
            [want],
            "{path} {length} chunked"
        );
    }
    let form = |value: &str| {
        let field = "Content-Disposition: form-data; name=\"a\"";
        let body = format!("--b\r\n{field}\r\n\r\n{value}\r\n--b--");
        let kind = "Content-Type: multipart/form-data; boundary=b\r\n";
        let length = body.len();
        let head = format!("POST /form HTTP/1.1\r\nHost: a\r\n{kind}Content-Length: {length}");
        statuses(&server.raw(format!("{head}\r\n\r\n{body}")))
    };
    assert_eq!(form("12345"), [200]);
    assert_eq!(form("123456"), [413]);
}
