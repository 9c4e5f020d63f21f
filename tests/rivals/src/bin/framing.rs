//! Where messages begin and end, as three parsers see it: ours, hyper's and actix-http's.
//!
//!     cargo run --bin framing -- 100000
//!
//! Each round mutates some requests on one connection and asks all three which methods and bodies
//! they read. What differs is counted by kind; each kind is explained in `WHY`, and one that is
//! not explained fails the run and is printed. Two parsers that both accept, but read other
//! bodies, would be what request smuggling is made of: there is no explanation for that.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::Mutex;

use actix_http::ServiceConfig;
use actix_http::h1::Codec;
use actix_http::h1::Message;
use bytes::BytesMut;
use http_body_util::BodyExt;
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use rustzeug::protocol::h1;
use tokio_util::codec::Decoder;

/// What one parser reads: whole requests, then how it ended.
#[derive(Debug, Default, PartialEq)]
struct Reading {
    requests: Vec<(String, Vec<u8>)>,
    /// Why it reads no further; empty where the input ended, or the client said `close`.
    refusal: String,
}

fn ours(input: &[u8]) -> Reading {
    let limits = h1::Limits::default();
    let mut reading = Reading::default();
    let mut connection = h1::Connection::new();
    let mut head = h1::Head::new();
    let mut rest = input;
    while !rest.is_empty() {
        match connection.read_head(rest, &mut head, &limits) {
            Ok(Some(length)) => rest = &rest[length..],
            Ok(None) => break,
            Err(refusal) => {
                reading.refusal = refusal.reason().to_owned();
                break;
            }
        }
        let mut body = Vec::new();
        match connection.read_body(rest, &mut body, usize::MAX, &limits) {
            Ok(used) => rest = &rest[used..],
            Err(refusal) => {
                reading.refusal = refusal.reason().to_owned();
                break;
            }
        }
        if !connection.is_body_read() {
            break;
        }
        reading
            .requests
            .push((head.method().to_string(), body));
        if !head.framing().keep_alive {
            break;
        }
    }
    reading
}

fn hyper(runtime: &tokio::runtime::LocalRuntime, input: &[u8]) -> Reading {
    use tokio::io::AsyncReadExt;
    use tokio::io::AsyncWriteExt;

    let (mut client, server) = tokio::io::duplex(1 << 20);
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = requests.clone();
    let service =
        hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let seen = seen.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = body.collect().await?.to_bytes();
                seen.lock()
                    .unwrap()
                    .push((parts.method.to_string(), body.to_vec()));
                Ok::<_, hyper::Error>(hyper::Response::new(Empty::<Bytes>::new()))
            }
        });
    let result = runtime.block_on(async {
        client.write_all(input).await.unwrap();
        client.shutdown().await.unwrap();
        let mut builder = hyper::server::conn::http1::Builder::new();
        let serve = builder
            .half_close(true)
            .serve_connection(TokioIo::new(server), service);
        let mut answers = Vec::new();
        let (served, _) = tokio::join!(serve, client.read_to_end(&mut answers));
        served
    });
    let refusal = match result {
        Err(error) if !error.is_incomplete_message() => {
            use std::error::Error;
            let cause = error.source().map(|cause| format!(": {cause}"));
            format!("{error}{}", cause.unwrap_or_default())
        }
        _ => String::new(),
    };
    let requests = std::mem::take(&mut *requests.lock().unwrap());
    Reading { requests, refusal }
}

fn actix(config: &ServiceConfig, input: &[u8]) -> Reading {
    let mut reading = Reading::default();
    let mut codec = Codec::new(config.clone());
    let mut bytes = BytesMut::from(input);
    let mut open: Option<(String, Vec<u8>)> = None;
    loop {
        match codec.decode(&mut bytes) {
            Ok(Some(Message::Item(request))) => {
                let method = request.method().to_string();
                match codec.message_type() {
                    actix_http::h1::MessageType::None => {
                        reading.requests.push((method, Vec::new()));
                        if !codec.keep_alive() {
                            break;
                        }
                    }
                    _ => open = Some((method, Vec::new())),
                }
            }
            Ok(Some(Message::Chunk(Some(piece)))) => {
                open.as_mut()
                    .expect("a request")
                    .1
                    .extend_from_slice(&piece);
            }
            Ok(Some(Message::Chunk(None))) => {
                reading.requests.push(open.take().expect("a request"));
                if !codec.keep_alive() {
                    break;
                }
            }
            Ok(None) => break,
            Err(error) => {
                reading.refusal = error.to_string();
                break;
            }
        }
    }
    reading
}

/// SplitMix64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n as u64).expect("smaller than n")
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

const REQUESTS: &[&str] = &[
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /a?b=c HTTP/1.1\r\nHost: a:80\r\nUser-Agent: x\r\nAccept: */*\r\n\r\n",
    "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n00\r\nX: y\r\n\r\n",
    "POST http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
];

const LINES: &[&str] = &[
    "Content-Length: 5\r\n",
    "Content-Length: 0\r\n",
    "Content-Length: 5, 5\r\n",
    "Content-Length: +5\r\n",
    "Content-Length: 0x5\r\n",
    "Content-Length:5\r\n",
    "Content-Length : 5\r\n",
    "Content-Length: 18446744073709551616\r\n",
    "content-length: 6\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: identity\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Transfer-Encoding: chunked, gzip\r\n",
    "Transfer-Encoding:chunked\r\n",
    "Transfer-Encoding : chunked\r\n",
    "Transfer-Encoding:\tchunked\r\n",
    "Transfer-Encoding: \"chunked\"\r\n",
    "transfer-encoding: Chunked\r\n",
    "Transfer-Encoding: chunked, chunked\r\n",
    "Transfer-Encoding\r\n",
    " folded: line\r\n",
    "X: a\r\n b\r\n",
    "Host: b\r\n",
    "Host: a b\r\n",
    "Connection: close\r\n",
    "Connection: keep-alive\r\n",
    "Connection: upgrade\r\nUpgrade: x\r\n",
    "Expect: 100-continue\r\n",
    "Expect: x\r\n",
    "X: \x00\r\n",
    "X: \x0b\r\n",
    "X: \u{e4}\r\n",
    "X y: z\r\n",
    ": x\r\n",
    "X:\r\n",
    "\r\n",
    "\n",
    "\r",
];

const PIECES: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "\0",
    " ",
    "\t",
    ";",
    ":",
    ",",
    "0",
    "5",
    "f",
    "F",
    "+",
    "-",
    "0x",
    "\x7f",
    "\x0b",
    "\x0c",
    "\u{a0}",
    "HTTP/1.0",
    "HTTP/1.1",
    "HTTP/1.2",
    "HTTP/2.0",
    "GET ",
    "POST ",
    "#",
    "\"",
    "\\",
    "%",
    "0\r\n\r\n",
    "\r\n\r\n",
    "00000000000000005",
];

fn mutate(random: &mut Random) -> Vec<u8> {
    let mut text = Vec::new();
    for _ in 0..1 + random.below(3) {
        let mut request = random.one(REQUESTS).as_bytes().to_vec();
        for _ in 0..random.below(4) {
            let at = random.below(request.len());
            match random.below(6) {
                0 => request[at] = u8::try_from(random.below(256)).expect("a byte"),
                1 => drop(request.remove(at)),
                2 | 3 => {
                    let piece = random.one(PIECES).bytes();
                    drop(request.splice(at..at, piece).collect::<Vec<_>>());
                }
                _ => {
                    // A line goes where a line begins.
                    let ends = request.windows(2).enumerate();
                    let ends: Vec<_> = ends
                        .filter(|(_, w)| *w == b"\r\n")
                        .map(|(n, _)| n + 2)
                        .collect();
                    if !ends.is_empty() {
                        let at = *random.one(&ends);
                        let line = random.one(LINES).bytes();
                        drop(request.splice(at..at, line).collect::<Vec<_>>());
                    }
                }
            }
            if request.is_empty() {
                request.push(b'G');
            }
        }
        text.extend(request);
    }
    text
}

/// Kinds of differences that are decided: peer (all, if empty), beginning of the kind, why.
#[rustfmt::skip]
const WHY: &[(&str, &str, &str)] = &[
    ("", "we refuse: line without carriage return", "RFC 9112 2.2 lets a recipient take a bare line feed; the parser in front may not"),
    ("", "we refuse: invalid Host", "RFC 9112 3.2: a Host that is none is answered 400; the peer leaves it to the application"),
    ("", "we refuse: malformed request target", "RFC 9112 3.2: a target begins with a slash, a scheme or is `*`, and has no raw quotes or fragments"),
    ("", "we refuse: malformed trailer field", "RFC 9110 6.5.1: what frames a message may not come after it; trailers have the syntax of fields"),
    ("", "we refuse: unknown expectation", "RFC 9110 10.1.1: 417; the peer leaves it to the application"),
    ("hyper", "we refuse: both Transfer-Encoding and Content-Length", "RFC 9112 6.1 allows it to be refused: nobody sends both without intent; hyper drops the length"),
    ("hyper", "we refuse: chunked is not the last transfer coding", "RFC 9112 7.1: chunked may not be applied twice; hyper looks at the last one alone"),
    ("hyper", "we refuse: unknown transfer coding", "RFC 9112 6.1: 501 for codings that are not understood; hyper looks at the last one alone"),
    ("hyper", "we refuse: invalid Content-Length", "RFC 9112 6.3: an invalid length is refused also beside a Transfer-Encoding, where hyper drops it"),
    ("", "we refuse: malformed chunk", "RFC 9112 7.1.1: no control characters in chunk extensions, and a quote has an end"),
    ("", "they refuse: invalid HTTP version", "RFC 9110 2.5: a higher minor version is read as the highest that is known"),
    ("hyper", "we refuse: more than one Host", "RFC 9112 3.2; hyper leaves it to the application"),
    ("hyper", "we refuse: no Host", "RFC 9112 3.2; hyper leaves it to the application"),
    ("hyper", "they refuse: invalid content-length parsed", "RFC 9110 8.6 allows a list of equal lengths (`5, 5`); one reading, so no danger"),
    ("hyper", "they refuse: invalid transfer-encoding parsed", "RFC 9110 5.6.1: empty members of a list are ignored (`chunked,`)"),
    ("actix", "they refuse: invalid Header provided", "RFC 9110 8.6 allows equal lengths, in a list or as two fields; actix refuses a second one"),
    ("actix", "they refuse: invalid method specified", "RFC 9110 5.6.2: any token is a method; actix knows fewer characters"),
    ("", "we refuse: unknown method", "RFC 9110 9.1: 501 for a method that is not known; no registered one has more than 17 bytes, ours may have 32"),
    ("actix", "they refuse: URI error: invalid uri character", "a target is passed on with what browsers leave as it is in queries, such as a backtick"),
    ("hyper", "they refuse: invalid URI", "a target is passed on with what browsers leave as it is in queries, such as a backtick"),
    ("actix", "they refuse: they wait or end", "after `Connection: upgrade` actix hands the rest to whoever upgrades; here an application that does not upgrade goes on"),
];

/// What differs between our reading and another one; `None` where nothing does.
fn difference(ours: &Reading, theirs: &Reading) -> Option<String> {
    let common = ours.requests.iter().zip(&theirs.requests);
    if let Some(at) = common.clone().position(|(a, b)| a != b) {
        let (a, b) = (&ours.requests[at], &theirs.requests[at]);
        return Some(match a.0 == b.0 {
            true => "both accept, with other bodies".to_owned(),
            false => "both accept, with other methods".to_owned(),
        });
    }
    let (we, they) = (ours.requests.len(), theirs.requests.len());
    if we < they {
        let why = if ours.refusal.is_empty() {
            "we wait or end"
        } else {
            &ours.refusal
        };
        return Some(format!("we refuse: {why}"));
    }
    if we > they {
        let why = if theirs.refusal.is_empty() {
            "they wait or end"
        } else {
            &theirs.refusal
        };
        return Some(format!("they refuse: {why}"));
    }
    None
}

fn main() -> ExitCode {
    let rounds = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(100_000);
    let runtime = tokio::runtime::LocalRuntime::new().expect("a runtime");
    // It spawns a task that reads the clock.
    let config = runtime.block_on(async { ServiceConfig::default() });
    let mut random = Random(1);
    let mut kinds = BTreeMap::<(&str, String), (usize, Vec<u8>)>::new();
    let mut accepted = 0;
    for _ in 0..rounds {
        let input = mutate(&mut random);
        let we = ours(&input);
        accepted += usize::from(!we.requests.is_empty());
        for (peer, they) in [
            ("hyper", hyper(&runtime, &input)),
            ("actix", actix(&config, &input)),
        ] {
            if let Some(kind) = difference(&we, &they) {
                let entry = kinds.entry((peer, kind)).or_insert((0, input.clone()));
                entry.0 += 1;
                if input.len() < entry.1.len() {
                    entry.1 = input.clone();
                }
            }
        }
    }
    println!("{rounds} inputs; in {accepted} we read at least one request");
    let mut unexplained = 0;
    for ((peer, kind), (count, sample)) in &kinds {
        let why = WHY
            .iter()
            .find(|(p, k, _)| (p.is_empty() || p == peer) && kind.starts_with(k));
        println!("{count:>7} {peer:<6} {kind}");
        match why {
            Some((_, _, why)) => println!("                 {why}"),
            None => {
                unexplained += 1;
                println!("                 NOT EXPLAINED: {}", sample.escape_ascii());
            }
        }
    }
    println!(
        "{} kinds of differences, {unexplained} not explained",
        kinds.len()
    );
    if unexplained == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
