//! From bytes to a request that the application works on.

use std::task::Context;
use std::task::Poll;
use std::task::ready;

use bytes::Bytes;

use super::Connection;
use super::Flow;
use super::State;
use super::Stepped;
use super::Transport;
use super::Workbench;
use crate::blocking::Serving;
use crate::body::Feed;
use crate::body::Incoming;
use crate::protocol::h1::BodyFraming;
use crate::server::buffer::INPUT;
use crate::server::buffer::new_exchange;
use crate::server::timeout::Wait;

impl<I: Transport, F: Serving> Connection<I, F> {
    /// Reads a head, from what is there or from the socket.
    #[inline]
    pub(super) fn step_head(&mut self, bench: &mut Workbench<F>, cx: &mut Context<'_>) -> Stepped {
        let is_partial = !bench.input.is_empty();
        if is_partial {
            if bench.output.len() - bench.written > self.worker.config.pipeline_bytes {
                // A client that pipelines without reading gets no further.
                match ready!(self.flush(bench, cx)) {
                    Flow::Next => {}
                    Flow::End => return Poll::Ready(Flow::End),
                }
            }
            let exchange = bench
                .exchange
                .get_or_insert_with(|| new_exchange(self.worker.app.0.clone()));
            let input = bench.input.unread();
            match self
                .h1
                .read_head(input, exchange.request.head_mut(), &self.worker.config.h1)
            {
                Ok(Some(length)) => {
                    bench.input.advance(length);
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

    /// A head was read: hands the request to the application.
    #[inline]
    fn begin(&mut self, bench: &mut Workbench<F>) {
        let Some(mut exchange) = bench.exchange.take() else {
            return;
        };
        let request = &mut exchange.request;
        let framing = *request.head().framing();
        request.begin(self.peer, &self.worker.config.request);
        self.worker.log.remember(&mut bench.question, request);
        if framing.body != BodyFraming::None {
            let body = self.body(bench, framing.body);
            request.set_body(body);
        }
        bench.driver.start(exchange);
        self.watch.rest();
        self.state = State::Handler;
    }

    /// The body of a request: what came with the head, or a feed for the rest.
    #[inline(never)]
    fn body(&mut self, bench: &mut Workbench<F>, framing: BodyFraming) -> Incoming {
        if let BodyFraming::Length(length) = framing
            && let Ok(length) = usize::try_from(length)
            && length <= INPUT
            && let Some(bytes) = bench.input.unread().get(..length)
        {
            let bytes = Bytes::copy_from_slice(bytes);
            bench.input.advance(length);
            self.h1.skip_data(length as u64);
            return Incoming::buffered(bytes);
        }
        let feed = Feed::new(match framing {
            BodyFraming::Length(length) => Some(length),
            BodyFraming::None | BodyFraming::Chunked => None,
        });
        self.feed = Some(feed.clone());
        self.pace.start();
        Incoming::fed(feed)
    }
}
