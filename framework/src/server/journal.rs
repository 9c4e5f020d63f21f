//! Where lines for the operator go: a buffer that a thread of its own empties.

use std::fmt;
use std::io;
use std::io::Write;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

/// A queue of lines, shared by all workers.
///
/// A terminal or a disk that does not keep up must not stop an event loop: what finds the buffer
/// full is dropped and counted, and the count is a line of its own later. Adding a line is a copy
/// under a lock that nobody holds while writing; in a busy server the two buffers are used in
/// turns and nothing is allocated.
#[derive(Clone)]
pub(super) struct Journal {
    shared: Arc<Shared>,
    _end: Arc<End>,
}

/// When the last journal is gone nobody will write any more, and the thread ends.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.lock().is_closed = true;
        self.0.filled.notify_one();
    }
}

/// What lines of the access log are written to.
pub(super) type Output = Arc<Mutex<dyn Write + Send>>;

struct Shared {
    state: Mutex<State>,
    /// There is something to write, or nobody writes to it any more.
    filled: Condvar,
    /// Everything is written.
    emptied: Condvar,
}

#[derive(Default)]
struct State {
    /// Lines about requests.
    lines: Vec<u8>,
    /// Lines about the server itself; always to standard error.
    notes: Vec<u8>,
    /// Lines that found the buffer full.
    dropped: u64,
    /// The thread waits, so somebody has to wake it.
    is_waiting: bool,
    /// The thread writes what it took.
    is_writing: bool,
    /// Nobody will write any more.
    is_closed: bool,
}

impl Journal {
    /// Starts the writing thread; lines go to standard error, or somewhere else.
    pub(super) fn new(output: Option<Output>) -> Self {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            filled: Condvar::new(),
            emptied: Condvar::new(),
        });
        let there = shared.clone();
        let spawned = std::thread::Builder::new()
            .name("rustzeug-log".to_owned())
            .spawn(move || there.write(output.as_ref()));
        if spawned.is_err() {
            shared.lock().is_closed = true;
        }
        Self::of(shared)
    }

    fn of(shared: Arc<Shared>) -> Self {
        Self {
            _end: Arc::new(End(shared.clone())),
            shared,
        }
    }

    /// One that drops all lines.
    #[cfg(fuzzing)]
    pub(super) fn silent() -> Self {
        let state = State {
            is_closed: true,
            ..State::default()
        };
        Self::of(Arc::new(Shared {
            state: Mutex::new(state),
            filled: Condvar::new(),
            emptied: Condvar::new(),
        }))
    }

    /// A line about a request; ends in a line feed.
    pub(super) fn line(&self, line: &[u8]) {
        self.add(line, |state| &mut state.lines);
    }

    /// A line about the server itself.
    #[cold]
    pub(super) fn note(&self, text: &str) {
        #[cfg(feature = "tracing")]
        if tracing::dispatcher::has_been_set() {
            tracing::warn!(target: "rustzeug", "{text}");
            return;
        }
        // One line: what an error says may come from anywhere.
        let text = text.replace(char::is_control, " ");
        self.add(format!("rustzeug: {text}\n").as_bytes(), |state| {
            &mut state.notes
        });
    }

    fn add(&self, line: &[u8], buffer: impl FnOnce(&mut State) -> &mut Vec<u8>) {
        let mut state = self.shared.lock();
        if state.is_closed {
            return;
        }
        if state.lines.len() + state.notes.len() + line.len() > MOST_WAITING {
            state.dropped += 1;
            return;
        }
        buffer(&mut state).extend_from_slice(line);
        let wakes = std::mem::take(&mut state.is_waiting);
        drop(state);
        if wakes {
            self.shared.filled.notify_one();
        }
    }

    /// Waits until all is written, for a while.
    pub(super) fn flush(&self) {
        let state = self.shared.lock();
        let is_busy =
            |state: &mut State| !state.is_closed && (state.is_writing || state.has_news());
        let waited = self
            .shared
            .emptied
            .wait_timeout_while(state, PATIENCE, is_busy);
        drop(waited);
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").finish_non_exhaustive()
    }
}

impl State {
    fn has_news(&self) -> bool {
        !self.lines.is_empty() || !self.notes.is_empty() || self.dropped > 0
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The life of the thread.
    fn write(&self, output: Option<&Output>) {
        let (mut lines, mut notes) = (Vec::new(), Vec::new());
        loop {
            let mut state = self.lock();
            state.is_writing = false;
            while !state.has_news() {
                self.emptied.notify_all();
                if state.is_closed {
                    return;
                }
                state.is_waiting = true;
                let waited = self.filled.wait(state);
                state = waited.unwrap_or_else(PoisonError::into_inner);
            }
            state.is_writing = true;
            std::mem::swap(&mut state.lines, &mut lines);
            std::mem::swap(&mut state.notes, &mut notes);
            let dropped = std::mem::take(&mut state.dropped);
            drop(state);
            if dropped > 0 {
                let text =
                    format!("rustzeug: {dropped} lines of the log were dropped: it is slow\n");
                notes.extend_from_slice(text.as_bytes());
            }
            // Nobody is left to be told when the output is closed or full.
            let _failed = match output {
                Some(output) => {
                    let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
                    output.write_all(&lines).and_then(|()| output.flush())
                }
                None => io::stderr().write_all(&lines),
            };
            let _failed = io::stderr().write_all(&notes);
            for buffer in [&mut lines, &mut notes] {
                buffer.clear();
                buffer.shrink_to(MOST_KEPT);
            }
        }
    }
}

/// Bytes that may wait for a slow output; beyond, lines are dropped.
const MOST_WAITING: usize = 1024 * 1024;

/// Bytes of a buffer that are kept after a burst.
const MOST_KEPT: usize = 64 * 1024;

/// How long the end of the server waits for a slow output.
const PATIENCE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// An output that waits for permission before each write.
    struct Gate {
        permits: mpsc::Receiver<()>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.permits.recv().map_err(io::Error::other)?;
            self.written.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_slow_output_loses_lines_and_blocks_nobody() {
        let (open, permits) = mpsc::channel();
        let written = Arc::<Mutex<Vec<u8>>>::default();
        let journal = Journal::new(Some(Arc::new(Mutex::new(Gate {
            permits,
            written: written.clone(),
        }))));
        let line = [b"x".repeat(1023), b"\n".to_vec()].concat();
        for _ in 0..4_000 {
            journal.line(&line);
        }
        let dropped = journal.shared.lock().dropped;
        // What the thread took at once, and a full buffer.
        assert!((1_900..3_000).contains(&dropped), "{dropped}");
        for _ in 0..8 {
            open.send(()).unwrap();
        }
        journal.flush();
        let kept = written.lock().unwrap().len() as u64;
        assert_eq!(kept, (4_000 - dropped) * 1024);
        assert_eq!(journal.shared.lock().dropped, 0);
    }

    #[test]
    fn lines_come_in_order_and_whole() {
        let written = Arc::<Mutex<Vec<u8>>>::default();
        struct Tell(Arc<Mutex<Vec<u8>>>);
        impl Write for Tell {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.lock().unwrap().extend_from_slice(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let journal = Journal::new(Some(Arc::new(Mutex::new(Tell(written.clone())))));
        for n in 0..100 {
            journal.line(format!("{n}\n").as_bytes());
        }
        journal.flush();
        let want = (0..100).map(|n| format!("{n}\n")).collect::<String>();
        assert_eq!(*written.lock().unwrap(), want.as_bytes());
    }
}
