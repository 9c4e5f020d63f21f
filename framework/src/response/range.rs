//! Answers to `Range`: a part of the body, or several (RFC 9110 section 14).

use std::fmt::Write as _;
use std::hash::BuildHasher as _;
use std::hash::RandomState;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;

use bytes::Bytes;
use futures_core::Stream;
use http::HeaderValue;
use http::StatusCode;
use http::header;

use super::Response;
use crate::body::Body;
use crate::body::BodyError;
use crate::body::FileSlice;
use crate::body::Kind;
use crate::datastructures::Conditions;
use crate::datastructures::Headers;
use crate::datastructures::Range;
use crate::exceptions::HttpException;
use crate::exceptions::RequestedRangeNotSatisfiable;
use crate::grammar::date::parse_date;
use crate::grammar::date::unix_seconds;
use crate::grammar::etag::unquote_etag;
use crate::request::Request;

impl Response {
    /// Cuts the body to what `Range` asks for, if it asks and the condition of `If-Range` holds.
    pub(super) fn apply_range(
        &mut self,
        request: &Request,
        length: u64,
    ) -> Result<(), HttpException> {
        let Some(value) = request.header("range") else {
            return Ok(());
        };
        let may = |value| is_same_version(value, self.headers());
        if !request.header("if-range").is_none_or(may) {
            return Ok(());
        }
        let refused = || RequestedRangeNotSatisfiable::new(length);
        // Section 14.2: a unit that is not understood is ignored, not refused.
        if let Some((unit, _)) = value.split_once('=')
            && !unit.trim_matches([' ', '\t']).eq_ignore_ascii_case("bytes")
        {
            return Ok(());
        }
        let range = Range::from_header(value).map_err(|_| refused())?;
        let parts = parts_of(&range, length);
        match *parts.as_slice() {
            [] => Err(refused().into()),
            [part] => {
                self.cut(part, length);
                Ok(())
            }
            _ => {
                self.cut_many(&parts, length);
                Ok(())
            }
        }
    }

    /// Cuts the body as Werkzeug does: one range of bytes, or 416. Returns whether it did.
    pub(super) fn apply_range_as_werkzeug(
        &mut self,
        request: &Request,
        length: u64,
    ) -> Result<bool, HttpException> {
        let Some(value) = request.header("range") else {
            return Ok(false);
        };
        if let Some(if_range) = request.header("if-range") {
            // `is_resource_modified(ignore_if_range=False)`, with all other conditions.
            let if_match = request.header_list("if-match");
            let if_none_match = request.header_list("if-none-match");
            let conditions = Conditions {
                if_match: if_match.as_deref(),
                if_modified_since: request.header("if-modified-since"),
                if_none_match: if_none_match.as_deref(),
                if_range: Some(if_range),
                range: Some(value),
            };
            if conditions.is_modified(self.headers().get("etag"), self.last_modified()) {
                return Ok(false);
            }
        }
        let part = Range::from_header(value).ok();
        let part = part.and_then(|range| range.range_for_length(Some(length)));
        let part = part.ok_or_else(|| RequestedRangeNotSatisfiable::new(length))?;
        self.cut(part, length);
        Ok(true)
    }

    fn cut(&mut self, (start, stop): (u64, u64), length: u64) {
        let body = self.take_body();
        self.set_body(slice(body, start, stop - start));
        let headers = self.headers_mut();
        headers.set(header::CONTENT_RANGE, content_range((start, stop), length));
        headers.set(header::CONTENT_LENGTH, stop - start);
        self.set_status(StatusCode::PARTIAL_CONTENT);
    }

    /// Several parts in one body (section 14.6). Too many parts, or more bytes than the whole
    /// has, are answered with the whole: the client gains nothing and an attacker would.
    fn cut_many(&mut self, parts: &[(u64, u64)], length: u64) {
        let total: u64 = parts.iter().map(|(start, stop)| stop - start).sum();
        if parts.len() > MAX_PARTS || total > length {
            return;
        }
        let body = match self.take_body().into_kind() {
            Kind::File(file) => Source::File(file),
            Kind::Static(bytes) => Source::Bytes(Bytes::from_static(bytes)),
            Kind::Bytes(bytes) => Source::Bytes(bytes),
            Kind::Vec(bytes) => Source::Bytes(bytes.into()),
            Kind::Empty => Source::Bytes(Bytes::new()),
            // A stream cannot go back.
            Kind::Stream(stream) => return self.set_body(Body::from_stream(stream)),
        };
        let boundary = boundary();
        let content_type = self.headers_mut().remove(header::CONTENT_TYPE);
        let pieces = pieces(&body, parts, length, content_type.as_ref(), &boundary);
        let total = pieces.iter().map(Piece::len).sum();
        let stream = Pieces {
            pieces: pieces.into(),
            position: 0,
        };
        self.set_body(Body::sized_stream(total, stream));
        let content_type = format!("multipart/byteranges; boundary={boundary}");
        let headers = self.headers_mut();
        headers.set(header::CONTENT_TYPE, text(content_type));
        headers.set(header::CONTENT_LENGTH, total);
        self.set_status(StatusCode::PARTIAL_CONTENT);
    }
}

/// Section 13.1.5: a tag must be equal and strong on both sides, a date must be equal.
fn is_same_version(value: &str, headers: &Headers) -> bool {
    if let Some(date) = parse_date(value) {
        let modified = headers.get("last-modified").and_then(parse_date);
        return modified.is_some_and(|modified| unix_seconds(modified) == unix_seconds(date));
    }
    match (
        unquote_etag(value),
        headers.get("etag").and_then(unquote_etag),
    ) {
        (Some((asked, false)), Some((ours, false))) => asked == ours,
        _ => false,
    }
}

/// The parts that exist, cut to the length.
fn parts_of(range: &Range, length: u64) -> Vec<(u64, u64)> {
    let parts = range.ranges().iter().filter_map(|(start, stop)| {
        let (start, stop) = match (u64::try_from(*start), stop) {
            (Ok(start), Some(stop)) => (start, u64::try_from(*stop).ok()?.min(length)),
            (Ok(start), None) => (start, length),
            // Section 14.1.2: a suffix longer than the whole means all of it.
            (Err(_), _) => (length.saturating_sub(start.unsigned_abs()), length),
        };
        (start < stop).then_some((start, stop))
    });
    parts.collect()
}

/// A piece of a body; without a copy, except of a stream.
fn slice(body: Body, start: u64, length: u64) -> Body {
    match body.into_kind() {
        Kind::Empty => Body::empty(),
        Kind::Static(bytes) => slice_bytes(&Bytes::from_static(bytes), start, length).into(),
        Kind::Bytes(bytes) => slice_bytes(&bytes, start, length).into(),
        Kind::Vec(bytes) => slice_bytes(&bytes.into(), start, length).into(),
        Kind::File(file) => Body::file(file.slice(start, start + length)),
        Kind::Stream(streamed) => Body::sized_stream(
            length,
            Cut {
                body: Body::from_stream(streamed),
                skip: start,
                left: length,
            },
        ),
    }
}

fn slice_bytes(bytes: &Bytes, start: u64, length: u64) -> Bytes {
    let at = |position: u64| usize::try_from(position).map_or(bytes.len(), |n| n.min(bytes.len()));
    bytes.slice(at(start)..at(start.saturating_add(length)))
}

fn content_range((start, stop): (u64, u64), length: u64) -> HeaderValue {
    text(format!("bytes {start}-{}/{length}", stop - 1))
}

fn text(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("made of ASCII in this file")
}

/// Text that no part holds: 128 bits that nobody can guess.
fn boundary() -> String {
    let mut text = String::with_capacity(32);
    for n in 0..2u8 {
        let _ = write!(text, "{:016x}", RandomState::new().hash_one(n));
    }
    text
}

enum Source {
    Bytes(Bytes),
    File(FileSlice),
}

/// A piece of a multipart body.
enum Piece {
    Bytes(Bytes),
    File(FileSlice),
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(file) => file.len(),
        }
    }
}

fn pieces(
    source: &Source,
    parts: &[(u64, u64)],
    length: u64,
    content_type: Option<&HeaderValue>,
    boundary: &str,
) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(2 * parts.len() + 1);
    for (start, stop) in parts {
        let mut head = Vec::with_capacity(160);
        if !pieces.is_empty() {
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        if let Some(content_type) = content_type {
            head.extend_from_slice(b"Content-Type: ");
            head.extend_from_slice(content_type.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        let range = format!("Content-Range: bytes {start}-{}/{length}\r\n\r\n", stop - 1);
        head.extend_from_slice(range.as_bytes());
        pieces.push(Piece::Bytes(head.into()));
        pieces.push(match source {
            Source::Bytes(bytes) => Piece::Bytes(slice_bytes(bytes, *start, stop - start)),
            Source::File(file) => Piece::File(file.slice(*start, *stop)),
        });
    }
    pieces.push(Piece::Bytes(format!("\r\n--{boundary}--\r\n").into()));
    pieces
}

/// The pieces of a multipart body, one after the other; files in blocks.
struct Pieces {
    pieces: std::collections::VecDeque<Piece>,
    /// How much of a file at the front was given.
    position: u64,
}

impl Stream for Pieces {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            match this.pieces.front() {
                None => return Poll::Ready(None),
                Some(Piece::File(file)) if this.position < file.len() => {
                    // As the server does with whole files where the kernel cannot send them: a
                    // block from the page cache is not worth a trip to another thread.
                    let mut block = vec![0; FILE_BLOCK];
                    return Poll::Ready(Some(match file.read_at(&mut block, this.position) {
                        Ok(n) => {
                            this.position += n as u64;
                            block.truncate(n);
                            Ok(block.into())
                        }
                        Err(error) => Err(BodyError::other(error)),
                    }));
                }
                Some(Piece::File(_)) => {
                    this.position = 0;
                    this.pieces.pop_front();
                }
                Some(Piece::Bytes(_)) => {
                    if let Some(Piece::Bytes(bytes)) = this.pieces.pop_front() {
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                }
            }
        }
    }
}

/// A piece of a stream: the beginning is read and dropped, the end is not asked for.
struct Cut {
    body: Body,
    skip: u64,
    left: u64,
}

impl Stream for Cut {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        while this.left > 0 {
            let bytes = match std::task::ready!(this.body.poll_piece(cx)) {
                Some(Ok(bytes)) => bytes,
                end => return Poll::Ready(end),
            };
            let skipped = this.skip.min(bytes.len() as u64);
            this.skip -= skipped;
            let piece = slice_bytes(&bytes, skipped, this.left);
            this.left -= piece.len() as u64;
            if !piece.is_empty() {
                return Poll::Ready(Some(Ok(piece)));
            }
        }
        Poll::Ready(None)
    }
}

/// More parts than any honest client asks for; each costs a head of some hundred bytes.
const MAX_PARTS: usize = 32;

/// Bytes read from a file at a time.
const FILE_BLOCK: usize = 64 * 1024;
