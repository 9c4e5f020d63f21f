//! The toolkit beside the crates that do one thing each:
//! `cargo run --release -p rivals --bin toolkit`.
//!
//! The median of rounds in which both take turns, so that what else the machine does hits both; and
//! their ratio, which says more than either. Both do the same work on the same input: what is not
//! looked at by one is not looked at by the other. `--one NAME` runs one contestant alone, for
//! callgrind.

use std::future::Future as _;
use std::hint::black_box;
use std::pin::Pin;
use std::pin::pin;
use std::task::Context;
use std::task::Poll;
use std::task::Waker;
use std::time::Duration;
use std::time::Instant;

use bytes::Bytes;
use futures_core::Stream;
use rustzeug::datastructures::MimeAccept;
use rustzeug::grammar::cookie;
use rustzeug::grammar::query;
use rustzeug::protocol::multipart::Decoder;
use rustzeug::protocol::multipart::DecoderLimits;
use rustzeug::protocol::multipart::Event;

/// Does the work once and returns something that depends on all of it.
type Pass = Box<dyn FnMut() -> u64>;

struct Match {
    what: &'static str,
    ours: Pass,
    rival: &'static str,
    theirs: Pass,
}

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name] = &given[..]
        && flag == "--one"
    {
        return alone(name);
    }
    println!("| what | rustzeug | rival | rival's | ratio |");
    println!("|---|---:|---|---:|---:|");
    for (what, make) in matches() {
        let mut m = make(what);
        assert_eq!((m.ours)(), (m.theirs)(), "{} differ", m.what);
        let (ours, theirs) = medians(&mut m.ours, &mut m.theirs);
        println!(
            "| {} | {} | {} | {} | {:.2} |",
            m.what,
            shown(ours),
            m.rival,
            shown(theirs),
            theirs.as_secs_f64() / ours.as_secs_f64()
        );
    }
}

fn alone(name: &str) {
    let (side, what) = name.split_once(':').expect("`ours:NAME` or `theirs:NAME`");
    for (known, make) in matches() {
        if known == what {
            let mut m = make(known);
            let pass = if side == "ours" {
                &mut m.ours
            } else {
                &mut m.theirs
            };
            for _ in 0..if what.starts_with("multipart") {
                1
            } else {
                1_000
            } {
                black_box(pass());
            }
        }
    }
}

/// All of them, made when they are asked for: some inputs are large.
fn matches() -> Vec<(&'static str, Box<dyn Fn(&'static str) -> Match>)> {
    fn add<F: Fn(&'static str) -> Match + 'static>(
        all: &mut Vec<(&'static str, Box<dyn Fn(&'static str) -> Match>)>,
        what: &'static str,
        make: F,
    ) {
        all.push((what, Box::new(make)));
    }
    let mut all = Vec::new();
    for (what, sizes, piece) in [
        (
            "multipart: 100 MB file, 64 KiB pieces",
            vec![100_000_000],
            64 * 1024,
        ),
        (
            "multipart: 100 MB file, 8 KiB pieces",
            vec![100_000_000],
            8 * 1024,
        ),
        (
            "multipart: 100 MB, 10,000 files",
            vec![10_000; 10_000],
            64 * 1024,
        ),
    ] {
        add(&mut all, what, move |what| multipart(what, &sizes, piece));
    }
    add(&mut all, "multipart: 100 MB of short lines", text_lines);
    for (what, text) in [
        (
            "urlencoded: 4 plain fields",
            "name=ada&year=1815&city=London&admin=yes".to_owned(),
        ),
        (
            "urlencoded: 20 fields with escapes",
            "q=tea+%26+cake&lang=de%2Den&x=%C3%BC+b&".repeat(7),
        ),
        (
            "urlencoded: one field of 100 kB, plain",
            format!("text={}", "a".repeat(100_000)),
        ),
        (
            "urlencoded: one field of 100 kB, escaped",
            format!("text={}", "%C3%BC+".repeat(14_000)),
        ),
    ] {
        add(&mut all, what, move |what| urlencoded(what, text.clone()));
    }
    for (what, text) in [
        ("cookies: one", "session=eyJhIjoxfQ.ZxYw.abcdef"),
        (
            "cookies: eight",
            "_ga=GA1.2.1; _gid=GA1.2.2; session=eyJhIjoxfQ.ZxYw.abcdef; theme=dark; lang=de; \
             csrf=0123456789abcdef; consent=yes; last=%2Fhome",
        ),
    ] {
        add(&mut all, what, move |what| cookies(what, text));
    }
    for (what, text) in [
        ("accept: Chromium", CHROMIUM),
        ("accept: API client", "application/json"),
        (
            "accept: four with qualities",
            "text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c",
        ),
    ] {
        add(&mut all, what, move |what| accept(what, text));
    }
    all
}

fn form(sizes: &[usize], fill: impl Fn(usize) -> Vec<u8>) -> Bytes {
    let mut body = Vec::new();
    for size in sizes {
        body.extend_from_slice(b"--");
        body.extend_from_slice(BOUNDARY.as_bytes());
        let head = "\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.bin\"\r\n\
                    Content-Type: application/octet-stream\r\n\r\n";
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&fill(*size));
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body.into()
}

fn multipart(what: &'static str, sizes: &[usize], piece: usize) -> Match {
    // Any bytes, as a picture or an archive has them.
    let fill = |size| {
        let mut state = 1_u32;
        let next = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        std::iter::repeat_with(next).take(size).collect()
    };
    forms(what, form(sizes, fill), piece)
}

/// The hard case: a line end, where a delimiter may begin, every few bytes.
fn text_lines(what: &'static str) -> Match {
    let fill = |size| b"a,b,c\r\n".iter().copied().cycle().take(size).collect();
    forms(what, form(&[100_000_000], fill), 64 * 1024)
}

fn forms(what: &'static str, body: Bytes, piece: usize) -> Match {
    let (ours, theirs) = (body.clone(), body);
    Match {
        what,
        ours: Box::new(move || decode(&mut Pieces::new(&ours, piece))),
        rival: "multer",
        theirs: Box::new(move || multer(Pieces::new(&theirs, piece))),
    }
}

/// Bytes of all parts, and the number of parts.
fn decode(pieces: &mut Pieces) -> u64 {
    let limits = DecoderLimits::default();
    let mut decoder = Decoder::new(BOUNDARY.as_bytes(), limits).expect("a good boundary");
    let mut sum = 0;
    loop {
        match decoder.next_event().expect("a good form") {
            Event::NeedData => match pieces.take() {
                Some(piece) => decoder.receive(piece),
                None => decoder.finish(),
            },
            Event::Data { data, .. } => sum += black_box(data).len() as u64,
            Event::End => return sum,
            Event::Field { .. } | Event::File { .. } => sum += 1,
            Event::Preamble(_) | Event::Epilogue(_) => {}
        }
    }
}

fn multer(pieces: Pieces) -> u64 {
    let mut run = pin!(async {
        let mut form = multer::Multipart::new(pieces, BOUNDARY);
        let mut sum = 0;
        while let Some(mut field) = form.next_field().await.expect("a good form") {
            sum += 1;
            while let Some(data) = field.chunk().await.expect("a good form") {
                sum += black_box(data).len() as u64;
            }
        }
        sum
    });
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(sum) = run.as_mut().poll(&mut cx) {
            return sum;
        }
    }
}

/// A body as it comes from a socket: a piece, then nothing until it is asked again. (A reader that
/// is never told to wait keeps all of the body in memory, as multer does.)
struct Pieces {
    rest: Bytes,
    size: usize,
    wait: bool,
}

impl Pieces {
    fn new(body: &Bytes, size: usize) -> Self {
        Self {
            rest: body.clone(),
            size,
            wait: false,
        }
    }

    fn take(&mut self) -> Option<Bytes> {
        let size = self.size.min(self.rest.len());
        (size > 0).then(|| self.rest.split_to(size))
    }
}

impl Stream for Pieces {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.wait = !self.wait;
        if self.wait {
            return Poll::Ready(self.take().map(Ok));
        }
        Poll::Pending
    }
}

fn urlencoded(what: &'static str, text: String) -> Match {
    let other = text.clone();
    Match {
        what,
        ours: Box::new(move || {
            let pairs = query::decode_pairs(black_box(&text));
            pairs
                .map(|(name, value)| (name.len() + value.len()) as u64)
                .sum()
        }),
        rival: "form_urlencoded",
        theirs: Box::new(move || {
            let pairs = form_urlencoded::parse(black_box(other.as_bytes()));
            pairs
                .map(|(name, value)| (name.len() + value.len()) as u64)
                .sum()
        }),
    }
}

fn cookies(what: &'static str, text: &'static str) -> Match {
    Match {
        what,
        ours: Box::new(move || {
            let cookies = cookie::decode_cookies(black_box(text));
            cookies
                .map(|(name, value)| (name.len() + value.len()) as u64)
                .sum()
        }),
        rival: "cookie",
        theirs: Box::new(move || {
            let cookies = ::cookie::Cookie::split_parse(black_box(text));
            cookies
                .flatten()
                .map(|cookie| (cookie.name().len() + cookie.value().len()) as u64)
                .sum()
        }),
    }
}

/// Reads the field and chooses between HTML and JSON.
fn accept(what: &'static str, text: &'static str) -> Match {
    let html = mediatype::media_type!(TEXT / HTML);
    let json = mediatype::media_type!(APPLICATION / JSON);
    Match {
        what,
        ours: Box::new(move || {
            let accept = MimeAccept::from_header(black_box(text));
            let best = accept.best_match(["text/html", "application/json"]);
            best.map_or(0, |best| best.len() as u64)
        }),
        rival: "headers-accept",
        theirs: Box::new(move || {
            let accept: headers_accept::Accept = black_box(text).parse().expect("a good field");
            let best = accept.negotiate([&html, &json]);
            best.map_or(0, |best| best.to_string().len() as u64)
        }),
    }
}

fn medians(ours: &mut Pass, theirs: &mut Pass) -> (Duration, Duration) {
    let repeats = {
        let start = Instant::now();
        let mut repeats = 0_u32;
        while start.elapsed() < Duration::from_millis(20) {
            black_box(ours());
            repeats += 1;
        }
        repeats
    };
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (pass, times) in [&mut *ours, &mut *theirs].into_iter().zip(&mut times) {
            let start = Instant::now();
            for _ in 0..repeats {
                black_box(pass());
            }
            times.push(start.elapsed() / repeats);
        }
    }
    let [ours, theirs] = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    (ours, theirs)
}

fn shown(time: Duration) -> String {
    match time.as_nanos() {
        nanos @ 0..10_000 => format!("{nanos} ns"),
        nanos @ 10_000..10_000_000 => format!("{} µs", nanos / 1_000),
        nanos => format!("{} ms", nanos / 1_000_000),
    }
}

const ROUNDS: usize = 15;

const BOUNDARY: &str = "----WebKitFormBoundaryzuW5nPZQFqCuqwXT";

const CHROMIUM: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,\
    image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";
