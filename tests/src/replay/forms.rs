//! The suite `forms`.
//!
//! A multipart body of up to 20,000 bytes is read whole as a request, then byte by byte, and
//! cut in two at every position: all must give one answer.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;

use bytes::Bytes;
use futures_core::Stream;
use rustzeug::Request;
use rustzeug::body::BodyError;
use rustzeug::body::Incoming;
use rustzeug::datastructures::Headers;
use rustzeug::grammar::base64;
use rustzeug::protocol::h1::Head;
use rustzeug::protocol::multipart::Encoder;
use rustzeug::request::FileStorage;
use rustzeug::request::FormData;
use rustzeug::request::FormError;
use rustzeug::request::RequestLimits;
use rustzeug::response::guess_mimetype;
use serde_json::Value;
use serde_json::json;
use sha2::Digest as _;
use sha2::Sha256;

use super::Answer;
use super::http::list;
use super::http::text;
use super::http::value;
use super::response::wait;

/// Bodies beyond it are not cut: it would take too long.
const CUT_LIMIT: usize = 20_000;

/// Answers one op, or `None` if it is not built.
pub fn run(op: &str, input: &Value) -> Option<Answer> {
    match op {
        "form" => form(input),
        "multipart_encode" => multipart_encode(input),
        _ => None,
    }
}

fn form(input: &Value) -> Option<Answer> {
    let mut body = super::http::base64(text(input, "body_b64"));
    match input.get("content_length") {
        // No length and no chunks: there is no body.
        Some(Value::Null) => body.clear(),
        Some(length) => body.truncate(usize::try_from(length.as_u64()?).ok()?),
        None => {}
    }
    let limits = limits(input);
    let content_type = text(input, "content_type");
    let mut request = request(content_type, body.clone())?;
    request.set_limits(limits);
    wait(poll_fn(|cx| request.poll_prepare(cx)));
    let answer = match request.form_data() {
        Ok(form) => of_form(form)?,
        Err(error) => too_large(error.code())?,
    };
    let limit = limits.max_content_length;
    let fits = limit.is_none_or(|limit| body.len() as u64 <= limit);
    if fits && body.len() <= CUT_LIMIT && content_type.starts_with("multipart/") {
        let one = body.chunks(1).map(<[u8]>::to_vec).collect();
        let mut cuts = vec![one];
        cuts.extend((0..=body.len()).map(|at| {
            let (left, right) = body.split_at(at);
            vec![left.to_vec(), right.to_vec()]
        }));
        for pieces in cuts {
            let pieces = Pieces(pieces.into());
            let cut = match wait(FormData::read(content_type, pieces, &limits)) {
                Ok(form) => of_form(&form)?,
                Err(error) => of_error(&error)?,
            };
            if cut != answer {
                return Some(cut);
            }
        }
    }
    Some(answer)
}

fn limits(input: &Value) -> RequestLimits {
    let mut limits = RequestLimits::default();
    limits.max_content_length = input["max_content_length"].as_u64();
    limits.max_form_memory_size = input["max_form_memory_size"].as_u64();
    let parts = input["max_form_parts"].as_u64();
    limits.max_form_parts = parts.and_then(|parts| usize::try_from(parts).ok());
    limits
}

fn request(content_type: &str, body: Vec<u8>) -> Option<Request> {
    let fields = [(&b"content-type"[..], content_type.as_bytes())];
    let head = Head::from_parts(rustzeug::Method::POST, "/", fields).ok()?;
    Some(Request::new(head, Incoming::from(body)))
}

fn of_form(form: &FormData) -> Option<Answer> {
    if let Some(error) = form.error() {
        return of_error(error);
    }
    let fields: Vec<_> = form.fields().iter().collect();
    let files: Option<Vec<_>> = form.files().iter().map(|(_, file)| of_file(file)).collect();
    value(json!({"form": fields, "files": files?}))
}

fn of_file(file: &FileStorage) -> Option<Value> {
    let field = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = file.headers().iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| json!([name.as_str(), field(value.as_bytes())]))
        .collect();
    Some(json!({
        "name": file.name(),
        "filename": file.filename(),
        "content_type": file.content_type(),
        "mimetype": file.mimetype(),
        "headers": headers,
        "length": file.len(),
        "sha256": hex(&Sha256::digest(&file.bytes().ok()?)),
    }))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn of_error(error: &FormError) -> Option<Answer> {
    if error.is_too_large() {
        too_large(413)
    } else {
        Some(Answer::Error(json!({"type": "ValueError"})))
    }
}

fn too_large(code: u16) -> Option<Answer> {
    let error = json!({"type": "HTTPException", "name": "RequestEntityTooLarge", "code": code});
    Some(Answer::Error(error))
}

fn multipart_encode(input: &Value) -> Option<Answer> {
    let fields = list(&input["fields"]);
    // Werkzeug's does not escape names; ours does unless told.
    let mut encoder = Encoder::new(text(input, "boundary")).verbatim_names();
    let mut out = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for field in fields {
        if !names.contains(&text(field, "name")) {
            names.push(text(field, "name"));
        }
    }
    for name in names {
        for field in fields.iter().filter(|field| text(field, "name") == name) {
            let mut headers = Headers::new();
            let Some(filename) = field["filename"].as_str() else {
                encoder.field(name, &headers, &mut out);
                encoder.data(text(field, "value").as_bytes(), &mut out);
                continue;
            };
            let content_type = field["content_type"].as_str();
            let content_type = content_type.or_else(|| guess_mimetype(filename));
            let content_type = content_type.unwrap_or("application/octet-stream");
            headers.try_set("content-type", content_type).ok()?;
            encoder.file(name, filename, &headers, &mut out);
            encoder.data(&super::http::base64(text(field, "data_b64")), &mut out);
        }
    }
    encoder.finish(&mut out);
    value(json!({"body_b64": base64::encode(&out), "length": out.len()}))
}

/// A body that comes in pieces.
struct Pieces(VecDeque<Vec<u8>>);

impl Stream for Pieces {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(piece.into())))
    }
}
