//! What a busy connection works with, lent from its worker's pool.

use std::mem;
use std::sync::Arc;

use crate::application::Application;
use crate::blocking::Driver;
use crate::blocking::Exchange;
use crate::blocking::Serving;
use crate::body::Incoming;
use crate::protocol::h1::Head;
use crate::request::Request;

/// What a connection needs only while bytes move: buffers, a request, a driver.
///
/// An idle connection gives it back, so ten thousand of them cost no more than their sockets
/// and their tasks.
#[derive(Debug)]
pub(super) struct Workbench<F> {
    pub(super) input: Input,
    pub(super) output: Vec<u8>,
    /// Bytes of `output` that were written.
    pub(super) written: usize,
    /// What is asked, where requests are logged.
    pub(super) question: Vec<u8>,
    pub(super) exchange: Option<Box<Exchange>>,
    pub(super) driver: Driver<F>,
}

impl<F: Serving> Workbench<F> {
    /// A bench without buffers.
    pub(super) fn new(driver: Driver<F>, app: Arc<dyn Application>) -> Self {
        Self {
            input: Input::default(),
            output: Vec::new(),
            written: 0,
            question: Vec::new(),
            exchange: Some(new_exchange(app)),
            driver,
        }
    }

    /// Whether nothing is left to send.
    #[inline]
    pub(super) fn is_flushed(&self) -> bool {
        self.written == self.output.len()
    }

    /// Forgets what a connection left that ended in the middle.
    pub(super) fn clear(&mut self) {
        self.input.clear();
        self.output.clear();
        self.written = 0;
        self.driver.stop();
    }

    /// Lets go of the buffers while nothing moves, because the application takes its time: those
    /// who are busy meanwhile find them in the processor's cache.
    pub(super) fn take_buffers(&mut self) -> Option<Buffers> {
        let is_unused = self.input.is_empty() && self.is_flushed() && self.is_reusable();
        is_unused.then(|| Buffers {
            input: mem::take(&mut self.input),
            output: mem::take(&mut self.output),
        })
    }

    #[inline]
    pub(super) fn has_buffers(&self) -> bool {
        !self.input.bytes.is_empty()
    }

    pub(super) fn put_buffers(&mut self, buffers: Buffers) {
        self.input = buffers.input;
        self.output = buffers.output;
        self.input.clear();
        self.output.clear();
        self.written = 0;
    }

    /// Whether it may be lent to another connection as it is: a large one is dropped instead.
    pub(super) fn is_reusable(&self) -> bool {
        self.input.bytes.len() <= 4 * INPUT && self.output.capacity() <= 4 * OUTPUT
    }
}

/// The buffers of a workbench.
#[derive(Debug)]
pub(super) struct Buffers {
    input: Input,
    output: Vec<u8>,
}

impl Buffers {
    pub(super) fn new() -> Self {
        Self {
            input: Input::new(),
            output: Vec::with_capacity(OUTPUT),
        }
    }
}

/// Bytes on their way in.
///
/// All of the memory is initialised once, when it is made: then the socket can write to it as to
/// any slice, at no cost for each receive.
#[derive(Debug, Default)]
pub(super) struct Input {
    bytes: Vec<u8>,
    /// Invariant: `start <= end <= bytes.len()`; what is between was received and not used yet.
    start: usize,
    end: usize,
}

impl Input {
    fn new() -> Self {
        Self {
            bytes: vec![0; INPUT],
            start: 0,
            end: 0,
        }
    }

    /// What was received and not used yet.
    #[inline]
    pub(super) fn unread(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// So many bytes were used.
    #[inline]
    pub(super) fn advance(&mut self, n: usize) {
        self.start = self.end.min(self.start + n);
    }

    #[inline]
    pub(super) fn clear(&mut self) {
        self.start = 0;
        self.end = 0;
    }

    /// Room to receive more; all is `most` bytes long at most, or one byte longer than what waits.
    #[inline]
    pub(super) fn room(&mut self, most: usize) -> &mut [u8] {
        if self.is_empty() {
            self.clear();
        } else if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.bytes.len() {
            let more = INPUT.min(most.saturating_sub(self.end)).max(1);
            self.bytes.resize(self.end + more, 0);
        }
        self.bytes.get_mut(self.end..).unwrap_or_default()
    }

    /// Takes bytes that were received elsewhere.
    pub(super) fn put(&mut self, mut bytes: &[u8]) {
        let most = self.end + bytes.len();
        while !bytes.is_empty() {
            let room = self.room(most);
            let n = room.len().min(bytes.len());
            let (now, later) = bytes.split_at(n);
            room[..n].copy_from_slice(now);
            self.filled(n);
            bytes = later;
        }
    }

    /// So many bytes were received into the room.
    #[inline]
    pub(super) fn filled(&mut self, n: usize) {
        self.end = self.bytes.len().min(self.end + n);
    }
}

/// A request of which only the memory matters.
pub(super) fn new_exchange(app: Arc<dyn Application>) -> Box<Exchange> {
    Exchange::new(app, Request::new(Head::new(), Incoming::empty()))
}

/// Bytes asked of the socket at a time: a head, or many pipelined ones.
pub(super) const INPUT: usize = 16 * 1024;

/// Bytes of answers gathered before they are written.
pub(super) const OUTPUT: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn receive(input: &mut Input, bytes: &[u8], most: usize) {
        let room = input.room(most);
        let n = room.len().min(bytes.len());
        room[..n].copy_from_slice(&bytes[..n]);
        input.filled(n);
    }

    #[test]
    fn what_is_left_moves_to_the_front() {
        let mut input = Input::new();
        receive(&mut input, b"abcdef", INPUT);
        assert_eq!(input.unread(), b"abcdef");
        input.advance(4);
        receive(&mut input, b"gh", INPUT);
        assert_eq!(input.unread(), b"efgh");
        input.advance(9);
        assert!(input.is_empty());
        assert_eq!(input.room(INPUT).len(), INPUT);
    }

    #[test]
    fn room_grows_to_the_most_and_then_by_bytes() {
        let mut input = Input::new();
        let most = INPUT + 10;
        receive(&mut input, &vec![1; INPUT], most);
        assert_eq!(input.room(most).len(), 10);
        receive(&mut input, &[1; 10], most);
        assert_eq!(input.room(most).len(), 1);
        assert_eq!(input.unread().len(), most);
    }
}
