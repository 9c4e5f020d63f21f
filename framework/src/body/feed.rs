//! Where the bytes of a request's body go as they arrive: from the connection to the reader.

use std::fmt;
use std::mem;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::task::Context;
use std::task::Waker;

use bytes::Bytes;

use super::BodyError;

/// The other end of an [`Incoming`](super::Incoming), held by the connection: where arriving bytes go.
#[derive(Clone, Default)]
pub(crate) struct Feed {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
pub(crate) struct Shared {
    /// Bytes that arrived and were not yet given to the reader.
    pub(crate) buffer: Vec<u8>,
    /// What the reader waits for.
    pub(crate) want: Want,
    /// All bytes are in `buffer` or were given.
    pub(crate) finished: bool,
    /// Announced total, where the sender said one.
    pub(crate) length: Option<u64>,
    /// Bytes put in so far.
    pub(crate) received: u64,
    /// No more than so many bytes may be put in.
    pub(crate) limit: Option<u64>,
    /// What went wrong; told to each further question.
    pub(crate) error: Option<BodyError>,
    /// Trailer fields after a chunked body, raw lines.
    pub(crate) trailers: Vec<u8>,
    reader: Option<Waker>,
    connection: Option<Waker>,
}

/// What the reader of a body waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Want {
    /// Nobody asks.
    #[default]
    Nothing,
    /// Some bytes.
    Piece,
    /// All of it.
    Whole,
}

impl Feed {
    /// A feed for a body of `length` bytes, or of a length that its framing will tell.
    pub(crate) fn new(length: Option<u64>) -> Self {
        let shared = Shared {
            length,
            ..Shared::default()
        };
        Self {
            shared: Arc::new(Mutex::new(shared)),
        }
    }

    /// Whether somebody holds the reading end still.
    pub(crate) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.shared) > 1
    }

    /// A panic while the lock is held leaves plain data, so poison means nothing here.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// Ends the body with an error and wakes its reader.
    pub(crate) fn fail(&mut self, error: BodyError) {
        self.error = Some(error);
        self.wake_reader(None);
    }

    /// Nothing will be put in any more: a reader that outlives the exchange must not wait for it.
    pub(crate) fn abandon(&mut self) {
        if !self.finished && self.error.is_none() {
            self.fail(BodyError::abandoned());
        }
    }

    /// What has arrived, for the reader. A small piece is copied: it would keep all the room
    /// that was made for a large one.
    pub(super) fn take_piece(&mut self) -> Bytes {
        if self.buffer.len() < self.buffer.capacity() / 4 {
            let piece = Bytes::copy_from_slice(&self.buffer);
            self.buffer.clear();
            return piece;
        }
        Bytes::from(mem::take(&mut self.buffer))
    }

    /// Whether the reader waits for bytes that have not arrived.
    pub(crate) fn is_wanted(&self) -> bool {
        self.want != Want::Nothing && !self.finished && self.error.is_none()
    }

    /// Whether what arrived satisfies the reader.
    pub(crate) fn is_served(&self) -> bool {
        match self.want {
            Want::Nothing => false,
            Want::Piece => !self.buffer.is_empty() || self.finished || self.error.is_some(),
            Want::Whole => self.finished || self.error.is_some(),
        }
    }

    /// Remembers whom to wake when the reader asks for bytes.
    pub(crate) fn set_connection(&mut self, cx: &Context<'_>) {
        match &mut self.connection {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
    }

    /// Wakes the reader, unless it is the task that runs right now (`current`), which looks by
    /// itself.
    pub(crate) fn wake_reader(&mut self, current: Option<&Context<'_>>) {
        self.want = Want::Nothing;
        if let Some(reader) = self.reader.take()
            && current.is_none_or(|cx| !reader.will_wake(cx.waker()))
        {
            reader.wake();
        }
    }

    pub(super) fn check_limit(&mut self) {
        if let Some(limit) = self.limit
            && self.error.is_none()
            && self.received.max(self.length.unwrap_or(0)) > limit
        {
            self.error = Some(BodyError::too_large(limit));
            self.buffer.clear();
        }
    }

    pub(super) fn wait(&mut self, want: Want, cx: &Context<'_>) {
        self.want = want;
        match &mut self.reader {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        // A reader in another task: the connection does not know that it is asked.
        if let Some(connection) = self.connection.take() {
            if !connection.will_wake(cx.waker()) {
                connection.wake_by_ref();
            }
            self.connection = Some(connection);
        }
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Feed")
    }
}
