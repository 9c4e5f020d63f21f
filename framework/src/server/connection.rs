//! Drives one connection: reads, lets the application answer, writes, waits, and ends.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::pin::pin;
use std::rc::Rc;
use std::task::Context;
use std::task::Poll;
use std::task::ready;

use bytes::Bytes;
use http::StatusCode;
use tokio::io::AsyncReadExt;

use super::Transport;
use super::access_log::Entry;
use super::buffer::INPUT;
use super::buffer::OUTPUT;
use super::buffer::Workbench;
use super::buffer::new_exchange;
use super::timeout::NEVER;
use super::timeout::Watch;
use super::worker::Worker;
use super::writer::Step;
use super::writer::WriteError;
use super::writer::Writer;
use super::writer::poll_flush;
use crate::blocking::Failure;
use crate::blocking::Serving;
use crate::body::BodyError;
use crate::body::Feed;
use crate::body::Incoming;
use crate::exceptions::HttpException;
use crate::protocol::h1;
use crate::protocol::h1::BodyFraming;
use crate::protocol::h1::Outgoing;
use crate::protocol::h1::Refusal;
use crate::request::ConnectionInfo;
use crate::response::OnClose;
use crate::response::Response;
use crate::response::render;

/// One connection: a task of its worker's event loop.
#[derive(Debug)]
pub(super) struct Connection<I, F: Serving> {
    io: I,
    peer: Option<SocketAddr>,
    worker: Rc<Worker<F>>,
    watch: Rc<Watch>,
    h1: h1::Connection,
    state: State,
    /// Where the body of the request in flight goes.
    feed: Option<Feed>,
    /// Absent while nothing moves.
    bench: Option<Box<Workbench<F>>>,
    on_close: Option<OnClose>,
}

#[derive(Debug)]
enum State {
    /// Waits for a request, or for the rest of one.
    Head,
    /// The application works.
    Handler,
    /// A response body is on its way.
    Body(Box<Writer>),
    /// The response is sent, the request body is not read: discards so many bytes at most.
    Drain(u64),
    /// The last response is sent; what the client still sends is discarded, so that closing does
    /// not destroy what it has not read yet (RFC 9112 section 9.6).
    Linger(u64),
    Closed,
}

/// What a step of the state machine says of the whole.
enum Flow {
    /// Go on with the next step.
    Next,
    /// The connection is over.
    End,
}

type Stepped = Poll<Flow>;

impl<I: Transport, F: Serving> Connection<I, F> {
    pub(super) fn new(io: I, peer: Option<SocketAddr>, worker: Rc<Worker<F>>) -> Self {
        let watch = worker.watches.add();
        watch.set(worker.deadline(worker.config.idle_timeout));
        Self {
            io,
            peer,
            worker,
            watch,
            h1: h1::Connection::new(),
            state: State::Head,
            feed: None,
            bench: None,
            on_close: None,
        }
    }

    fn drive(&mut self, bench: &mut Workbench<F>, cx: &mut Context<'_>) -> Poll<()> {
        if self.watch.is_over(self.worker.tick()) && matches!(self.timed_out(bench), Flow::End) {
            return Poll::Ready(());
        }
        let mut served = 0;
        loop {
            let flow = match &self.state {
                State::Head => {
                    served += 1;
                    if served > REQUESTS_AT_ONCE {
                        // Other connections want their turn, too.
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    self.step_head(bench, cx)
                }
                State::Handler => self.step_handler(bench, cx),
                State::Body(_) => self.step_body(bench, cx),
                State::Drain(_) => self.step_drain(bench, cx),
                State::Linger(_) => self.step_linger(bench, cx),
                State::Closed => return Poll::Ready(()),
            };
            match ready!(flow) {
                Flow::Next => {}
                Flow::End => return Poll::Ready(()),
            }
        }
    }

    /// Reads a head, from what is there or from the socket.
    #[inline]
    fn step_head(&mut self, bench: &mut Workbench<F>, cx: &mut Context<'_>) -> Stepped {
        let is_partial = !bench.unread().is_empty();
        if is_partial {
            if bench.output.len() - bench.written > MOST_OUTPUT {
                // A client that pipelines without reading gets no further.
                ready!(self.flush(bench, cx));
            }
            let exchange = bench.exchange.get_or_insert_with(new_exchange);
            let input = bench.input.get(bench.consumed..).unwrap_or_default();
            match self
                .h1
                .read_head(input, exchange.request.head_mut(), &self.worker.config.h1)
            {
                Ok(Some(length)) => {
                    bench.consumed += length;
                    self.begin(bench);
                    return Poll::Ready(Flow::Next);
                }
                Ok(None) => {}
                Err(refusal) => return Poll::Ready(self.refuse(bench, refusal)),
            }
        }
        if !bench.is_flushed() {
            match ready!(self.flush(bench, cx)) {
                Flow::Next => {}
                Flow::End => return Poll::Ready(Flow::End),
            }
        }
        if self.worker.is_draining.get() && !is_partial && self.h1.is_used() {
            // A fresh connection gets the chance to send the request it was opened for.
            return Poll::Ready(Flow::End);
        }
        let before = bench.unread().len();
        match self.receive(bench, cx) {
            Poll::Ready(Ok(0)) | Poll::Ready(Err(_)) => Poll::Ready(Flow::End),
            Poll::Ready(Ok(_)) => {
                if before == 0 {
                    // The head's time runs from its first byte; more bytes do not extend it.
                    self.watch
                        .set(self.worker.deadline(self.worker.config.header_timeout));
                }
                Poll::Ready(Flow::Next)
            }
            Poll::Pending => {
                if before == 0 {
                    self.watch
                        .set(self.worker.deadline(self.worker.config.idle_timeout));
                }
                Poll::Pending
            }
        }
    }

    fn receive(
        &mut self,
        bench: &mut Workbench<F>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        bench.make_room(self.worker.config.h1.head_size + INPUT);
        pin!(self.io.read_buf(&mut bench.input)).poll(cx)
    }

    fn flush(&mut self, bench: &mut Workbench<F>, cx: &mut Context<'_>) -> Stepped {
        match poll_flush(&mut self.io, &mut bench.output, &mut bench.written, cx) {
            Poll::Ready(Ok(())) => {
                self.on_close = None;
                Poll::Ready(Flow::Next)
            }
            Poll::Ready(Err(_)) => Poll::Ready(Flow::End),
            Poll::Pending => {
                self.watch
                    .set(self.worker.deadline(self.worker.config.write_timeout));
                Poll::Pending
            }
        }
    }

    /// A head was read: hands the request to the application.
    #[inline]
    fn begin(&mut self, bench: &mut Workbench<F>) {
        let Some(mut exchange) = bench.exchange.take() else {
            return;
        };
        let request = &mut exchange.request;
        let framing = *request.head().framing();
        let limits = self.worker.config.request;
        request.set_connection(ConnectionInfo {
            peer: self.peer,
            ..ConnectionInfo::default()
        });
        if framing.body != BodyFraming::None {
            let body = self.body(bench, framing.body);
            request.set_body(body);
        }
        request.set_limits(limits);
        bench.driver.start(self.worker.app.0.clone(), exchange);
        self.watch.set(NEVER);
        self.state = State::Handler;
    }

    /// The body of a request: what came with the head, or a feed for the rest.
    fn body(&mut self, bench: &mut Workbench<F>, framing: BodyFraming) -> Incoming {
        if let BodyFraming::Length(length) = framing
            && let Ok(length) = usize::try_from(length)
            && length <= INPUT
            && let Some(bytes) = bench.unread().get(..length)
        {
            let bytes = Bytes::copy_from_slice(bytes);
            bench.consumed += length;
            self.h1.skip_data(length as u64);
            return Incoming::buffered(bytes);
        }
        let feed = Feed::new(match framing {
            BodyFraming::Length(length) => Some(length),
            BodyFraming::None | BodyFraming::Chunked => None,
        });
        self.feed = Some(feed.clone());
        Incoming::fed(feed)
    }

    fn step_handler(&mut self, bench: &mut Workbench<F>, cx: &mut Context<'_>) -> Stepped {
        match bench.driver.poll(cx) {
            Poll::Ready(Ok(mut exchange)) => {
                let entry = self.worker.log.entry(self.peer, &exchange.request);
                if let Some(response) = &mut exchange.response {
                    self.respond(bench, response, entry);
                }
                exchange.response = None;
                exchange.request.recycle();
                bench.exchange = Some(exchange);
                Poll::Ready(Flow::Next)
            }
            Poll::Ready(Err(failure)) => {
                let mut response = self.failed(failure);
                let entry = self.worker.log.entry_without_request(self.peer);
                self.respond(bench, &mut response, entry);
                Poll::Ready(Flow::Next)
            }
            Poll::Pending => {
                match self.feed(bench, cx) {
                    Poll::Ready(()) => return Poll::Ready(Flow::Next),
                    Poll::Pending => {}
                }
                // Answers to earlier pipelined requests need not wait for this one.
                if !bench.is_flushed() {
                    match ready!(self.flush(bench, cx)) {
                        Flow::Next => {}
                        Flow::End => return Poll::Ready(Flow::End),
                    }
                }
                Poll::Pending
            }
        }
    }

    /// A handler panicked, or there is no worker for it.
    #[cold]
    fn failed(&self, failure: Failure) -> Response {
        match failure {
            Failure::Panic(panic) => {
                let text = panic
                    .downcast_ref::<&str>()
                    .copied()
                    .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
                self.worker.log.note(&format!(
                    "a handler panicked: {}",
                    text.unwrap_or("with a value that is no text")
                ));
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
    fn respond(&mut self, bench: &mut Workbench<F>, response: &mut Response, entry: Entry) {
        let unread = if self.h1.is_body_read() {
            0
        } else {
            self.settle_body(bench)
        };
        if self.worker.is_draining.get() {
            self.h1.close();
        }
        self.on_close = response.take_on_close();
        let length = response.body().len();
        let outgoing = self.h1.write_head(
            &mut bench.output,
            response.status(),
            response.headers(),
            length,
            &self.worker.stamp(),
        );
        entry.finish(&self.worker.log, response.status(), length);
        self.feed = None;
        match (outgoing, response.body().as_bytes()) {
            (Outgoing::Nothing, _) => {}
            (Outgoing::Length(_), Some(bytes)) if bytes.len() <= SMALL_BODY => {
                bench.output.extend_from_slice(bytes);
            }
            (outgoing, _) => {
                let writer = Writer::new(response.take_body(), outgoing);
                self.state = State::Body(Box::new(writer));
                return;
            }
        }
        self.after_response(unread);
    }

    /// The application did not read the whole body: decides what becomes of the rest, before the
    /// head says whether the connection stays. Returns how many bytes there are to discard.
    #[cold]
    fn settle_body(&mut self, bench: &mut Workbench<F>) -> u64 {
        // What arrived already costs nothing to discard.
        let mut sink = bytes::BytesMut::new();
        let limits = &self.worker.config.h1;
        let input = bench.input.get(bench.consumed..).unwrap_or_default();
        match self.h1.read_body(input, &mut sink, usize::MAX, limits) {
            Ok(used) => bench.consumed += used,
            Err(_) => self.h1.close(),
        }
        if self.h1.is_body_read() {
            return 0;
        }
        let left = self.h1.plain_data();
        // A client that waits for 100 Continue may or may not send the body now: nobody can tell
        // what its next bytes are. A chunked body has no known end.
        if self.h1.expects_continue() || self.h1.is_chunked() || left > MOST_DRAINED {
            self.h1.close();
        }
        left
    }

    /// The response is in the output buffer or sent.
    fn after_response(&mut self, unread: u64) {
        self.state = if !self.h1.is_persistent() {
            State::Linger(if self.h1.is_body_read() && unread == 0 {
                0
            } else {
                MOST_LINGERED
            })
        } else if self.h1.is_body_read() {
            State::Head
        } else {
            State::Drain(unread)
        };
    }

    /// Moves body bytes from the socket to whoever asks for them. Ready when the reader was
    /// served and should be polled again.
    fn feed(&mut self, bench: &mut Workbench<F>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(feed) = self.feed.clone() else {
            return Poll::Pending;
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
                    Poll::Ready(Err(_)) => shared.error = Some(BodyError::disconnected()),
                }
            }
            match self.feed_once(bench, &mut shared, cx) {
                Poll::Ready(Ok(())) => moved = true,
                Poll::Ready(Err(error)) => {
                    self.h1.close();
                    shared.error = Some(error);
                }
                Poll::Pending => {
                    if moved || self.watch.is_never() {
                        let seconds = self.worker.config.body_timeout;
                        self.watch.set(self.worker.deadline(seconds));
                    }
                    return Poll::Pending;
                }
            }
            if let Some(limit) = shared.limit.filter(|limit| shared.received > *limit) {
                shared.error = Some(BodyError::too_large(limit));
            }
        }
        if !shared.is_served() {
            return Poll::Pending;
        }
        self.watch.set(NEVER);
        shared.wake_reader(Some(cx));
        Poll::Ready(())
    }

    /// One piece of the body: out of the input buffer, or received straight into the feed.
    fn feed_once(
        &mut self,
        bench: &mut Workbench<F>,
        shared: &mut crate::body::Shared,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), BodyError>> {
        let limits = &self.worker.config.h1;
        let input = bench.input.get(bench.consumed..).unwrap_or_default();
        let before = shared.buffer.len();
        if !input.is_empty() {
            let used = self
                .h1
                .read_body(input, &mut shared.buffer, usize::MAX, limits);
            match used {
                Ok(used) => bench.consumed += used,
                Err(refusal) => return Poll::Ready(Err(BodyError::malformed(refusal.reason()))),
            }
        } else if self.h1.plain_data() > 0 {
            let left = usize::try_from(self.h1.plain_data()).unwrap_or(usize::MAX);
            // The announced length is not believed: room grows with what really comes.
            let room = left.min(MOST_RESERVED);
            if shared.buffer.capacity() - before < room.min(INPUT) {
                shared.buffer.reserve(room);
            }
            let mut window = bytes::BufMut::limit(&mut shared.buffer, left);
            match ready!(pin!(self.io.read_buf(&mut window)).poll(cx)) {
                Ok(0) | Err(_) => return Poll::Ready(Err(BodyError::disconnected())),
                Ok(n) => self.h1.skip_data(n as u64),
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

    fn step_body(&mut self, bench: &mut Workbench<F>, cx: &mut Context<'_>) -> Stepped {
        let State::Body(writer) = &mut self.state else {
            return Poll::Ready(Flow::Next);
        };
        let step = writer.poll_step(&mut self.io, &mut bench.output, &mut bench.written, cx);
        match step {
            Poll::Ready(Ok(Step::Again)) => {
                self.watch.set(NEVER);
                Poll::Ready(Flow::Next)
            }
            Poll::Ready(Ok(Step::Finished)) => {
                self.watch.set(NEVER);
                let unread = self.h1.plain_data();
                self.after_response(unread);
                Poll::Ready(Flow::Next)
            }
            // RFC 9112 section 8: the client sees by the early end that the body is not whole.
            Poll::Ready(Err(WriteError::Source(error))) => {
                self.worker
                    .log
                    .note(&format!("a response body failed: {error}"));
                Poll::Ready(Flow::End)
            }
            Poll::Ready(Err(WriteError::Socket)) => Poll::Ready(Flow::End),
            Poll::Pending => {
                if !bench.is_flushed() || !writer.waits_for_source() {
                    self.watch
                        .set(self.worker.deadline(self.worker.config.write_timeout));
                }
                Poll::Pending
            }
        }
    }

    /// Discards the rest of a request body whose response is there already.
    #[cold]
    fn step_drain(&mut self, bench: &mut Workbench<F>, cx: &mut Context<'_>) -> Stepped {
        let mut sink = bytes::BytesMut::new();
        let limits = &self.worker.config.h1;
        let input = bench.input.get(bench.consumed..).unwrap_or_default();
        match self.h1.read_body(input, &mut sink, usize::MAX, limits) {
            Ok(used) => bench.consumed += used,
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
            Poll::Ready(Ok(0)) | Poll::Ready(Err(_)) => Poll::Ready(Flow::End),
            Poll::Ready(Ok(_)) => Poll::Ready(Flow::Next),
            Poll::Pending => {
                self.watch
                    .set(self.worker.deadline(self.worker.config.body_timeout));
                Poll::Pending
            }
        }
    }

    /// Ends a connection in order: sends what is left, closes the writing side, and reads on for
    /// a while where the client may still be sending.
    fn step_linger(&mut self, bench: &mut Workbench<F>, cx: &mut Context<'_>) -> Stepped {
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
        if left == 0 && bench.unread().is_empty() {
            return Poll::Ready(Flow::End);
        }
        if ready!(Pin::new(&mut self.io).poll_shutdown(cx)).is_err() {
            return Poll::Ready(Flow::End);
        }
        if self.watch.is_never() {
            self.watch.set(self.worker.deadline(LINGER_SECONDS));
        }
        let left = left.saturating_sub(bench.unread().len() as u64);
        bench.input.clear();
        bench.consumed = 0;
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
    fn refuse(&mut self, bench: &mut Workbench<F>, refusal: Refusal) -> Flow {
        let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let exception = HttpException::new(status).with_description(refusal.reason());
        self.last_response(bench, exception, refusal.reason())
    }

    #[cold]
    fn last_response(
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
        bench.consumed = bench.input.len();
        self.watch.set(NEVER);
        self.state = State::Linger(MOST_LINGERED);
        Flow::Next
    }

    /// The deadline passed: whom it hits depends on who was waited for.
    #[cold]
    fn timed_out(&mut self, bench: &mut Workbench<F>) -> Flow {
        self.watch.set(NEVER);
        match &self.state {
            State::Head if !bench.unread().is_empty() && bench.is_flushed() => {
                let exception = HttpException::new(StatusCode::REQUEST_TIMEOUT);
                self.last_response(bench, exception, "the request head did not arrive in time")
            }
            State::Handler if self.feed.is_some() => {
                if let Some(feed) = &self.feed {
                    self.h1.close();
                    feed.lock().fail(BodyError::timed_out());
                }
                Flow::Next
            }
            State::Head
            | State::Handler
            | State::Body(_)
            | State::Drain(_)
            | State::Linger(_)
            | State::Closed => Flow::End,
        }
    }

    /// Whether the connection needs nothing but its socket.
    #[inline]
    fn is_idle(&self, bench: &Workbench<F>) -> bool {
        matches!(self.state, State::Head) && bench.unread().is_empty() && bench.is_flushed()
    }
}

impl<I: Transport, F: Serving> Future for Connection<I, F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        this.watch.remember(cx);
        let mut bench = this.bench.take().unwrap_or_else(|| this.worker.lend());
        let polled = this.drive(&mut bench, cx);
        if polled.is_ready() {
            this.state = State::Closed;
            bench.clear();
            this.worker.give_back(bench);
        } else if this.is_idle(&bench) {
            bench.input.clear();
            bench.consumed = 0;
            this.worker.give_back(bench);
        } else {
            this.bench = Some(bench);
        }
        polled
    }
}

impl<I, F: Serving> Drop for Connection<I, F> {
    fn drop(&mut self) {
        if let Some(feed) = &self.feed {
            feed.lock().fail(BodyError::disconnected());
        }
        self.worker.watches.remove(&self.watch);
        self.worker.freed.notify_one();
    }
}

/// Requests answered in one turn: a pipelining client must not starve the others.
const REQUESTS_AT_ONCE: u32 = 64;

/// Bodies up to this many bytes are copied behind their head; larger ones are sent from where
/// they are.
const SMALL_BODY: usize = 8 * 1024;

/// Bytes of answers that may wait before no further request is read.
const MOST_OUTPUT: usize = 2 * OUTPUT;

/// Bytes of an unread request body that are discarded to keep the connection.
const MOST_DRAINED: u64 = 256 * 1024;

/// Bytes discarded after the last response, and for how long.
const MOST_LINGERED: u64 = 16 * 1024 * 1024;
const LINGER_SECONDS: u32 = 5;

/// Room made for a body at a time, whatever length it announces.
const MOST_RESERVED: usize = 1024 * 1024;
