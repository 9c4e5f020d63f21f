use std::io::Read;
use std::io::Write;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use rustzeug::middleware::HttpProxy;
use rustzeug::middleware::Layer;
use rustzeug::middleware::ProxyTarget;
use rustzeug::prelude::*;
use rustzeug::response::body_channel;
use rustzeug_tests::raw::End;
use rustzeug_tests::raw::field;
use rustzeug_tests::server::TestServer;
use rustzeug_tests::server::serve;
use rustzeug_tests::server::serve_with;
use rustzeug_tests::server::wait_until;
use sha2::Digest;
use sha2::Sha256;

/// What stands behind the proxy.
#[derive(Default)]
struct Behind {
    gone: Arc<AtomicUsize>,
}

/// Counts when it is dropped.
struct Gone(Arc<AtomicUsize>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[application]
impl Behind {
    #[route("/api/echo", methods = ["POST"])]
    async fn echo(&self, body: BodyStream) -> Response {
        Response::new(Body::stream(body.into_inner()))
    }

    #[route("/api/sum", methods = ["POST"])]
    async fn sum(&self, mut body: BodyStream) -> Result<String> {
        let mut sum = Sha256::new();
        while let Some(piece) = body.next().await {
            sum.update(&piece?);
        }
        Ok(hex(&sum.finalize()))
    }

    #[route("/api/<path:_name>", methods = ["GET", "POST"])]
    async fn seen(&self, request: &Request) -> String {
        let mut seen = format!("{} {}\n", request.method(), request.target());
        for (name, value) in request.headers() {
            seen += &format!("{name}: {}\n", value.to_str().unwrap_or("?"));
        }
        seen
    }

    #[route("/api/endless")]
    async fn endless(&self) -> Response {
        let (sender, body) = body_channel(1);
        let gone = Gone(self.gone.clone());
        tokio::spawn(async move {
            let _gone = gone;
            while sender.send("data: tick\n\n").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        Response::new(body)
    }

    #[route("/api/sized")]
    async fn sized(&self) -> Response {
        Response::new("0123456789").with_header("x-from", "behind")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[application]
fn own() -> &'static str {
    "own"
}

fn in_front(address: SocketAddr, set: impl FnOnce(HttpProxy) -> HttpProxy) -> TestServer {
    let target = ProxyTarget::new(&format!("http://{address}/")).expect("a URL");
    let app = own.with(set(HttpProxy::new().target("/api", target)));
    serve(app.into_application().expect("an application"))
}

/// A server behind, and one in front of it.
fn both() -> (TestServer, TestServer, Arc<AtomicUsize>) {
    let app = Behind::default();
    let gone = app.gone.clone();
    let app = app.into_application().expect("an application");
    let behind = serve_with(app, |builder| builder.max_content_length(u64::MAX));
    let front = in_front(behind.address(), |proxy| proxy);
    (behind, front, gone)
}

#[test]
fn what_is_passed_on_is_answered_from_behind() {
    let (behind, front, ..) = both();
    let mut client = front.connect();
    client.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.read_response().text(), "own");
    client.send(
        "POST /api/a%2Fb?q=%20 HTTP/1.1\r\nHost: outside\r\nContent-Length: 2\r\nAccept: x\r\n\
         Connection: keep-alive, x-mine\r\nX-Mine: 1\r\nX-Forwarded-For: 6.6.6.6\r\n\
         X-Forwarded-Host: evil\r\nX-Forwarded-Port: 1\r\nForwarded: for=evil\r\n\r\nhi",
    );
    let response = client.read_response();
    let mut lines: Vec<String> = response.text().lines().map(str::to_owned).collect();
    assert_eq!(lines.remove(0), "POST /api/a%2Fb?q=%20");
    lines.sort();
    assert_eq!(
        lines,
        [
            "accept: x".to_owned(),
            "content-length: 2".to_owned(),
            format!("host: {}", behind.address()),
            "via: 1.1 rustzeug".to_owned(),
            "x-forwarded-for: 6.6.6.6, 127.0.0.1".to_owned(),
            "x-forwarded-host: outside".to_owned(),
            "x-forwarded-proto: http".to_owned(),
        ]
    );
    for (method, body) in [("GET", "0123456789"), ("HEAD", "")] {
        client.send(format!("{method} /api/sized HTTP/1.1\r\nHost: a\r\n\r\n"));
        let head = client.read_head();
        assert_eq!(field(&head, "content-length"), Some("10"), "{method}");
        assert_eq!(field(&head, "x-from"), Some("behind"));
        assert_eq!(client.read_exact(body.len()), body.as_bytes());
    }
}

/// A block of bytes that differs from the others.
fn block(n: usize) -> Vec<u8> {
    let mut state = n as u64 * 2 + 1;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    };
    (0..64 * 1024).map(|_| next()).collect()
}

const BLOCKS: usize = 256;

#[test]
fn a_large_body_goes_there_and_back_while_it_is_sent() {
    let (_behind, front, ..) = both();
    let mut client = front.connect();
    let length = BLOCKS * 64 * 1024;
    client.send(format!(
        "POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"
    ));
    let mut writer = client.stream().try_clone().expect("a second handle");
    let sent = thread::spawn(move || {
        let mut sum = Sha256::new();
        for n in 0..BLOCKS {
            let block = block(n);
            sum.update(&block);
            writer.write_all(&block).expect("the proxy takes bytes");
        }
        hex(&sum.finalize())
    });
    let response = client.read_response();
    assert_eq!(response.status(), 200);
    assert_eq!(response.body.len(), length);
    assert_eq!(
        hex(&Sha256::digest(&response.body)),
        sent.join().expect("sent")
    );
}

#[test]
fn a_chunked_upload_arrives_whole() {
    let (_behind, front, ..) = both();
    let mut client = front.connect();
    client.send("POST /api/sum HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    let mut sum = Sha256::new();
    for n in 0..64 {
        let block = block(n);
        sum.update(&block);
        client
            .send(format!("{:x}\r\n", block.len()))
            .send(block)
            .send("\r\n");
    }
    client.send("0\r\n\r\n");
    assert_eq!(client.read_response().text(), hex(&sum.finalize()));
}

#[test]
fn nothing_goes_on_for_a_client_that_left() {
    let (_behind, front, gone) = both();
    let mut client = front.connect();
    client.send("GET /api/endless HTTP/1.1\r\nHost: a\r\n\r\n");
    client.read_until("data: tick");
    assert_eq!(gone.load(Ordering::SeqCst), 0);
    drop(client);
    wait_until("the stream behind is dropped", || {
        gone.load(Ordering::SeqCst) == 1
    });
}

/// A target that sends bytes for each request, and counts connections and requests.
struct Target {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

/// `closes`: after each answer, without saying so.
fn target(answer: &'static str, closes: bool) -> Target {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let target = Target {
        address: listener.local_addr().expect("an address"),
        connections: Arc::default(),
        requests: Arc::default(),
    };
    let (connections, requests) = (target.connections.clone(), target.requests.clone());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            connections.fetch_add(1, Ordering::SeqCst);
            let requests = requests.clone();
            thread::spawn(move || {
                let mut seen = Vec::new();
                let mut byte = [0];
                while let Ok(1) = stream.read(&mut byte) {
                    seen.push(byte[0]);
                    if seen.ends_with(b"\r\n\r\n") {
                        seen.clear();
                        requests.fetch_add(1, Ordering::SeqCst);
                        if stream.write_all(answer.as_bytes()).is_err() || closes {
                            return;
                        }
                    }
                }
            });
        }
    });
    target
}

#[test]
fn connections_are_used_again() {
    let target = target(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\nKeep-Alive: 5\r\n\r\nhi",
        false,
    );
    let front = in_front(target.address, |proxy| proxy);
    let mut client = front.connect();
    for _ in 0..5 {
        client.send("GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n");
        let response = client.read_response();
        assert_eq!(response.text(), "hi");
        assert_eq!(
            (response.field("x-a"), response.field("keep-alive")),
            (Some("1"), None)
        );
    }
    assert_eq!(target.connections.load(Ordering::SeqCst), 1);
    assert_eq!(target.requests.load(Ordering::SeqCst), 5);
}

#[test]
fn a_connection_that_was_closed_is_not_the_client_s_problem() {
    let target = target("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", true);
    let front = in_front(target.address, |proxy| proxy);
    let mut client = front.connect();
    for _ in 0..20 {
        client.send("GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(client.read_response().text(), "hi");
    }
}

#[test]
fn a_target_that_says_nothing_is_504() {
    let target = target("", false);
    let front = in_front(target.address, |proxy| {
        proxy.timeout(Duration::from_millis(100))
    });
    let text = front.raw("GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(text.starts_with("HTTP/1.1 504 "), "{text}");
}

#[test]
fn a_client_that_sends_slowly_is_not_blamed_on_the_target() {
    let app = Behind::default()
        .into_application()
        .expect("an application");
    let behind = serve(app);
    let front = in_front(behind.address(), |proxy| {
        proxy.timeout(Duration::from_millis(50))
    });
    let mut client = front.connect();
    client.send("POST /api/sum HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n");
    for _ in 0..4 {
        thread::sleep(Duration::from_millis(120));
        client.send("a");
    }
    let response = client.read_response();
    assert_eq!(response.text(), hex(&Sha256::digest(b"aaaa")));
}

#[test]
fn a_target_that_talks_nonsense_or_hangs_up_is_502() {
    for answer in ["nonsense\r\n\r\n", "HTTP/1.1 2"] {
        let target = target(answer, true);
        let front = in_front(target.address, |proxy| proxy);
        let text = front.raw("POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        assert!(text.starts_with("HTTP/1.1 502 "), "{answer:?} {text}");
        assert_eq!(
            target.requests.load(Ordering::SeqCst),
            1,
            "a POST is not repeated"
        );
    }
}

#[test]
fn a_body_that_breaks_off_or_stalls_does_so_for_the_client() {
    for (answer, closes) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", true),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            true,
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", false),
    ] {
        let target = target(answer, closes);
        let front = in_front(target.address, |proxy| {
            proxy.idle_timeout(Duration::from_millis(100))
        });
        let mut client = front.connect();
        client.send("GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n");
        let (text, end) = client.read_to_its_end();
        assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
        assert!(
            text.contains("half") && !text.ends_with("0\r\n\r\n"),
            "{text}"
        );
        assert!(matches!(end, End::Closed | End::Reset));
    }
}

#[test]
fn a_body_beyond_the_limit_is_413() {
    let target = target("", false);
    let front = in_front(target.address, |proxy| proxy.max_content_length(3));
    let text = front.raw("POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd");
    assert!(text.starts_with("HTTP/1.1 413 "), "{text}");
}
