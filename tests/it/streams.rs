use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use rustzeug::Body;
use rustzeug::Reply;
use rustzeug::Response;
use rustzeug::body::FileSlice;
use rustzeug::response::body_channel;
use rustzeug_tests::raw::End;
use rustzeug_tests::raw::field;
use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::app;
use rustzeug_tests::server::serve;
use rustzeug_tests::server::wait_until;

use crate::probe::LINE;
use crate::probe::Probe;

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
}

fn get_old(path: &str) -> String {
    format!("GET {path} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
}

#[test]
fn a_stream_is_chunked() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    client.send(get("/stream"));
    let head = client.read_head();
    assert_eq!(field(&head, "transfer-encoding"), Some("chunked"));
    assert_eq!(field(&head, "content-length"), None);
    assert_eq!(
        client.read_until("0\r\n\r\n"),
        "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
    );
    client.send(get("/ignore"));
    assert_eq!(client.read_response().text(), "ignored");
}

#[test]
fn a_stream_to_http_1_0_ends_with_the_connection() {
    let server = serve(Probe::default());
    let text = server.raw_open(get_old("/stream"));
    assert!(text.contains("\r\nconnection: close\r\n"), "{text:?}");
    assert!(!text.contains("transfer-encoding"), "{text:?}");
    assert!(text.ends_with("\r\n\r\nonetwo"), "{text:?}");
}

#[test]
fn a_stream_of_known_length_says_it() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    for request in [get("/sized"), get_old("/sized")] {
        client.send(request);
        let response = client.read_response();
        assert_eq!(response.field("content-length"), Some("6"));
        assert_eq!(response.text(), "onetwo");
    }
}

#[test]
fn a_stream_that_fails_is_seen_to_fail() {
    let server = serve(Probe::default());
    for path in ["/broken", "/bomb", "/short", "/long"] {
        let text = server.raw_open(format!("{}{}", get(path), get("/ignore")));
        assert_eq!(statuses(&text), [200], "{path}");
        assert!(!text.ends_with("0\r\n\r\n"), "{path}: {text:?}");
        assert!(!text.contains("ignored"), "{path}: {text:?}");
        match path {
            "/broken" => assert!(text.ends_with("3\r\none\r\n3\r\ntwo\r\n"), "{text:?}"),
            "/short" => assert!(text.ends_with("\r\n\r\nonetwo"), "{text:?}"),
            _ => {}
        }
    }
    // Other connections do not mind.
    assert_eq!(statuses(&server.raw(get("/ignore"))), [200]);
}

#[test]
fn a_stream_that_fails_is_closed_all_the_same() {
    static CLOSED: AtomicUsize = AtomicUsize::new(0);
    let server = serve(app(|_| {
        let (sender, body) = body_channel(2);
        let mut response = Response::new(body);
        response.call_on_close(|| {
            CLOSED.fetch_add(1, Ordering::SeqCst);
        });
        Reply::future(async move {
            let _room = sender.send("one").await;
            sender.fail("disk on fire").await;
            response
        })
    }));
    let text = server.raw_open(get("/"));
    assert!(text.ends_with("3\r\none\r\n"), "{text:?}");
    wait_until("what follows the response has run", || {
        CLOSED.load(Ordering::SeqCst) == 1
    });
}

#[test]
fn a_stream_to_http_1_0_that_fails_ends_with_a_reset() {
    let server = serve(Probe::default());
    for path in ["/broken", "/bomb"] {
        let (_, end) = server.connect().send(get_old(path)).read_to_its_end();
        assert_eq!(end, End::Reset, "{path}");
    }
}

#[test]
fn a_stream_is_asked_for_no_more_than_the_client_takes() {
    let probe = Probe::default();
    let server = serve(probe.clone());
    let mut client = server.connect();
    client.send(get("/endless"));
    client.read_exact(1_000_000);
    let mut before = 0;
    wait_until("the stream stands still", || {
        let now = probe.streamed();
        let stands = now == before;
        before = now;
        std::thread::sleep(std::time::Duration::from_millis(50));
        stands
    });
    assert!(before < 32 * 1024 * 1024, "{before} bytes were made");
    // The client goes: the stream is dropped with its connection.
    drop(client);
    assert_eq!(statuses(&server.raw(get("/ignore"))), [200]);
}

#[test]
fn large_bodies_are_whole() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    client.send(get("/large").repeat(8));
    for _ in 0..8 {
        assert!(client.read_response().body == LINE.repeat(16 * 1024));
    }
}

#[test]
fn files_are_sent_whole_in_parts_and_cut_when_they_are_too_short() {
    let path = std::env::temp_dir().join(format!("rustzeug-it-{}", std::process::id()));
    let mut file = File::create_new(&path).expect("a file");
    let content = LINE.repeat(50_000);
    file.write_all(&content).expect("room on the disk");
    let file = Arc::new(File::open(&path).expect("the file"));
    std::fs::remove_file(&path).expect("the file");
    let length = content.len() as u64;
    let server = serve(app(move |request| {
        let slice = match request.path() {
            "/part" => FileSlice::new(file.clone(), 64, 128),
            "/empty" => FileSlice::new(file.clone(), 64, 0),
            "/beyond" => FileSlice::new(file.clone(), length - 64, 128),
            _ => FileSlice::new(file.clone(), 0, length),
        };
        Reply::Ready(Response::new(Body::file(slice)))
    }));
    let mut client = server.connect();
    client.send(format!("{}{}{}", get("/"), get("/part"), get("/empty")));
    assert!(client.read_response().body == content);
    assert_eq!(client.read_response().body, LINE.repeat(2));
    assert_eq!(client.read_response().body, b"");
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(
        field(&client.read_head(), "content-length"),
        Some("3200000")
    );
    client.send(get("/beyond"));
    let text = client.read_to_end();
    assert!(text.contains("content-length: 128\r\n"), "{text:?}");
    assert!(
        text.ends_with(std::str::from_utf8(LINE).expect("text")),
        "{text:?}"
    );
    assert_eq!(text.matches("abcdefgh").count(), 1);
}
