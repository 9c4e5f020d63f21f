//! The suite `exceptions`.

use rustzeug::datastructures::WwwAuthenticate;
use rustzeug::exceptions;
use rustzeug::exceptions::HttpException;
use rustzeug::exceptions::Kind;
use rustzeug::grammar::date::from_unix_seconds;
use rustzeug::grammar::status::status_name;
use serde_json::Value;
use serde_json::json;

use super::Answer;
use super::http::challenge;
use super::http::list;
use super::http::texts;

/// Answers one op, or `None` if it is not built.
pub fn run(op: &str, input: &Value) -> Option<Answer> {
    let code = u16::try_from(input["code"].as_u64().unwrap_or_default()).ok()?;
    Some(Answer::Value(match op {
        "abort" => abort(code),
        "http_exception" => http_exception(input)?,
        "status_name" => json!({"name": status_name(code)}),
        _ => return None,
    }))
}

fn abort(code: u16) -> Value {
    let error = exceptions::abort::<()>(code).expect_err("abort never succeeds");
    match error.kind() {
        // A status that Werkzeug has a class for.
        Some(kind) if error.code() == code => json!({"raises": kind.class(), "code": code}),
        _ => json!({"raises": "LookupError"}),
    }
}

fn http_exception(input: &Value) -> Option<Value> {
    let mut error = made(input)?;
    if let Some(description) = input["args"]["description"].as_str() {
        error = error.with_description(description.to_owned());
    }
    let body = error.body();
    let mut headers = vec![
        json!(["Content-Type", "text/html; charset=utf-8"]),
        json!(["Content-Length", body.len().to_string()]),
    ];
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let fields = error.headers().iter();
    headers.extend(fields.map(|(name, value)| json!([name.as_str(), text(value.as_bytes())])));
    Some(json!({
        "code": error.code(),
        "name": error.name(),
        "description": error.description(),
        "status": format!("{} {}", error.code(), error.name().to_uppercase()),
        "headers": headers,
        "body": body,
    }))
}

fn made(input: &Value) -> Option<HttpException> {
    let args = &input["args"];
    let class = input["class"].as_str()?;
    if let Some(seconds) = args["retry_after"].as_u64() {
        return retry(class, seconds.into());
    }
    if let Some(seconds) = args["retry_after_timestamp"].as_i64() {
        return retry(class, from_unix_seconds(seconds)?.into());
    }
    if let Some(methods) = args.get("valid_methods") {
        return Some(exceptions::MethodNotAllowed::new(texts(methods)).into());
    }
    if class == "RequestedRangeNotSatisfiable" {
        let mut kind = exceptions::RequestedRangeNotSatisfiable::new(args["length"].as_u64());
        if let Some(units) = args["units"].as_str() {
            kind.units = units.to_owned().into();
        }
        return Some(kind.into());
    }
    let mut error = HttpException::from(*Kind::ALL.iter().find(|kind| kind.class() == class)?);
    for given in list(&args["www_authenticate"]) {
        let challenge: WwwAuthenticate = challenge(given);
        let headers = error.headers_mut();
        headers
            .try_add("www-authenticate", challenge.to_header())
            .ok()?;
    }
    Some(error)
}

fn retry(class: &str, after: exceptions::RetryAfter) -> Option<HttpException> {
    match class {
        "ServiceUnavailable" => Some(exceptions::ServiceUnavailable.with_retry_after(after)),
        "TooManyRequests" => Some(exceptions::TooManyRequests.with_retry_after(after)),
        _ => None,
    }
}
