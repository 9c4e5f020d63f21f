//! What a subscriber of `tracing` sees of a server, with the feature `tracing`:
//!
//!     cargo test -p rustzeug --features tracing --test tracing

use std::io;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;

use rustzeug::prelude::*;
use tracing_subscriber::fmt::MakeWriter;

struct Site;

#[application]
impl Site {
    #[route("/items/<int:id>")]
    async fn item(&self, id: u32) -> String {
        tokio::task::yield_now().await;
        tracing::info!("looked up {id}");
        format!("item {id}")
    }

    #[route("/blocking")]
    fn blocking(&self) -> &'static str {
        tracing::info!("on a worker");
        "blocking"
    }

    #[route("/broken")]
    async fn broken(&self) -> Result<&'static str> {
        Err("as asked")?
    }
}

/// Keeps what is written.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Kept {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[test]
fn events_of_handlers_are_inside_the_span_of_their_request() {
    let kept = Kept::default();
    tracing_subscriber::fmt()
        .with_writer(kept.clone())
        .with_ansi(false)
        .without_time()
        .with_max_level(tracing::Level::DEBUG)
        .init();
    let server = Server::builder().workers(1).handle_signals(false);
    let server = server.bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let handle = server.handle();
    let running = std::thread::spawn(move || server.run(Site));
    let get = |path: &str| {
        let mut client = TcpStream::connect(address).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        client.write_all(request.as_bytes()).unwrap();
        client.read_to_string(&mut String::new()).unwrap();
    };
    for path in ["/items/7", "/blocking", "/broken", "/nothing"] {
        get(path);
    }
    handle.shutdown();
    running.join().unwrap().unwrap();
    let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<_> = text.lines().map(str::trim_start).collect();
    let span = |path: &str, more: &str| {
        format!("request{{method=\"GET\" target=\"{path}\" peer=127.0.0.1{more}}}")
    };
    let item = span("/items/7", " rule=\"/items/<int:id>\" endpoint=\"item\"");
    let blocking = span("/blocking", " rule=\"/blocking\" endpoint=\"blocking\"");
    let broken = span(
        "/broken",
        " rule=\"/broken\" endpoint=\"broken\" status=500",
    );
    for want in [
        format!("INFO {item}: tracing: looked up 7"),
        format!("INFO {blocking}: tracing: on a worker"),
        format!("ERROR {broken}: rustzeug: answered with an error"),
        format!(
            "DEBUG {}: rustzeug: answered",
            span("/nothing", " status=404")
        ),
        // A note for the operator.
        "WARN rustzeug: GET /broken: as asked".to_owned(),
    ] {
        assert!(
            lines.contains(&want.as_str()),
            "{want} is not in {lines:#?}"
        );
    }
}
