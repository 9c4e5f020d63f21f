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
use super::timeout::Wait;
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
    /// The response is sent, the request body is not read: discards what is left of it.
    Drain,
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

/// What became of an attempt to feed the reader of a request body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fed {
    /// Nobody asks for bytes.
    Unwanted,
    /// The client has to send more; whether some came.
    Waits { moved: bool },
    /// The reader has what it asked for and should be polled.
    Served,
}

impl<I: Transport, F: Serving> Connection<I, F> {
    pub(super) fn new(io: I, peer: Option<SocketAddr>, worker: Rc<Worker<F>>) -> Self {
        let watch = worker.watches.add();
        watch.set(Wait::Request, worker.deadline(worker.config.idle_timeout));
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
                State::Drain => self.step_drain(bench, cx),
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
                match ready!(self.flush(bench, cx)) {
                    Flow::Next => {}
                    Flow::End => return Poll::Ready(Flow::End),
                }
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
        match self.receive(bench, cx) {
            Poll::Ready(Ok(0) | Err(_)) => Poll::Ready(Flow::End),
            Poll::Ready(Ok(_)) => Poll::Ready(Flow::Next),
            Poll::Pending if is_partial => {
                // The head's time runs from its first byte; more bytes do not extend it.
                self.wait(Wait::Head, false);
                Poll::Pending
            }
            Poll::Pending if self.worker.is_draining.get() => {
                // Closing at once would lose the request that is on its way; an answer that says
                // `close` loses nothing.
                self.wait(Wait::LateRequest, false);
                Poll::Pending
            }
            Poll::Pending => {
                self.wait(Wait::Request, false);
                Poll::Pending
            }
        }
    }

    /// Says whom the connection waits for. The deadline runs from the first time this is said;
    /// being woken for another reason does not move it, progress does.
    #[inline]
    fn wait(&self, wait: Wait, has_progressed: bool) {
        if !has_progressed && self.watch.wait() == wait {
            return;
        }
        let config = &self.worker.config;
        let seconds = match wait {
            Wait::Nothing => return self.watch.rest(),
            Wait::Request => config.idle_timeout,
            Wait::LateRequest => LATE_SECONDS.min(config.idle_timeout),
            Wait::Head => config.header_timeout,
            Wait::Body | Wait::Drain => config.body_timeout,
            Wait::Write => config.write_timeout,
            Wait::Linger => LINGER_SECONDS,
        };
        self.watch.set(wait, self.worker.deadline(seconds));
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
        let before = bench.written;
        match poll_flush(&mut self.io, &mut bench.output, &mut bench.written, cx) {
            Poll::Ready(Ok(())) => {
                self.on_close = None;
                Poll::Ready(Flow::Next)
            }
            Poll::Ready(Err(_)) => Poll::Ready(Flow::End),
            Poll::Pending => {
                self.wait(Wait::Write, bench.written != before);
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
        self.watch.rest();
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
                if let Some(response) = &exchange.response
                    && let Some(cause) = response.exception().and_then(HttpException::source)
                {
                    self.worker
                        .log
                        .note_cause(&exchange.request, response.status(), cause);
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
                let mut response = self.failed(failure);
                let entry = self.worker.log.entry_without_request(self.peer);
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
        if response.status().is_informational() {
            // Sent as it is, the client would wait on, and take the next answer for this one's.
            self.worker
                .log
                .note("an application answered with an interim status");
            *response = render(HttpException::new(StatusCode::INTERNAL_SERVER_ERROR), None);
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
        self.on_close = response.take_on_close();
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
                self.state = State::Body(Box::new(writer));
                return;
            }
        }
        self.after_response(unread > 0);
    }

    /// Nobody reads the request body from now on. Returns how many bytes there are to discard.
    #[inline]
    fn leave_body(&mut self, bench: &mut Workbench<F>) -> u64 {
        if let Some(feed) = self.feed.take() {
            feed.lock().abandon();
        }
        if self.h1.is_body_read() {
            0
        } else {
            self.settle_body(bench)
        }
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

    /// The response is in the output buffer or sent; `lingers` where bytes from the client could
    /// hurt it.
    fn after_response(&mut self, lingers: bool) {
        self.state = if !self.h1.is_persistent() {
            // A client that did not say so itself may have sent more.
            State::Linger(if self.h1.is_body_read() && !lingers && self.h1.is_last() {
                0
            } else {
                MOST_LINGERED
            })
        } else if self.h1.is_body_read() {
            State::Head
        } else {
            State::Drain
        };
    }

    /// Moves body bytes from the socket to whoever asks for them.
    fn feed(&mut self, bench: &mut Workbench<F>, cx: &mut Context<'_>) -> Fed {
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
            match self.feed_once(bench, &mut shared, cx) {
                Poll::Ready(Ok(())) => moved = true,
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
        self.watch.rest();
        Fed::Served
    }

    /// The deadline while a body may be on its way to its reader.
    fn wait_fed(&self, fed: Fed) {
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
            let room = left.min(before.clamp(FIRST_RESERVED, MOST_RESERVED));
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
        let before = bench.written;
        let step = writer.poll_step(&mut self.io, &mut bench.output, &mut bench.written, cx);
        match step {
            Poll::Ready(Ok(Step::Again)) => {
                self.watch.rest();
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
        // The client said that it is done, but may have sent more all the same: closing over
        // bytes nobody read would reset the connection and destroy what is still to be sent.
        if left == 0 {
            let has_more = !bench.unread().is_empty()
                || matches!(self.receive(bench, cx), Poll::Ready(Ok(1..)));
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
        self.watch.rest();
        self.state = State::Linger(MOST_LINGERED);
        Flow::Next
    }

    /// The deadline passed: whom it hits depends on who was waited for.
    #[cold]
    fn timed_out(&mut self, bench: &mut Workbench<F>) -> Flow {
        let wait = self.watch.wait();
        self.watch.rest();
        match (wait, &self.feed) {
            (Wait::Head, _) => {
                let exception = HttpException::new(StatusCode::REQUEST_TIMEOUT);
                self.last_response(bench, exception, "the request head did not arrive in time")
            }
            (Wait::Body, Some(feed)) => {
                self.h1.close();
                feed.lock().fail(BodyError::timed_out());
                Flow::Next
            }
            _ => Flow::End,
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
        self.worker.freed.notify_waiters();
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

/// Time for a request that is on its way while the server is about to end.
const LATE_SECONDS: u32 = 1;

/// Room made for a body at first and at a time, whatever length it announces.
const FIRST_RESERVED: usize = 64 * 1024;
const MOST_RESERVED: usize = 1024 * 1024;
