//! Cookies.

use rustzeug::clock;
use rustzeug::datastructures::Cookie;
use rustzeug::datastructures::SameSite;
use rustzeug::grammar::cookie::decode_cookies;
use rustzeug::grammar::date::from_unix_seconds;
use serde_json::Value;
use serde_json::json;

use super::Answer;
use super::refused;
use super::text;
use super::value;

pub(super) fn parse_cookie(input: &Value) -> Option<Answer> {
    let items: Vec<_> = decode_cookies(text(input, "header")).collect();
    // The dictionary groups equal names, as `items` of the recorded answer does.
    let dict = rustzeug::datastructures::parse_cookie(text(input, "header"));
    let grouped: Vec<_> = dict.iter().collect();
    debug_assert_eq!(items.len(), grouped.len());
    value(json!({"items": grouped}))
}

pub(super) fn dump_cookie(input: &Value) -> Option<Answer> {
    let mut cookie = Cookie::new(text(input, "key"), text(input, "value"));
    cookie = match input.get("path") {
        None => cookie,
        Some(Value::Null) => cookie.without_path(),
        Some(path) => cookie.path(path.as_str()?),
    };
    if let Some(seconds) = input["max_age"].as_i64() {
        cookie = cookie.max_age_seconds(seconds);
    }
    if let Some(seconds) = input["expires"].as_i64() {
        cookie = cookie.expires(from_unix_seconds(seconds)?);
    } else if let Some(text) = input["expires"].as_str() {
        cookie = cookie.expires_text(text);
    }
    if let Some(domain) = input["domain"].as_str() {
        cookie = cookie.domain(domain);
    }
    if let Some(same_site) = input["samesite"].as_str() {
        let Ok(same_site) = same_site.parse::<SameSite>() else {
            return refused();
        };
        cookie = cookie.same_site(same_site);
    }
    let flag = |key: &str| input[key] == json!(true);
    cookie = cookie
        .secure(flag("secure"))
        .http_only(flag("httponly"))
        .partitioned(flag("partitioned"));
    if input["sync_expires"] != json!(false) {
        cookie = cookie.sync_expires(clock::now());
    }
    match cookie.to_header() {
        Ok(text) => value(json!({"text": text})),
        Err(_) => refused(),
    }
}
