//! Form bodies.

use std::future::Future as _;
use std::pin::Pin;
use std::pin::pin;
use std::task::Context;
use std::task::Poll;
use std::task::Waker;

use bytes::Bytes;
use futures_core::Stream;
use rustzeug::body::BodyError;
use rustzeug::datastructures::Headers;
use rustzeug::grammar::query;
use rustzeug::protocol::multipart::Decoder;
use rustzeug::protocol::multipart::DecoderLimits;
use rustzeug::protocol::multipart::Encoder;
use rustzeug::protocol::multipart::Event;
use rustzeug::request::FormData;
use rustzeug::request::RequestLimits;

use super::cut;
use super::text;

/// A form cut anywhere gives the same parts, and what was read can be written and read again.
pub(super) fn multipart(data: &[u8]) {
    let (input, halves) = cut(data);
    let whole = decode(&[input]);
    assert_eq!(whole, decode(&halves), "cut in two");
    if input.len() <= 64 {
        let bytes: Vec<_> = input.chunks(1).collect();
        assert_eq!(whole, decode(&bytes), "byte by byte");
    }
    let Some(form) = collect(&halves) else { return };
    let is_whole = matches!(whole.last(), Some(Told::End));
    assert_eq!(form.error().is_none(), is_whole, "{whole:?}");
    if is_whole {
        again(&form);
    }
}

/// What the decoder tells, pieces of one kind joined.
#[derive(Debug, PartialEq)]
enum Told {
    Preamble(Vec<u8>),
    Field(String, Headers),
    File(String, String, Headers),
    Data(Vec<u8>),
    Epilogue(Vec<u8>),
    Error(String),
    End,
}

fn decode(pieces: &[&[u8]]) -> Vec<Told> {
    let mut decoder = Decoder::new(BOUNDARY.as_bytes(), DecoderLimits::default())
        .expect("the boundary is a good one");
    let mut pieces = pieces.iter();
    let mut told: Vec<Told> = Vec::new();
    loop {
        let event = match decoder.next_event() {
            Ok(event) => event,
            Err(error) => {
                // What came of a part before the error depends on the cuts.
                while let Some(Told::Data(_) | Told::Preamble(_)) = told.last() {
                    told.pop();
                }
                told.push(Told::Error(error.to_string()));
                return told;
            }
        };
        match (event, told.last_mut()) {
            (Event::NeedData, _) => match pieces.next() {
                Some(piece) => decoder.receive(Bytes::copy_from_slice(piece)),
                None => decoder.finish(),
            },
            (Event::Preamble(text), Some(Told::Preamble(all)))
            | (Event::Epilogue(text), Some(Told::Epilogue(all)))
            | (Event::Data { data: text, .. }, Some(Told::Data(all))) => {
                all.extend_from_slice(&text);
            }
            (Event::Preamble(text), _) => told.push(Told::Preamble(text.into())),
            (Event::Epilogue(text), _) => told.push(Told::Epilogue(text.into())),
            (Event::Data { data, .. }, _) => told.push(Told::Data(data.into())),
            (Event::Field { name, headers }, _) => told.push(Told::Field(name, headers)),
            (
                Event::File {
                    name,
                    filename,
                    headers,
                },
                _,
            ) => {
                told.push(Told::File(name, filename, headers));
            }
            (Event::End, _) => {
                told.push(Told::End);
                return told;
            }
        }
    }
}

/// The whole form, or `None` beyond a limit.
fn collect(pieces: &[&[u8]]) -> Option<FormData> {
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let pieces = pieces.iter().map(|piece| Bytes::copy_from_slice(piece));
    let body = Pieces(pieces.collect::<Vec<_>>().into_iter());
    let limits = RequestLimits::default();
    let mut read = pin!(FormData::read(&content_type, body, &limits));
    match read.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(form) => form.ok(),
        Poll::Pending => unreachable!("a form in memory needs no waiting"),
    }
}

/// Fields and files survive being written and read.
fn again(form: &FormData) {
    let mut encoder = Encoder::new(BOUNDARY);
    let mut out = Vec::new();
    for (name, value) in form.fields() {
        encoder.field(name, &Headers::new(), &mut out);
        encoder.data(value.as_bytes(), &mut out);
    }
    for (name, file) in form.files() {
        encoder.file(name, file.filename(), file.headers(), &mut out);
        encoder.data(&file.bytes().expect("it is in memory"), &mut out);
    }
    encoder.finish(&mut out);
    let is_ambiguous = memmem(&out, form);
    if is_ambiguous {
        return;
    }
    let form_again = collect(&[&out]).expect("no larger than before");
    assert!(form_again.error().is_none(), "{out:?}");
    let fields = |form: &FormData| {
        let pairs = form.fields().iter();
        pairs
            .map(|(name, value)| (plain(name), value.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(fields(form), fields(&form_again));
    let files = |form: &FormData| {
        let files = form.files().iter();
        files
            .map(|(name, file)| (plain(name), plain(file.filename()), file.bytes().ok()))
            .collect::<Vec<_>>()
    };
    assert_eq!(files(form), files(&form_again));
}

/// Whether a value holds the delimiter: a writer chooses another boundary then.
fn memmem(out: &[u8], form: &FormData) -> bool {
    let delimiter = format!("--{BOUNDARY}");
    let count = out
        .windows(delimiter.len())
        .filter(|at| *at == delimiter.as_bytes())
        .count();
    count != form.fields().iter().count() + form.files().iter().count() + 1
}

/// A name as it is after being written and read: quotes, line ends and their escapes are one, and
/// so is what the reader of parameters makes of backslashes and blanks.
fn plain(name: &str) -> String {
    let name = name.replace(['"', '\r', '\n', '\\'], "");
    name.replace("%22", "")
        .replace("%0D", "")
        .replace("%0A", "")
}

/// What was read of a urlencoded form can be written and read again.
pub(super) fn urlencoded(data: &[u8]) {
    let text = text(data);
    let pairs: Vec<_> = query::decode_pairs(&text).collect();
    let written = query::encode(pairs.iter().map(|(name, value)| (name, value)));
    assert!(written.is_ascii(), "{written:?}");
    let again: Vec<_> = query::decode_pairs(&written).collect();
    assert_eq!(pairs, again, "{written:?}");
    assert_eq!(
        written,
        query::encode(again),
        "writing is settled after one round"
    );
}

/// A body that comes in pieces.
struct Pieces(std::vec::IntoIter<Bytes>);

impl Stream for Pieces {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}

const BOUNDARY: &str = "b";
