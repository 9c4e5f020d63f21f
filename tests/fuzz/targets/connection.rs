//! A connection that gets its bytes in pieces, with pauses, answers as one that gets them at once,
//! in whole responses, and ends when the client has said that it is done.
#![no_main]

use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;

use libfuzzer_sys::fuzz_target;
use rustzeug::Application;
use rustzeug::Reply;
use rustzeug::Request;
use rustzeug::Response;
use rustzeug::server::Transport;
use rustzeug::server::fuzz::serve_connection;
use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWrite;
use tokio::io::AsyncWriteExt;
use tokio::io::DuplexStream;
use tokio::io::ReadBuf;

/// Reads the body, and says what it was asked; what the first byte of the path chooses.
struct Echo;

impl Application for Echo {
    fn call<'a>(&'a self, request: &'a mut Request) -> Reply<'a> {
        Reply::future(async move {
            std::future::poll_fn(|cx| request.poll_prepare(cx)).await;
            let body = match request.bytes() {
                Ok(bytes) => bytes.clone(),
                Err(error) => return rustzeug::IntoResponse::into_response(error),
            };
            let trailers = request.trailers().len();
            let mut text = format!("{} {} {trailers} ", request.method(), request.path());
            text.push_str(&String::from_utf8_lossy(&body));
            match request.path().as_bytes().get(1) {
                Some(b's') => Response::new(rustzeug::Body::stream(Once(Some(text)))),
                Some(b'l') => Response::new(text.repeat(1 + 20_000 / text.len())),
                Some(b'n') => Response::new(text).with_status(204),
                Some(b'c') => Response::new(text).with_header("connection", "close"),
                _ => Response::new(text),
            }
        })
    }
}

struct Once(Option<String>);

impl futures_core::Stream for Once {
    type Item = Result<bytes::Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(|text| Ok(text.into())))
    }
}

/// The server's end of a pipe.
struct Pipe(DuplexStream);

impl Transport for Pipe {}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// What the server answers to pieces of the given sizes, again and again, each after a pause.
fn answer(input: &[u8], sizes: &[u8], room: usize) -> Vec<u8> {
    thread_local! {
        static RUNTIME: tokio::runtime::LocalRuntime = tokio::runtime::LocalRuntime::new().unwrap();
    }
    let (client, server) = tokio::io::duplex(room);
    let (mut reader, mut writer) = tokio::io::split(client);
    let write = async {
        let mut rest = input;
        let mut sizes = sizes.iter().cycle();
        while !rest.is_empty() {
            let size = sizes.next().map_or(rest.len(), |n| usize::from(*n) + 1);
            let (piece, after) = rest.split_at(size.min(rest.len()));
            // The server may have closed already.
            if writer.write_all(piece).await.is_err() {
                return;
            }
            rest = after;
            tokio::task::yield_now().await;
        }
        let _closed = writer.shutdown().await;
    };
    let read = async {
        let mut answer = Vec::new();
        reader.read_to_end(&mut answer).await.unwrap();
        answer
    };
    RUNTIME.with(|runtime| {
        let serve = serve_connection(Arc::new(Echo), Pipe(server));
        runtime.block_on(async { tokio::join!(serve, write, read).2 })
    })
}

/// The responses without interim ones and dates: status and body of each, in order.
fn responses(mut answer: &[u8]) -> Vec<(u16, Vec<u8>)> {
    let mut all = Vec::new();
    while !answer.is_empty() {
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n");
        let (head, rest) = answer.split_at(end.expect("a whole head") + 4);
        let head = std::str::from_utf8(head).expect("a head of text");
        answer = rest;
        let status: u16 = head[9..12].parse().expect("a status");
        assert!(head.starts_with("HTTP/1.1 "), "{head}");
        if status == 100 {
            continue;
        }
        let field = |name: &str| {
            let fields = head.lines().filter_map(|line| line.split_once(": "));
            fields.into_iter().find(|(key, _)| *key == name)
        };
        let mut body = Vec::new();
        if field("transfer-encoding").is_some() {
            answer = chunks(answer, &mut body);
        } else if let Some((_, length)) = field("content-length") {
            let length: usize = length.parse().expect("a length");
            // A HEAD request is answered without its content.
            let is_whole = answer.len() >= length && !answer.starts_with(b"HTTP/1.1 ");
            if is_whole {
                body.extend_from_slice(&answer[..length]);
                answer = &answer[length..];
            }
        } else if status != 204 {
            // Until the end: what an HTTP/1.0 client gets of a stream.
            body.extend_from_slice(std::mem::take(&mut answer));
        }
        all.push((status, body));
    }
    all
}

fn chunks<'a>(mut answer: &'a [u8], body: &mut Vec<u8>) -> &'a [u8] {
    // A stream that answers HEAD has no chunks.
    if answer.is_empty() || answer.starts_with(b"HTTP/1.1 ") {
        return answer;
    }
    loop {
        let end = answer.windows(2).position(|w| w == b"\r\n");
        let (line, rest) = answer.split_at(end.expect("a chunk size"));
        let size = usize::from_str_radix(std::str::from_utf8(line).unwrap(), 16).unwrap();
        body.extend_from_slice(&rest[2..2 + size]);
        assert_eq!(&rest[2 + size..4 + size], b"\r\n");
        answer = &rest[4 + size..];
        if size == 0 {
            return answer;
        }
    }
}

fuzz_target!(|data: (u8, &[u8], &[u8])| {
    let (room, sizes, input) = data;
    if input.len() > 8_000 {
        return;
    }
    let whole = responses(&answer(input, &[], 1 << 20));
    // Enough for a client that sends all before it reads, or next to nothing.
    let room = 16 + usize::from(room) * 64;
    let cut = responses(&answer(input, &sizes[..sizes.len().min(32)], room));
    // At the very end, a piece that is no request may be judged, or still be waited for.
    let (short, long) = if cut.len() < whole.len() {
        (&cut, &whole)
    } else {
        (&whole, &cut)
    };
    assert_eq!(short[..], long[..short.len()]);
    let surplus = &long[short.len()..];
    assert!(surplus.len() <= 1, "{surplus:?}");
    assert!(surplus.iter().all(|(status, _)| *status >= 400), "{surplus:?}");
});
