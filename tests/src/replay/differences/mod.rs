//! The differences from Werkzeug that we chose; COMPATIBILITY.md has the prose.
//!
//! A case that differs is *listed* when a predicate here knows why: it looks at the input, at what
//! Werkzeug answered and at what we did, and says yes to that difference alone. Whatever else
//! differs has failed. [`conditions`] does the same for what our defaults (RFC 9110) make of
//! conditional requests, which are also answered by Werkzeug's rules on demand.

use serde_json::Value;
use serde_json::json;

use super::Answer;
use super::compare;

pub mod conditions;

/// A replayed case whose answer is not the recorded one.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "made by tests")]
pub struct Case<'a> {
    /// The file's name.
    pub suite: &'a str,
    /// The operation.
    pub op: &'a str,
    /// What was asked; of a batch, the call.
    pub input: &'a Value,
    /// What was recorded.
    pub wanted: &'a Answer,
    /// What we answered.
    pub given: &'a Answer,
}

/// Returns why an answer may differ.
///
/// # Examples
///
/// ```
/// use rustzeug_tests::replay::Answer;
/// use rustzeug_tests::replay::differences::{Case, reason};
/// use serde_json::json;
///
/// let why = |seconds: Option<u64>| {
///     reason(&Case {
///         suite: "http",
///         op: "parse_age",
///         input: &json!({"value": "1_0"}),
///         wanted: &Answer::Value(json!({"seconds": 10})),
///         given: &Answer::Value(json!({"seconds": seconds})),
///     })
/// };
/// assert!(why(None).is_some());
/// assert!(why(Some(1)).is_none());
/// ```
pub fn reason(case: &Case<'_>) -> Option<&'static str> {
    let mut listed = LISTED.iter();
    listed
        .find(|(_, _, is_it)| is_it(case))
        .map(|(reason, ..)| *reason)
}

/// Returns whether FORMAT.md says that another answer is as good as the recorded one.
pub fn is_accepted(suite: &str, tags: &[String]) -> bool {
    suite == "forms"
        && tags
            .iter()
            .any(|tag| tag == "ambiguous_chunking" || tag == "read_size_limit")
}

/// Reason, the word in COMPATIBILITY.md's table, predicate.
type Difference = (&'static str, &'static str, fn(&Case<'_>) -> bool);

/// Every listed difference.
pub const LISTED: &[Difference] = &[
    (
        "digits are ASCII, in Python those of any script",
        "numbers in headers",
        is_foreign_digit,
    ),
    (
        "Python's `int` takes `1_0`",
        "numbers in headers",
        is_underscore,
    ),
    ("numbers beyond 64 bits", "numbers in headers", is_too_big),
    (
        "numbers in URLs beyond 128 bits",
        "numbers",
        is_too_big_in_url,
    ),
    (
        "booleans are `true` and `false`",
        "`true` in a URL",
        is_python_bool,
    ),
    (
        "a word that was removed is gone, whatever its case",
        "`HeaderSet::remove`, `discard`",
        is_removed_word,
    ),
    (
        "control characters are refused in field values (RFC 9110 section 5.5)",
        "`Headers`: values",
        is_control_in_field,
    ),
    (
        "no field of a part holds control characters (RFC 9110 section 5.5)",
        "header of a part with a control character",
        is_control_in_part,
    ),
    (
        "targets without a path are refused (RFC 9112 section 3.2)",
        "raw bytes beyond ASCII in the target, empty target, `GET *`",
        is_pathless_target,
    ),
    (
        "a status has three digits (RFC 9110 section 15)",
        "a status without a number, or with one that is not from 100 to 999",
        is_no_status,
    ),
    (
        "a realm is quoted, also one that is a token (RFC 9110 section 11.5)",
        "`WWWAuthenticate`: a realm that is a token",
        is_token_realm,
    ),
];

fn is_foreign_digit(case: &Case<'_>) -> bool {
    let has_one = |text: &str| text.chars().any(|c| c.is_numeric() && !c.is_ascii());
    match (case.suite, case.given) {
        ("routing_match", given) => {
            case.input["path"].as_str().is_some_and(has_one)
                && (is_not_found(given) || is_other_rule(given, case.wanted))
        }
        (_, Answer::Value(given)) => {
            any_text(case.input, &has_one) && differs_only(given, case.wanted, &is_unread)
        }
        _ => false,
    }
}

fn is_underscore(case: &Case<'_>) -> bool {
    let has_one = |text: &str| {
        let mut windows = text.as_bytes().windows(3);
        windows.any(|w| w[0].is_ascii_digit() && w[1] == b'_' && w[2].is_ascii_digit())
    };
    any_text(case.input, &has_one)
        && match case.given {
            Answer::Error(_) => case.suite == "security" && is_value_error(case.given),
            Answer::Value(given) => differs_only(given, case.wanted, &is_unread),
        }
}

fn is_too_big(case: &Case<'_>) -> bool {
    let is_largest = |given: &Value, wanted: &Value| match (given, wanted) {
        (Value::Number(given), Value::Number(wanted)) => {
            given.as_f64() >= Some(LARGEST) && wanted.as_f64() > Some(LARGEST)
        }
        (Value::String(given), Value::String(wanted)) => blurred(given) == blurred(wanted),
        _ => false,
    };
    case.suite == "http"
        && any_text(case.input, &|text| longest_number(text) >= 19)
        && matches!(case.given, Answer::Value(given) if differs_only(given, case.wanted, &is_largest))
}

fn is_too_big_in_url(case: &Case<'_>) -> bool {
    case.suite == "routing_match"
        && case.input["path"]
            .as_str()
            .is_some_and(|path| longest_number(path) >= 39)
        && is_not_found(case.given)
}

fn is_python_bool(case: &Case<'_>) -> bool {
    let spelled = |given: &Value, wanted: &Value| match (given, wanted) {
        (Value::String(given), Value::String(wanted)) => {
            wanted.replace("True", "true").replace("False", "false") == *given
        }
        _ => false,
    };
    case.suite == "routing_build"
        && matches!(case.given, Answer::Value(given) if differs_only(given, case.wanted, &spelled))
}

/// Werkzeug forgets a word in capitals that is removed, and goes on writing it; of repetitions it
/// removes the first.
fn is_removed_word(case: &Case<'_>) -> bool {
    let (Answer::Value(given), Answer::Value(wanted)) = (case.given, case.wanted) else {
        return false;
    };
    let steps = case.input["steps"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let removed: Vec<&str> = steps
        .iter()
        .filter(|step| step[0] == "remove" || step[0] == "discard")
        .filter_map(|step| step[1].as_str())
        .collect();
    let is_left = |word: &&Value| {
        let word = word.as_str().unwrap_or_default();
        !removed.iter().any(|gone| gone.eq_ignore_ascii_case(word))
    };
    let items = wanted["items"].as_array().map_or(&[][..], Vec::as_slice);
    let left: Vec<&Value> = items.iter().filter(is_left).collect();
    case.op == "header_set_edit"
        && left.len() < items.len()
        && given["items"] == json!(left)
        && given["results"] == wanted["results"]
}

fn is_control_in_field(case: &Case<'_>) -> bool {
    let (Answer::Value(given), Answer::Value(wanted)) = (case.given, case.wanted) else {
        return false;
    };
    let has_control = |text: &str| text.contains(|c: char| c.is_control() && !"\t\r\n".contains(c));
    let lists = |key: &str| [given[key].as_array(), wanted[key].as_array()];
    let [Some(given), Some(wanted)] = lists("results") else {
        return false;
    };
    let steps = case.input["steps"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    case.op == "headers_script"
        && given.len() == wanted.len()
        && steps.len() == wanted.len()
        && given != wanted
        && steps
            .iter()
            .zip(given.iter().zip(wanted))
            .all(|(step, (given, wanted))| {
                given == wanted || given["error"] == "ValueError" && any_text(step, &has_control)
            })
}

fn is_control_in_part(case: &Case<'_>) -> bool {
    let (Answer::Value(given), Answer::Value(wanted)) = (case.given, case.wanted) else {
        return false;
    };
    let is_kept = |pair: &Value| {
        let value = pair[1].as_str().unwrap_or_default();
        !value.contains(|c: char| c.is_ascii_control() && c != '\t')
    };
    let mut without = wanted.clone();
    let files = without["files"].as_array_mut();
    for file in files.into_iter().flatten() {
        if let Some(headers) = file["headers"].as_array_mut() {
            headers.retain(is_kept);
        }
    }
    case.op == "form" && without != *wanted && compare::same(given, &without)
}

fn is_pathless_target(case: &Case<'_>) -> bool {
    let target = case.input["target"].as_str().unwrap_or_default();
    case.op == "request_target"
        && !target.starts_with('/')
        && !target.contains("://")
        && is_value_error(case.given)
}

fn is_no_status(case: &Case<'_>) -> bool {
    let Answer::Value(wanted) = case.wanted else {
        return false;
    };
    let code = wanted["status_code"].as_i64().unwrap_or_default();
    case.op == "response_status" && !(100..=999).contains(&code) && is_value_error(case.given)
}

fn is_token_realm(case: &Case<'_>) -> bool {
    let (Answer::Value(given), Answer::Value(wanted)) = (case.given, case.wanted) else {
        return false;
    };
    let mut quoted = wanted.clone();
    quote_realms(&mut quoted);
    quoted != *wanted && compare::same(given, &quoted)
}

/// Puts quotes around what follows `realm=`.
fn quote_realms(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(quote_realms),
        Value::Object(items) => items.values_mut().for_each(quote_realms),
        Value::String(text) => {
            let start = text.to_ascii_lowercase().find("realm=").map(|at| at + 6);
            let Some(start) = start.filter(|start| !text[*start..].starts_with('"')) else {
                return;
            };
            let rest = &text[start..];
            let end = start + rest.find(',').unwrap_or(rest.len());
            text.insert(end, '"');
            text.insert(start, '"');
        }
        _ => {}
    }
}

/// Whether two answers differ, and everywhere they do `allowed(given, wanted)` holds.
fn differs_only(given: &Value, wanted: &Answer, allowed: &dyn Fn(&Value, &Value) -> bool) -> bool {
    fn walk(given: &Value, wanted: &Value, allowed: &dyn Fn(&Value, &Value) -> bool) -> bool {
        match (given, wanted) {
            _ if given == wanted => true,
            (Value::Array(given), Value::Array(wanted)) => {
                given.len() == wanted.len()
                    && given.iter().zip(wanted).all(|(a, b)| walk(a, b, allowed))
            }
            (Value::Object(given), Value::Object(wanted)) => {
                let keys = given.len() == wanted.len();
                keys && given
                    .iter()
                    .all(|(key, a)| wanted.get(key).is_some_and(|b| walk(a, b, allowed)))
            }
            _ => allowed(given, wanted),
        }
    }
    matches!(wanted, Answer::Value(wanted) if given != wanted && walk(given, wanted, allowed))
}

/// Whether a number was read there and not here.
fn is_unread(given: &Value, wanted: &Value) -> bool {
    given.is_null() && wanted.is_number()
}

fn is_value_error(given: &Answer) -> bool {
    *given == Answer::Error(json!({"type": "ValueError"}))
}

fn is_not_found(given: &Answer) -> bool {
    *given == Answer::Value(json!({"error": "NotFound"}))
}

/// Whether a rule without numbers took what is no number here.
fn is_other_rule(given: &Answer, wanted: &Answer) -> bool {
    let (Answer::Value(given), Answer::Value(wanted)) = (given, wanted) else {
        return false;
    };
    let args = wanted["args"].as_object();
    let has_number = args.is_some_and(|args| {
        args.values()
            .any(|arg| arg["t"] == "int" || arg["t"] == "float")
    });
    has_number && given["rule"].is_number() && given["rule"] != wanted["rule"]
}

/// Whether any text in a value is such a one.
fn any_text(value: &Value, is_such: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is_such(text),
        Value::Array(list) => list.iter().any(|value| any_text(value, is_such)),
        Value::Object(map) => map.values().any(|value| any_text(value, is_such)),
        _ => false,
    }
}

fn longest_number(text: &str) -> usize {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.map(str::len).max().unwrap_or_default()
}

/// The text with all numbers alike that have 19 digits or more.
fn blurred(text: &str) -> String {
    let mut out = String::new();
    for run in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let digits = run.trim_end_matches(|c: char| !c.is_ascii_digit());
        out.push_str(if digits.len() >= 19 { "#" } else { digits });
        out.push_str(&run[digits.len()..]);
    }
    out
}

/// What our numbers end at; larger ones are this one.
const LARGEST: f64 = i64::MAX as f64;
