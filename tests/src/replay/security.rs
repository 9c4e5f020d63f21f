//! The suite `security`.

use rustzeug::security;
use serde_json::Value;
use serde_json::json;

use super::Answer;
use super::http::refused;
use super::http::text;
use super::http::value;

/// Answers one op, or `None` if it is not built.
pub fn run(op: &str, input: &Value) -> Option<Answer> {
    let password = text(input, "password");
    match op {
        "check_password_hash" => {
            match security::check_password_hash(text(input, "hash"), password) {
                Ok(ok) => value(json!({"ok": ok})),
                Err(_) => refused(),
            }
        }
        "password_hash" => {
            match security::password_hash(password, text(input, "method"), text(input, "salt")) {
                Ok(hash) => value(json!({"hash": hash})),
                Err(_) => refused(),
            }
        }
        _ => None,
    }
}
