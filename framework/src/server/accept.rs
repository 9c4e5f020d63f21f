//! Taking connections in.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::net::TcpStream;

use super::connection::Connection;
use super::worker::Worker;
use crate::blocking::Done;

/// Accepts until it is dropped.
pub(super) async fn accept_all<F: Future<Output = Done> + Send + 'static>(
    worker: &Rc<Worker<F>>,
    listener: &TcpListener,
) {
    let mut pause = SHORTEST_PAUSE;
    loop {
        // At the limit new connections wait in the kernel's queue, where they cost nothing.
        while worker.watches.len() >= worker.config.connections_per_worker() {
            worker.freed.notified().await;
        }
        match listener.accept().await {
            Ok((stream, peer)) => {
                pause = SHORTEST_PAUSE;
                spawn(worker, stream, peer);
            }
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

/// Accepts what waits in the queue already: a draining server answers it.
///
/// Asks the kernel directly, because the event loop may not have heard of the last ones yet.
pub(super) fn accept_waiting<F: Future<Output = Done> + Send + 'static>(
    worker: &Rc<Worker<F>>,
    listener: TcpListener,
) {
    let Ok(listener) = listener.into_std() else {
        return;
    };
    loop {
        match listener.accept() {
            Ok((stream, peer)) => {
                if stream.set_nonblocking(true).is_ok()
                    && let Ok(stream) = TcpStream::from_std(stream)
                {
                    spawn(worker, stream, peer);
                }
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(_) => return,
        }
    }
}

fn spawn<F: Future<Output = Done> + Send + 'static>(
    worker: &Rc<Worker<F>>,
    stream: TcpStream,
    peer: SocketAddr,
) {
    // Elsewhere the listening socket does not hand the option down.
    #[cfg(not(target_os = "linux"))]
    let _refused = stream.set_nodelay(true);
    tokio::task::spawn_local(Connection::new(stream, Some(peer), worker.clone()));
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
