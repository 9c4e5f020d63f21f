//! Bodies on their way: the request's to its reader, the response's to the client.

use std::task::Context;
use std::task::Poll;
use std::task::ready;

use super::Connection;
use super::Flow;
use super::State;
use super::Stepped;
use super::Transport;
use super::Workbench;
use super::end::MOST_LINGERED;
use crate::blocking::Serving;
use crate::body::BodyError;
use crate::server::buffer::INPUT;
use crate::server::timeout::Wait;
use crate::server::writer::Step;
use crate::server::writer::WriteError;
use crate::server::writer::poll_flush;

/// What became of an attempt to feed the reader of a request body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fed {
    /// Nobody asks for bytes.
    Unwanted,
    /// The client has to send more; whether some came.
    Waits { moved: bool },
    /// The reader has what it asked for and should be polled.
    Served,
}

impl<I: Transport, F: Serving> Connection<I, F> {
    /// Moves body bytes from the socket to whoever asks for them.
    pub(super) fn feed(&mut self, bench: &mut Workbench<F>, cx: &mut Context<'_>) -> Fed {
        let Some(feed) = self.feed.clone() else {
            return Fed::Unwanted;
        };
        let mut shared = feed.lock();
        shared.set_connection(cx);
        let mut moved = false;
        while shared.is_wanted() && !shared.is_served() {
            if self.h1.expects_continue() {
                self.h1.write_continue(&mut bench.output);
            }
            if !bench.is_flushed() {
                // The client may wait for the interim response, or for earlier answers.
                match poll_flush(&mut self.io, &mut bench.output, &mut bench.written, cx) {
                    Poll::Ready(Ok(())) | Poll::Pending => {}
                    Poll::Ready(Err(_)) => {
                        shared.error = Some(BodyError::disconnected());
                        continue;
                    }
                }
            }
            let before = shared.received;
            match self.feed_once(bench, &mut shared, cx) {
                Poll::Ready(Ok(())) => {
                    moved = true;
                    self.pace.add(shared.received - before);
                }
                Poll::Ready(Err(error)) => {
                    self.h1.close();
                    shared.error = Some(error);
                }
                Poll::Pending => return Fed::Waits { moved },
            }
            if let Some(limit) = shared.limit.filter(|limit| shared.received > *limit) {
                shared.error = Some(BodyError::too_large(limit));
            }
        }
        if !shared.is_served() {
            return Fed::Unwanted;
        }
        shared.wake_reader(Some(cx));
        self.rest();
        Fed::Served
    }

    /// The deadline while a body may be on its way to its reader.
    pub(super) fn wait_fed(&self, fed: Fed) {
        match fed {
            Fed::Waits { moved } => self.wait(Wait::Body, moved),
            Fed::Served | Fed::Unwanted => self.wait(Wait::Nothing, false),
        }
    }

    /// One piece of the body: out of the input buffer, or received straight into the feed.
    fn feed_once(
        &mut self,
        bench: &mut Workbench<F>,
        shared: &mut crate::body::Shared,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), BodyError>> {
        let limits = &self.worker.config.h1;
        let input = bench.input.unread();
        let before = shared.buffer.len();
        if !input.is_empty() {
            let used = self
                .h1
                .read_body(input, &mut shared.buffer, usize::MAX, limits);
            match used {
                Ok(used) => bench.input.advance(used),
                Err(refusal) => return Poll::Ready(Err(BodyError::malformed(refusal.reason()))),
            }
        } else if self.h1.plain_data() > 0 {
            let left = usize::try_from(self.h1.plain_data()).unwrap_or(usize::MAX);
            // One byte more than is to come: a receive that does not fill its room has emptied the
            // socket, which saves asking again. After a chunk there is always more.
            let slack = usize::from(!self.h1.is_chunked());
            // The announced length is not believed: room grows with what really comes.
            let room = left.min(before.clamp(FIRST_RESERVED, MOST_RESERVED));
            if shared.buffer.capacity() - before < room.min(INPUT) {
                shared.buffer.reserve(room.saturating_add(slack));
            }
            match ready!(self.io.poll_receive(cx, &mut shared.buffer)) {
                Ok(0) | Err(_) => return Poll::Ready(Err(BodyError::disconnected())),
                Ok(n) => self.h1.skip_data(n.min(left) as u64),
            }
            // The room may be larger than the body.
            if let Some(next) = shared.buffer.get(before.saturating_add(left)..) {
                bench.input.put(next);
                shared.buffer.truncate(before + left);
            }
        } else {
            match ready!(self.receive(bench, cx)) {
                Ok(0) | Err(_) => return Poll::Ready(Err(BodyError::disconnected())),
                Ok(_) => return Poll::Ready(Ok(())),
            }
        }
        shared.received += (shared.buffer.len() - before) as u64;
        if self.h1.is_body_read() {
            shared.finished = true;
            shared.trailers = self.h1.take_trailers();
        }
        Poll::Ready(Ok(()))
    }

    pub(super) fn step_body(&mut self, bench: &mut Workbench<F>, cx: &mut Context<'_>) -> Stepped {
        let State::Body(writer) = &mut self.state else {
            return Poll::Ready(Flow::Next);
        };
        let before = bench.written;
        let step = writer.poll_step(&mut self.io, &mut bench.output, &mut bench.written, cx);
        match step {
            Poll::Ready(Ok(Step::Again)) => {
                self.rest();
                Poll::Ready(Flow::Next)
            }
            Poll::Ready(Ok(Step::Finished)) => {
                self.watch.rest();
                self.leave_body(bench);
                // Much of it may still be in the socket, and a reset would destroy it.
                self.after_response(true);
                Poll::Ready(Flow::Next)
            }
            Poll::Ready(Err(WriteError::Source(error))) => {
                let ends_by_close = writer.ends_by_close();
                Poll::Ready(self.cut(&error, ends_by_close))
            }
            Poll::Ready(Err(WriteError::Socket)) => Poll::Ready(Flow::End),
            Poll::Pending => {
                let waits_for_source = writer.waits_for_source();
                let fed = self.feed(bench, cx);
                if fed == Fed::Served {
                    return Poll::Ready(Flow::Next);
                }
                if bench.is_flushed() && waits_for_source {
                    self.wait_fed(fed);
                } else {
                    let State::Body(writer) = &self.state else {
                        return Poll::Pending;
                    };
                    self.pace.set(writer.moved());
                    self.wait(Wait::Write, bench.written != before);
                }
                Poll::Pending
            }
        }
    }

    /// A response body broke off. RFC 9112 section 8: the client sees by the early end that it is
    /// not whole; where the end of the connection is its end, only a reset can tell.
    #[cold]
    fn cut(&mut self, error: &BodyError, ends_by_close: bool) -> Flow {
        self.worker
            .log
            .note(&format!("a response body failed: {error}"));
        if ends_by_close {
            self.io.abort();
            return Flow::End;
        }
        self.h1.close();
        self.watch.rest();
        self.state = State::Linger(MOST_LINGERED);
        Flow::Next
    }
}

/// Room made for a body at first and at a time, whatever length it announces.
const FIRST_RESERVED: usize = 64 * 1024;
const MOST_RESERVED: usize = 1024 * 1024;
