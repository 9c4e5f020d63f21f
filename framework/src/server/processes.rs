//! Several processes: one that looks after them, the others serve.
//!
//! The program starts itself again with its listening sockets, as for a restart, so nothing is
//! forked and no state is shared. A connection between parent and child tells each of the
//! other's end: a child that dies is replaced, a child whose parent dies finishes what it is at
//! and ends. A restart (SIGUSR2) replaces the parent, which starts children of its own.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Handle;
use super::ServeError;
use super::handover;
use super::handover::Launched;
use super::journal::Journal;
use super::listener::Listener;
use super::shutdown::Phase;

/// Keeps so many processes until the end. An error: one of them never got as far as to accept.
pub(super) async fn keep(
    count: usize,
    listeners: Vec<Listener>,
    handle: &Handle,
    log: &Journal,
) -> Result<(), ServeError> {
    let listeners = Arc::new(listeners);
    let (first, mut firsts) = mpsc::channel(count);
    let mut places = JoinSet::new();
    for _ in 0..count {
        let place = Place {
            listeners: listeners.clone(),
            phase: handle.subscribe(),
            log: log.clone(),
        };
        places.spawn(place.keep(first.clone()));
    }
    drop(listeners);
    drop(first);
    let mut result = Ok(());
    let mut ready = 0;
    while let Some(first) = firsts.recv().await {
        match first {
            Ok(()) => ready += 1,
            Err(error) => {
                result = Err(ServeError::process(error));
                handle.drain();
            }
        }
        if ready == count {
            handover::announce_ready();
        }
    }
    while places.join_next().await.is_some() {}
    result
}

/// One process after another.
struct Place {
    listeners: Arc<Vec<Listener>>,
    phase: watch::Receiver<Phase>,
    log: Journal,
}

impl Place {
    async fn keep(mut self, first: mpsc::Sender<io::Result<()>>) {
        let mut first = Some(first);
        let mut pause = SHORTEST_PAUSE;
        while *self.phase.borrow() == Phase::Running {
            let begun = Instant::now();
            let started = tokio::select! {
                started = Self::start(&self.listeners) => started,
                _ = self.phase.wait_for(|phase| *phase != Phase::Running) => return,
            };
            match started {
                Ok(child) => {
                    if let Some(first) = first.take() {
                        let _gone = first.send(Ok(())).await;
                    }
                    self.watch(child).await;
                }
                Err(error) => {
                    if let Some(first) = first.take() {
                        // Not even once: trying again would not help.
                        let _gone = first.send(Err(error)).await;
                        return;
                    }
                    self.log.note(&format!("cannot start a process: {error}"));
                }
            }
            if begun.elapsed() > SOUND {
                pause = SHORTEST_PAUSE;
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = self.phase.wait_for(|phase| *phase != Phase::Running) => return,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn start(listeners: &[Listener]) -> io::Result<Launched> {
        let mut child = handover::launch(listeners, true)?;
        child.ready().await?;
        Ok(child)
    }

    /// Until it ends by itself, or everything does.
    async fn watch(&mut self, mut child: Launched) {
        let id = child.id();
        let ended = tokio::select! {
            status = child.ended() => Some(status),
            _ = self.phase.wait_for(|phase| *phase != Phase::Running) => None,
        };
        match ended {
            Some(Ok(status)) => {
                let text = format!("process {id} ended ({status}); another one takes its place");
                self.log.note(&text);
            }
            Some(Err(error)) => self.log.note(&format!("process {id} is lost: {error}")),
            None => {
                child.drain().await;
                let is_late = tokio::select! {
                    _status = child.ended() => false,
                    _ = self.phase.wait_for(|phase| *phase == Phase::Stopped) => true,
                };
                if is_late && let Err(error) = child.kill() {
                    self.log.note(&format!("cannot end process {id}: {error}"));
                }
            }
        }
    }
}

/// Pauses before a process that ended is replaced.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A process that lived so long did not end for what it met at its start.
const SOUND: Duration = Duration::from_secs(10);
