use std::io::Read as _;
use std::io::Seek as _;
use std::io::SeekFrom;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;

use bytes::Bytes;
use futures_core::Stream;
use http::Method;

use super::FormData;
use super::Multipart;
use crate::body::BodyError;
use crate::body::Incoming;
use crate::protocol::h1::Head;
use crate::request::Request;
use crate::request::RequestLimits;

fn request(content_type: &str, body: impl Into<Bytes>) -> Request {
    let fields = [(&b"content-type"[..], content_type.as_bytes())];
    let head = Head::from_parts(Method::POST, "/?q=1", fields).unwrap();
    Request::new(head, Incoming::buffered(body.into()))
}

async fn prepared(content_type: &str, body: impl Into<Bytes>, limits: RequestLimits) -> Request {
    let mut request = request(content_type, body);
    request.set_limits(limits);
    std::future::poll_fn(|cx| request.poll_prepare(cx)).await;
    request
}

const KIND: &str = "multipart/form-data; boundary=b";

fn field(name: &str, value: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n")
}

fn file(name: &str, filename: &str, length: usize) -> String {
    let head = format!("Content-Disposition: form-data; name={name}; filename={filename}");
    format!(
        "--b\r\n{head}\r\nContent-Type: a/b\r\n\r\n{}\r\n",
        "x".repeat(length)
    )
}

fn unlimited() -> RequestLimits {
    RequestLimits {
        max_content_length: None,
        ..RequestLimits::default()
    }
}

#[tokio::test]
async fn small_files_stay_in_memory_and_large_ones_go_to_disk() {
    let body = [
        field("a", "1"),
        file("f", "s", 10),
        file("f", "l", 3_000_000),
    ]
    .concat();
    let request = prepared(KIND, body + "--b--", unlimited()).await;
    assert_eq!(request.form().unwrap().get("a"), Some("1"));
    let files = request.files().unwrap().get_list("f");
    let facts: Vec<_> = files
        .iter()
        .map(|file| (file.filename(), file.len(), file.is_in_memory()))
        .collect();
    assert_eq!(facts, [("s", 10, true), ("l", 3_000_000, false)]);
    let large = request.files().unwrap().get_list("f")[1].clone();
    assert_eq!(large.content_type(), Some("a/b"));
    assert!(large.bytes().unwrap().iter().all(|byte| *byte == b'x'));
    let mut reader = large.reader();
    reader.seek(SeekFrom::End(-3)).unwrap();
    let mut end = String::new();
    reader.read_to_string(&mut end).unwrap();
    assert_eq!(end, "xxx");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("saved");
    assert_eq!(large.save(&path).unwrap(), 3_000_000);
    assert_eq!(large.save_async(&path).await.unwrap(), 3_000_000);
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 3_000_000);
    assert_eq!(request.data().unwrap(), b"", "a form leaves no raw bytes");
}

/// A part that never ends, and how much of it was read.
struct Endless {
    pieces: usize,
    piece: Bytes,
}

impl Stream for Endless {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pieces += 1;
        Poll::Ready(Some(Ok(match self.pieces {
            1 => file("f", "l", 0).trim_end().to_owned().into(),
            2 => "\r\n\r\n".into(),
            _ => self.piece.clone(),
        })))
    }
}

#[test]
fn the_disk_slows_the_sender_down() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.max_blocking_threads(1).build().unwrap();
    let _context = runtime.enter();
    // The only thread that could write is busy until the end of the test.
    let (done, wait) = std::sync::mpsc::channel::<()>();
    runtime.spawn_blocking(move || wait.recv());
    let piece = Bytes::from(vec![b'x'; 64 * 1024]);
    let mut body = Endless { pieces: 0, piece };
    let limits = unlimited();
    let mut reading = Box::pin(FormData::read(KIND, &mut body, &limits));
    let mut cx = Context::from_waker(std::task::Waker::noop());
    assert!(reading.as_mut().poll(&mut cx).is_pending());
    drop(reading);
    drop(done);
    // What goes to disk first, one block more, and the piece that was too much.
    assert!(body.pieces <= 2 + 8 + 5, "{} pieces", body.pieces);
}

#[tokio::test]
async fn limits_are_413() {
    let body = [field("a", "12345"), field("b", "2"), file("f", "f", 100)].concat() + "--b--";
    let limit = |change: fn(&mut RequestLimits)| {
        let mut limits = RequestLimits::default();
        change(&mut limits);
        limits
    };
    for (limits, want) in [
        (limit(|_| {}), None),
        (limit(|limits| limits.max_form_memory_size = Some(5)), None),
        (
            limit(|limits| limits.max_form_memory_size = Some(4)),
            Some(413),
        ),
        (limit(|limits| limits.max_form_parts = Some(3)), None),
        (limit(|limits| limits.max_form_parts = Some(2)), Some(413)),
        (
            limit(|limits| limits.max_content_length = Some(100)),
            Some(413),
        ),
    ] {
        let request = prepared(KIND, body.clone(), limits).await;
        let code = request.form().err().map(|error| error.code());
        assert_eq!(code, want, "{limits:?}");
        assert_eq!(request.files().is_err(), want.is_some());
    }
    let urlencoded = "application/x-www-form-urlencoded";
    let limits = limit(|limits| limits.max_form_memory_size = Some(1));
    let request = prepared(urlencoded, "a=123", limits).await;
    assert_eq!(request.form().unwrap().get("a"), Some("123"));
    assert_eq!(request.data().unwrap(), b"a=123");
}

#[tokio::test]
async fn malformed_forms_are_empty_and_say_why() {
    let cut = field("a", "1");
    for (kind, body) in [
        (KIND, cut.as_bytes()),
        ("multipart/form-data", b"--b--"),
        ("multipart/form-data; boundary=\"\"", b"--b--"),
        (KIND, b"--b\r\nX: y\r\n\r\n\r\n--b--"),
        ("application/x-www-form-urlencoded", b"a=\xff"),
    ] {
        let body = Bytes::copy_from_slice(body);
        let request = prepared(kind, body, RequestLimits::default()).await;
        let form = request.form_data().unwrap();
        assert!(
            form.fields().is_empty() && form.files().is_empty(),
            "{kind}"
        );
        assert_eq!(
            form.error().map(|error| error.to_exception().code()),
            Some(400)
        );
    }
    let json = prepared("application/json", "{}", RequestLimits::default()).await;
    assert!(json.form().unwrap().is_empty());
    assert!(json.form_data().unwrap().error().is_none());
}

#[tokio::test]
async fn values_are_those_of_query_and_form() {
    let kind = "application/x-www-form-urlencoded";
    let request = prepared(kind, "q=2&a=3", RequestLimits::default()).await;
    let values = request.values().unwrap();
    assert_eq!(values.get_list("q"), ["1", "2"]);
    assert_eq!(values.get("a"), Some("3"));
}

#[tokio::test]
async fn parts_come_one_after_the_other() {
    let body = [field("a", "1"), file("f", "name", 70_000), field("b", "2")].concat() + "--b--";
    let mut request = request(KIND, body);
    let mut parts = Multipart::from_request(&mut request).unwrap();
    let part = parts.next_part().await.unwrap().unwrap();
    assert_eq!((part.name(), part.filename()), ("a", None));
    assert_eq!(part.text(10).await.unwrap(), "1");
    let mut part = parts.next_part().await.unwrap().unwrap();
    assert_eq!(part.filename(), Some("name"));
    assert!(part.chunk().await.unwrap().is_some());
    // The rest of it is passed over.
    let part = parts.next_part().await.unwrap().unwrap();
    assert_eq!(part.name(), "b");
    assert_eq!(part.bytes(0).await.unwrap_err().code(), 413);
    assert!(parts.next_part().await.unwrap().is_none());
    assert_eq!(
        request.form().unwrap_err().code(),
        500,
        "the body was taken"
    );
    let mut json = self::request("application/json", "{}");
    assert_eq!(Multipart::from_request(&mut json).unwrap_err().code(), 415);
}
