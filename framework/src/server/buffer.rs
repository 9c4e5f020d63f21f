//! What a busy connection works with, lent from its worker's pool.

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
    pub(super) input: Vec<u8>,
    /// Bytes of `input` that were used.
    pub(super) consumed: usize,
    pub(super) output: Vec<u8>,
    /// Bytes of `output` that were written.
    pub(super) written: usize,
    pub(super) exchange: Option<Box<Exchange>>,
    pub(super) driver: Driver<F>,
}

impl<F: Serving> Workbench<F> {
    pub(super) fn new(driver: Driver<F>, app: Arc<dyn Application>) -> Self {
        Self {
            input: Vec::with_capacity(INPUT),
            consumed: 0,
            output: Vec::with_capacity(OUTPUT),
            written: 0,
            exchange: Some(new_exchange(app)),
            driver,
        }
    }

    /// What was received and not used yet.
    #[inline]
    pub(super) fn unread(&self) -> &[u8] {
        self.input.get(self.consumed..).unwrap_or_default()
    }

    /// Whether nothing is left to send.
    #[inline]
    pub(super) fn is_flushed(&self) -> bool {
        self.written == self.output.len()
    }

    /// Moves what is left to the front, so that there is room behind it.
    #[inline]
    pub(super) fn make_room(&mut self, most: usize) {
        if self.consumed == self.input.len() {
            self.input.clear();
        } else if self.consumed > 0 {
            self.input.drain(..self.consumed);
        }
        self.consumed = 0;
        if self.input.capacity() == self.input.len() {
            self.input
                .reserve(INPUT.min(most.saturating_sub(self.input.len())).max(1));
        }
    }

    /// Forgets what a connection left that ended in the middle.
    pub(super) fn clear(&mut self) {
        self.input.clear();
        self.consumed = 0;
        self.output.clear();
        self.written = 0;
        self.driver.stop();
    }

    /// Whether it may be lent to another connection as it is: a large one is dropped instead.
    pub(super) fn is_reusable(&self) -> bool {
        self.input.capacity() <= 4 * INPUT && self.output.capacity() <= 4 * OUTPUT
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
