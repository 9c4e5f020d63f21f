#![allow(clippy::panic, reason = "a handler that panics")]

use std::fs;
use std::io::Read;
use std::time::Duration;

use flate2::read::GzDecoder;
use rustzeug::middleware::CatchPanic;
use rustzeug::middleware::Compress;
use rustzeug::middleware::Layer;
use rustzeug::middleware::RequestId;
use rustzeug::middleware::SharedData;
use rustzeug::prelude::*;
use rustzeug::response::body_channel;
use rustzeug_tests::raw::field;
use rustzeug_tests::server::TestServer;
use rustzeug_tests::server::serve;

struct Site;

#[application]
impl Site {
    #[route("/events")]
    async fn events(&self) -> Response {
        let (sender, body) = body_channel(1);
        tokio::spawn(async move {
            for n in 0.. {
                if sender.send(format!("data: {n}\n\n")).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let mut response = Response::new(body);
        response
            .headers_mut()
            .set("content-type", "text/event-stream");
        response
    }

    #[route("/many")]
    async fn many(&self) -> Response {
        Response::from_pieces((0..100_000).map(|n| format!("line {n}\n")))
    }

    #[route("/page")]
    async fn page(&self) -> String {
        "page ".repeat(1000)
    }

    #[route("/bomb")]
    fn bomb(&self) -> String {
        panic!("on a worker")
    }
}

fn site(app: impl IntoApplication) -> TestServer {
    serve(app.into_application().expect("an application"))
}

fn get(path: &str, fields: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n")
}

fn gunzip(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes)
        .read_to_string(&mut text)
        .expect("gzip");
    text
}

#[test]
fn packed_answers_are_framed_as_what_they_are() {
    let server = site(Site.with(Compress::new()));
    let mut client = server.connect();
    client.send(get("/page", "Accept-Encoding: gzip\r\n"));
    let page = client.read_response();
    let length = page.body.len().to_string();
    assert_eq!(page.field("content-length"), Some(&*length));
    assert_eq!(gunzip(&page.body), "page ".repeat(1000));
    client.send(get("/many", "Accept-Encoding: gzip\r\n"));
    let many = client.read_response();
    assert_eq!(many.field("transfer-encoding"), Some("chunked"));
    assert_eq!(many.field("content-length"), None);
    assert_eq!(gunzip(&many.body).lines().count(), 100_000);
    client.send("HEAD /page HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
    let head = client.read_head();
    assert_eq!(field(&head, "content-encoding"), Some("gzip"));
    assert_eq!(field(&head, "content-length"), None);
    client.send(get("/page", ""));
    assert_eq!(client.read_response().text(), "page ".repeat(1000));
}

#[test]
fn packed_events_arrive_one_by_one() {
    let server = site(Site.with(Compress::new()));
    let mut client = server.connect();
    client.send(get("/events", "Accept-Encoding: gzip\r\n"));
    let head = client.read_head();
    assert_eq!(field(&head, "content-encoding"), Some("gzip"));
    let mut packed = Vec::new();
    let mut seen = String::new();
    while !seen.contains("data: 3\n\n") {
        let line = client.read_until("\r\n");
        let size = usize::from_str_radix(line.trim_end(), 16).expect("a chunk size");
        packed.extend(client.read_exact(size));
        client.read_exact(2);
        let mut text = Vec::new();
        // What is not there yet is an error; what is there was read.
        let _unfinished = GzDecoder::new(&packed[..]).read_to_end(&mut text);
        seen = String::from_utf8(text).expect("text");
    }
    assert!(!seen.contains("data: 9\n\n"), "they came together: {seen}");
}

#[test]
fn shared_files_have_ranges_and_can_be_packed() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "0123456789".repeat(20_000);
    fs::write(folder.path().join("digits.txt"), &text).expect("a file");
    let files = SharedData::new().directory("/files", folder.path());
    let server = site(Site.with(files).with(Compress::new()));
    let mut client = server.connect();
    client.send(get("/files/digits.txt", ""));
    let whole = client.read_response();
    assert_eq!((whole.status(), whole.body.len()), (200, text.len()));
    let tag = whole.field("etag").expect("a tag").to_owned();
    let range = format!("Accept-Encoding: gzip\r\nRange: bytes=199990-\r\nIf-Range: {tag}\r\n");
    client.send(get("/files/digits.txt", &range));
    let part = client.read_response();
    assert_eq!((part.status(), part.text().as_str()), (206, "0123456789"));
    assert_eq!(
        part.field("content-range"),
        Some("bytes 199990-199999/200000")
    );
    client.send(get("/files/digits.txt", "Accept-Encoding: gzip\r\n"));
    let packed = client.read_response();
    assert_eq!(packed.field("content-encoding"), Some("gzip"));
    assert_eq!(packed.field("etag"), Some(&*format!("W/{tag}")));
    assert_eq!(gunzip(&packed.body), text);
    let condition = format!("Accept-Encoding: gzip\r\nIf-None-Match: W/{tag}\r\n");
    client.send(get("/files/digits.txt", &condition));
    assert_eq!(client.read_response().status(), 304);
    client.send(get("/files/none.txt", ""));
    assert_eq!(client.read_response().status(), 404);
}

#[test]
fn a_caught_panic_keeps_the_connection() {
    let server = site(Site.with(CatchPanic::new()).with(RequestId::new()));
    let mut client = server.connect();
    for _ in 0..3 {
        client.send(get("/bomb", ""));
        let response = client.read_response();
        assert_eq!(response.status(), 500);
        assert!(response.field("x-request-id").is_some());
    }
    client.send(get("/page", ""));
    assert_eq!(client.read_response().status(), 200);
}
