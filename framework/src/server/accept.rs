//! Taking connections in.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::net::TcpStream;

use super::Transport;
use super::balance::Given;
use super::connection::Connection;
use super::listener::Listener;
use super::worker::Worker;
use crate::blocking::Serving;

/// A listening socket of one event loop.
#[derive(Debug)]
pub(super) enum Acceptor {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(tokio::net::UnixListener),
}

impl Acceptor {
    pub(super) fn new(listener: Listener) -> io::Result<Self> {
        Ok(match listener {
            Listener::Tcp(listener) => Self::Tcp(TcpListener::from_std(listener)?),
            #[cfg(unix)]
            Listener::Unix(listener) => Self::Unix(tokio::net::UnixListener::from_std(listener)?),
        })
    }

    /// Accepts until it is dropped.
    pub(super) async fn accept_all<F: Serving>(&self, worker: &Rc<Worker<F>>) {
        let mut pause = SHORTEST_PAUSE;
        loop {
            // At the limit new connections wait in the kernel's queue, where they cost nothing.
            while worker.watches.len() >= worker.config.connections_per_worker() {
                worker.freed.notified().await;
            }
            match self.accept(worker).await {
                Ok(()) => pause = SHORTEST_PAUSE,
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    // No descriptors, no memory: trying again at once would spin.
                    if pause == SHORTEST_PAUSE {
                        worker
                            .log
                            .note(&format!("cannot accept connections: {error}"));
                    }
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    async fn accept<F: Serving>(&self, worker: &Rc<Worker<F>>) -> io::Result<()> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                match worker.balance.better(worker.number) {
                    None => keep_tcp(worker, stream, peer),
                    Some(better) => give(worker, better, Given::Tcp(stream.into_std()?, peer)),
                }
            }
            #[cfg(unix)]
            Self::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                match worker.balance.better(worker.number) {
                    None => keep(worker, stream, None),
                    Some(better) => give(worker, better, Given::Unix(stream.into_std()?)),
                }
            }
        }
        Ok(())
    }

    /// Accepts what waits in the queue already, then lets go of the socket: a draining server
    /// answers it.
    ///
    /// Asks the kernel directly, because the event loop may not have heard of the last ones yet.
    pub(super) fn accept_waiting<F: Serving>(self, worker: &Rc<Worker<F>>) {
        match self {
            Self::Tcp(listener) => {
                let Ok(listener) = listener.into_std() else {
                    return;
                };
                accept_until_empty(|| {
                    let (stream, peer) = listener.accept()?;
                    stream.set_nonblocking(true)?;
                    keep_tcp(worker, TcpStream::from_std(stream)?, peer);
                    Ok(())
                });
            }
            #[cfg(unix)]
            Self::Unix(listener) => {
                let Ok(listener) = listener.into_std() else {
                    return;
                };
                accept_until_empty(|| {
                    let (stream, _) = listener.accept()?;
                    stream.set_nonblocking(true)?;
                    keep(worker, tokio::net::UnixStream::from_std(stream)?, None);
                    Ok(())
                });
            }
        }
    }
}

fn accept_until_empty(mut accept: impl FnMut() -> io::Result<()>) {
    loop {
        match accept() {
            Err(error) if !is_of_one_connection(&error) => return,
            Ok(()) | Err(_) => {}
        }
    }
}

fn keep_tcp<F: Serving>(worker: &Rc<Worker<F>>, stream: TcpStream, peer: SocketAddr) {
    // Elsewhere the listening socket does not hand the option down.
    #[cfg(not(target_os = "linux"))]
    let _refused = stream.set_nodelay(true);
    keep(worker, stream, Some(peer));
}

fn keep<I: Transport, F: Serving>(worker: &Rc<Worker<F>>, stream: I, peer: Option<SocketAddr>) {
    worker.balance.add(worker.number);
    spawn(worker, stream, peer);
}

/// Gives a connection to a worker that has fewer.
#[cold]
fn give<F: Serving>(worker: &Rc<Worker<F>>, better: usize, connection: Given) {
    if let Err(connection) = worker.balance.give(better, connection) {
        worker.balance.add(worker.number);
        take_given(worker, connection);
    }
}

/// Takes a connection that is counted already.
pub(super) fn take_given<F: Serving>(worker: &Rc<Worker<F>>, connection: Given) {
    let taken = match connection {
        Given::Tcp(stream, peer) => TcpStream::from_std(stream).map(|stream| {
            #[cfg(not(target_os = "linux"))]
            let _refused = stream.set_nodelay(true);
            spawn(worker, stream, Some(peer));
        }),
        #[cfg(unix)]
        Given::Unix(stream) => {
            tokio::net::UnixStream::from_std(stream).map(|stream| spawn(worker, stream, None))
        }
    };
    if let Err(error) = taken {
        worker.balance.remove(worker.number);
        worker
            .log
            .note(&format!("cannot take a connection over: {error}"));
    }
}

fn spawn<I: Transport, F: Serving>(worker: &Rc<Worker<F>>, stream: I, peer: Option<SocketAddr>) {
    tokio::task::spawn_local(Connection::new(stream, peer, worker.clone()));
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
