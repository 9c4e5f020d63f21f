//! One line a request, in Werkzeug's format, and notes for the operator.

use std::error::Error;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::mpsc::SyncSender;
use std::sync::mpsc::sync_channel;

use http::StatusCode;

use crate::clock;
use crate::request::Request;

/// Where lines go: nowhere, or to a thread that writes them to standard error.
///
/// A terminal that does not keep up must not stop the event loop, so lines that find the queue
/// full are dropped and counted.
#[derive(Clone, Debug)]
pub(super) struct AccessLog {
    sender: Option<SyncSender<String>>,
    logs_requests: bool,
    is_coloured: bool,
}

/// What a line needs of a request; empty where nobody logs.
pub(super) struct Entry {
    line: Option<String>,
}

impl AccessLog {
    /// Starts the writing thread.
    pub(super) fn new(logs_requests: bool) -> Self {
        use std::io::IsTerminal;

        let (sender, receiver) = sync_channel::<String>(QUEUE);
        let spawned = std::thread::Builder::new()
            .name("rustzeug-log".to_owned())
            .spawn(move || {
                use std::io::Write;
                let mut out = std::io::stderr();
                for line in receiver {
                    // Nobody is left to be told when standard error is closed.
                    let _closed = out.write_all(line.as_bytes());
                }
            });
        let is_coloured = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self {
            sender: spawned.is_ok().then_some(sender),
            logs_requests,
            is_coloured,
        }
    }

    /// A line for the operator.
    #[cold]
    pub(super) fn note(&self, text: &str) {
        self.send(format!("rustzeug: {text}\n"));
    }

    /// A request that no application saw.
    #[cold]
    pub(super) fn note_refused(&self, peer: Option<SocketAddr>, status: StatusCode, reason: &str) {
        let mut line = prefix(peer);
        let code = status.as_u16();
        let _infallible = writeln!(line, "code {code}, message {reason}");
        self.send(line);
    }

    /// Why a request was answered with an error, for what is the server's own fault: the client
    /// is told nothing of it.
    #[cold]
    pub(super) fn note_cause(
        &self,
        request: &Request,
        status: StatusCode,
        cause: &(dyn Error + 'static),
    ) {
        if !status.is_server_error() {
            return;
        }
        let mut line = format!(
            "{} {}: {cause}",
            request.method(),
            Escaped(request.target())
        );
        let mut next = cause.source();
        while let Some(cause) = next {
            let _infallible = write!(line, ": {cause}");
            next = cause.source();
        }
        // One line: what an error says may come from anywhere.
        self.note(&line.replace(['\n', '\r'], " "));
    }

    #[inline]
    pub(super) fn entry(&self, peer: Option<SocketAddr>, request: &Request) -> Entry {
        if !self.logs_requests {
            return Entry { line: None };
        }
        let mut line = prefix(peer);
        let _infallible = write!(
            line,
            "\"{} {} {:?}\"",
            request.method(),
            Escaped(request.target()),
            request.version()
        );
        Entry { line: Some(line) }
    }

    /// An entry for a request that a panic took away.
    pub(super) fn entry_without_request(&self, peer: Option<SocketAddr>) -> Entry {
        Entry {
            line: self.logs_requests.then(|| prefix(peer) + "\"-\""),
        }
    }

    fn send(&self, line: String) {
        if let Some(sender) = &self.sender {
            let _full = sender.try_send(line);
        }
    }
}

impl Entry {
    #[inline]
    pub(super) fn finish(self, log: &AccessLog, status: StatusCode, length: Option<u64>) {
        if let Some(line) = self.line {
            log.send(finish(line, log.is_coloured, status, length));
        }
    }
}

/// Colours as Werkzeug's: by the kind of status.
fn finish(line: String, is_coloured: bool, status: StatusCode, length: Option<u64>) -> String {
    let colour = match status.as_u16() {
        100..=199 => "\x1b[1m",
        304 => "\x1b[36m",
        300..=399 => "\x1b[32m",
        404 => "\x1b[33m",
        400..=499 => "\x1b[1m\x1b[31m",
        500.. => "\x1b[1m\x1b[35m",
        _ => "",
    };
    let mut out = if is_coloured && !colour.is_empty() {
        match line.split_once('"') {
            Some((before, request)) => format!("{before}{colour}\"{request}\x1b[0m"),
            None => line,
        }
    } else {
        line
    };
    let _infallible = match length {
        Some(length) => writeln!(out, " {} {length}", status.as_u16()),
        None => writeln!(out, " {} -", status.as_u16()),
    };
    out
}

/// `127.0.0.1 - - [21/Nov/2026 06:20:44] `
fn prefix(peer: Option<SocketAddr>) -> String {
    let mut line = String::with_capacity(128);
    let _infallible = match peer {
        Some(peer) => write!(line, "{}", peer.ip()),
        None => write!(line, "-"),
    };
    let _infallible = write!(line, " - - [{}] ", log_date());
    line
}

/// The present as `21/Nov/2026 06:20:44`, UTC.
fn log_date() -> String {
    let date = clock::http_date_now();
    let part = |range| {
        date.get(range)
            .and_then(|b| std::str::from_utf8(b).ok())
            .unwrap_or("")
    };
    format!(
        "{}/{}/{} {}",
        part(5..7),
        part(8..11),
        part(12..16),
        part(17..25)
    )
}

/// Control characters cannot be in a target; quotes are refused, too: one check less to forget.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                c if c.is_control() || c == '"' || c == '\\' => {
                    write!(f, "{}", c.escape_default())?;
                }
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Lines that may wait for a slow terminal.
const QUEUE: usize = 8 * 1024;
