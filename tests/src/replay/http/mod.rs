//! The suite `http`: the grammar of headers, and the values they hold.

use rustzeug::grammar;
use serde_json::Value;
use serde_json::json;

use super::Answer;

mod conditions;
mod cookies;
mod credentials;
mod dictionaries;
mod lists;

pub(super) use credentials::challenge;

/// Answers one op, or `None` if it is not built.
pub fn run(op: &str, input: &Value) -> Option<Answer> {
    match op {
        "accept_match" => lists::accept_match(input),
        "cache_control_set" => lists::cache_control_set(input),
        "dump_age" => dump_age(input),
        "dump_authorization" => credentials::dump_authorization(input),
        "dump_content_range" => conditions::dump_content_range(input),
        "dump_cookie" => cookies::dump_cookie(input),
        "dump_header" => lists::dump_header(input),
        "dump_options_header" => lists::dump_options_header(input),
        "dump_www_authenticate" => credentials::dump_www_authenticate(input),
        "generate_etag" => conditions::generate_etag(input),
        "header_set_edit" => lists::header_set_edit(input),
        "headers_script" => dictionaries::headers_script(input),
        "http_date" => http_date(input),
        "is_byte_range_valid" => conditions::is_byte_range_valid(input),
        "is_resource_modified" => conditions::is_resource_modified(input),
        "multidict_script" => dictionaries::multidict_script(input),
        "parse_accept" => lists::parse_accept(input),
        "parse_age" => parse_age(input),
        "parse_authorization" => credentials::parse_authorization(input),
        "parse_cache_control" => lists::parse_cache_control(input),
        "parse_content_range" => conditions::parse_content_range(input),
        "parse_cookie" => cookies::parse_cookie(input),
        "parse_csp" => lists::parse_csp(input),
        "parse_date" => parse_date(input),
        "parse_dict_header" => lists::parse_dict_header(input),
        "parse_etags" => conditions::parse_etags(input),
        "parse_if_range" => conditions::parse_if_range(input),
        "parse_list_header" => lists::parse_list_header(input),
        "parse_options_header" => lists::parse_options_header(input),
        "parse_range" => conditions::parse_range(input),
        "parse_set_header" => lists::parse_set_header(input),
        "parse_www_authenticate" => credentials::parse_www_authenticate(input),
        "quote_etag" => quote_etag(input),
        "quote_header_value" => quote_header_value(input),
        "unquote_etag" => unquote_etag(input),
        "unquote_header_value" => unquote_header_value(input),
        _ => None,
    }
}

fn dump_age(input: &Value) -> Option<Answer> {
    let Some(seconds) = input["seconds"].as_i64() else {
        return value(json!({"text": null}));
    };
    // A duration is never negative: that is refused before it is one.
    let Ok(seconds) = u64::try_from(seconds) else {
        return refused();
    };
    let age = std::time::Duration::from_secs(seconds);
    value(json!({"text": grammar::date::dump_age(age)}))
}

fn parse_age(input: &Value) -> Option<Answer> {
    let age = grammar::date::parse_age(text(input, "value"));
    value(json!({"seconds": age.map(|age| age.as_secs())}))
}

fn http_date(input: &Value) -> Option<Answer> {
    let date = grammar::date::from_unix_seconds(input["timestamp"].as_i64()?)?;
    value(json!({"text": grammar::date::http_date(date)}))
}

fn parse_date(input: &Value) -> Option<Answer> {
    let date = grammar::date::parse_date(text(input, "value"));
    value(json!({"timestamp": date.map(grammar::date::unix_seconds)}))
}

fn quote_header_value(input: &Value) -> Option<Answer> {
    let given = text(input, "value");
    let quoted = if input["allow_token"] == json!(false) && !given.is_empty() {
        grammar::quoted::quote_always(given).into()
    } else {
        grammar::quoted::quote_header_value(given)
    };
    value(json!({"text": quoted}))
}

fn unquote_header_value(input: &Value) -> Option<Answer> {
    let unquoted = grammar::quoted::unquote_header_value(text(input, "value"));
    value(json!({"text": unquoted}))
}

fn quote_etag(input: &Value) -> Option<Answer> {
    let weak = input["weak"] == json!(true);
    match grammar::etag::quote_etag(text(input, "etag"), weak) {
        Some(text) => value(json!({"text": text})),
        None => refused(),
    }
}

fn unquote_etag(input: &Value) -> Option<Answer> {
    let etag = grammar::etag::unquote_etag(text(input, "value"));
    value(match etag {
        Some((etag, weak)) => json!({"etag": etag, "weak": weak}),
        None => json!({"etag": null, "weak": null}),
    })
}

/// The text of a field, or nothing.
pub(super) fn text<'a>(input: &'a Value, key: &str) -> &'a str {
    input[key].as_str().unwrap_or_default()
}

/// The items of a list, or none.
pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The texts of a list.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    list(value).iter().filter_map(Value::as_str).collect()
}

/// The pairs of a list.
pub(super) fn pairs(value: &Value) -> Vec<(&str, Option<&str>)> {
    let pair = |pair: &'_ Value| pair[0].as_str().is_some();
    let items = list(value).iter().filter(|item| pair(item));
    items
        .map(|pair| (pair[0].as_str().unwrap_or_default(), pair[1].as_str()))
        .collect()
}

pub(super) fn value(value: Value) -> Option<Answer> {
    Some(Answer::Value(value))
}

/// The input is refused: an `Err` of ours, a `ValueError` of Werkzeug's.
pub(super) fn refused() -> Option<Answer> {
    Some(Answer::Error(json!({"type": "ValueError"})))
}

/// Standard base64.
pub(super) fn base64(text: &str) -> Vec<u8> {
    grammar::base64::decode(text).unwrap_or_default()
}
