//! Drives one connection: reads, lets the application answer, writes, waits, and ends.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Context;
use std::task::Poll;
use std::task::ready;

use http::StatusCode;
use tokio::io::ReadBuf;

use super::Transport;
use super::buffer::INPUT;
use super::buffer::Workbench;
use super::pace::Pace;
use super::timeout::Wait;
use super::timeout::Watch;
use super::worker::Worker;
use super::writer::Writer;
use super::writer::poll_flush;
use crate::blocking::Serving;
use crate::body::BodyError;
use crate::body::Feed;
use crate::exceptions::HttpException;
use crate::protocol::h1;
use crate::response::OnClose;

mod body;
mod end;
mod handler;
mod head;

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
    /// How fast the client sends or takes what is on its way.
    pace: Pace,
    /// Milliseconds that the handler held the event loop at a time, where that is too long.
    held: u32,
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

impl<I: Transport, F: Serving> Connection<I, F> {
    pub(super) fn new(
        io: I,
        peer: Option<SocketAddr>,
        worker: Rc<Worker<F>>,
        watch: Rc<Watch>,
    ) -> Self {
        worker.log.connection_opened(peer);
        worker.add_connection();
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
            pace: Pace::default(),
            held: 0,
        }
    }

    fn drive(&mut self, bench: &mut Workbench<F>, cx: &mut Context<'_>) -> Poll<()> {
        if self.watch.is_over(self.worker.tick()) && matches!(self.timed_out(bench), Flow::End) {
            return Poll::Ready(());
        }
        let mut served = 0;
        let mut steps = 0;
        loop {
            let flow = match &self.state {
                State::Head => {
                    steps = 0;
                    served += 1;
                    if served > self.worker.config.pipeline_depth {
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
            steps += 1;
            if steps == MOST_STEPS {
                // A body that never has to wait: the socket takes no part in tokio's budget.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
    }

    /// Says whom the connection waits for. The deadline runs from the first time this is said;
    /// being woken for another reason does not move it, progress does.
    #[inline]
    fn wait(&self, wait: Wait, has_progressed: bool) {
        let goes_on = self.watch.wait() == wait;
        if goes_on && !has_progressed {
            return;
        }
        let tick = self.worker.tick();
        let config = &self.worker.config;
        let seconds = match wait {
            Wait::Nothing => return self.watch.rest(),
            Wait::Request => config.idle_timeout,
            Wait::LateRequest => LATE_SECONDS.min(config.idle_timeout),
            Wait::Head => config.header_timeout,
            Wait::Body => {
                let (grace, rate) = (config.body_timeout, config.min_body_rate);
                self.pace.allow(tick, grace, rate, goes_on)
            }
            Wait::Write => {
                let (grace, rate) = (config.write_timeout, config.min_write_rate);
                self.pace.allow(tick, grace, rate, goes_on)
            }
            Wait::Drain => config.body_timeout,
            Wait::Linger => config.linger_timeout,
        };
        self.watch.set(wait, self.worker.deadline(seconds));
    }

    #[inline]
    fn receive(
        &mut self,
        bench: &mut Workbench<F>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let room = bench.input.room(self.worker.config.h1.head_size + INPUT);
        let mut buffer = ReadBuf::new(room);
        ready!(Pin::new(&mut self.io).poll_read(cx, &mut buffer))?;
        let n = buffer.filled().len();
        bench.input.filled(n);
        Poll::Ready(Ok(n))
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
                self.pace.add((bench.written - before) as u64);
                self.wait(Wait::Write, bench.written != before);
                Poll::Pending
            }
        }
    }

    /// The client has sent or taken what it was waited for.
    #[inline(never)]
    fn rest(&self) {
        self.pace.rest(self.worker.tick());
        self.watch.rest();
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
        matches!(self.state, State::Head) && bench.input.is_empty() && bench.is_flushed()
    }
}

impl<I: Transport, F: Serving> Future for Connection<I, F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut bench = this.bench.take().unwrap_or_else(|| this.worker.lend());
        if !bench.has_buffers() {
            this.worker.lend_buffers(&mut bench);
        }
        let polled = this.drive(&mut bench, cx);
        if polled.is_ready() {
            this.report_end(!bench.is_flushed());
            this.state = State::Closed;
            bench.clear();
            this.worker.give_back(bench);
        } else if this.is_idle(&bench) {
            bench.input.clear();
            this.worker.give_back(bench);
        } else {
            if matches!(this.state, State::Handler) {
                this.worker.take_buffers(&mut bench);
            }
            this.bench = Some(bench);
        }
        this.watch.set_awaits(this.awaits_application());
        polled
    }
}

impl<I, F: Serving> Connection<I, F> {
    /// Whether it waits for the application, which may wait for anything.
    #[inline]
    fn awaits_application(&self) -> bool {
        match &self.state {
            State::Handler => true,
            State::Body(writer) => writer.waits_for_source(),
            State::Head | State::Drain | State::Linger(_) | State::Closed => false,
        }
    }

    /// It is over: in order, or with an answer that the client has not got.
    fn report_end(&self, has_unsent: bool) {
        let is_dropped = has_unsent || matches!(self.state, State::Handler | State::Body(_));
        self.worker.log.connection_ended(self.peer, is_dropped);
    }
}

impl<I, F: Serving> Drop for Connection<I, F> {
    fn drop(&mut self) {
        if let Some(feed) = &self.feed {
            feed.lock().fail(BodyError::disconnected());
        }
        if !matches!(self.state, State::Closed) {
            self.report_end(false);
        }
        self.worker.remove_connection();
    }
}

/// Time for a request that is on its way while the server is about to end.
const LATE_SECONDS: u32 = 1;

/// Steps of one exchange before other connections have their turn.
const MOST_STEPS: u32 = 16;
