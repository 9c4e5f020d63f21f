//! The suite `urls_utils`.

use rustzeug::grammar::host;
use rustzeug::grammar::media_type;
use rustzeug::grammar::percent;
use rustzeug::grammar::query;
use rustzeug::grammar::url;
use rustzeug::security;
use serde_json::Value;
use serde_json::json;

use super::Answer;
use super::http::pairs;
use super::http::refused;
use super::http::text;
use super::http::texts;
use super::http::value;

mod redirects;
mod requests;

/// Answers one op, or `None` if it is not built.
pub fn run(op: &str, input: &Value) -> Option<Answer> {
    let given = text(input, "value");
    match op {
        "access_route" => requests::access_route(input),
        "append_slash_redirect" => redirects::append_slash_redirect(input),
        "dispatcher" => requests::dispatcher(input),
        "get_content_length" => {
            let (length, coding) = (
                input["content_length"].as_str(),
                input["transfer_encoding"].as_str(),
            );
            value(json!({"length": host::content_length(length, coding)}))
        }
        "get_content_type" => {
            let (mimetype, charset) = (text(input, "mimetype"), text(input, "charset"));
            value(json!({"text": media_type::content_type(mimetype, charset)}))
        }
        "get_current_url" => get_current_url(input),
        "get_host" => get_host(input),
        "host_is_trusted" => {
            let trusted = texts(&input["trusted"]);
            let answer = host::host_is_trusted(text(input, "host"), &trusted);
            value(json!({"trusted": answer}))
        }
        "iri_to_uri" => converted(url::iri_to_uri(given)),
        "path_quote" => value(json!({"text": percent::quote_path(given)})),
        "proxy_fix" => requests::proxy_fix(input),
        "query_decode" => value(json!({"items": decoded(text(input, "query"))})),
        "query_encode" => {
            let items = pairs(&input["items"]).into_iter();
            let items = items.filter_map(|(key, value)| Some((key, value?)));
            value(json!({"text": query::encode(items)}))
        }
        "redirect" => redirects::redirect(input),
        "request_target" => requests::request_target(input),
        "request_urls" => requests::request_urls(input),
        "safe_join" => {
            let path = security::safe_join(text(input, "directory"), &texts(&input["parts"]));
            value(json!({"path": path}))
        }
        "secure_filename" => value(json!({"text": security::secure_filename(given)})),
        "uri_to_iri" => converted(url::uri_to_iri(given)),
        _ => None,
    }
}

/// The pairs of a query, grouped by key as the dictionary does it.
fn decoded(text: &str) -> Vec<(String, String)> {
    let mut dict = rustzeug::datastructures::MultiDict::<String, String>::new();
    dict.update(query::decode_pairs(text));
    let pairs = dict.iter();
    pairs
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn converted(text: Result<String, url::InvalidUrl>) -> Option<Answer> {
    match text {
        Ok(text) => value(json!({"text": text})),
        Err(_) => refused(),
    }
}

fn get_host(input: &Value) -> Option<Answer> {
    let server = input["server"].as_array();
    let port = |port: &Value| port.as_u64().and_then(|port| u16::try_from(port).ok());
    let server =
        server.and_then(|pair| Some((pair.first()?.as_str()?, pair.get(1).and_then(port))));
    let trusted = texts(&input["trusted"]);
    match host::request_host(
        text(input, "scheme"),
        input["host_header"].as_str(),
        server,
        &trusted,
    ) {
        Ok(host) => value(json!({"host": host})),
        Err(_) => untrusted(),
    }
}

fn untrusted() -> Option<Answer> {
    let error = json!({"type": "HTTPException", "name": "SecurityError", "code": 400});
    Some(Answer::Error(error))
}

fn get_current_url(input: &Value) -> Option<Answer> {
    let query = input["query_string"].as_str().map(str::as_bytes);
    let url = host::current_url(
        text(input, "scheme"),
        text(input, "host"),
        input["root_path"].as_str(),
        input["path"].as_str(),
        query,
    );
    match url {
        Ok(url) => value(json!({"url": url})),
        Err(_) => refused(),
    }
}
