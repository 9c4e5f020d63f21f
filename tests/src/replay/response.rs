//! The suite `response`.

use std::pin::pin;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;
use std::task::Wake;
use std::task::Waker;

use rustzeug::Body;
use rustzeug::HttpException;
use rustzeug::Request;
use rustzeug::Response;
use rustzeug::grammar::base64::encode;
use rustzeug::grammar::date::from_unix_seconds;
use rustzeug::http::HeaderValue;
use rustzeug::response::Conditional;
use rustzeug::response::SendFile;
use serde_json::Value;
use serde_json::json;

use super::Answer;
use super::http::base64;
use super::http::refused;
use super::http::text;
use super::http::value;
use super::request;

/// Answers one op by Werkzeug's rules, or `None` if it is not built.
pub fn run(op: &str, input: &Value) -> Option<Answer> {
    match op {
        "response" => response(input, Conditional::werkzeug()),
        "response_status" => response_status(input),
        "send_file" => send_file(input, Conditional::werkzeug()),
        _ => None,
    }
}

/// Answers one op as we do by default; `None` where there is no other way.
pub fn by_default(op: &str, input: &Value) -> Option<Answer> {
    match op {
        "response" => response(input, Conditional::new()),
        "send_file" => send_file(input, Conditional::new()),
        _ => None,
    }
}

fn response(input: &Value, rules: Conditional) -> Option<Answer> {
    let request = request::of(&request::as_wsgi(&input["request"]))?;
    let mut response = made(&input["response"])?;
    let conditional = &input["conditional"];
    if !conditional.is_null() {
        // Werkzeug reads a stream into memory here, to say its length. Ours leaves that to the
        // caller, who is we.
        if response.body().is_streamed() && matches!(request.method().as_str(), "GET" | "HEAD") {
            let bytes = wait(response.take_body().into_bytes()).ok()?;
            response.set_body(bytes);
        }
        let rules = rules.complete_length(conditional["complete_length"].as_u64());
        let rules = match &conditional["accept_ranges"] {
            Value::String(units) => rules.accept_ranges(HeaderValue::from_str(units).ok()?),
            Value::Bool(true) => rules.ranges(),
            _ => rules,
        };
        response = match response.make_conditional_with(&request, &rules) {
            Ok(response) => response,
            Err(error) => return Some(refusal(&error)),
        };
    }
    if input["response"]["autocorrect_location"] == json!(true) {
        response.absolute_location(&request);
    }
    sent(response, &request)
}

fn response_status(input: &Value) -> Option<Answer> {
    let mut response = Response::empty();
    let text = match &input["status"] {
        Value::String(text) => text.clone(),
        number => number.to_string(),
    };
    if response.set_status_text(&text).is_err() {
        return refused();
    }
    value(json!({"status_code": response.status().as_u16(), "status": response.status_text()}))
}

fn made(input: &Value) -> Option<Response> {
    let bytes = input["body_b64"].as_str().map(base64);
    let body = match bytes {
        Some(bytes) if input["streamed"] == json!(true) => {
            let pieces = bytes.chunks(7).map(<[u8]>::to_vec).collect::<Vec<_>>();
            Response::from_pieces(pieces).take_body()
        }
        Some(bytes) => Body::from(bytes),
        None => Body::empty(),
    };
    let length = body.as_bytes().map(<[u8]>::len);
    let mut response = Response::new(body);
    // Werkzeug's constructor writes the field when it is given bytes, and fields may be added to
    // it; ours leaves it to whoever sends.
    if let Some(length) = length.filter(|_| input["body_b64"].is_string()) {
        response.set_content_length(length as u64);
    }
    match &input["status"] {
        Value::Null => {}
        Value::String(text) => response.set_status_text(text).ok()?,
        number => response.set_status_text(&number.to_string()).ok()?,
    }
    if let Some(mimetype) = input["mimetype"].as_str() {
        response.set_mimetype(mimetype).ok()?;
    }
    let headers = input["headers"].as_array().map_or(&[][..], Vec::as_slice);
    for pair in headers {
        let (name, value) = (pair[0].as_str()?, pair[1].as_str()?);
        if name.eq_ignore_ascii_case("content-type") {
            response.headers_mut().try_set(name, value).ok()?;
        } else {
            response.headers_mut().try_add(name, value).ok()?;
        }
    }
    if let Some(etag) = input["etag"].as_str() {
        if input["etag_weak"] == json!(true) {
            response.set_weak_etag(etag).ok()?;
        } else {
            response.set_etag(etag).ok()?;
        }
    }
    if input["add_etag"] == json!(true) {
        if response.body().is_streamed() {
            let bytes = wait(response.take_body().into_bytes()).ok()?;
            response.set_body(bytes);
        }
        response.add_etag();
    }
    if let Some(date) = input["last_modified"].as_i64() {
        response.set_last_modified(from_unix_seconds(date)?);
    }
    Some(response)
}

fn send_file(input: &Value, rules: Conditional) -> Option<Answer> {
    let request = request::of(&input["request"])?;
    let mut file = SendFile::from_bytes(base64(text(input, "data_b64")));
    if let Some(name) = input["download_name"].as_str() {
        file = file.download_name(name);
    }
    if let Some(mimetype) = input["mimetype"].as_str() {
        file = file.mimetype(mimetype);
    }
    if input["as_attachment"] == json!(true) {
        file = file.as_attachment();
    }
    file = match input["conditional"] == json!(false) {
        true => file.unconditional(),
        false => file.conditional(rules),
    };
    if let Some(etag) = input["etag"].as_str() {
        file = file.etag(etag);
    }
    if let Some(date) = input["last_modified"].as_i64() {
        file = file.last_modified(from_unix_seconds(date)?);
    }
    if let Some(seconds) = input["max_age"].as_i64() {
        file = file.max_age_seconds(seconds);
    }
    match file.respond(&request) {
        Ok(response) => sent(response, &request),
        Err(error) => Some(refusal(&error)),
    }
}

fn refusal(error: &HttpException) -> Answer {
    if error.code() == 500 {
        return Answer::Error(json!({"type": "ValueError"}));
    }
    let mut out = json!({
        "type": "HTTPException",
        "name": error.kind().map(|kind| kind.class()),
        "code": error.code(),
    });
    if let Some(range) = error.headers().get("content-range") {
        out["content_range"] = range.into();
    }
    Answer::Error(out)
}

/// The response as a client gets it.
fn sent(mut response: Response, request: &Request) -> Option<Answer> {
    response.finish(request);
    let headers: Vec<_> = response
        .headers()
        .iter()
        .map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]))
        .collect();
    let bytes = wait(response.take_body().into_bytes()).ok()?;
    Some(Answer::Value(json!({
        "status": response.status_text(),
        "headers": headers,
        "body_b64": encode(&bytes),
    })))
}

/// Runs a future that waits for nothing from outside.
pub(super) fn wait<T>(future: impl Future<Output = T>) -> T {
    struct Nobody;
    impl Wake for Nobody {
        fn wake(self: Arc<Self>) {}
    }
    let waker = Waker::from(Arc::new(Nobody));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
    }
}
