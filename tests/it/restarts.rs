//! The program starts itself again with its sockets, under load, and no request is lost.
#![allow(clippy::print_stdout, reason = "figures for who asks with --nocapture")]

use std::io;
use std::io::Read;
use std::io::Write;
use std::net::SocketAddr;
use std::net::TcpStream;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use rustzeug_tests::server::wait_until;

use crate::children;

#[test]
fn three_restarts_under_load_lose_nothing() {
    restart_under_load(1, 16, Duration::from_secs(3));
}

#[test]
fn restarts_of_several_processes_lose_nothing() {
    restart_under_load(2, 8, Duration::from_secs(3));
}

/// `cargo test --release -p rustzeug-tests --test it -- --ignored --nocapture restarts`
#[test]
#[ignore = "takes 30 s"]
fn three_restarts_under_load_lose_nothing_for_30_s() {
    restart_under_load(1, 64, Duration::from_secs(30));
}

#[test]
fn a_new_program_that_fails_changes_nothing() {
    let mut program = children::start("bind=127.0.0.1:0 fragile=fails");
    let address = program.address();
    program.next("started");
    program.signal("USR2");
    assert_eq!(
        program.next("error"),
        "the application cannot start: as asked, once more"
    );
    for _ in 0..10 {
        assert_eq!(children::get(address, "/pid"), program.id().to_string());
        thread::sleep(Duration::from_millis(10));
    }
    program.signal("TERM");
    assert!(program.wait().success());
}

#[test]
fn a_new_program_that_hesitates_holds_nobody_up() {
    let mut program = children::start("bind=127.0.0.1:0 fragile=hesitates");
    let address = program.address();
    program.next("started");
    program.signal("USR2");
    let hesitant = program.next("hesitates");
    assert_eq!(children::get(address, "/pid"), program.id().to_string());
    program.signal("TERM");
    assert!(program.wait().success());
    // It is not left behind to come to life a minute later.
    let stat = format!("/proc/{hesitant}/stat");
    wait_until("gone", || {
        let stat = std::fs::read_to_string(&stat).unwrap_or_default();
        stat.is_empty() || stat.contains(") Z ")
    });
    assert!(TcpStream::connect(address).is_err());
}

fn restart_under_load(processes: usize, clients: usize, duration: Duration) {
    let settings = format!("bind=127.0.0.1:0 workers=2 processes={processes}");
    let mut program = children::start(&settings);
    let (address, mut serving) = next_program(&program, processes);
    let load = Load::default();
    thread::scope(|scope| {
        for number in 0..clients {
            let load = &load;
            // One half stays connected, the other connects for each request.
            scope.spawn(move || load.run(address, number % 2 == 0));
        }
        let stop = StopOnDrop(&load.ends);
        for _ in 0..3 {
            thread::sleep(duration / 4);
            children::signal(serving, "USR2");
            let next = next_program(&program, processes);
            assert_eq!(next.0, address, "the new program listens elsewhere");
            serving = next.1;
        }
        thread::sleep(duration / 4);
        drop(stop);
    });
    children::signal(serving, "TERM");
    assert!(program.wait().success());
    // Four programs, and the processes that each of them had: all ended in order.
    let all = program.everything();
    let ended = all.iter().filter(|line| line.contains("ended=")).count();
    let expected = 4 * if processes == 1 { 1 } else { 1 + processes };
    assert_eq!(ended, expected, "{all:?}");
    assert!(!all.iter().any(|line| line.contains("error=")), "{all:?}");
    let served = load.served.load(Ordering::SeqCst);
    let failed = load.failed.load(Ordering::SeqCst);
    println!("{served} requests by {clients} clients, {failed} failed, three restarts");
    assert_eq!(failed, 0, "of {served}");
    assert!(served > clients * 10, "{served}");
}

/// Where the next program listens, and its number, when all its processes serve.
fn next_program(program: &children::Program, processes: usize) -> (SocketAddr, u32) {
    let address = program.address();
    let number = program.next("program").parse().expect("a number");
    for _ in 0..processes {
        program.next("started");
    }
    (address, number)
}

#[derive(Default)]
struct Load {
    ends: AtomicBool,
    served: AtomicUsize,
    failed: AtomicUsize,
}

struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Load {
    /// One client: asks again and again until the end.
    fn run(&self, address: SocketAddr, stays: bool) {
        let mut connection = None;
        while !self.ends.load(Ordering::SeqCst) {
            match ask(&mut connection, address, stays) {
                Ok(()) => self.served.fetch_add(1, Ordering::SeqCst),
                Err(error) => {
                    println!("failed: {error}");
                    connection = None;
                    self.failed.fetch_add(1, Ordering::SeqCst)
                }
            };
        }
    }
}

/// One request, on the connection that is there, or on a new one.
fn ask(connection: &mut Option<TcpStream>, address: SocketAddr, stays: bool) -> io::Result<()> {
    let mut stream = match connection.take() {
        Some(stream) => stream,
        None => TcpStream::connect(address)?,
    };
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let close = if stays { "" } else { "Connection: close\r\n" };
    let request = format!("GET /load HTTP/1.1\r\nHost: a\r\n{close}\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    let mut block = [0; 1024];
    while !answer.ends_with(b"\r\n\r\n/load") {
        match stream.read(&mut block)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => answer.extend_from_slice(&block[..n]),
        }
    }
    let head = String::from_utf8_lossy(&answer);
    if !head.starts_with("HTTP/1.1 200 OK\r\n") {
        return Err(io::Error::other(head.into_owned()));
    }
    if !head.contains("\r\nconnection: close\r\n") {
        *connection = Some(stream);
    }
    Ok(())
}
