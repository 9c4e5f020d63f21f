//! A server in the same process, on a free port, stopped when it is dropped.
#![allow(clippy::panic, reason = "a test that cannot go on")]

use std::fmt;
use std::net::SocketAddr;
use std::thread;
use std::thread::JoinHandle;
use std::time::Duration;

use rustzeug::Application;
use rustzeug::Reply;
use rustzeug::Request;
use rustzeug::Server;
use rustzeug::server::Builder;
use rustzeug::server::Handle;

use crate::raw::Raw;

/// A running server.
#[derive(Debug)]
pub struct TestServer {
    address: SocketAddr,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

/// Starts a server with one worker.
#[must_use]
pub fn serve(app: impl Application) -> TestServer {
    serve_with(app, |builder| builder)
}

/// Starts a server with settings of its own.
///
/// # Panics
///
/// When there is no port or no thread.
#[must_use]
pub fn serve_with(app: impl Application, set: impl FnOnce(Builder) -> Builder) -> TestServer {
    let builder = Server::builder().workers(1).handle_signals(false);
    let server = set(builder).bind("127.0.0.1:0").expect("a free port");
    let address = server.local_addr().expect("an address");
    let handle = server.handle();
    let run = move || server.run(app).expect("the server runs and ends in order");
    let thread = thread::Builder::new()
        .name(format!("server {address}"))
        .spawn(run);
    TestServer {
        address,
        handle,
        thread: Some(thread.expect("a thread")),
    }
}

impl TestServer {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What ends it.
    #[must_use]
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// A new connection.
    #[must_use]
    pub fn connect(&self) -> Raw {
        Raw::connect(self.address)
    }

    /// Sends bytes on a new connection, says that no more will come, and reads to the end.
    #[must_use]
    pub fn raw(&self, bytes: impl AsRef<[u8]>) -> String {
        self.connect().send(bytes).finish().read_to_end()
    }

    /// Sends bytes on a new connection and reads until the server closes by itself.
    #[must_use]
    pub fn raw_open(&self, bytes: impl AsRef<[u8]>) -> String {
        self.connect().send(bytes).read_to_end()
    }

    /// Whether it ended by itself.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits until it has ended.
    ///
    /// # Panics
    ///
    /// When it ended with an error.
    pub fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the server ended in order");
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.handle.shutdown();
        self.handle.shutdown();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
            && !thread::panicking()
        {
            panic!("the server did not end in order");
        }
    }
}

/// An application of one function.
pub struct App<F>(F);

/// Makes an application of a function.
pub fn app<F>(call: F) -> App<F>
where
    F: for<'a> Fn(&'a mut Request) -> Reply<'a> + Send + Sync + 'static,
{
    App(call)
}

impl<F> Application for App<F>
where
    F: for<'a> Fn(&'a mut Request) -> Reply<'a> + Send + Sync + 'static,
{
    fn call<'a>(&'a self, request: &'a mut Request) -> Reply<'a> {
        (self.0)(request)
    }
}

impl<F> fmt::Debug for App<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("App")
    }
}

/// Waits until something holds.
///
/// # Panics
///
/// When it does not within ten seconds.
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..10_000 {
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    panic!("{what}: not within ten seconds");
}
