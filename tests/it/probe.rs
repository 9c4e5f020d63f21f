#![allow(clippy::panic, reason = "some handlers panic as asked")]

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::task::Context;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use rustzeug::Application;
use rustzeug::Body;
use rustzeug::IntoResponse;
use rustzeug::Reply;
use rustzeug::Request;
use rustzeug::Response;
use tokio::sync::Semaphore;

/// Answers by path; see `call`.
#[derive(Clone, Default)]
pub(crate) struct Probe {
    shared: Arc<Shared>,
}

struct Shared {
    /// `/wait` and `/block` need a permit to go on.
    gate: Semaphore,
    entered: AtomicUsize,
    dropped: AtomicUsize,
    closed: AtomicUsize,
    streamed: AtomicUsize,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            gate: Semaphore::new(0),
            entered: AtomicUsize::new(0),
            dropped: AtomicUsize::new(0),
            closed: AtomicUsize::new(0),
            streamed: AtomicUsize::new(0),
        }
    }
}

/// A megabyte of this is what `/large` sends.
pub(crate) const LINE: &[u8; 64] =
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_\n";

impl Probe {
    /// Lets so many waiting handlers go on.
    pub(crate) fn open(&self, n: usize) {
        self.shared.gate.add_permits(n);
    }

    /// How many handlers of `/wait` and `/block` began.
    pub(crate) fn entered(&self) -> usize {
        self.shared.entered.load(Ordering::SeqCst)
    }

    /// How many handlers of `/wait` are gone, finished or not.
    pub(crate) fn dropped(&self) -> usize {
        self.shared.dropped.load(Ordering::SeqCst)
    }

    /// How many responses of `/on-close` were sent or given up.
    pub(crate) fn closed(&self) -> usize {
        self.shared.closed.load(Ordering::SeqCst)
    }

    /// How many bytes `/endless` was asked for.
    pub(crate) fn streamed(&self) -> usize {
        self.shared.streamed.load(Ordering::SeqCst)
    }

    fn wait<'a>(&'a self, request: &'a mut Request) -> Reply<'a> {
        Reply::future(async move {
            let _dropped = Dropped(self.shared.clone());
            self.shared.entered.fetch_add(1, Ordering::SeqCst);
            let permit = self.shared.gate.acquire().await;
            permit.expect("the gate stays").forget();
            Response::new(format!("waited {}", request.target()))
        })
    }

    /// Takes the first byte of the body, waits, and takes the others.
    fn pause<'a>(&'a self, request: &'a mut Request) -> Reply<'a> {
        let mut body = request.take_body();
        Reply::future(async move {
            let mut length = 0;
            while let Some(piece) =
                std::future::poll_fn(|cx| Pin::new(&mut body).poll_next(cx)).await
            {
                length += piece.expect("a whole body").len();
                if self.shared.entered.fetch_add(1, Ordering::SeqCst) == 0 {
                    let permit = self.shared.gate.acquire().await;
                    permit.expect("the gate stays").forget();
                }
            }
            Response::new(format!("{length} bytes"))
        })
    }

    fn block<'a>(&'a self, request: &'a mut Request) -> Reply<'a> {
        Reply::blocking(move || {
            self.shared.entered.fetch_add(1, Ordering::SeqCst);
            loop {
                if let Ok(permit) = self.shared.gate.try_acquire() {
                    permit.forget();
                    return Response::new(format!("blocked {}", request.target()));
                }
                thread::sleep(Duration::from_millis(1));
            }
        })
    }

    fn on_close(&self) -> Response {
        let mut response = Response::new("watched");
        let shared = self.shared.clone();
        response.call_on_close(move || {
            shared.closed.fetch_add(1, Ordering::SeqCst);
        });
        response
    }
}

struct Dropped(Arc<Shared>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

impl Application for Probe {
    fn call<'a>(&'a self, request: &'a mut Request) -> Reply<'a> {
        let path = request.path().to_owned();
        Reply::Ready(match path.as_str() {
            "/echo" => return Reply::future(echo(request)),
            "/wait" => return self.wait(request),
            "/pause" => return self.pause(request),
            "/block" => return self.block(request),
            "/panic" => panic!("as asked"),
            "/panic-later" => {
                return Reply::future(async {
                    tokio::task::yield_now().await;
                    panic!("as asked, later")
                });
            }
            "/panic-blocking" => return Reply::blocking(|| panic!("as asked, elsewhere")),
            "/ignore" => Response::new("ignored"),
            "/no-content" => Response::new("never sent").with_status(204),
            "/not-modified" => Response::new("never sent").with_status(304),
            "/reset-content" => Response::new("never sent").with_status(205),
            "/interim" => Response::new("").with_status(102),
            "/host" => Response::new(request.host().into_owned()),
            // The same after somebody has looked at the fields.
            "/host/again" if request.headers().contains("host") => {
                Response::new(request.host().into_owned())
            }
            "/trailers" => return Reply::future(trailers(request)),
            "/close" => Response::new("bye").with_header("connection", "close"),
            "/large" => Response::new(LINE.repeat(16 * 1024)),
            "/on-close" => self.on_close(),
            "/pipe" => Response::new(Body::stream(request.take_body())),
            "/keep-body" => keep_body(request),
            "/endless" => Response::new(Body::stream(Endless(self.shared.clone()))),
            "/stream" => Response::new(Body::stream(Pieces::of(&["one", "", "two"]))),
            "/sized" => Response::new(Body::sized_stream(6, Pieces::of(&["one", "two"]))),
            "/short" => Response::new(Body::sized_stream(7, Pieces::of(&["one", "two"]))),
            "/long" => Response::new(Body::sized_stream(5, Pieces::of(&["one", "two"]))),
            "/broken" => Response::new(Body::stream(Pieces::of(&["one", "two"]).and_fail())),
            "/bomb" => Response::new(Body::stream(Bomb)),
            path => {
                let peer = request.remote_addr().map(|ip| ip.to_string());
                let query = request.query_string();
                Response::new(format!("{} {path} {query:?} {peer:?}", request.method()))
            }
        })
    }
}

async fn echo(request: &mut Request) -> Response {
    std::future::poll_fn(|cx| request.poll_prepare(cx)).await;
    match request.bytes() {
        Ok(bytes) => Response::new(bytes.clone()),
        Err(error) => error.into_response(),
    }
}

/// The body and the fields behind it.
async fn trailers(request: &mut Request) -> Response {
    std::future::poll_fn(|cx| request.poll_prepare(cx)).await;
    let mut text = match request.bytes() {
        Ok(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Err(error) => return error.into_response(),
    };
    for (name, value) in request.trailers().iter() {
        text.push_str(&format!(" {name}={}", value.to_str().expect("text")));
    }
    assert_eq!(request.header("x"), None, "a trailer is no header");
    Response::new(text)
}

/// Answers at once; a task goes on reading the body and tells nobody.
fn keep_body(request: &mut Request) -> Response {
    let body = request.take_body();
    tokio::spawn(async move {
        let result = body.collect().await;
        assert!(result.is_err(), "nobody feeds it any more");
    });
    Response::new("kept")
}

/// A stream of known pieces.
pub(crate) struct Pieces(VecDeque<Result<Bytes, io::Error>>);

impl Pieces {
    fn of(pieces: &[&'static str]) -> Self {
        Self(
            pieces
                .iter()
                .map(|piece| Ok(Bytes::from_static(piece.as_bytes())))
                .collect(),
        )
    }

    fn and_fail(mut self) -> Self {
        self.0.push_back(Err(io::Error::other("as asked")));
        self
    }
}

impl Stream for Pieces {
    type Item = Result<Bytes, io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front())
    }
}

struct Bomb;

impl Stream for Bomb {
    type Item = Result<Bytes, io::Error>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        panic!("as asked, in a stream")
    }
}

struct Endless(Arc<Shared>);

impl Stream for Endless {
    type Item = Result<Bytes, io::Error>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = Bytes::from_static(&[b'x'; 16 * 1024]);
        self.0.streamed.fetch_add(piece.len(), Ordering::SeqCst);
        Poll::Ready(Some(Ok(piece)))
    }
}
