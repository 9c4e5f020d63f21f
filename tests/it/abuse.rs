//! What costs the attacker little must not cost the server much: processes of their own are
//! measured from outside.

use std::fs;
use std::thread;
use std::time::Duration;

use rustzeug_tests::raw::Raw;
use rustzeug_tests::server::wait_until;

use crate::children;

/// Kilobytes of memory that a process holds.
fn memory(process: u32) -> usize {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|n| n.parse().ok()).expect("a number")
}

/// Clock ticks that a process has used.
fn time(process: u32) -> usize {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("a process");
    let (_, fields) = stat.rsplit_once(") ").expect("fields");
    let fields: Vec<_> = fields.split(' ').collect();
    let number = |at: usize| fields[at].parse::<usize>().expect("a number");
    number(11) + number(12)
}

/// One who connects so many times, sends a beginning, then the same piece as long as it is taken.
fn flood(address: std::net::SocketAddr, clients: usize, begin: &str, piece: &str) -> Vec<Raw> {
    let mut raws = Vec::new();
    for _ in 0..clients {
        let mut raw = Raw::connect(address);
        let patience = Some(Duration::from_millis(5));
        raw.stream().set_write_timeout(patience).expect("a timeout");
        raw.try_send(begin);
        raws.push(raw);
    }
    let piece = piece.repeat(1 + 30_000 / piece.len().max(1));
    for raw in &mut raws {
        let mut sent = 0;
        while !piece.is_empty() && sent < 200 && raw.try_send(&piece) {
            sent += 1;
        }
    }
    raws
}

/// What each does, what it sends first, and what again and again.
fn floods() -> Vec<(&'static str, String, &'static str)> {
    let head = "POST /echo HTTP/1.1\r\nHost: a\r\n";
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n");
    let large = "GET /large HTTP/1.1\r\nHost: a\r\n\r\n";
    vec![
        ("heads without an end", format!("{head}X: "), "y"),
        ("fields without an end", head.to_owned(), "X: y\r\n"),
        ("large answers that nobody reads", String::new(), large),
        (
            "files that nobody reads",
            String::new(),
            "GET /file HTTP/1.1\r\nHost: a\r\n\r\n",
        ),
        (
            "small answers that nobody reads",
            String::new(),
            "GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
        ),
        (
            "refusals that nobody reads",
            String::new(),
            "GET / HTTP/9.9\r\n\r\n",
        ),
        (
            "lengths that are not kept",
            format!("{head}Content-Length: 2000000\r\n\r\nx"),
            "",
        ),
        (
            "lengths beyond any limit",
            format!("{head}Content-Length: 99999999999999\r\n\r\n"),
            "x",
        ),
        ("extensions without an end", format!("{chunked}1;"), "e"),
        (
            "trailers without an end",
            format!("{chunked}0\r\n"),
            "X: y\r\n",
        ),
        ("chunks without an end", chunked.clone(), "1\r\nx\r\n"),
        (
            "bodies that nobody wants",
            "POST /pid HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n".to_owned(),
            "x",
        ),
        ("empty lines", String::new(), "\r\n"),
    ]
}

#[test]
fn memory_is_bounded_under_abuse() {
    let server = children::start("bind=127.0.0.1:0 workers=1");
    let address = server.address();
    children::get(address, "/large");
    for (name, begin, piece) in floods() {
        let before = memory(server.id());
        let raws = flood(address, 10, &begin, piece);
        let during = memory(server.id());
        let grown = during.saturating_sub(before);
        // The kernel's buffers are not the process's; ours are a few blocks of 16 KB for each.
        // A body that somebody reads may come to its limit of 2 MiB.
        let most = if name.starts_with("chunks") {
            80_000
        } else {
            6_000
        };
        assert!(grown < most, "{name}: {grown} KB for ten clients");
        assert_eq!(children::get(address, "/next"), "/next", "{name}");
        drop(raws);
    }
}

#[test]
fn without_descriptors_the_server_waits_and_recovers() {
    let (shell, mut args) = children::command_line("bind=127.0.0.1:0 workers=1");
    args[1] = format!("ulimit -n 40; {}", args[1]);
    let mut server = children::run(std::process::Command::new(shell).args(args));
    let address = server.address();
    let request = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut clients = Vec::new();
    for _ in 0..60 {
        let mut client = Raw::connect(address);
        client.send(request);
        clients.push(client);
    }
    // Some are served, the others wait in the kernel's queue.
    assert_eq!(clients[0].read_response().text(), "/a");
    let waiting = &mut clients[59];
    let patience = Some(Duration::from_millis(100));
    waiting
        .stream()
        .set_read_timeout(patience)
        .expect("a timeout");
    assert!(waiting.stream().peek(&mut [0]).is_err());
    // It does not spin: a second costs next to nothing.
    let before = time(server.id());
    thread::sleep(Duration::from_secs(1));
    let used = time(server.id()) - before;
    assert!(used < 20, "{used} ticks of a hundred");
    // Those that it has are served on.
    assert_eq!(clients[0].send(request).read_response().text(), "/a");
    let last = clients.pop().expect("sixty");
    clients.truncate(5);
    let patience = Some(Duration::from_secs(20));
    last.stream().set_read_timeout(patience).expect("a timeout");
    let mut last = last;
    assert_eq!(last.read_response().text(), "/a");
    wait_until("new ones are served", || {
        children::get(address, "/b") == "/b"
    });
    server.signal("TERM");
    drop((clients, last));
    assert!(server.wait().success());
}
