use std::io::Read;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::os::unix::net::UnixStream;
use std::process::Command;

use rustzeug_tests::raw::Raw;
use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::wait_until;

use crate::children;

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
}

#[test]
fn signals_finish_what_is_in_flight() {
    for name in ["TERM", "INT"] {
        let mut server = children::start("bind=127.0.0.1:0");
        let mut client = Raw::connect(server.address());
        // The first request shows that the connection was accepted.
        client.send(request("/slow"));
        assert_eq!(client.read_response().text(), "slept");
        client.send(request("/slow"));
        server.signal(name);
        let text = client.read_to_end();
        assert_eq!(statuses(&text), [200], "{name}");
        assert!(text.contains("\r\nconnection: close\r\n"), "{text:?}");
        drop(client);
        assert!(server.wait().success(), "{name}");
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    let mut server = children::start("bind=127.0.0.1:0");
    let mut client = Raw::connect(server.address());
    client.send(request("/pid"));
    client.read_response();
    client.send(request("/forever"));
    server.signal("TERM");
    server.next("tidied");
    server.signal("TERM");
    assert!(server.wait().success());
    assert_eq!(client.read_to_its_end().0, "");
    let rest = server.rest();
    assert!(
        !rest.iter().any(|line| line.starts_with("shut=")),
        "{rest:?}"
    );
}

#[test]
fn what_does_not_end_in_time_is_dropped_and_the_program_ends_well() {
    let mut server = children::start("bind=127.0.0.1:0 grace=300");
    let mut client = Raw::connect(server.address());
    client.send(request("/pid"));
    client.read_response();
    client.send(request("/forever"));
    server.signal("TERM");
    assert!(server.wait().success());
    assert_eq!(client.read_to_its_end().0, "");
}

#[test]
fn the_application_is_told_of_start_and_end_and_its_tasks_are_waited_for() {
    for path in ["/spawn", "/spawn-blocking"] {
        let mut server = children::start("bind=127.0.0.1:0");
        let address = server.address();
        let id = server.next("started");
        assert_eq!(children::get(address, path), "spawned");
        server.signal("TERM");
        assert!(server.wait().success());
        let rest = server.rest();
        let place = |key: &str| {
            let line = format!("{key}={id}");
            let found = rest.iter().position(|l| *l == line);
            found.unwrap_or_else(|| unreachable!("{key} is missing in {rest:?}"))
        };
        assert!(place("spawned") < place("shut"), "{rest:?}");
        assert!(place("tidied") < place("shut"), "{rest:?}");
        assert!(place("shut") < place("ended"), "{rest:?}");
    }
}

#[test]
fn an_application_that_cannot_start_is_an_error() {
    for processes in [1, 2] {
        let settings = format!("bind=127.0.0.1:0 fails=1 processes={processes}");
        let mut server = children::start(&settings);
        if processes == 1 {
            assert_eq!(
                server.next("error"),
                "the application cannot start: as asked"
            );
        }
        assert_eq!(server.wait().code(), Some(1));
    }
}

#[test]
fn unix_sockets_have_a_path_and_a_mode() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.sock");
    // One that an earlier run left behind is in the way.
    drop(std::os::unix::net::UnixListener::bind(&path).expect("a socket"));
    let address = format!("unix:{}", path.display());
    let server = rustzeug::Server::builder()
        .workers(1)
        .handle_signals(false)
        .unix_mode(0o600)
        .bind(&address)
        .and_then(|server| server.bind_also("127.0.0.1:0"))
        .expect("both");
    let mode = std::fs::metadata(&path).expect("a file").permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    let inet = server.local_addr().expect("an address");
    let handle = server.handle();
    let app = rustzeug_tests::server::app(|request| {
        let peer = request.remote_addr().is_some();
        rustzeug::Reply::Ready(rustzeug::Response::new(peer.to_string()))
    });
    let running = std::thread::spawn(move || server.run(app));
    let mut client = UnixStream::connect(&path).expect("a connection");
    client
        .write_all(b"GET / HTTP/1.0\r\n\r\n")
        .expect("it takes bytes");
    let mut text = String::new();
    client.read_to_string(&mut text).expect("an answer");
    assert!(text.ends_with("\r\n\r\nfalse"), "{text:?}");
    assert_eq!(children::get(inet, "/"), "true");
    // It is in use: another server does not take it away.
    let second = rustzeug::Server::builder().bind(&address);
    assert!(second.expect_err("it is taken").is_address_in_use());
    handle.shutdown();
    running.join().expect("no panic").expect("an end in order");
}

#[test]
fn a_file_comes_whole_over_a_unix_socket() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.sock");
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    std::fs::write(folder.path().join("file"), &bytes).expect("a file");
    let server = rustzeug::Server::builder()
        .workers(1)
        .handle_signals(false)
        .bind(format!("unix:{}", path.display()))
        .expect("a socket");
    let handle = server.handle();
    let file = std::fs::File::open(folder.path().join("file")).expect("it is there");
    let file = std::sync::Arc::new(file);
    let app = rustzeug_tests::server::app(move |_| {
        let slice = rustzeug::body::FileSlice::new(file.clone(), 0, 3_000_000);
        rustzeug::Reply::Ready(rustzeug::Response::new(rustzeug::Body::file(slice)))
    });
    let running = std::thread::spawn(move || server.run(app));
    let mut client = UnixStream::connect(&path).expect("a connection");
    client
        .write_all(b"GET / HTTP/1.0\r\n\r\n")
        .expect("it takes bytes");
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).expect("an answer");
    assert!(answer.ends_with(&bytes), "{} bytes", answer.len());
    handle.shutdown();
    running.join().expect("no panic").expect("an end in order");
}

/// As systemd does it: sockets from 3 on, and a place to tell that it is ready.
#[test]
fn a_service_manager_may_hold_the_socket() {
    let folder = tempfile::tempdir().expect("a folder");
    let notify = folder.path().join("notify");
    let manager = UnixDatagram::bind(&notify).expect("a socket");
    let timeout = Some(std::time::Duration::from_secs(20));
    manager.set_read_timeout(timeout).expect("a timeout");
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = socket.local_addr().expect("an address");
    // Connections that come before the program wait for it.
    let mut early = Raw::connect(address);
    early.send(request("/early"));
    let (shell, args) = children::command_line("bind=fd://3");
    let mut command = Command::new(shell);
    // The shell puts its standard input where the service manager would put the socket.
    let args = args
        .into_iter()
        .map(|arg| match arg.strip_prefix("RUSTZEUG") {
            Some(rest) => {
                format!("exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ RUSTZEUG{rest}")
            }
            None => arg,
        });
    command
        .args(args)
        .env("NOTIFY_SOCKET", &notify)
        .stdin(std::os::fd::OwnedFd::from(socket));
    let mut server = children::run(&mut command);
    let mut word = [0; 100];
    let n = manager.recv(&mut word).expect("a word");
    let text = String::from_utf8_lossy(&word[..n]).into_owned();
    assert_eq!(text, format!("READY=1\nMAINPID={}", server.id()));
    assert_eq!(early.read_response().text(), "/early");
    assert_eq!(children::get(address, "/pid"), server.id().to_string());
    drop(early);
    server.signal("TERM");
    let n = manager.recv(&mut word).expect("another word");
    assert_eq!(&word[..n], b"STOPPING=1");
    assert!(server.wait().success());
}

#[test]
fn several_processes_serve_and_one_that_dies_is_replaced() {
    let mut server = children::start("bind=127.0.0.1:0 processes=2 workers=1");
    let address = server.address();
    let mut first = [server.next("started"), server.next("started")];
    assert!(
        !first.contains(&server.id().to_string()),
        "the parent serves"
    );
    let mut seen = std::collections::BTreeSet::new();
    wait_until("both serve", || {
        seen.insert(children::get(address, "/pid"));
        seen.len() == 2
    });
    first.sort();
    assert_eq!(Vec::from_iter(&seen), Vec::from_iter(&first));
    // One ends without a word; the other one goes on, and a third takes its place.
    let mut client = Raw::connect(address);
    client.send(request("/exit"));
    assert_eq!(client.read_to_its_end().0, "");
    let third = server.next("started");
    assert!(!first.contains(&third));
    wait_until("the third serves", || {
        children::get(address, "/pid") == third
    });
    server.signal("TERM");
    assert!(server.wait().success());
    let rest = server.rest();
    let ended = rest.iter().filter(|line| line.starts_with("shut="));
    assert_eq!(ended.count(), 2, "{rest:?}");
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn processes_end_when_the_one_that_looks_after_them_dies() {
    let server = children::start("bind=127.0.0.1:0 processes=2 workers=1");
    let address = server.address();
    let ids = [server.next("started"), server.next("started")];
    server.signal("KILL");
    for _ in &ids {
        assert!(ids.contains(&server.next("ended")));
    }
    wait_until("nobody listens", || {
        std::net::TcpStream::connect(address).is_err()
    });
}
