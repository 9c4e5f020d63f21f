//! The application works; then its response is encoded.

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
use super::body::Fed;
use crate::blocking::Failure;
use crate::blocking::Serving;
use crate::body::Feed;
use crate::exceptions::HttpException;
use crate::protocol::h1;
use crate::protocol::h1::Outgoing;
use crate::response::Response;
use crate::response::render;
use crate::server::access_log::Entry;
use crate::server::stopwatch::Stopwatch;
use crate::server::writer::Writer;

impl<I: Transport, F: Serving> Connection<I, F> {
    pub(super) fn step_handler(
        &mut self,
        bench: &mut Workbench<F>,
        cx: &mut Context<'_>,
    ) -> Stepped {
        let limit = self.worker.config.slow_handler;
        let stopwatch = Stopwatch::start(limit);
        let polled = bench.driver.poll(cx);
        if let Some(spent) = stopwatch.stop(limit) {
            let millis = u32::try_from(spent.as_millis()).unwrap_or(u32::MAX);
            self.held = self.held.max(millis);
        }
        match polled {
            Poll::Ready(Ok(mut exchange)) => {
                if self.held > 0 {
                    let held = std::mem::take(&mut self.held);
                    self.worker.log.note_slow(&exchange.request, held);
                }
                let status = exchange.response.as_ref().map(Response::status);
                let entry = self.worker.log.entry(self.peer, &exchange.request, status);
                if let Some(response) = &exchange.response
                    && let Some(cause) = response.exception().and_then(HttpException::source)
                {
                    self.worker
                        .log
                        .note_cause(&exchange.request, response.status(), cause);
                }
                if let Some(response) = &mut exchange.response {
                    response.suit(&exchange.request);
                }
                // First, so that whoever reads the body still must have taken it.
                exchange.request.recycle();
                if let Some(response) = &mut exchange.response {
                    self.respond(bench, response, entry);
                }
                exchange.response = None;
                bench.exchange = Some(exchange);
                Poll::Ready(Flow::Next)
            }
            Poll::Ready(Err(failure)) => {
                let mut response = self.failed(failure, &bench.question);
                let log = &self.worker.log;
                let entry = log.entry_without_request(self.peer, &bench.question);
                self.respond(bench, &mut response, entry);
                Poll::Ready(Flow::Next)
            }
            Poll::Pending => {
                let fed = self.feed(bench, cx);
                if fed == Fed::Served {
                    return Poll::Ready(Flow::Next);
                }
                // Answers to earlier pipelined requests need not wait for this one.
                if !bench.is_flushed() {
                    match ready!(self.flush(bench, cx)) {
                        Flow::Next => {}
                        Flow::End => return Poll::Ready(Flow::End),
                    }
                }
                self.wait_fed(fed);
                Poll::Pending
            }
        }
    }

    /// A handler panicked, or there is no worker for it.
    #[cold]
    fn failed(&self, failure: Failure, question: &[u8]) -> Response {
        match failure {
            Failure::Panic(panic) => {
                let text = panic
                    .downcast_ref::<&str>()
                    .copied()
                    .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
                let text = text.unwrap_or("with a value that is no text");
                self.worker.log.note_panic(self.peer, question, text);
                if self.worker.config.passthrough_errors {
                    self.worker.give_up(panic);
                }
                render(HttpException::new(StatusCode::INTERNAL_SERVER_ERROR), None)
            }
            Failure::Busy => {
                self.worker
                    .log
                    .note("all blocking workers are busy and their queue is full");
                let mut response =
                    render(HttpException::new(StatusCode::SERVICE_UNAVAILABLE), None);
                response.headers_mut().set(http::header::RETRY_AFTER, "1");
                response
            }
        }
    }

    /// Encodes a response; its body goes into the output buffer, or becomes the next state.
    #[inline]
    pub(super) fn respond(
        &mut self,
        bench: &mut Workbench<F>,
        response: &mut Response,
        entry: Entry,
    ) {
        if response.status().is_informational() {
            // Sent as it is, the client would wait on, and take the next answer for this one's.
            self.worker
                .log
                .note("an application answered with an interim status");
            *response = render(HttpException::new(StatusCode::INTERNAL_SERVER_ERROR), None);
        }
        if let Some(warning) = response.warning() {
            self.worker.log.note(warning);
        }
        let mut unread = 0;
        let reads_on = response.body().is_streamed()
            && self.feed.as_ref().is_some_and(Feed::is_shared)
            && !self.h1.is_body_read();
        if reads_on {
            // The response is made of the request while both are under way; what tells the
            // client to go on cannot be said later.
            self.h1.write_continue(&mut bench.output);
        } else {
            unread = self.leave_body(bench);
        }
        if self.worker.is_draining.get() {
            self.h1.close();
        }
        if let Some(on_close) = response.take_on_close() {
            self.on_close = Some(on_close);
        }
        let length = response.body().len();
        let head_at = bench.output.len();
        let outgoing = self.h1.write_head(
            &mut bench.output,
            response.status(),
            response.headers(),
            length,
            &self.worker.stamp(),
        );
        if let Some(reason) = response.reason() {
            h1::replace_reason(&mut bench.output, head_at, reason);
        }
        entry.finish(&self.worker.log, response.status(), length);
        match (outgoing, response.body().as_bytes()) {
            (Outgoing::Nothing, _) if reads_on => unread = self.leave_body(bench),
            (Outgoing::Nothing, _) => {}
            (Outgoing::Length(_), Some(bytes)) if bytes.len() <= SMALL_BODY => {
                bench.output.extend_from_slice(bytes);
            }
            (outgoing, _) => {
                let writer = Writer::new(response.take_body(), outgoing);
                self.pace.start();
                self.state = State::Body(Box::new(writer));
                return;
            }
        }
        self.after_response(unread > 0);
    }
}

/// Bodies up to this many bytes are copied behind their head; larger ones are sent from where
/// they are.
const SMALL_BODY: usize = 8 * 1024;
