use std::io::Read;
use std::pin::Pin;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::task::Context;
use std::task::Poll;
use std::task::Waker;

use super::*;
use crate::body::BodyError;
use crate::middleware::Layer;
use crate::prelude::*;
use crate::testing::Client;
use crate::testing::TestResponse;

const TEXT: &str = "The same line over and over.\n";

struct Site;

#[application]
impl Site {
    #[route("/text/<int:lines>")]
    async fn text(&self, lines: usize) -> Response {
        Response::new(TEXT.repeat(lines)).with_header("etag", "\"tag\"")
    }

    #[route("/conditional")]
    async fn conditional(&self, request: &Request) -> Result<Response> {
        Response::new(TEXT.repeat(100))
            .with_header("etag", "\"tag\"")
            .make_partial(request)
    }

    #[route("/stream/<int:lines>")]
    async fn stream(&self, lines: usize) -> Response {
        Response::from_pieces((0..lines).map(|_| TEXT))
    }

    #[route("/file")]
    fn file(&self, request: &Request) -> Result<Response> {
        send_file(file!().trim_start_matches("framework/"))
            .mimetype("text/plain")
            .respond(request)
    }

    #[route("/fails")]
    async fn fails(&self) -> Response {
        let pieces = (0..3).map(|n| match n {
            2 => Err("broken"),
            _ => Ok(Bytes::from_static(TEXT.as_bytes())),
        });
        Response::from_stream(Iter(pieces))
    }

    #[route("/typed/<path:mimetype>")]
    async fn typed(&self, mimetype: &str) -> Result<Response> {
        let mut response = Response::new(TEXT.repeat(100));
        response.set_content_type(mimetype)?;
        Ok(response)
    }

    #[route("/with/<name>/<value>")]
    async fn with(&self, name: &str, value: &str) -> Result<Response> {
        let mut response = Response::new(TEXT.repeat(100));
        response.headers_mut().try_set(name, value)?;
        Ok(response)
    }

    #[route("/random")]
    async fn random(&self) -> Response {
        let mut state = 1u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        };
        let bytes: Vec<u8> = (0..2000).map(|_| random()).collect();
        Response::new(bytes)
    }
}

struct Iter<I>(I);

impl<I> Unpin for Iter<I> {}

impl<I: Iterator> Stream for Iter<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }
}

fn client() -> Client {
    Client::new(Site.with(Compress::new())).unwrap()
}

fn get(path: &str, accept: &str) -> TestResponse {
    client().get(path).header("accept-encoding", accept).send()
}

fn unpack(coding: &str, bytes: &[u8]) -> String {
    let mut text = String::new();
    let read = match coding {
        "br" => brotli::Decompressor::new(bytes, 4096).read_to_string(&mut text),
        "gzip" => flate2::read::MultiGzDecoder::new(bytes).read_to_string(&mut text),
        "zstd" => zstd::stream::read::Decoder::new(bytes)
            .unwrap()
            .read_to_string(&mut text),
        other => panic!("{other} is no coding of ours"),
    };
    read.unwrap();
    text
}

#[test]
fn what_is_packed_is_what_was_there() {
    for coding in ["br", "gzip", "zstd"] {
        for path in [
            "/text/100",
            "/text/9000",
            "/stream/100",
            "/stream/100000",
            "/stream/0",
            "/file",
        ] {
            let (plain, packed) = (get(path, ""), get(path, coding));
            assert_eq!(packed.header("content-encoding"), Some(coding), "{path}");
            assert_eq!(packed.header("vary"), Some("Accept-Encoding"), "{path}");
            assert_eq!(plain.header("vary"), Some("Accept-Encoding"), "{path}");
            assert_eq!(
                unpack(coding, packed.bytes()),
                plain.text(),
                "{path} {coding}"
            );
            assert!(
                packed.bytes().len() < plain.bytes().len().max(30),
                "{path} {coding}"
            );
            assert_eq!(packed.header("accept-ranges"), None);
        }
    }
    let small = get("/text/100", "gzip");
    assert_eq!(
        small.header("content-length"),
        Some(&*small.bytes().len().to_string())
    );
    assert_eq!(small.header("etag"), Some("W/\"tag\""));
    assert_eq!(get("/text/100", "").header("etag"), Some("\"tag\""));
}

#[test]
fn some_things_are_never_packed() {
    for path in [
        "/text/1",
        "/typed/image/png",
        "/typed/application/zip",
        "/typed/video/mp4",
        "/random",
        "/with/content-encoding/br",
        "/with/cache-control/public,%20No-Transform",
    ] {
        let response = get(path, "gzip, br, zstd");
        assert_eq!(response.status(), 200, "{path}");
        let coding = response.header("content-encoding");
        assert!(
            coding.is_none() || path.ends_with("/br"),
            "{path} {coding:?}"
        );
    }
    for mimetype in [
        "text/css",
        "application/json",
        "image/svg+xml",
        "text/event-stream",
    ] {
        let response = get(&format!("/typed/{mimetype}"), "gzip");
        assert_eq!(
            response.header("content-encoding"),
            Some("gzip"),
            "{mimetype}"
        );
    }
    let client = client();
    let asked = client.get("/text/100").header("accept-encoding", "gzip");
    let response = asked.header("cache-control", "no-transform").send();
    assert_eq!(response.header("content-encoding"), None);
}

#[test]
fn parts_and_conditions_are_left_alone() {
    let ask = |name: &str, value: &str| {
        let call = client()
            .get("/conditional")
            .header("accept-encoding", "gzip")
            .header(name, value)
            .send();
        (call.status().as_u16(), call)
    };
    let (status, part) = ask("range", "bytes=4-7");
    assert_eq!((status, part.text()), (206, "same"));
    assert_eq!(
        (part.header("content-encoding"), part.header("etag")),
        (None, Some("\"tag\""))
    );
    let (status, fresh) = ask("if-none-match", "W/\"tag\"");
    assert_eq!((status, fresh.header("etag")), (304, Some("W/\"tag\"")));
    assert_eq!(fresh.header("vary"), Some("Accept-Encoding"));
    let (status, fresh) = ask("if-none-match", "\"tag\"");
    assert_eq!((status, fresh.header("etag")), (304, Some("\"tag\"")));
    let (status, whole) = ask("if-none-match", "\"other\"");
    assert_eq!(
        (status, whole.header("content-encoding")),
        (200, Some("gzip"))
    );
}

#[test]
fn head_says_what_get_would() {
    let head = client()
        .head("/text/100")
        .header("accept-encoding", "zstd")
        .send();
    assert_eq!(head.header("content-encoding"), Some("zstd"));
    assert_eq!(head.header("etag"), Some("W/\"tag\""));
    assert_eq!(head.text(), "");
}

#[test]
fn options_are_heeded() {
    let app = Compress::new()
        .codings([Coding::Gzip])
        .min_size(10_000)
        .effort(Effort::Fast);
    let client = Client::new(Site.with(app.types(|mimetype| mimetype == "text/plain"))).unwrap();
    let coding = |path: &str| {
        let response = client
            .get(path)
            .header("accept-encoding", "br, gzip, zstd")
            .send();
        response.header("content-encoding").map(str::to_owned)
    };
    assert_eq!(coding("/text/100"), None);
    assert_eq!(coding("/text/1000").as_deref(), Some("gzip"));
    assert_eq!(coding("/stream/1").as_deref(), Some("gzip"));
    assert_eq!(coding("/typed/text/css"), None);
}

#[test]
fn a_failure_in_the_middle_stays_one() {
    let client = client();
    let broken = client
        .get("/fails")
        .header("accept-encoding", "gzip")
        .try_send();
    let error = broken.expect_err("the body breaks");
    let mut text = error.to_string();
    let mut next: Option<&dyn std::error::Error> = std::error::Error::source(&error);
    while let Some(cause) = next {
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    assert!(text.contains("broken"), "{text}");
}

/// Gives a line, then nothing for a while, then a line.
struct Events {
    given: Arc<AtomicUsize>,
    may: Arc<AtomicUsize>,
}

impl Stream for Events {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.given.load(Ordering::Relaxed) == self.may.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
        self.given.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Bytes::from_static(b"data: event\n\n"))))
    }
}

#[test]
fn an_event_does_not_wait_for_the_next_one() {
    for coding in [Coding::Brotli, Coding::Gzip, Coding::Zstd] {
        let may = Arc::new(AtomicUsize::new(0));
        let given = Arc::new(AtomicUsize::new(0));
        let events = Events {
            given,
            may: may.clone(),
        };
        let packed = Packed::new(Body::stream(events), coding, Effort::Balanced).unwrap();
        let mut packed = pin!(packed);
        let mut cx = Context::from_waker(Waker::noop());
        let mut sent = Vec::new();
        for n in 1..4 {
            while let Poll::Ready(piece) = packed.as_mut().poll_next(&mut cx) {
                sent.extend_from_slice(&piece.unwrap().unwrap());
            }
            may.store(n, Ordering::Relaxed);
            while let Poll::Ready(piece) = packed.as_mut().poll_next(&mut cx) {
                sent.extend_from_slice(&piece.unwrap().unwrap());
            }
            assert_eq!(
                readable(coding, &sent),
                "data: event\n\n".repeat(n),
                "{coding:?}"
            );
        }
    }
}

/// What can be read of a body whose end has not arrived.
fn readable(coding: Coding, bytes: &[u8]) -> String {
    let mut out = Vec::new();
    let mut byte = [0];
    let mut reader: Box<dyn Read> = match coding {
        Coding::Brotli => Box::new(brotli::Decompressor::new(bytes, 1)),
        Coding::Gzip => Box::new(flate2::read::GzDecoder::new(bytes)),
        Coding::Zstd => Box::new(zstd::stream::read::Decoder::new(bytes).unwrap()),
    };
    while let Ok(1) = reader.read(&mut byte) {
        out.push(byte[0]);
    }
    String::from_utf8(out).unwrap()
}

#[test]
fn much_that_packs_well_lets_others_have_a_turn() {
    let zeros = Body::from(vec![0; 4 * 1024 * 1024]);
    let packed = Packed::new(zeros, Coding::Zstd, Effort::Balanced).unwrap();
    let mut packed = pin!(packed);
    let mut cx = Context::from_waker(Waker::noop());
    let (mut turns, mut length) = (0, 0);
    loop {
        match packed.as_mut().poll_next(&mut cx) {
            Poll::Ready(Some(piece)) => length += piece.unwrap().len(),
            Poll::Ready(None) => break,
            Poll::Pending => turns += 1,
        }
    }
    assert!((10..20).contains(&turns), "{turns}");
    assert!(length < 10_000, "{length}");
}
