//! Where our default answers to conditional requests differ from Werkzeug's, and why.
//!
//! `Conditional::werkzeug` gives every recorded answer; by default we follow RFC 9110, section 13
//! and 14. Each predicate looks for the fields that its rule is about and for the two outcomes.

use serde_json::Value;

use super::Case;
use crate::replay::Answer;

/// Returns why our default answer may differ from Werkzeug's.
pub fn reason(case: &Case<'_>) -> Option<&'static str> {
    let seen = Seen {
        wanted: status(case.wanted)?,
        given: status(case.given)?,
        input: case.input,
    };
    let mut listed = LISTED.iter();
    listed
        .find(|(_, is_it)| is_it(&seen))
        .map(|(reason, _)| *reason)
}

/// One case, as far as conditions go.
struct Seen<'a> {
    wanted: u64,
    given: u64,
    input: &'a Value,
}

impl Seen<'_> {
    fn field(&self, name: &str) -> Option<&str> {
        let fields = self.input["request"]["headers"].as_array()?;
        let field = fields.iter().find(|field| {
            field[0]
                .as_str()
                .is_some_and(|n| n.eq_ignore_ascii_case(name))
        })?;
        field[1].as_str()
    }

    /// The response as it was before the conditions; of `send_file` the call itself.
    fn response(&self) -> &Value {
        match &self.input["response"] {
            Value::Null => self.input,
            response => response,
        }
    }

    fn status(&self) -> u64 {
        match &self.response()["status"] {
            Value::String(text) => text[..3].parse().unwrap_or_default(),
            number => number.as_u64().unwrap_or(200),
        }
    }

    fn has_range_answer(&self) -> bool {
        self.field("range").is_some() && (self.wanted == 206 || self.wanted == 416)
    }
}

/// Why, and how to tell.
type Difference = (&'static str, fn(&Seen<'_>) -> bool);

const LISTED: &[Difference] = &[
    (
        "conditions are for responses that are a success (13.2.1)",
        |seen| !(200..300).contains(&seen.status()) && seen.given == seen.status(),
    ),
    (
        "`If-Match: *` holds where there is a version (13.1.1)",
        |seen| seen.field("if-match") == Some("*") && seen.wanted == 412 && seen.given != 412,
    ),
    ("`If-Unmodified-Since` (13.1.4)", |seen| {
        seen.field("if-match").is_none()
            && seen.field("if-unmodified-since").is_some()
            && seen.given == 412
    }),
    ("conditions come before ranges (13.2.2)", |seen| {
        let is_failed = seen.field("if-match").is_some() && seen.given == 412;
        let is_known = seen.given == 304
            && (seen.field("if-none-match").is_some() || seen.field("if-modified-since").is_some());
        seen.has_range_answer() && (is_failed || is_known)
    }),
    ("a weak tag matches nothing strongly (13.1.1)", |seen| {
        seen.field("if-match").is_some()
            && seen.response()["etag_weak"] == true
            && (seen.wanted, seen.given) == (200, 412)
    }),
    (
        "`If-Match` that holds decides nothing more (13.2.2)",
        |seen| {
            seen.field("if-match").is_some()
                && (seen.field("if-modified-since").is_some()
                    || seen.field("if-none-match").is_some())
                && (seen.wanted, seen.given) == (200, 304)
        },
    ),
    ("a range of an unknown unit is ignored (14.2)", |seen| {
        let unit = seen.field("range").and_then(|range| range.split_once('='));
        unit.is_some_and(|(unit, _)| !unit.trim().eq_ignore_ascii_case("bytes"))
            && seen.wanted == 416
            && seen.given == seen.status()
    }),
    (
        "a tag of `If-Range` is compared strongly (13.1.5)",
        |seen| {
            let is_weak = |tag: &str| tag.starts_with("W/");
            let ours = seen.response()["etag_weak"] == true;
            seen.field("if-range")
                .is_some_and(|tag| is_weak(tag) || ours)
                && seen.has_range_answer()
                && seen.given == seen.status()
        },
    ),
    ("a date of `If-Range` is equal or none (13.1.5)", |seen| {
        seen.field("if-range")
            .is_some_and(|date| date.ends_with("GMT"))
            && seen.response()["last_modified"].is_i64()
            && seen.has_range_answer()
            && seen.given == seen.status()
    }),
    (
        "a suffix longer than the whole is all of it (14.1.2)",
        |seen| {
            let suffix = seen.field("range").and_then(|range| range.split_once("=-"));
            suffix.is_some_and(|(_, length)| length.parse::<u64>().is_ok_and(|length| length > 0))
                && (seen.wanted, seen.given) == (416, 206)
        },
    ),
    ("several ranges are `multipart/byteranges` (14.6)", |seen| {
        seen.field("range").is_some_and(|range| range.contains(','))
            && (seen.wanted, seen.given) == (416, 206)
    }),
];

/// The status of an answer, also of one that is an exception.
fn status(answer: &Answer) -> Option<u64> {
    match answer {
        Answer::Value(value) => value["status"].as_str()?.get(..3)?.parse().ok(),
        Answer::Error(error) => error["code"].as_u64(),
    }
}
