//! The request that a recorded case describes.

use std::net::IpAddr;

use rustzeug::Method;
use rustzeug::Request;
use rustzeug::body::Incoming;
use rustzeug::protocol::h1::Head;
use rustzeug::request::ConnectionInfo;
use serde_json::Value;

use super::http::text;

/// Makes the request of the fields that FORMAT.md calls "Request".
pub(super) fn of(input: &Value) -> Option<Request> {
    let method = Method::from_bytes(or(input, "method", "GET").as_bytes()).ok()?;
    let mut fields: Vec<(String, String)> = Vec::new();
    let headers = input["headers"].as_array().map_or(&[][..], Vec::as_slice);
    for pair in headers {
        fields.push((pair[0].as_str()?.to_owned(), pair[1].as_str()?.to_owned()));
    }
    if !fields
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("host"))
    {
        let name = or(input, "server_name", "localhost");
        let port = match &input["server_port"] {
            Value::Null => "80".to_owned(),
            Value::String(port) => port.clone(),
            port => port.to_string(),
        };
        fields.push(("Host".to_owned(), format!("{name}:{port}")));
    }
    // A server refuses some hosts and queries that the cases have, so what comes from it is plain
    // and the rest is changed as a middleware could.
    let head = Head::from_parts(method, "/", None).ok()?;
    let mut request = Request::new(head, Incoming::empty());
    for (name, value) in &fields {
        request.headers_mut().try_add(name, value).ok()?;
    }
    request.set_query_string(text(input, "query_string"));
    let mut connection = ConnectionInfo::default();
    connection.scheme = match or(input, "scheme", "http") {
        "https" => "https",
        "ws" => "ws",
        "wss" => "wss",
        _ => "http",
    };
    let address = or(input, "remote_addr", "127.0.0.1");
    let address = address.parse::<IpAddr>().ok();
    connection.peer = address.map(|address| (address, 1024).into());
    request.set_connection(connection);
    request.set_paths(text(input, "script_name"), or(input, "path", "/"));
    Some(request)
}

/// The request as Werkzeug's redirects see it: each byte of the UTF-8 of its path and its query
/// as one character, which is what a WSGI server hands on. Their answers are quoted twice for
/// that; ours are, given the same text.
pub(super) fn as_wsgi(input: &Value) -> Value {
    let mut input = input.clone();
    for key in ["path", "query_string", "script_name"] {
        if let Some(text) = input[key].as_str() {
            input[key] = text.bytes().map(char::from).collect::<String>().into();
        }
    }
    input
}

fn or<'a>(input: &'a Value, key: &str, default: &'a str) -> &'a str {
    input[key].as_str().unwrap_or(default)
}
