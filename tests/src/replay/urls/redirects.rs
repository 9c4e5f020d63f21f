//! Sending a client elsewhere.

use rustzeug::grammar::host::current_url;
use rustzeug::grammar::host::request_host;
use rustzeug::grammar::status::status_name;
use rustzeug::grammar::url;
use rustzeug::response::IntoResponse;
use serde_json::Value;
use serde_json::json;

use super::Answer;
use super::pairs;
use super::refused;
use super::text;
use super::value;

pub(super) fn append_slash_redirect(input: &Value) -> Option<Answer> {
    let query = as_wsgi(text(input, "query_string"));
    let location = url::append_slash(&as_wsgi(text(input, "path")), &query);
    let code = input["code"].as_u64().unwrap_or(308);
    let Ok(location) = url::iri_to_uri(&location) else {
        return refused();
    };
    value(json!({"status": status(code), "location": location}))
}

pub(super) fn redirect(input: &Value) -> Option<Answer> {
    let code = input["code"].as_u64().unwrap_or(302);
    let mut response = rustzeug::redirect(text(input, "location")).into_response();
    let Some(location) = response.headers().get("location") else {
        return refused();
    };
    let location = if input["autocorrect"] == json!(true) {
        absolute(input, location)?
    } else {
        location.to_owned()
    };
    let body = response.take_body();
    let body = body.as_bytes().unwrap_or_default();
    value(json!({
        "status": status(code),
        "location": location,
        "content_type": response.headers().get("content-type"),
        "body": String::from_utf8_lossy(body),
    }))
}

/// The location made absolute by the request's own URL.
fn absolute(input: &Value, location: &str) -> Option<String> {
    let scheme = input["scheme"].as_str().unwrap_or("http");
    let host = pairs(&input["headers"]).into_iter();
    let host = host.filter(|(name, _)| name.eq_ignore_ascii_case("host"));
    let host = host.filter_map(|(_, value)| value).next();
    let trusted: &[&str] = &[];
    let host = request_host(scheme, host, Some(("localhost", Some(80))), trusted).ok()?;
    let path = as_wsgi(input["path"].as_str().unwrap_or("/"));
    let root = as_wsgi(text(input, "script_name"));
    let base = current_url(scheme, &host, Some(&root), Some(&path), None).ok()?;
    url::join(&url::iri_to_uri(&base).ok()?, location).ok()
}

/// The text as a WSGI server gives it: each byte of its UTF-8 as one character.
///
/// Werkzeug redirects by this text, so its answers are quoted twice; what our functions are given
/// on the wire is decoded.
fn as_wsgi(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

fn status(code: u64) -> String {
    let name = u16::try_from(code).ok().and_then(status_name);
    format!("{code} {}", name.unwrap_or("UNKNOWN").to_uppercase())
}
