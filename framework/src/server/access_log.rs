//! A line for each request, and notes for the operator.

use std::cell::RefCell;
use std::error::Error;
use std::net::SocketAddr;
use std::time::SystemTime;

use http::StatusCode;

use super::Events;
use super::config::Config;
use super::config::Shared;
use super::journal::Journal;
use super::log_format;
use super::log_format::LogFormat;
use crate::clock;
use crate::request::Request;

/// What one event loop writes to the journal.
#[derive(Debug)]
pub(super) struct AccessLog {
    journal: Journal,
    format: LogFormat,
    is_coloured: bool,
    events: Option<Shared<dyn Events>>,
    /// Whether a request that was answered concerns anybody.
    is_on: bool,
    scratch: RefCell<Scratch>,
}

/// Memory for one line, used again and again.
#[derive(Debug, Default)]
struct Scratch {
    /// The time as the format writes it.
    time: Vec<u8>,
    /// Up to the status.
    line: Vec<u8>,
    /// What comes behind the length.
    rest: Vec<u8>,
}

/// A line whose beginning is in the scratch memory.
#[must_use]
pub(super) struct Entry {
    is_begun: bool,
}

impl AccessLog {
    pub(super) fn new(journal: Journal, config: &Config) -> Self {
        let format = config.log_format;
        let log = Self {
            journal,
            format,
            is_coloured: config.is_coloured(),
            events: config.events.clone(),
            is_on: format != LogFormat::Off || config.events.is_some(),
            scratch: RefCell::default(),
        };
        log.set_time(clock::now());
        log
    }

    /// Another second has begun.
    pub(super) fn set_time(&self, now: SystemTime) {
        if self.format != LogFormat::Off {
            let zone = jiff::tz::TimeZone::system();
            log_format::write_time(&mut self.scratch.borrow_mut().time, self.format, now, zone);
        }
    }

    /// A line for the operator.
    #[cold]
    pub(super) fn note(&self, text: &str) {
        self.journal.note(text);
    }

    pub(super) fn connection_opened(&self, peer: Option<SocketAddr>) {
        if let Some(events) = &self.events {
            events.0.connection_opened(peer);
        }
    }

    pub(super) fn connection_ended(&self, peer: Option<SocketAddr>, is_dropped: bool) {
        match &self.events {
            Some(events) if is_dropped => events.0.connection_dropped(peer),
            Some(events) => events.0.connection_closed(peer),
            None => {}
        }
    }

    /// A handler held its event loop for so many milliseconds.
    #[cold]
    pub(super) fn note_slow(&self, request: &Request, millis: u32) {
        let name = match request.route().endpoint() {
            "" => String::new(),
            endpoint => format!("`{endpoint}` "),
        };
        let target = request.target().escape_debug();
        self.note(&format!(
            "{name}({} {target}) held its event loop for {millis} ms: all its connections waited; \
             a plain `fn` may block, an `async fn` must not",
            request.method()
        ));
    }

    #[cold]
    pub(super) fn note_panic(&self, peer: Option<SocketAddr>, question: &[u8], text: &str) {
        let question = match question {
            b"" => String::new(),
            question => {
                let text = String::from_utf8_lossy(question);
                format!(" ({})", text.trim_start_matches(','))
            }
        };
        self.note(&format!("a handler panicked: {text}{question}"));
        if let Some(events) = &self.events {
            events.0.handler_panicked(peer, text);
        }
    }

    /// A request that no application saw.
    #[cold]
    pub(super) fn note_refused(&self, peer: Option<SocketAddr>, status: StatusCode, reason: &str) {
        if let Some(events) = &self.events {
            events.0.request_refused(peer, status, reason);
        }
        let ip = peer.map_or_else(|| "-".to_owned(), |peer| peer.ip().to_string());
        let code = status.as_u16();
        self.note(&format!("{ip}: code {code}, message {reason}"));
        self.entry_without_request(peer, b"")
            .finish(self, status, None);
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
        let target = request.target().escape_debug();
        let mut text = format!("{} {target}: {cause}", request.method());
        let mut next = cause.source();
        while let Some(cause) = next {
            text = format!("{text}: {cause}");
            next = cause.source();
        }
        self.note(&text);
    }

    /// A request was answered, if by a response: begins its line. Nothing may wait until it is
    /// finished.
    #[inline]
    pub(super) fn entry(
        &self,
        peer: Option<SocketAddr>,
        request: &Request,
        status: Option<StatusCode>,
    ) -> Entry {
        if !self.is_on {
            return Entry { is_begun: false };
        }
        if let (Some(events), Some(status)) = (&self.events, status) {
            events.0.request_answered(request, status);
        }
        let entry = self.begin(peer);
        if entry.is_begun {
            let mut scratch = self.scratch.borrow_mut();
            let Scratch { line, rest, .. } = &mut *scratch;
            log_format::write_question(line, self.format, request);
            log_format::write_rest(rest, self.format, request);
        }
        entry
    }

    /// An entry for a request that a panic took away.
    pub(super) fn entry_without_request(&self, peer: Option<SocketAddr>, question: &[u8]) -> Entry {
        let entry = self.begin(peer);
        if entry.is_begun {
            let mut scratch = self.scratch.borrow_mut();
            let question = match question {
                b"" if self.format != LogFormat::Json => b"-",
                question => question,
            };
            scratch.line.extend_from_slice(question);
        }
        entry
    }

    /// Keeps what is asked, for the case that the handler panics and takes the request with it.
    #[inline]
    pub(super) fn remember(&self, question: &mut Vec<u8>, request: &Request) {
        if self.is_on {
            question.clear();
            log_format::write_question(question, self.format, request);
        }
    }

    fn begin(&self, peer: Option<SocketAddr>) -> Entry {
        if self.format == LogFormat::Off {
            return Entry { is_begun: false };
        }
        let mut scratch = self.scratch.borrow_mut();
        let Scratch { time, line, rest } = &mut *scratch;
        line.clear();
        rest.clear();
        log_format::write_begin(line, self.format, time, peer);
        Entry { is_begun: true }
    }

    fn finish(&self, status: StatusCode, length: Option<u64>) {
        let mut scratch = self.scratch.borrow_mut();
        let Scratch { line, rest, .. } = &mut *scratch;
        if self.is_coloured && self.format == LogFormat::Werkzeug {
            colour(line, rest, status);
        }
        log_format::write_answer(line, self.format, status, length);
        line.append(rest);
        if self.format == LogFormat::Json {
            line.push(b'}');
        }
        line.push(b'\n');
        self.journal.line(line);
    }
}

impl Entry {
    #[inline]
    pub(super) fn finish(self, log: &AccessLog, status: StatusCode, length: Option<u64>) {
        if self.is_begun {
            log.finish(status, length);
        }
    }
}

/// Colours the request as Werkzeug does: by the kind of status.
fn colour(line: &mut Vec<u8>, spare: &mut Vec<u8>, status: StatusCode) {
    let colour = match status.as_u16() {
        100..=199 => "\x1b[1m",
        304 => "\x1b[36m",
        300..=399 => "\x1b[32m",
        404 => "\x1b[33m",
        400..=499 => "\x1b[1m\x1b[31m",
        500.. => "\x1b[1m\x1b[35m",
        _ => return,
    };
    let Some(quote) = memchr::memchr(b'"', line) else {
        return;
    };
    let begin = quote + 1;
    spare.extend_from_slice(line.get(begin..).unwrap_or_default());
    line.truncate(begin);
    line.extend_from_slice(colour.as_bytes());
    line.append(spare);
    line.extend_from_slice(b"\x1b[0m");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_is_coloured_inside_its_quotes() {
        let table = [
            (200, "[t] \"GET /"),
            (404, "[t] \"\x1b[33mGET /\x1b[0m"),
            (500, "[t] \"\x1b[1m\x1b[35mGET /\x1b[0m"),
            (304, "[t] \"\x1b[36mGET /\x1b[0m"),
        ];
        for (status, want) in table {
            let mut line = b"[t] \"GET /".to_vec();
            let status = StatusCode::from_u16(status).unwrap();
            colour(&mut line, &mut Vec::new(), status);
            assert_eq!(String::from_utf8(line).unwrap(), want);
        }
    }
}
