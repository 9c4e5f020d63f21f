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

use crate::children;

#[test]
fn three_restarts_under_load_lose_nothing() {
    restart_under_load("bind=127.0.0.1:0 workers=1", 16, Duration::from_secs(3));
}

#[test]
fn restarts_of_several_processes_lose_nothing() {
    let settings = "bind=127.0.0.1:0 workers=1 processes=2";
    restart_under_load(settings, 8, Duration::from_secs(3));
}

/// `cargo test --release -p rustzeug-tests --test it -- --ignored --nocapture restarts`
#[test]
#[ignore = "takes 30 s"]
fn three_restarts_under_load_lose_nothing_for_30_s() {
    restart_under_load("bind=127.0.0.1:0 workers=2", 64, Duration::from_secs(30));
}

fn restart_under_load(settings: &str, clients: usize, duration: Duration) {
    let mut program = children::start(settings);
    let address = program.address();
    program.next("started");
    let load = Load::default();
    thread::scope(|scope| {
        for number in 0..clients {
            let load = &load;
            // One half stays connected, the other connects for each request.
            scope.spawn(move || load.run(address, number % 2 == 0));
        }
        let stop = StopOnDrop(&load.ends);
        let mut serving = program.id();
        for _ in 0..3 {
            thread::sleep(duration / 4);
            children::signal(serving, "USR2");
            let next = next_address_and_program(&program);
            assert_eq!(next.0, address, "the new program listens elsewhere");
            serving = next.1;
            // Each of the earlier ones ended in order.
            if serving != program.id() {
                program.next("ended");
            }
        }
        thread::sleep(duration / 4);
        drop(stop);
        children::signal(serving, "TERM");
        program.next("ended");
    });
    assert!(program.wait().success());
    let served = load.served.load(Ordering::SeqCst);
    let failed = load.failed.load(Ordering::SeqCst);
    println!("{served} requests by {clients} clients, {failed} failed, three restarts");
    assert_eq!(failed, 0, "of {served}");
    assert!(served > clients * 10, "{served}");
}

/// Where the next program listens, and its number.
fn next_address_and_program(program: &children::Program) -> (SocketAddr, u32) {
    let address = program.address();
    let line = program.next("program");
    (address, line.parse().expect("a number"))
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
