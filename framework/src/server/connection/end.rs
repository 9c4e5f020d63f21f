//! What follows a response: the next request, what is left of this one, or the end.

use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::task::ready;

use http::StatusCode;

use super::Connection;
use super::Flow;
use super::State;
use super::Stepped;
use super::Transport;
use super::Workbench;
use crate::blocking::Serving;
use crate::exceptions::HttpException;
use crate::protocol::h1::Outgoing;
use crate::protocol::h1::Refusal;
use crate::response::render;
use crate::server::timeout::Wait;

impl<I: Transport, F: Serving> Connection<I, F> {
    /// Nobody reads the request body from now on. Returns how many bytes there are to discard.
    #[inline(always)]
    pub(super) fn leave_body(&mut self, bench: &mut Workbench<F>) -> u64 {
        if self.feed.is_some() {
            self.abandon();
        }
        if self.h1.is_body_read() {
            0
        } else {
            self.settle_body(bench)
        }
    }

    #[inline(never)]
    fn abandon(&mut self) {
        if let Some(feed) = self.feed.take() {
            feed.lock().abandon();
        }
    }

    /// The application did not read the whole body: decides what becomes of the rest, before the
    /// head says whether the connection stays. Returns how many bytes there are to discard.
    #[cold]
    fn settle_body(&mut self, bench: &mut Workbench<F>) -> u64 {
        // What arrived already costs nothing to discard.
        let mut sink = Vec::new();
        let limits = &self.worker.config.h1;
        let input = bench.input.unread();
        match self.h1.read_body(input, &mut sink, usize::MAX, limits) {
            Ok(used) => bench.input.advance(used),
            Err(_) => self.h1.close(),
        }
        if self.h1.is_body_read() {
            return 0;
        }
        let left = self.h1.plain_data();
        // A client that waits for 100 Continue may or may not send the body now: nobody can tell
        // what its next bytes are. A chunked body has no known end.
        if self.h1.expects_continue()
            || self.h1.is_chunked()
            || left > self.worker.config.max_drained
        {
            self.h1.close();
        }
        left
    }

    /// The response is in the output buffer or sent; `lingers` where bytes from the client could
    /// hurt it.
    #[inline(always)]
    pub(super) fn after_response(&mut self, lingers: bool) {
        if self.h1.is_persistent() && self.h1.is_body_read() {
            self.state = State::Head;
        } else {
            self.after_last_response(lingers);
        }
    }

    #[inline(never)]
    fn after_last_response(&mut self, lingers: bool) {
        self.state = if self.h1.is_persistent() {
            State::Drain
        } else if self.h1.is_body_read() && !lingers && self.h1.is_last() {
            State::Linger(0)
        } else {
            // A client that did not say so itself may have sent more.
            State::Linger(MOST_LINGERED)
        };
    }

    /// Discards the rest of a request body whose response is there already.
    #[cold]
    pub(super) fn step_drain(&mut self, bench: &mut Workbench<F>, cx: &mut Context<'_>) -> Stepped {
        let mut sink = Vec::new();
        let limits = &self.worker.config.h1;
        let input = bench.input.unread();
        match self.h1.read_body(input, &mut sink, usize::MAX, limits) {
            Ok(used) => bench.input.advance(used),
            Err(_) => return Poll::Ready(Flow::End),
        }
        if self.h1.is_body_read() {
            self.state = State::Head;
            return Poll::Ready(Flow::Next);
        }
        match ready!(self.flush(bench, cx)) {
            Flow::Next => {}
            Flow::End => return Poll::Ready(Flow::End),
        }
        match self.receive(bench, cx) {
            Poll::Ready(Ok(0) | Err(_)) => Poll::Ready(Flow::End),
            Poll::Ready(Ok(_)) => Poll::Ready(Flow::Next),
            Poll::Pending => {
                // Nobody wants these bytes: no progress extends their time.
                self.wait(Wait::Drain, false);
                Poll::Pending
            }
        }
    }

    /// Ends a connection in order: sends what is left, closes the writing side, and reads on for
    /// a while where the client may still be sending.
    pub(super) fn step_linger(
        &mut self,
        bench: &mut Workbench<F>,
        cx: &mut Context<'_>,
    ) -> Stepped {
        if !bench.is_flushed() {
            match ready!(self.flush(bench, cx)) {
                Flow::Next => {}
                Flow::End => return Poll::Ready(Flow::End),
            }
        }
        self.on_close = None;
        let State::Linger(left) = self.state else {
            return Poll::Ready(Flow::End);
        };
        // The client said that it is done, but may have sent more all the same: closing over
        // bytes nobody read would reset the connection and destroy what is still to be sent.
        if left == 0 {
            let has_more = !bench.input.is_empty()
                || self.io.may_have_more()
                    && matches!(self.receive(bench, cx), Poll::Ready(Ok(1..)));
            if !has_more {
                return Poll::Ready(Flow::End);
            }
            self.state = State::Linger(MOST_LINGERED);
            return Poll::Ready(Flow::Next);
        }
        if ready!(Pin::new(&mut self.io).poll_shutdown(cx)).is_err() {
            return Poll::Ready(Flow::End);
        }
        self.wait(Wait::Linger, false);
        let left = left.saturating_sub(bench.input.unread().len() as u64);
        bench.input.clear();
        if left == 0 {
            return Poll::Ready(Flow::End);
        }
        self.state = State::Linger(left);
        match ready!(self.receive(bench, cx)) {
            Ok(0) | Err(_) => Poll::Ready(Flow::End),
            Ok(_) => Poll::Ready(Flow::Next),
        }
    }

    /// Answers what is not understood, and ends the connection.
    #[cold]
    pub(super) fn refuse(&mut self, bench: &mut Workbench<F>, refusal: Refusal) -> Flow {
        let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let exception = HttpException::new(status).with_description(refusal.reason());
        self.last_response(bench, exception, refusal.reason())
    }

    #[cold]
    pub(super) fn last_response(
        &mut self,
        bench: &mut Workbench<F>,
        exception: HttpException,
        reason: &str,
    ) -> Flow {
        let response = render(exception, None);
        self.h1.close();
        let length = response.body().len();
        let outgoing = self.h1.write_head(
            &mut bench.output,
            response.status(),
            response.headers(),
            length,
            &self.worker.stamp(),
        );
        if let (Outgoing::Length(_), Some(bytes)) = (outgoing, response.body().as_bytes()) {
            bench.output.extend_from_slice(bytes);
        }
        let status = response.status();
        let peer = self.peer;
        self.worker.log.note_refused(peer, status, reason);
        bench.input.clear();
        self.watch.rest();
        self.state = State::Linger(MOST_LINGERED);
        Flow::Next
    }
}

/// Bytes discarded after the last response.
pub(super) const MOST_LINGERED: u64 = 16 * 1024 * 1024;
