use std::io;
use std::io::Write;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;

use rustzeug::server::LogFormat;
use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::TestServer;
use rustzeug_tests::server::serve_with;
use rustzeug_tests::server::wait_until;

use crate::probe::Probe;

/// An output that keeps what is written, and may be held.
#[derive(Clone, Default)]
struct Kept {
    shared: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Default)]
struct State {
    text: Vec<u8>,
    is_held: bool,
}

impl Kept {
    fn text(&self) -> String {
        let state = self.shared.0.lock().expect("no panic");
        String::from_utf8(state.text.clone()).expect("text")
    }

    fn hold(&self, is_held: bool) {
        self.shared.0.lock().expect("no panic").is_held = is_held;
        self.shared.1.notify_all();
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let state = self.shared.0.lock().expect("no panic");
        let mut state = self
            .shared
            .1
            .wait_while(state, |state| state.is_held)
            .expect("no panic");
        state.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn serve(format: LogFormat) -> (TestServer, Kept) {
    let kept = Kept::default();
    let output = kept.clone();
    let server = serve_with(Probe::default(), |builder| {
        builder.access_log(format).access_log_to(output)
    });
    (server, kept)
}

/// The log after some requests, with the time replaced by `TIME`.
fn log_of(format: LogFormat, requests: &[&str]) -> Vec<String> {
    let (mut server, kept) = serve(format);
    for request in requests {
        assert!(!server.raw(request).is_empty(), "{request:?}");
    }
    server.handle().shutdown();
    // All is written when the server has ended.
    server.join();
    kept.text().lines().map(without_time).collect()
}

fn without_time(line: &str) -> String {
    let (from, to) = if line.starts_with('{') {
        ("{\"time\":\"", "\",")
    } else {
        (" [", "] ")
    };
    let (before, rest) = line.split_once(from).expect("a time");
    let (time, after) = rest.split_once(to).expect("its end");
    assert!(time.contains("20"), "{time:?}");
    format!("{before}{from}TIME{to}{after}")
}

const REQUESTS: &[&str] = &[
    "GET /ignore?a=\"b\" HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /ignore?a='b' HTTP/1.1\r\nHost: a\r\nReferer: http://x/\"\r\nUser-Agent: \x1b[2J\u{e4}\r\n\r\n",
    "GET /ignore?c HTTP/1.0\r\nReferer: http://x/\"\r\nUser-Agent: \u{e4}\\\r\n\r\n",
    "HEAD /large HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /panic HTTP/1.1\r\nHost: a\r\n\r\n",
];

#[test]
fn common() {
    assert_eq!(
        log_of(LogFormat::Common, REQUESTS),
        [
            "127.0.0.1 - - [TIME] \"-\" 400 -",
            "127.0.0.1 - - [TIME] \"-\" 400 -",
            "127.0.0.1 - - [TIME] \"GET /ignore?c HTTP/1.0\" 200 7",
            "127.0.0.1 - - [TIME] \"HEAD /large HTTP/1.1\" 200 1048576",
            "127.0.0.1 - - [TIME] \"GET /stream HTTP/1.1\" 200 -",
            "127.0.0.1 - - [TIME] \"GET /panic HTTP/1.1\" 500 265",
        ]
    );
}

#[test]
fn werkzeug() {
    assert_eq!(
        log_of(LogFormat::Werkzeug, &REQUESTS[2..4]),
        [
            "127.0.0.1 - - [TIME] \"GET /ignore?c HTTP/1.0\" 200 7",
            "127.0.0.1 - - [TIME] \"HEAD /large HTTP/1.1\" 200 1048576",
        ]
    );
}

#[test]
fn combined() {
    assert_eq!(
        log_of(LogFormat::Combined, &REQUESTS[2..4]),
        [
            "127.0.0.1 - - [TIME] \"GET /ignore?c HTTP/1.0\" 200 7 \"http://x/\\x22\" \
             \"\\xc3\\xa4\\x5c\"",
            "127.0.0.1 - - [TIME] \"HEAD /large HTTP/1.1\" 200 1048576 \"-\" \"-\"",
        ]
    );
}

#[test]
fn json() {
    let lines = log_of(LogFormat::Json, &REQUESTS[2..]);
    assert_eq!(
        lines,
        [
            r#"{"time":"TIME","remote":"127.0.0.1","method":"GET","target":"/ignore?c","version":"HTTP/1.0","status":200,"bytes":7,"referer":"http://x/\"","user_agent":"ä\\"}"#,
            r#"{"time":"TIME","remote":"127.0.0.1","method":"HEAD","target":"/large","version":"HTTP/1.1","status":200,"bytes":1048576}"#,
            r#"{"time":"TIME","remote":"127.0.0.1","method":"GET","target":"/stream","version":"HTTP/1.1","status":200}"#,
            r#"{"time":"TIME","remote":"127.0.0.1","method":"GET","target":"/panic","version":"HTTP/1.1","status":500,"bytes":265}"#,
        ]
    );
    for line in lines {
        serde_json::from_str::<serde_json::Value>(&line).expect("JSON");
    }
}

#[test]
fn an_output_that_does_not_keep_up_stops_nobody() {
    let (mut server, kept) = serve(LogFormat::Common);
    kept.hold(true);
    let request = "GET /ignore HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut client = server.connect();
    for _ in 0..500 {
        client.send(request.repeat(100));
        for _ in 0..100 {
            assert_eq!(client.read_response().status(), 200);
        }
    }
    assert_eq!(kept.text(), "");
    kept.hold(false);
    wait_until("the rest is written", || {
        kept.text().lines().count() > 5_000
    });
    // Much was dropped, and what comes now is written again.
    assert!(kept.text().lines().count() < 50_000);
    assert_eq!(
        statuses(&server.raw("GET /last HTTP/1.1\r\nHost: a\r\n\r\n")),
        [200]
    );
    drop(client);
    server.handle().shutdown();
    server.join();
    let text = kept.text();
    let last = text.lines().next_back().expect("a line");
    assert!(last.contains("\"GET /last HTTP/1.1\" 200 "), "{last}");
}

#[cfg(unix)]
#[test]
fn times_are_local() {
    let mut server = crate::children::start_with("bind=127.0.0.1:0 log=common", |command| {
        command
            .env("TZ", "XYZ-3:30")
            .stderr(std::process::Stdio::piped());
    });
    let address = server.address();
    crate::children::get(address, "/pid");
    server.signal("TERM");
    let text = server.standard_error();
    assert!(server.wait().success());
    let line = text
        .lines()
        .find(|line| line.contains("/pid"))
        .expect("a line");
    assert!(
        line.contains(" +0330] \"GET /pid HTTP/1.1\" 200 "),
        "{line}"
    );
}
