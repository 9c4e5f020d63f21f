//! Entity tags, ranges and conditional requests.

use rustzeug::datastructures;
use rustzeug::datastructures::Conditions;
use rustzeug::datastructures::ContentRange;
use rustzeug::datastructures::ETags;
use rustzeug::datastructures::Headers;
use rustzeug::datastructures::IfRange;
use rustzeug::datastructures::Range;
use rustzeug::grammar::date::from_unix_seconds;
use rustzeug::grammar::date::unix_seconds;
use serde_json::Value;
use serde_json::json;

use super::Answer;
use super::base64;
use super::list;
use super::pairs;
use super::refused;
use super::text;
use super::texts;
use super::value;

pub(super) fn parse_etags(input: &Value) -> Option<Answer> {
    let tags = ETags::from_header(text(input, "value"));
    let sorted = |tags: &mut dyn Iterator<Item = &str>| {
        let mut tags: Vec<_> = tags.map(str::to_owned).collect();
        tags.sort();
        tags
    };
    let probe = |tag: &str| {
        json!({
            "is_weak": tags.is_weak(tag),
            "is_strong": tags.is_strong(tag),
            "contains": tags.contains(tag),
            "contains_weak": tags.contains_weak(tag),
            "contains_raw": tags.contains_raw(tag),
        })
    };
    let probes: Vec<_> = texts(&input["probe"]).into_iter().map(probe).collect();
    value(json!({
        "star": tags.is_star(),
        "strong": sorted(&mut tags.strong()),
        "weak": sorted(&mut tags.weak()),
        "truthy": !tags.is_empty(),
        "probe": probes,
    }))
}

pub(super) fn generate_etag(input: &Value) -> Option<Answer> {
    let etag = datastructures::generate_etag(&base64(text(input, "data_b64")));
    value(json!({"etag": etag}))
}

pub(super) fn parse_range(input: &Value) -> Option<Answer> {
    let Ok(range) = Range::from_header(text(input, "value")) else {
        return value(Value::Null);
    };
    let for_length = |length: &Value| {
        let given = length.as_u64();
        json!({
            "length": length,
            "range": range.range_for_length(given).map(|(start, stop)| [start, stop]),
            "content_range": range.make_content_range(given).map(|range| range.to_header()),
        })
    };
    let lengths: Vec<_> = list(&input["lengths"]).iter().map(for_length).collect();
    value(json!({
        "units": range.units(),
        "ranges": range.ranges(),
        "text": range.to_header(),
        "for_length": lengths,
    }))
}

pub(super) fn parse_content_range(input: &Value) -> Option<Answer> {
    let Ok(range) = ContentRange::from_header(text(input, "value")) else {
        return value(Value::Null);
    };
    value(json!({
        "units": range.units(),
        "start": range.start(),
        "stop": range.stop(),
        "length": range.length(),
        "text": range.to_header(),
    }))
}

pub(super) fn dump_content_range(input: &Value) -> Option<Answer> {
    let number = |key: &str| match &input[key] {
        Value::Null => Ok(None),
        // Where Werkzeug refuses a negative number, there is none to give here.
        number => number.as_u64().map(Some).ok_or(()),
    };
    let (Ok(start), Ok(stop), Ok(length)) = (number("start"), number("stop"), number("length"))
    else {
        return refused();
    };
    let range = match (start, stop) {
        (Some(start), Some(stop)) => Some((start, stop)),
        (None, None) => None,
        // Half a range cannot be said.
        _ => return refused(),
    };
    match ContentRange::new(text(input, "units"), range, length) {
        // Without units there is no header: that is `None` here.
        Ok(_) if input["units"].is_null() => value(json!({"text": ""})),
        Ok(range) => value(json!({"text": range.to_header()})),
        Err(_) => refused(),
    }
}

pub(super) fn parse_if_range(input: &Value) -> Option<Answer> {
    let if_range = IfRange::from_header(text(input, "value"));
    value(json!({
        "etag": if_range.etag(),
        "timestamp": if_range.date().map(unix_seconds),
        "text": if_range.to_header(),
    }))
}

pub(super) fn is_byte_range_valid(input: &Value) -> Option<Answer> {
    let number = |key: &str| input[key].as_i64();
    let valid =
        datastructures::is_byte_range_valid(number("start"), number("stop"), number("length"));
    value(json!({"valid": valid}))
}

pub(super) fn is_resource_modified(input: &Value) -> Option<Answer> {
    let mut headers = Headers::new();
    for (name, value) in pairs(&input["headers"]) {
        headers.try_add(name, value.unwrap_or_default()).ok()?;
    }
    let conditions = if input["ignore_if_range"] == json!(false) {
        Conditions::with_range(&headers)
    } else {
        Conditions::from_headers(&headers)
    };
    let of_data = |data: &str| format!("\"{}\"", datastructures::generate_etag(&base64(data)));
    let etag = match input["data_b64"].as_str() {
        Some(data) => Some(of_data(data)),
        None => input["etag"].as_str().map(ToOwned::to_owned),
    };
    let last_modified = input["last_modified"].as_i64().and_then(from_unix_seconds);
    let modified = conditions.is_modified(etag.as_deref(), last_modified);
    value(json!({"modified": modified}))
}
