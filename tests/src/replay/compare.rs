//! Whether an answer is the recorded one, by the rules of FORMAT.md.
//!
//! Floats by value; `headers` by name whatever its case, with order only among equal names;
//! `<NOW>` and `<NOW+N>` in a recorded text stand for an HTTP date near that moment.

use serde_json::Value;

/// Returns whether `given` is as good as the recorded `wanted`.
///
/// # Examples
///
/// ```
/// use rustzeug_tests::replay::compare::same;
/// use serde_json::json;
///
/// assert!(same(&json!({"t": "float", "v": "5"}), &json!({"t": "float", "v": "5.0"})));
/// assert!(!same(&json!([1, 2]), &json!([2, 1])));
/// ```
pub fn same(given: &Value, wanted: &Value) -> bool {
    match (given, wanted) {
        (Value::Number(given), Value::Number(wanted)) => {
            given == wanted || given.as_f64() == wanted.as_f64()
        }
        (Value::String(given), Value::String(wanted)) => same_text(given, wanted),
        (Value::Array(given), Value::Array(wanted)) => {
            given.len() == wanted.len() && given.iter().zip(wanted).all(|(a, b)| same(a, b))
        }
        (Value::Object(given), Value::Object(wanted)) => {
            if wanted.get("t").is_some_and(|kind| kind == "float")
                && given.get("t") == wanted.get("t")
            {
                return same_float(&given["v"], &wanted["v"]);
            }
            given.len() == wanted.len()
                && wanted.iter().all(|(key, wanted)| {
                    given.get(key).is_some_and(|given| match key.as_str() {
                        "headers" => same_headers(given, wanted),
                        _ => same(given, wanted),
                    })
                })
        }
        _ => given == wanted,
    }
}

/// Returns the recorded answer of an op in the spelling that ours can have.
///
/// Names of header fields are compared without case (FORMAT.md, "headers"), and ours are lower
/// case: those that `headers_script` gives in `items` and before each colon of `text`.
pub fn in_our_spelling(op: &str, wanted: &Value) -> Value {
    let mut wanted = wanted.clone();
    if op != "headers_script" {
        return wanted;
    }
    if let Some(items) = wanted["items"].as_array_mut() {
        for item in items {
            item[0] = item[0].as_str().unwrap_or_default().to_lowercase().into();
        }
    }
    let lines = wanted["text"].as_str().unwrap_or_default().split("\r\n");
    let lines: Vec<_> = lines
        .map(|line| match line.split_once(':') {
            Some((name, value)) => format!("{}:{value}", name.to_lowercase()),
            None => line.to_owned(),
        })
        .collect();
    wanted["text"] = lines.join("\r\n").into();
    wanted
}

fn same_float(given: &Value, wanted: &Value) -> bool {
    let number = |value: &Value| value.as_str().and_then(|text| text.parse::<f64>().ok());
    match (number(given), number(wanted)) {
        (Some(given), Some(wanted)) => given == wanted || given.is_nan() && wanted.is_nan(),
        _ => given == wanted,
    }
}

fn same_headers(given: &Value, wanted: &Value) -> bool {
    match (pairs(given), pairs(wanted)) {
        (Some(mut given), Some(mut wanted)) => {
            // Stable: the order among equal names stays and counts.
            given.sort_by(|a, b| a.0.cmp(&b.0));
            wanted.sort_by(|a, b| a.0.cmp(&b.0));
            given.len() == wanted.len()
                && given
                    .iter()
                    .zip(&wanted)
                    .all(|(a, b)| a.0 == b.0 && same(a.1, b.1))
        }
        _ => same(given, wanted),
    }
}

fn pairs(value: &Value) -> Option<Vec<(String, &Value)>> {
    let pair = |pair: &'_ Value| pair.as_array().is_some_and(|pair| pair.len() == 2);
    let list = value.as_array()?;
    list.iter()
        .map(|item| {
            Some((
                pair(item).then(|| item[0].as_str())??.to_ascii_lowercase(),
                &item[1],
            ))
        })
        .collect()
}

fn same_text(mut given: &str, mut wanted: &str) -> bool {
    if given == wanted {
        return true;
    }
    let mut placeholders = 0;
    while let Some(at) = wanted.find("<NOW") {
        let Some(close) = wanted[at..].find('>') else {
            break;
        };
        let offset = wanted[at + 4..at + close].trim_start_matches('+');
        let offset: i64 = if offset.is_empty() {
            0
        } else {
            offset.parse().unwrap_or(0)
        };
        let Some(date) = given.strip_prefix(&wanted[..at]) else {
            return false;
        };
        let Some(date) = date.get(..DATE_LENGTH) else {
            return false;
        };
        if http_date(date).is_none_or(|date| (date - now() - offset).abs() > TOLERANCE) {
            return false;
        }
        placeholders += 1;
        given = &given[at + DATE_LENGTH..];
        wanted = &wanted[at + close + 1..];
    }
    placeholders > 0 && given == wanted
}

/// Reads `Wed, 21 Oct 2015 07:28:00 GMT` as Unix seconds.
fn http_date(text: &str) -> Option<i64> {
    let fields: Vec<&str> = text.split([' ', ':', '-']).collect();
    let [weekday, day, month, year, hour, minute, second, "GMT"] = fields[..] else {
        return None;
    };
    let month = MONTHS.iter().position(|name| *name == month)? as i64 + 1;
    let number = |text: &str| text.parse::<i64>().ok();
    let (day, year) = (number(day)?, number(year)?);
    // Days from the civil date, years counted from March.
    let shifted = if month <= 2 { year - 1 } else { year };
    let days = 365 * shifted + shifted.div_euclid(4) - shifted.div_euclid(100)
        + shifted.div_euclid(400)
        + (153 * ((month + 9) % 12) + 2) / 5
        + day
        - 719_469;
    let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    (weekday.trim_end_matches(',') == names[days.rem_euclid(7) as usize]).then_some(())?;
    Some(days * 86_400 + number(hour)? * 3_600 + number(minute)? * 60 + number(second)?)
}

#[expect(
    clippy::disallowed_methods,
    reason = "recorded dates are relative to the present"
)]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs() as i64)
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const DATE_LENGTH: usize = "Wed, 21 Oct 2015 07:28:00 GMT".len();
/// Seconds: a file of cases may take that long between answer and comparison.
const TOLERANCE: i64 = 5;

#[cfg(test)]
mod tests {
    use super::http_date;
    use super::same_text;

    #[test]
    fn dates_are_read() {
        assert_eq!(
            http_date("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(784_111_777)
        );
        assert_eq!(http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(http_date("Mon, 06 Nov 1994 08:49:37 GMT"), None);
        assert_eq!(http_date("<NOW>"), None);
    }

    #[test]
    fn placeholders_want_a_date_near_now() {
        assert!(!same_text(
            "a Sun, 06 Nov 1994 08:49:37 GMT b",
            "a <NOW+60> b"
        ));
        assert!(same_text("a <NOW> b", "a <NOW> b"));
        assert!(!same_text("a", "b"));
    }
}
