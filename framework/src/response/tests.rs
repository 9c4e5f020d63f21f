use std::fs;
use std::future::Future;
use std::pin::pin;
use std::task::Context;
use std::task::Poll;
use std::task::Waker;
use std::time::Duration;
use std::time::SystemTime;

use http::Method;

use super::Conditional;
use super::Response;
use super::SendFile;
use super::body_channel;
use super::send_file;
use super::send_from_directory;
use crate::body::Body;
use crate::body::Incoming;
use crate::protocol::h1::Head;
use crate::request::Request;

fn request(fields: &[(&str, &str)]) -> Request {
    let fields = fields
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let head = Head::from_parts(Method::GET, "/", fields).unwrap();
    Request::new(head, Incoming::empty())
}

/// Runs a future that waits for nothing from outside.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
            return value;
        }
    }
}

fn body(mut response: Response) -> String {
    let bytes = wait(response.take_body().into_bytes()).unwrap();
    String::from_utf8(bytes.into()).unwrap()
}

const MODIFIED: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const EARLIER: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
const LATER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";

/// A response of ten bytes with both validators.
fn page() -> Response {
    let mut response = Response::new("0123456789");
    response.set_etag("v1").unwrap();
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    response.set_last_modified(date);
    response
}

#[test]
fn conditions_are_answered() {
    for (fields, want) in [
        (&[][..], 200),
        (&[("if-none-match", "\"v1\"")], 304),
        (&[("if-none-match", "W/\"v1\", \"x\"")], 304),
        (&[("if-none-match", "*")], 304),
        (&[("if-none-match", "\"v2\"")], 200),
        (&[("if-modified-since", MODIFIED)], 304),
        (&[("if-modified-since", LATER)], 304),
        (&[("if-modified-since", EARLIER)], 200),
        (&[("if-modified-since", "junk")], 200),
        // The tag counts, not the date.
        (
            &[("if-none-match", "\"v2\""), ("if-modified-since", LATER)],
            200,
        ),
        (&[("if-match", "\"v1\"")], 200),
        (&[("if-match", "\"v0\""), ("if-match", "\"v1\"")], 200),
        (&[("if-match", "*")], 200),
        (&[("if-match", "W/\"v1\"")], 412),
        (&[("if-match", "\"v2\"")], 412),
        (&[("if-unmodified-since", MODIFIED)], 200),
        (&[("if-unmodified-since", EARLIER)], 412),
        (
            &[("if-match", "\"v1\""), ("if-unmodified-since", EARLIER)],
            200,
        ),
        (&[("if-match", "\"v2\""), ("if-none-match", "\"v1\"")], 412),
    ] {
        let response = page().make_conditional(&request(fields));
        assert_eq!(response.status().as_u16(), want, "{fields:?}");
        assert!(response.headers().contains("date"));
        if want == 304 {
            assert!(response.body().is_empty(), "{fields:?}");
            assert_eq!(response.headers().get("etag"), Some("\"v1\""));
            assert!(!response.headers().contains("content-type"));
        }
    }
    let mut weak = page();
    weak.set_weak_etag("v1").unwrap();
    let response = weak.make_conditional(&request(&[("if-match", "\"v1\"")]));
    assert_eq!(
        response.status().as_u16(),
        412,
        "weak tags match nothing strongly"
    );
    let missing = page().with_status(404);
    let response = missing.make_conditional(&request(&[("if-none-match", "*")]));
    assert_eq!(
        response.status().as_u16(),
        404,
        "conditions are for successes"
    );
}

/// Fields of the request; status, Content-Range and body of the answer.
const RANGES: &[(&[(&str, &str)], u16, &str, &str)] = &[
    (&[("range", "bytes=0-4")], 206, "bytes 0-4/10", "01234"),
    (&[("range", "bytes=5-")], 206, "bytes 5-9/10", "56789"),
    (&[("range", "bytes=-3")], 206, "bytes 7-9/10", "789"),
    (&[("range", "bytes=-30")], 206, "bytes 0-9/10", "0123456789"),
    (&[("range", "bytes=8-99")], 206, "bytes 8-9/10", "89"),
    (&[("range", "BYTES = 0-0")], 206, "bytes 0-0/10", "0"),
    (&[("range", "bytes=20-30,1-1")], 416, "bytes */10", ""),
    (&[("range", "bytes=1-1,20-30")], 206, "bytes 1-1/10", "1"),
    (&[("range", "bytes=10-")], 416, "bytes */10", ""),
    (&[("range", "bytes=-0")], 416, "bytes */10", ""),
    (&[("range", "bytes=5-4")], 416, "bytes */10", ""),
    (&[("range", "items=0-1")], 200, "", "0123456789"),
    (
        &[("range", "bytes=0-4"), ("if-range", "\"v1\"")],
        206,
        "bytes 0-4/10",
        "01234",
    ),
    (
        &[("range", "bytes=0-4"), ("if-range", "W/\"v1\"")],
        200,
        "",
        "0123456789",
    ),
    (
        &[("range", "bytes=0-4"), ("if-range", "\"v2\"")],
        200,
        "",
        "0123456789",
    ),
    (
        &[("range", "bytes=0-4"), ("if-range", MODIFIED)],
        206,
        "bytes 0-4/10",
        "01234",
    ),
    (
        &[("range", "bytes=0-4"), ("if-range", LATER)],
        200,
        "",
        "0123456789",
    ),
    (
        &[("range", "bytes=99-"), ("if-range", "\"v2\"")],
        200,
        "",
        "0123456789",
    ),
    (
        &[("range", "bytes=0-4"), ("if-none-match", "\"v1\"")],
        304,
        "",
        "",
    ),
    (
        &[("range", "bytes=0-4"), ("if-match", "\"v2\"")],
        412,
        "",
        "0123456789",
    ),
];

#[test]
fn ranges_are_cut() {
    for (fields, status, range, want) in RANGES {
        let streamed = page()
            .body()
            .as_bytes()
            .unwrap()
            .chunks(3)
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>();
        let mut stream = page();
        let pieces = Response::from_pieces(streamed).take_body();
        stream.set_body(pieces);
        let request = request(fields);
        let streamed_whole = Conditional::new().ranges().complete_length(10);
        let answers = [
            page().make_partial(&request),
            stream.make_conditional_with(&request, &streamed_whole),
        ];
        for answer in answers {
            match answer {
                Ok(response) => {
                    assert_eq!(response.status().as_u16(), *status, "{fields:?}");
                    let given = response.headers().get("content-range").unwrap_or("");
                    assert_eq!(given, *range, "{fields:?}");
                    assert_eq!(response.headers().get("accept-ranges"), Some("bytes"));
                    assert_eq!(body(response), *want, "{fields:?}");
                }
                Err(error) => {
                    assert_eq!(error.code(), *status, "{fields:?}");
                    assert_eq!(error.headers().get("content-range"), Some(*range));
                }
            }
        }
    }
}

#[test]
fn werkzeugs_rules_are_to_be_had() {
    let mut weak = page();
    weak.set_weak_etag("v1").unwrap();
    for (fields, response, want) in [
        (&[("if-match", "*")][..], page(), 412),
        (&[("if-match", "\"v1\"")], weak, 200),
        (&[("if-unmodified-since", EARLIER)], page(), 200),
        (&[("if-none-match", "*")], page().with_status(404), 304),
        (
            &[("range", "bytes=0-1"), ("if-none-match", "*")],
            page(),
            206,
        ),
        (
            &[("range", "bytes=0-1"), ("if-match", "\"v2\"")],
            page(),
            206,
        ),
        (
            &[("range", "bytes=0-1"), ("if-range", "W/\"v1\"")],
            page(),
            206,
        ),
        (&[("range", "bytes=0-1"), ("if-range", LATER)], page(), 206),
        (
            &[("range", "bytes=0-1"), ("if-range", "\"v2\"")],
            page(),
            200,
        ),
        (&[("range", "bytes=-30")], page(), 416),
        (&[("range", "bytes=0-1,4-5")], page(), 416),
        (&[("range", "items=0-1")], page(), 416),
        (&[("range", "bytes=0-1")], page().with_status(404), 206),
        (&[("if-none-match", "\"v1\"")], page(), 304),
    ] {
        let werkzeug = Conditional::werkzeug().ranges();
        let status = match response.make_conditional_with(&request(fields), &werkzeug) {
            Ok(response) => response.status().as_u16(),
            Err(error) => error.code(),
        };
        assert_eq!(status, want, "{fields:?}");
    }
    let unknown = Conditional::new().ranges().complete_length(None);
    let whole = page().make_conditional_with(&request(&[("range", "bytes=0-1")]), &unknown);
    assert_eq!(whole.unwrap().status().as_u16(), 200);
}

#[test]
fn a_status_keeps_its_words_until_it_changes() {
    let mut response = Response::empty();
    response.set_status_text("404 Gone Fishing").unwrap();
    assert_eq!(response.reason(), Some("Gone Fishing"));
    for refused in [
        "",
        "foo",
        "0 x",
        "99",
        "1000",
        "4xx",
        "404 a\r\nset-cookie: b",
        "404 a\0",
    ] {
        assert!(response.set_status_text(refused).is_err(), "{refused:?}");
        assert_eq!(response.status_text(), "404 Gone Fishing", "{refused:?}");
    }
    response.set_status(200);
    assert_eq!(response.status_text(), "200 OK");
}

#[test]
fn several_ranges_are_one_body() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("digits.txt");
    fs::write(&path, "0123456789").unwrap();
    let request = request(&[("range", "bytes=0-1,4-5,-2")]);
    let answers = [
        page().make_partial(&request).unwrap(),
        send_file(&path).respond(&request).unwrap(),
    ];
    for response in answers {
        assert_eq!(response.status().as_u16(), 206);
        assert!(!response.headers().contains("content-range"));
        let kind = response.headers().get("content-type").unwrap();
        let boundary = kind
            .strip_prefix("multipart/byteranges; boundary=")
            .unwrap();
        let part = |range: &str, text: &str| {
            format!(
                "--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\
                 Content-Range: bytes {range}/10\r\n\r\n{text}\r\n"
            )
        };
        let want = part("0-1", "01") + &part("4-5", "45") + &part("8-9", "89");
        let want = format!("{want}--{boundary}--\r\n");
        assert_eq!(response.body().len(), Some(want.len() as u64));
        assert_eq!(body(response), want);
    }
    // The whole is shorter than what is asked for in pieces.
    let greedy = self::request(&[("range", "bytes=0-8,-9")]);
    assert_eq!(page().make_partial(&greedy).unwrap().status().as_u16(), 200);
    let many: Vec<String> = (0..40).map(|n| format!("{n}-{n}")).collect();
    let many = self::request(&[("range", &format!("bytes={}", many.join(",")))]);
    let response = Response::new("x".repeat(100)).make_partial(&many).unwrap();
    assert_eq!(response.status().as_u16(), 200);
}

#[test]
fn files_are_sent() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    fs::write(path.join("ü.txt"), "hello").unwrap();
    fs::write(path.join("empty.css"), "").unwrap();
    fs::create_dir(path.join("sub")).unwrap();
    let plain = request(&[]);
    let response = send_from_directory(path, "ü.txt").respond(&plain).unwrap();
    let field = |name: &str| response.headers().get(name).map(str::to_owned);
    assert_eq!(
        field("content-type").as_deref(),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(
        field("content-disposition").as_deref(),
        Some("inline; filename=u.txt; filename*=UTF-8''%C3%BC.txt")
    );
    assert_eq!(field("cache-control").as_deref(), Some("no-cache"));
    assert_eq!(field("accept-ranges").as_deref(), Some("bytes"));
    let etag = field("etag").unwrap();
    assert!(response.last_modified().is_some());
    assert_eq!(body(response), "hello");
    let again = request(&[("if-none-match", &etag)]);
    let response = send_from_directory(path, "ü.txt").respond(&again).unwrap();
    assert_eq!(response.status().as_u16(), 304);
    let response = send_file(path.join("empty.css")).respond(&plain).unwrap();
    assert!(response.body().is_empty());
    let part = request(&[("range", "bytes=1-2")]);
    let response = send_file(path.join("ü.txt")).respond(&part).unwrap();
    assert_eq!(body(response), "el");
}

#[test]
fn files_that_are_not_there_are_404() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("sub")).unwrap();
    fs::write(directory.path().join("file"), "x").unwrap();
    let plain = request(&[]);
    for path in [
        "none",
        "sub",
        "../file",
        "/etc/passwd",
        "sub/../../file",
        "file/x",
        "a\0b",
        "",
    ] {
        let answer = send_from_directory(directory.path(), path).respond(&plain);
        assert_eq!(answer.unwrap_err().code(), 404, "{path:?}");
    }
    // The program's own path: its mistake.
    let answer = send_file(directory.path().join("none")).respond(&plain);
    assert_eq!(answer.unwrap_err().code(), 500);
    let nameless = SendFile::from_bytes("x").as_attachment();
    assert_eq!(nameless.respond(&plain).unwrap_err().code(), 500);
}

#[tokio::test]
async fn files_are_opened_by_another_thread() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("a.json"), "{}").unwrap();
    let answer = send_from_directory(directory.path(), "a.json");
    let response = answer.respond_async(&request(&[])).await.unwrap();
    assert!(response.is_json());
}

#[tokio::test]
async fn a_channel_waits_for_its_reader() {
    let (sender, body) = body_channel(1);
    sender.send("a").await.unwrap();
    let mut blocked = Box::pin(sender.send("b"));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(blocked.as_mut().poll(&mut cx).is_pending());
    let reader = tokio::spawn(body.into_bytes());
    blocked.await.unwrap();
    // Dropping the last sender ends the body.
    drop(sender);
    assert_eq!(reader.await.unwrap().unwrap(), "ab");
    let (sender, body) = body_channel(1);
    drop(body);
    assert!(sender.send("a").await.is_err());
    sender.closed().await;
    let (sender, body) = body_channel(1);
    sender.fail("disk on fire").await;
    assert!(body.into_bytes().await.is_err());
}

#[test]
fn a_frozen_response_is_whole() {
    let mut response = Response::from_pieces(["a", "b"]);
    wait(response.freeze()).unwrap();
    assert_eq!(response.body().as_bytes(), Some(&b"ab"[..]));
    assert_eq!(response.headers().get("content-length"), Some("2"));
    assert!(response.etag().is_some());
}

#[test]
fn a_finished_response_is_what_a_client_gets() {
    let mut response = page().with_status(204);
    response.headers_mut().set("content-length", 10);
    response.set_location("/ü").unwrap();
    response.finish(&request(&[]));
    assert!(response.body().is_empty());
    assert!(!response.headers().contains("content-length"));
    assert_eq!(response.location(), Some("/%C3%BC"));
    let mut response = page();
    response.set_body(Body::from("abc"));
    response.finish(&request(&[]));
    assert_eq!(response.headers().get("content-length"), Some("3"));
}
