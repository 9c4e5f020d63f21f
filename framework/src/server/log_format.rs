//! How a line of the access log looks.

use std::fmt;
use std::io::Write;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::SystemTime;

use http::StatusCode;
use jiff::tz::TimeZone;

use crate::request::Request;

/// How each request is logged.
///
/// Times are local; what a client sent is escaped, so that a line stays a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogFormat {
    /// No line.
    #[default]
    Off,
    /// `127.0.0.1 - - [21/Nov/2026 06:20:44] "GET / HTTP/1.1" 200 12`, coloured on a terminal.
    Werkzeug,
    /// The common log format of Apache, nginx and their tools:
    /// `127.0.0.1 - - [21/Nov/2026:06:20:44 +0100] "GET / HTTP/1.1" 200 12`.
    Common,
    /// The common one with `"referer" "user agent"` behind it.
    Combined,
    /// An object a line: `time`, `remote`, `method`, `target`, `version`, `status`, `bytes`,
    /// `rule`, `endpoint`, `referer`, `user_agent`; what is not known is left out.
    Json,
}

impl LogFormat {
    /// The names that a command line takes.
    pub(crate) const NAMES: &str = "off, werkzeug, common, combined, json";
}

impl FromStr for LogFormat {
    type Err = InvalidLogFormat;

    fn from_str(name: &str) -> Result<Self, InvalidLogFormat> {
        Ok(match name {
            "off" => Self::Off,
            "werkzeug" => Self::Werkzeug,
            "common" => Self::Common,
            "combined" => Self::Combined,
            "json" => Self::Json,
            _ => return Err(InvalidLogFormat),
        })
    }
}

/// A text that names no [`LogFormat`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidLogFormat;

impl fmt::Display for InvalidLogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected one of {}", LogFormat::NAMES)
    }
}

impl std::error::Error for InvalidLogFormat {}

/// The time of a line as a format writes it; made once a second.
pub(super) fn write_time(out: &mut Vec<u8>, format: LogFormat, now: SystemTime, zone: TimeZone) {
    out.clear();
    let Ok(now) = jiff::Timestamp::try_from(now) else {
        out.push(b'-');
        return;
    };
    let now = now.to_zoned_datetime(zone);
    let pattern = match format {
        LogFormat::Off | LogFormat::Werkzeug => "%d/%b/%Y %H:%M:%S",
        LogFormat::Common | LogFormat::Combined => "%d/%b/%Y:%H:%M:%S %z",
        LogFormat::Json => "%Y-%m-%dT%H:%M:%S%:z",
    };
    let _infallible = write!(out, "{}", now.strftime(pattern));
}

/// What was asked, as a format writes it in the middle of its line.
pub(super) fn write_question(out: &mut Vec<u8>, format: LogFormat, request: &Request) {
    let (method, target) = (request.method().as_str(), request.target());
    if format == LogFormat::Json {
        write_json_text(out, "method", method.as_bytes());
        write_json_text(out, "target", target.as_bytes());
        let _infallible = write!(out, ",\"version\":\"{:?}\"", request.version());
    } else {
        out.extend_from_slice(method.as_bytes());
        out.push(b' ');
        write_escaped(out, target.as_bytes());
        let _infallible = write!(out, " {:?}", request.version());
    }
}

/// What comes before the question: who asked, and when.
pub(super) fn write_begin(
    out: &mut Vec<u8>,
    format: LogFormat,
    time: &[u8],
    peer: Option<SocketAddr>,
) {
    if format == LogFormat::Json {
        out.extend_from_slice(b"{\"time\":\"");
        out.extend_from_slice(time);
        out.push(b'"');
        if peer.is_some() {
            out.extend_from_slice(b",\"remote\":\"");
            write_peer(out, peer);
            out.push(b'"');
        }
        return;
    }
    write_peer(out, peer);
    out.extend_from_slice(b" - - [");
    out.extend_from_slice(time);
    out.extend_from_slice(b"] \"");
}

/// What comes behind the status and the length.
pub(super) fn write_rest(out: &mut Vec<u8>, format: LogFormat, request: &Request) {
    let fields = [("referer", "referer"), ("user-agent", "user_agent")];
    match format {
        LogFormat::Combined => {
            for (name, _) in fields {
                out.extend_from_slice(b" \"");
                match request.header(name) {
                    Some(value) => write_escaped(out, value.as_bytes()),
                    None => out.push(b'-'),
                }
                out.push(b'"');
            }
        }
        LogFormat::Json => {
            let route = request.route();
            for (key, value) in [("rule", route.rule()), ("endpoint", route.endpoint())] {
                if !value.is_empty() {
                    write_json_text(out, key, value.as_bytes());
                }
            }
            for (name, key) in fields {
                if let Some(value) = request.header(name) {
                    write_json_text(out, key, value.as_bytes());
                }
            }
        }
        LogFormat::Off | LogFormat::Werkzeug | LogFormat::Common => {}
    }
}

/// The status and the length of the body, where it is known.
pub(super) fn write_answer(
    out: &mut Vec<u8>,
    format: LogFormat,
    status: StatusCode,
    length: Option<u64>,
) {
    let mut digits = itoa::Buffer::new();
    let (before_status, before_length) = match format {
        LogFormat::Json => (&b",\"status\":"[..], &b",\"bytes\":"[..]),
        _ => (&b"\" "[..], &b" "[..]),
    };
    out.extend_from_slice(before_status);
    out.extend_from_slice(status.as_str().as_bytes());
    match length {
        Some(length) => {
            out.extend_from_slice(before_length);
            out.extend_from_slice(digits.format(length).as_bytes());
        }
        None if format == LogFormat::Json => {}
        None => out.extend_from_slice(b" -"),
    }
}

fn write_peer(out: &mut Vec<u8>, peer: Option<SocketAddr>) {
    let _infallible = match peer.map(|peer| peer.ip()) {
        Some(IpAddr::V4(ip)) => write!(out, "{ip}"),
        Some(IpAddr::V6(ip)) => write!(out, "{ip}"),
        None => write!(out, "-"),
    };
}

/// As Apache and nginx do: what could end the text or steer a terminal is `\xHH`.
fn write_escaped(out: &mut Vec<u8>, text: &[u8]) {
    for byte in text {
        match byte {
            b'"' | b'\\' | ..=0x1f | 0x7f.. => {
                let _infallible = write!(out, "\\x{byte:02x}");
            }
            byte => out.push(*byte),
        }
    }
}

/// `,"key":"value"`; bytes that are no UTF-8 become U+FFFD.
fn write_json_text(out: &mut Vec<u8>, key: &str, value: &[u8]) {
    let _infallible = write!(out, ",\"{key}\":\"");
    for chunk in value.utf8_chunks() {
        for byte in chunk.valid().bytes() {
            match byte {
                b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
                ..=0x1f | 0x7f => {
                    let _infallible = write!(out, "\\u{byte:04x}");
                }
                byte => out.push(byte),
            }
        }
        if !chunk.invalid().is_empty() {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_sends_stays_inside_its_quotes() {
        let cases: &[(&[u8], &str, &str)] = &[
            (b"plain", "plain", ",\"k\":\"plain\""),
            (b"a\"b\\c", "a\\x22b\\x5cc", ",\"k\":\"a\\\"b\\\\c\""),
            (
                b"\x1b[2J\n",
                "\\x1b[2J\\x0a",
                ",\"k\":\"\\u001b[2J\\u000a\"",
            ),
            ("\u{e4}".as_bytes(), "\\xc3\\xa4", ",\"k\":\"\u{e4}\""),
            (b"\xff.", "\\xff.", ",\"k\":\"\u{fffd}.\""),
        ];
        for (text, escaped, json) in cases {
            let mut out = Vec::new();
            write_escaped(&mut out, text);
            assert_eq!(out, escaped.as_bytes(), "{text:?}");
            out.clear();
            write_json_text(&mut out, "k", text);
            assert_eq!(out, json.as_bytes(), "{text:?}");
        }
    }

    #[test]
    fn names() {
        for name in LogFormat::NAMES.split(", ") {
            assert!(name.parse::<LogFormat>().is_ok(), "{name}");
        }
        let error = "apache".parse::<LogFormat>().unwrap_err().to_string();
        assert_eq!(
            error,
            "expected one of off, werkzeug, common, combined, json"
        );
    }

    #[test]
    fn times() {
        let now = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_795_242_044);
        let zone = TimeZone::fixed(jiff::tz::Offset::constant(-5));
        let table = [
            (LogFormat::Werkzeug, "21/Nov/2026 01:20:44"),
            (LogFormat::Common, "21/Nov/2026:01:20:44 -0500"),
            (LogFormat::Json, "2026-11-21T01:20:44-05:00"),
        ];
        for (format, want) in table {
            let mut out = Vec::new();
            write_time(&mut out, format, now, zone.clone());
            assert_eq!(String::from_utf8(out).unwrap(), want);
        }
    }
}
