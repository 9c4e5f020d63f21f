//! Pieces of a form that are kept in memory while they are small, and in a temporary file when they
//! are not.

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

/// Keeps pieces, one after the other: in memory while they are small and few, else in a temporary
/// file, which all of them share: a form of a thousand files opens one.
///
/// The file has no name, so it is gone when the last handle is, whatever happens to the program.
/// Where there is a tokio runtime, its threads for blocking work write the file; elsewhere it is
/// written where it is asked for.
#[derive(Debug)]
pub(crate) struct Spool {
    /// What of the piece is not in the file yet.
    memory: Vec<u8>,
    file: Store,
    /// Where the piece begins in the file.
    start: u64,
    /// The length of the piece so far.
    length: u64,
    /// The piece has begun to go to the file.
    spilled: bool,
    /// The most bytes of a piece that stays in memory.
    threshold: usize,
    /// The most bytes of further pieces that stay in memory.
    room: usize,
}

#[derive(Debug)]
enum Store {
    /// All is in memory.
    None,
    Idle(Arc<File>),
    Busy(JoinHandle<Written>),
    /// The disk failed; what was given is lost.
    Failed(Option<io::Error>),
}

/// A file and the emptied buffer, back from the thread that wrote.
type Written = (io::Result<Arc<File>>, Vec<u8>);

/// What came out of a spool.
#[derive(Clone, Debug)]
pub(crate) enum Spooled {
    Memory(Bytes),
    File(FileSlice),
}

impl Spool {
    /// A spool whose pieces go to disk beyond `threshold` bytes, or when `room` bytes of others
    /// are in memory.
    pub(crate) fn new(threshold: usize, room: usize) -> Self {
        Self {
            memory: Vec::new(),
            file: Store::None,
            start: 0,
            length: 0,
            spilled: false,
            threshold,
            room,
        }
    }

    /// Takes bytes of the piece. Ask [`poll_ready`](Self::poll_ready) before the next: memory is bounded by
    /// that.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.memory.extend_from_slice(bytes);
        self.length += bytes.len() as u64;
    }

    /// Ready when there is room for more.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let room = if self.spilled { BLOCK } else { self.most() };
        if self.memory.len() <= room {
            return Poll::Ready(Ok(()));
        }
        ready!(self.poll_idle(cx))?;
        self.start();
        // One block is written while the next is gathered.
        Poll::Ready(Ok(()))
    }

    /// Ready when all of the piece is kept; what is pushed next belongs to another.
    pub(crate) fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Spooled>> {
        if !self.spilled && self.memory.len() <= self.most() {
            self.room -= self.memory.len();
            self.length = 0;
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
        let Store::Idle(file) = &self.file else {
            return Poll::Ready(Err(failed(&mut None)));
        };
        let piece = FileSlice::new(file.clone(), self.start, self.length);
        self.start += self.length;
        self.length = 0;
        self.spilled = false;
        Poll::Ready(Ok(Spooled::File(piece)))
    }

    /// The most bytes of the piece that stay in memory.
    fn most(&self) -> usize {
        self.threshold.min(self.room)
    }

    /// Ready when no thread writes.
    fn poll_idle(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.file {
            Store::None => self.file = Store::Idle(Arc::new(tempfile::tempfile()?)),
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
        self.spilled = true;
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

/// The file's position is that of the only one who writes; readers say where they read.
fn write(file: Arc<File>, mut buffer: Vec<u8>) -> Written {
    let written = (&*file).write_all(&buffer).map(|()| file);
    buffer.clear();
    (written, buffer)
}

fn failed(error: &mut Option<io::Error>) -> io::Error {
    let error = error.take();
    error.unwrap_or_else(|| io::Error::other("the temporary file could not be written"))
}

/// Bytes gathered before they are written to the file.
const BLOCK: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(spool: &mut Spool, bytes: &[u8]) -> Spooled {
        let mut cx = Context::from_waker(std::task::Waker::noop());
        for piece in bytes.chunks(7_000) {
            // Outside of a runtime nothing is waited for.
            assert!(matches!(spool.poll_ready(&mut cx), Poll::Ready(Ok(()))));
            spool.push(piece);
        }
        match spool.poll_finish(&mut cx) {
            Poll::Ready(Ok(spooled)) => spooled,
            other => panic!("{other:?}"),
        }
    }

    fn read(spooled: &Spooled) -> (bool, Vec<u8>) {
        match spooled {
            Spooled::Memory(bytes) => (true, bytes.to_vec()),
            Spooled::File(file) => (false, file.read().unwrap()),
        }
    }

    #[test]
    fn pieces_stay_in_memory_while_they_are_small_and_few() {
        let mut spool = Spool::new(10_000, 15_000);
        let mut kept = Vec::new();
        for (byte, length, in_memory) in [
            (1, 10_000, true),
            (2, 10_001, false),
            (3, 0, true),
            (4, 5_000, true),
            (5, 1, false),
            (6, 0, true),
            (7, 1_000_000, false),
            (8, 2, false),
        ] {
            let bytes = vec![byte; length];
            kept.push((keep(&mut spool, &bytes), in_memory, bytes));
        }
        drop(spool);
        for (spooled, in_memory, bytes) in &kept {
            let (was_in_memory, read) = read(spooled);
            assert_eq!(
                was_in_memory,
                *in_memory,
                "{:?} {}",
                bytes.first(),
                bytes.len()
            );
            assert!(read == *bytes, "{:?}", bytes.first());
        }
        let files = kept.iter().filter_map(|(spooled, ..)| match spooled {
            Spooled::File(file) => Some(Arc::as_ptr(&file.file)),
            Spooled::Memory(_) => None,
        });
        let files: std::collections::HashSet<_> = files.collect();
        assert_eq!(files.len(), 1, "one file for all");
    }
}
