//! Taking connections in.

use std::future::poll_fn;
use std::io;
use std::mem;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use super::balance::Given;
use super::connection::Connection;
use super::event_loop::Reactor;
use super::event_loop::Socket;
use super::event_loop::Stream;
use super::event_loop::yield_once;
use super::listener::Listener;
use super::timeout::Watch;
use super::worker::Worker;
use crate::blocking::Serving;

/// A listening socket of one event loop.
#[derive(Debug)]
pub(super) struct Acceptor {
    socket: Listening,
    reactor: Rc<Reactor>,
}

#[derive(Debug)]
enum Listening {
    Tcp(mio::net::TcpListener),
    #[cfg(unix)]
    Unix(mio::net::UnixListener),
}

impl Acceptor {
    pub(super) fn new(listener: Listener, reactor: Rc<Reactor>) -> io::Result<Self> {
        let mut socket = match listener {
            Listener::Tcp(listener) => Listening::Tcp(mio::net::TcpListener::from_std(listener)),
            #[cfg(unix)]
            Listener::Unix(listener) => Listening::Unix(mio::net::UnixListener::from_std(listener)),
        };
        match &mut socket {
            Listening::Tcp(listener) => reactor.register_with_root(listener)?,
            #[cfg(unix)]
            Listening::Unix(listener) => reactor.register_with_root(listener)?,
        }
        Ok(Self { socket, reactor })
    }

    /// Accepts until it is dropped; a part of the future that the event loop is run for.
    pub(super) async fn accept_all<F: Serving>(&self, worker: &Rc<Worker<F>>) {
        let mut pause = SHORTEST_PAUSE;
        let mut in_a_row = 0;
        loop {
            // At the limit new connections wait in the kernel's queue, where they cost nothing.
            while worker.connections() >= worker.config.connections_per_worker() {
                worker.freed.notified().await;
            }
            match self.accept(worker) {
                Ok(()) => {
                    pause = SHORTEST_PAUSE;
                    in_a_row += 1;
                    if in_a_row == MOST_IN_A_ROW {
                        in_a_row = 0;
                        yield_once().await;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    in_a_row = 0;
                    once_woken().await;
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    // No descriptors, no memory: trying again at once would spin.
                    if pause == SHORTEST_PAUSE {
                        worker
                            .log
                            .note(&format!("cannot accept connections: {error}"));
                    }
                    let _attended = self.reactor.awaiting();
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    fn accept<F: Serving>(&self, worker: &Rc<Worker<F>>) -> io::Result<()> {
        let given = match &self.socket {
            Listening::Tcp(listener) => {
                let (stream, peer) = listener.accept()?;
                Given::Tcp(stream, peer)
            }
            #[cfg(unix)]
            Listening::Unix(listener) => Given::Unix(listener.accept()?.0),
        };
        if let Some(better) = worker.balance.better(worker.number) {
            give(worker, &self.reactor, better, given);
        } else {
            worker.balance.add(worker.number);
            take_given(worker, &self.reactor, given);
        }
        Ok(())
    }

    /// Accepts what waits in the queue already, then lets go of the socket: a draining server
    /// answers it.
    ///
    /// Asks the kernel directly, because the event loop may not have heard of the last ones yet.
    pub(super) fn accept_waiting<F: Serving>(self, worker: &Rc<Worker<F>>) {
        loop {
            match self.accept(worker) {
                Err(error) if !is_of_one_connection(&error) => return,
                Ok(()) | Err(_) => {}
            }
        }
    }
}

impl Drop for Acceptor {
    fn drop(&mut self) {
        let _unregistered = match &mut self.socket {
            Listening::Tcp(listener) => self.reactor.deregister(listener),
            #[cfg(unix)]
            Listening::Unix(listener) => self.reactor.deregister(listener),
        };
    }
}

/// Pending once; then whatever woke the task may have been meant.
async fn once_woken() {
    let mut is_first = true;
    poll_fn(|_| {
        if mem::take(&mut is_first) {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}

/// Gives a connection to a worker that has fewer.
#[cold]
fn give<F: Serving>(
    worker: &Rc<Worker<F>>,
    reactor: &Rc<Reactor>,
    better: usize,
    connection: Given,
) {
    if let Err(connection) = worker.balance.give(better, connection) {
        worker.balance.add(worker.number);
        take_given(worker, reactor, connection);
    }
}

/// Takes a connection that is counted already.
pub(super) fn take_given<F: Serving>(
    worker: &Rc<Worker<F>>,
    reactor: &Rc<Reactor>,
    connection: Given,
) {
    match connection {
        Given::Tcp(stream, peer) => {
            // Elsewhere the listening socket does not hand the option down.
            #[cfg(not(target_os = "linux"))]
            let _refused = stream.set_nodelay(true);
            spawn(worker, reactor, stream, Some(peer));
        }
        #[cfg(unix)]
        Given::Unix(stream) => spawn(worker, reactor, stream, None),
    }
}

fn spawn<F: Serving>(
    worker: &Rc<Worker<F>>,
    reactor: &Rc<Reactor>,
    stream: impl Stream,
    peer: Option<SocketAddr>,
) {
    let watch = Rc::new(Watch::default());
    let socket = Socket::new(stream, watch.clone(), reactor.clone());
    let connection = Connection::new(socket, peer, worker.clone(), watch.clone());
    reactor.spawn(connection, watch);
}

/// Whether only the connection that was about to be accepted failed.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

/// Pauses after an error that concerns the whole process.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Connections accepted before those there are have their turn.
const MOST_IN_A_ROW: usize = 64;
