#![allow(
    clippy::disallowed_methods,
    reason = "spans of time are what is measured here"
)]

use std::fs::File;
use std::future::poll_fn;
use std::io::Read;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use bytes::Bytes;
use futures_core::Stream;
use rustzeug::Application;
use rustzeug::Body;
use rustzeug::Reply;
use rustzeug::Request;
use rustzeug::Response;
use rustzeug::body::BodyError;
use rustzeug::body::FileSlice;
use rustzeug_tests::raw::Raw;
use rustzeug_tests::server::app;
use rustzeug_tests::server::serve;

/// The longest that a client with a connection of its own waits for its answer.
fn slowest(address: SocketAddr) -> Duration {
    let ask = || {
        let begun = Instant::now();
        let mut client = Raw::connect(address);
        client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assert_eq!(client.read_response().status(), 200);
        thread::sleep(Duration::from_millis(20));
        begun.elapsed()
    };
    (0..10).map(|_| ask()).max().unwrap_or_default()
}

/// Reads an answer as fast as it comes, for two seconds.
fn swallow(address: SocketAddr, path: &'static str) -> thread::JoinHandle<u64> {
    let reader = thread::spawn(move || {
        let mut client = Raw::connect(address);
        client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        let begun = Instant::now();
        let mut room = vec![0; 4 << 20];
        let mut all = 0;
        while begun.elapsed() < Duration::from_secs(2) {
            match client.stream().read(&mut room) {
                Ok(0) | Err(_) => break,
                Ok(n) => all += n as u64,
            }
        }
        all
    });
    thread::sleep(Duration::from_millis(100));
    reader
}

/// As long as tests that run beside this one may take, and less than it would be without turns.
const LONG: Duration = Duration::from_millis(900);

#[test]
fn a_large_file_for_a_fast_reader() {
    const LENGTH: u64 = 40 << 30;
    let file = tempfile::NamedTempFile::new().expect("a file");
    // With a hole for all of it: it costs no disk.
    file.as_file().set_len(LENGTH).expect("a sparse file");
    let opened = Arc::new(File::open(file.path()).expect("it is there"));
    let server = serve(app(move |request| {
        let slice = || FileSlice::new(opened.clone(), 0, LENGTH);
        Reply::Ready(match request.path() {
            "/file" => Response::new(Body::file(slice())),
            _ => Response::new("ok"),
        })
    }));
    let reader = swallow(server.address(), "/file");
    let slowest = slowest(server.address());
    assert!(slowest < LONG, "{slowest:?}");
    assert!(reader.join().expect("no panic") > 10 << 20);
}

/// A body that never ends and never has to wait.
struct Endless;

impl Stream for Endless {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(Some(Ok(Bytes::from_static(&[b'a'; 256]))))
    }
}

#[test]
fn an_endless_stream_for_a_fast_reader() {
    let server = serve(app(|request| {
        Reply::Ready(match request.path() {
            "/stream" => Response::new(Body::stream(Endless)),
            _ => Response::new("ok"),
        })
    }));
    let reader = swallow(server.address(), "/stream");
    let slowest = slowest(server.address());
    assert!(slowest < LONG, "{slowest:?}");
    assert!(reader.join().expect("no panic") > 1 << 20);
}

#[test]
fn a_handler_that_wakes_itself() {
    let server = serve(app(|request| {
        if request.path() != "/spin" {
            return Reply::Ready(Response::new("ok"));
        }
        Reply::future(poll_fn(|cx: &mut Context<'_>| {
            cx.waker().wake_by_ref();
            Poll::<Response>::Pending
        }))
    }));
    let mut spins = Raw::connect(server.address());
    spins.send("GET /spin HTTP/1.1\r\nHost: a\r\n\r\n");
    thread::sleep(Duration::from_millis(50));
    let slowest = slowest(server.address());
    assert!(slowest < LONG, "{slowest:?}");
}

#[test]
fn handlers_that_use_up_what_tokio_allows_at_a_time() {
    let lock = Arc::new(tokio::sync::Mutex::new(()));
    let server = serve(app(move |_| {
        let lock = lock.clone();
        Reply::future(async move {
            while tokio::task::coop::has_budget_remaining() {
                drop(lock.lock().await);
            }
            Response::new("ok")
        })
    }));
    let slowest = slowest(server.address());
    assert!(slowest < LONG, "{slowest:?}");
}

#[test]
fn what_waits_to_be_accepted_at_a_hard_stop_is_closed() {
    struct Held(#[allow(dead_code, reason = "its owners are counted")] Arc<()>);

    impl Application for Held {
        fn call<'a>(&'a self, _: &'a mut Request) -> Reply<'a> {
            thread::sleep(Duration::from_millis(300));
            Reply::Ready(Response::new("ok"))
        }
    }

    let held = Arc::new(());
    let observer = Arc::downgrade(&held);
    let server = serve(Held(held));
    let address = server.address();
    let mut first = Raw::connect(address);
    first.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n");
    thread::sleep(Duration::from_millis(100));
    let second = Raw::connect(address);
    server.handle().shutdown();
    server.handle().shutdown();
    drop(server);
    let read = second.stream().read(&mut [0; 10]);
    let is_closed = match &read {
        Ok(n) => *n == 0,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    };
    assert!(is_closed, "{read:?}");
    assert!(observer.upgrade().is_none());
}
