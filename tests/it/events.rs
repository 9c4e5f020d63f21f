use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use rustzeug::Request;
use rustzeug::ServeError;
use rustzeug::StatusCode;
use rustzeug::server::Events;
use rustzeug_tests::raw::Raw;
use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::serve_with;
use rustzeug_tests::server::wait_until;

use crate::probe::Probe;

/// Writes down what it is told.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn add(&self, text: impl Into<String>) {
        self.0.lock().expect("no panic").push(text.into());
    }

    /// Waits for so many, and takes them.
    fn take(&self, n: usize) -> Vec<String> {
        wait_until("told", || self.0.lock().expect("no panic").len() >= n);
        std::mem::take(&mut self.0.lock().expect("no panic"))
    }
}

impl Events for Told {
    fn connection_opened(&self, peer: Option<SocketAddr>) {
        assert!(peer.is_some_and(|peer| peer.ip().is_loopback()));
        self.add("opened");
    }

    fn connection_closed(&self, _: Option<SocketAddr>) {
        self.add("closed");
    }

    fn connection_dropped(&self, _: Option<SocketAddr>) {
        self.add("dropped");
    }

    fn request_refused(&self, _: Option<SocketAddr>, status: StatusCode, reason: &str) {
        self.add(format!("refused {} {reason}", status.as_u16()));
    }

    fn request_answered(&self, request: &Request, status: StatusCode) {
        self.add(format!("{} {}", request.path(), status.as_u16()));
    }

    fn handler_panicked(&self, _: Option<SocketAddr>, text: &str) {
        self.add(format!("panicked {text}"));
    }
}

#[test]
fn everything_is_told() {
    let told = Told::default();
    let there = told.clone();
    let server = serve_with(Probe::default(), |builder| builder.events(there));
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(statuses(&server.raw(get("/ignore").repeat(2))), [200, 200]);
    assert_eq!(
        told.take(4),
        ["opened", "/ignore 200", "/ignore 200", "closed"]
    );
    assert_eq!(statuses(&server.raw(get("/panic"))), [500]);
    assert_eq!(told.take(3), ["opened", "panicked as asked", "closed"]);
    assert_eq!(statuses(&server.raw_open("GET /\r\n\r\n")), [400]);
    assert_eq!(
        told.take(3),
        ["opened", "refused 400 malformed request line", "closed"]
    );
    let mut client = server.connect();
    client.send(get("/endless"));
    client.read_until("\r\n\r\n");
    drop(client);
    assert_eq!(told.take(3), ["opened", "/endless 200", "dropped"]);
}

/// As a debugger wants it: the panic ends the server, which says so, and nothing answers 500.
#[test]
fn errors_may_pass_through() {
    for (path, workers) in [("/panic", 1), ("/panic-later", 3), ("/panic-blocking", 2)] {
        let builder = rustzeug::Server::builder()
            .workers(workers)
            .handle_signals(false)
            .shutdown_timeout(Duration::from_secs(5))
            .passthrough_errors(true);
        let server = builder.bind("127.0.0.1:0").expect("a free port");
        let address = server.local_addr().expect("an address");
        let running = std::thread::spawn(move || server.run(Probe::default()));
        let mut client = Raw::connect(address);
        client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        let result: Result<(), ServeError> = running.join().expect("the caller goes on");
        assert_eq!(
            result.expect_err("a worker is gone").to_string(),
            "a worker thread ended by a panic"
        );
        drop(client);
    }
}

#[cfg(unix)]
#[test]
fn a_handler_that_holds_the_loop_is_named() {
    let settings = "bind=127.0.0.1:0 slow=20";
    let mut server = crate::children::start_with(settings, |command| {
        command.stderr(std::process::Stdio::piped());
    });
    let address = server.address();
    for path in ["/hold", "/hold-later", "/slow", "/hold-blocking"] {
        crate::children::get(address, path);
    }
    server.signal("TERM");
    let text = server.standard_error();
    assert!(server.wait().success());
    let notes = text
        .lines()
        .filter(|line| line.contains("held its event loop"));
    let notes: Vec<_> = notes.collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    for (note, path) in notes.iter().zip(["/hold", "/hold-later"]) {
        let begin = format!("rustzeug: (GET {path}) held its event loop for ");
        assert!(note.starts_with(&begin), "{note}");
    }
}
