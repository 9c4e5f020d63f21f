//! The suite `urls_utils`: what asks a request, or answers one.

use rustzeug::Request;
use rustzeug::StatusCode;
use rustzeug::body::Incoming;
use rustzeug::protocol::h1::Head;
use rustzeug::response::IntoResponse;
use rustzeug::response::Redirect;
use rustzeug::response::append_slash_redirect;
use rustzeug::response::redirect;
use serde_json::Value;
use serde_json::json;

use super::Answer;
use super::http::refused;
use super::http::text;
use super::http::texts;
use super::http::value;
use super::request;

/// Answers one op, or `None` if it is not built.
pub fn run(op: &str, input: &Value) -> Option<Answer> {
    match op {
        "access_route" => value(json!({"route": request::of(input)?.access_route()})),
        "append_slash_redirect" => {
            let request = request::of(&request::as_wsgi(input))?;
            redirected(append_slash_redirect(&request), input, &request, false)
        }
        "redirect" => {
            let request = request::of(&request::as_wsgi(input))?;
            redirected(redirect(text(input, "location")), input, &request, true)
        }
        "request_target" => request_target(input),
        "request_urls" => request_urls(input),
        _ => None,
    }
}

fn redirected(
    mut redirect: Redirect,
    input: &Value,
    request: &Request,
    with_body: bool,
) -> Option<Answer> {
    if let Some(code) = input["code"].as_u64() {
        let status = StatusCode::from_u16(u16::try_from(code).ok()?).ok()?;
        redirect = redirect.with_status(status);
    }
    if input["autocorrect"] == json!(true) {
        redirect = redirect.absolute(request);
    }
    let response = redirect.into_response();
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        return refused();
    }
    let mut out = json!({
        "status": response.status_text(),
        "location": response.location(),
    });
    if with_body {
        out["content_type"] = response.content_type().into();
        out["body"] = std::str::from_utf8(response.body().as_bytes()?).ok().into();
    }
    value(out)
}

fn request_target(input: &Value) -> Option<Answer> {
    let fields = [(&b"host"[..], &b"localhost"[..])];
    let Ok(head) = Head::from_parts(rustzeug::Method::GET, text(input, "target"), fields) else {
        return refused();
    };
    let request = Request::new(head, Incoming::empty());
    value(json!({
        "path": request.path(),
        "query_string": request.query_string(),
        "host": request.host(),
    }))
}

fn request_urls(input: &Value) -> Option<Answer> {
    let request = request::of(input)?;
    let trusted = texts(&input["trusted_hosts"]);
    if !trusted.is_empty() && request.check_host(&trusted).is_err() {
        return Some(Answer::Error(
            json!({"type": "HTTPException", "name": "SecurityError", "code": 400}),
        ));
    }
    value(json!({
        "path": request.path(),
        "full_path": request.full_path(),
        "script_root": request.script_root(),
        "url": request.url(),
        "base_url": request.base_url(),
        "root_url": request.root_url(),
        "host_url": request.host_url(),
        "host": request.host(),
        "is_secure": request.is_secure(),
        "args": request.args().iter().collect::<Vec<_>>(),
    }))
}
