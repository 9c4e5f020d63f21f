//! Bytes that are kept in memory while they are few, and in a temporary file when they are many.

use std::fs::File;
use std::future::Future as _;
use std::io;
use std::io::Write as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;
use std::task::ready;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::FileSlice;

/// Bytes that are kept in memory while they are few, and in a temporary file when they are many.
///
/// The file has no name, so it is gone when the last handle is, whatever happens to the program.
/// Where there is a tokio runtime, its threads for blocking work write the file; elsewhere it is
/// written where it is asked for.
#[derive(Debug)]
pub(crate) struct Spool {
    /// What is not in the file yet.
    memory: Vec<u8>,
    file: Store,
    length: u64,
    threshold: usize,
}

#[derive(Debug)]
enum Store {
    /// All is in memory.
    None,
    Idle(File),
    Busy(JoinHandle<Written>),
    /// The disk failed; what was given is lost.
    Failed(Option<io::Error>),
}

/// A file and the emptied buffer, back from the thread that wrote.
type Written = (io::Result<File>, Vec<u8>);

/// What came out of a spool.
#[derive(Clone, Debug)]
pub(crate) enum Spooled {
    Memory(Bytes),
    File(FileSlice),
}

impl Spool {
    /// A spool that goes to disk beyond `threshold` bytes.
    pub(crate) fn new(threshold: usize) -> Self {
        Self {
            memory: Vec::new(),
            file: Store::None,
            length: 0,
            threshold,
        }
    }

    /// Takes bytes. Ask [`poll_ready`](Self::poll_ready) before the next: memory is bounded by
    /// that.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.memory.extend_from_slice(bytes);
        self.length += bytes.len() as u64;
    }

    /// Ready when there is room for more.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let room = match self.file {
            Store::None => self.threshold,
            Store::Idle(_) | Store::Busy(_) | Store::Failed(_) => BLOCK,
        };
        if self.memory.len() <= room {
            return Poll::Ready(Ok(()));
        }
        ready!(self.poll_idle(cx))?;
        self.start();
        // One block is written while the next is gathered.
        Poll::Ready(Ok(()))
    }

    /// Ready when all is written; then it can be taken.
    pub(crate) fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Spooled>> {
        if matches!(self.file, Store::None) && self.memory.len() <= self.threshold {
            let memory = std::mem::take(&mut self.memory);
            return Poll::Ready(Ok(Spooled::Memory(memory.into())));
        }
        loop {
            ready!(self.poll_idle(cx))?;
            if self.memory.is_empty() {
                break;
            }
            self.start();
        }
        match std::mem::replace(&mut self.file, Store::None) {
            Store::Idle(file) => {
                let file = FileSlice::new(Arc::new(file), 0, self.length);
                Poll::Ready(Ok(Spooled::File(file)))
            }
            _ => Poll::Ready(Err(failed(&mut None))),
        }
    }

    /// Ready when no thread writes.
    fn poll_idle(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.file {
            Store::None => self.file = Store::Idle(tempfile::tempfile()?),
            Store::Idle(_) => {}
            Store::Busy(writing) => {
                let written = ready!(Pin::new(writing).poll(cx));
                self.file = Store::Failed(None);
                let (file, buffer) = written.map_err(io::Error::other)?;
                self.file = Store::Idle(file?);
                if self.memory.is_empty() {
                    self.memory = buffer;
                }
            }
            Store::Failed(error) => return Poll::Ready(Err(failed(error))),
        }
        Poll::Ready(Ok(()))
    }

    /// Begins to write what is in memory.
    fn start(&mut self) {
        let memory = std::mem::take(&mut self.memory);
        let Store::Idle(file) = std::mem::replace(&mut self.file, Store::None) else {
            self.memory = memory;
            return;
        };
        match Handle::try_current() {
            Ok(handle) => {
                self.file = Store::Busy(handle.spawn_blocking(move || write(file, memory)));
            }
            Err(_) => match write(file, memory) {
                (Ok(file), buffer) => {
                    self.file = Store::Idle(file);
                    self.memory = buffer;
                }
                (Err(error), _) => self.file = Store::Failed(Some(error)),
            },
        }
    }
}

fn write(mut file: File, mut buffer: Vec<u8>) -> Written {
    let written = file.write_all(&buffer).map(|()| file);
    buffer.clear();
    (written, buffer)
}

fn failed(error: &mut Option<io::Error>) -> io::Error {
    let error = error.take();
    error.unwrap_or_else(|| io::Error::other("the temporary file could not be written"))
}

/// Bytes gathered before they are written to the file.
const BLOCK: usize = 256 * 1024;
