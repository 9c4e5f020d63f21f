//! `Authorization` and `WWW-Authenticate`.

use rustzeug::datastructures::Authorization;
use rustzeug::datastructures::WwwAuthenticate;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::Answer;
use super::pairs;
use super::text;
use super::value;

pub(super) fn parse_authorization(input: &Value) -> Option<Answer> {
    let Ok(auth) = Authorization::from_header(text(input, "value")) else {
        return value(Value::Null);
    };
    let parameters = auth.parameters();
    let parameters: Map<_, _> = parameters.map(|(k, v)| (k.to_owned(), json!(v))).collect();
    value(json!({
        "type": auth.scheme(),
        "parameters": parameters,
        "token": auth.token(),
        "text": auth.to_header(),
    }))
}

pub(super) fn parse_www_authenticate(input: &Value) -> Option<Answer> {
    let Ok(auth) = WwwAuthenticate::from_header(text(input, "value")) else {
        return value(Value::Null);
    };
    let parameters = auth.parameters();
    let parameters: Map<_, _> = parameters.map(|(k, v)| (k.to_owned(), json!(v))).collect();
    value(json!({
        "type": auth.scheme(),
        "parameters": parameters,
        "token": auth.token(),
        "text": auth.to_header(),
    }))
}

pub(super) fn dump_authorization(input: &Value) -> Option<Answer> {
    let scheme = text(input, "type");
    let auth = match input["token"].as_str() {
        Some(token) => Authorization::with_token(scheme, token),
        None => {
            let mut auth = Authorization::new(scheme, [("", ""); 0]);
            for (name, value) in pairs(&input["parameters"]) {
                match value {
                    Some(value) => auth.set(name, value),
                    None => auth.set_flag(name),
                }
            }
            auth
        }
    };
    value(json!({"text": auth.to_header()}))
}

pub(super) fn dump_www_authenticate(input: &Value) -> Option<Answer> {
    value(json!({"text": challenge(input).to_header()}))
}

/// Makes a challenge of `type`, `parameters` and `token`.
pub(crate) fn challenge(input: &Value) -> WwwAuthenticate {
    let scheme = text(input, "type");
    let mut auth = match input["token"].as_str() {
        Some(token) => WwwAuthenticate::with_token(scheme, token),
        None => WwwAuthenticate::new(scheme),
    };
    for (name, value) in pairs(&input["parameters"]) {
        match value {
            Some(value) => auth.set(name, value),
            None => auth.set_flag(name),
        }
    }
    auth
}
