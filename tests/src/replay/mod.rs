//! Replays cases recorded from Werkzeug (`tests/vectors`, described in its FORMAT.md).
//!
//! One module a suite answers ops: `run(op, input)` gives `None` for an op that is not built, and
//! otherwise an [`Answer`]. This module reads the lines, calls the suite, catches panics, compares
//! ([`compare`]), consults the list of chosen differences ([`differences`]) and counts.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use serde_json::Value;

pub mod applications;
pub mod compare;
pub mod differences;
pub mod exceptions;
pub mod forms;
pub mod http;
mod request;
pub mod response;
pub mod routing;
pub mod security;
pub mod urls;
pub mod urls_request;

/// What an op answered: the `out` or the `error` of a recorded line.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a line holds one or the other, for good"
)]
pub enum Answer {
    /// Compared with the line's `out`.
    Value(Value),
    /// Compared with the line's `error`.
    Error(Value),
}

impl Answer {
    fn is_like(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Value(given), Self::Value(wanted))
            | (Self::Error(given), Self::Error(wanted)) => compare::same(given, wanted),
            _ => false,
        }
    }
}

/// The counts of any number of replayed files, a row for each suite and op.
#[derive(Debug, Default)]
pub struct Report {
    rows: BTreeMap<(String, String), Row>,
}

#[derive(Debug, Default)]
struct Row {
    passed: usize,
    failed: usize,
    unbuilt: usize,
    /// Neither passed nor failed: those a predicate in [`differences`] explains.
    listed: BTreeMap<&'static str, usize>,
    /// Of `passed`: those where our default (RFC 9110) differs from Werkzeug's rules, which gave
    /// the recorded answer.
    by_default: BTreeMap<&'static str, usize>,
    failures: Vec<String>,
}

impl Report {
    /// Makes an empty report.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replays every line of one file's text.
    pub fn replay(&mut self, text: &str) {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match serde_json::from_str::<Value>(line) {
                Ok(case) => self.line(&case),
                Err(error) => {
                    let row = self.rows.entry(("?".into(), "?".into())).or_default();
                    row.fail(&[], format!("not a line of JSON: {error}"));
                }
            }
        }
    }

    /// Returns how many cases gave the recorded answer.
    pub fn passed(&self) -> usize {
        self.rows.values().map(|row| row.passed).sum()
    }

    /// Returns how many cases gave another answer, or none, for no reason that is listed.
    pub fn failed(&self) -> usize {
        self.rows.values().map(|row| row.failed).sum()
    }

    /// Returns how many cases gave another answer for a listed reason.
    pub fn listed(&self) -> usize {
        self.rows.values().map(Row::listed).sum()
    }

    /// Prints a line for each op and suite, `shown` failures of each op, and the total.
    ///
    /// # Errors
    ///
    /// Whatever writing to `out` gives.
    pub fn print(&self, out: &mut dyn Write, shown: usize) -> io::Result<()> {
        let mut suites: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        for ((suite, op), row) in &self.rows {
            let total = suites.entry(suite).or_default();
            for (sum, count) in total.iter_mut().zip([row.passed, row.failed, row.listed()]) {
                *sum += count;
            }
            write!(
                out,
                "{suite} {op}: {} passed, {} failed",
                row.passed, row.failed
            )?;
            if row.unbuilt > 0 {
                write!(out, " ({} not built)", row.unbuilt)?;
            }
            writeln!(out)?;
            for (reason, count) in &row.listed {
                writeln!(out, "    {count} differ as listed: {reason}")?;
            }
            for (reason, count) in &row.by_default {
                writeln!(out, "    {count} differ by default: {reason}")?;
            }
            for failure in row.failures.iter().take(shown) {
                writeln!(out, "    {failure}")?;
            }
        }
        for (suite, [passed, failed, listed]) in suites {
            let share = 100.0 * listed as f64 / (passed + failed + listed).max(1) as f64;
            writeln!(
                out,
                "suite {suite}: {passed} passed, {failed} failed, {listed} differ as listed \
                 ({share:.2} %)"
            )?;
        }
        writeln!(out, "{} passed, {} failed", self.passed(), self.failed())
    }

    fn line(&mut self, case: &Value) {
        let text = |key: &str| case[key].as_str().unwrap_or("?").to_owned();
        let (suite, op, id) = (text("suite"), text("op"), text("id"));
        let row = self.rows.entry((suite.clone(), op.clone())).or_default();
        let answer = answer(&suite, &op, &case["in"]);
        if !op.ends_with("_batch") {
            let wanted = match case.get("error") {
                Some(error) => Answer::Error(error.clone()),
                None => Answer::Value(compare::in_our_spelling(&op, &case["out"])),
            };
            let what = Asked {
                suite: &suite,
                op: &op,
                input: &case["in"],
                tags: &tags(case),
                text: &|| format!("{id}: {}", case["in"]),
            };
            return row.count(&what, &answer, &wanted);
        }
        let calls = case["in"]["calls"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        for (index, call) in calls.iter().enumerate() {
            let given = match &answer {
                Given::Answered(Answer::Value(Value::Array(list))) => match list.get(index) {
                    Some(value) => Given::Answered(Answer::Value(value.clone())),
                    None => Given::Panicked("the list of answers is too short".into()),
                },
                // One bad call must not hide the others: ask for each by itself.
                Given::Panicked(_) => alone(&suite, &op, &case["in"], call),
                other => other.clone(),
            };
            let mut tags = tags(case);
            tags.extend(self::tags(call));
            let wanted = Answer::Value(case["out"][index].clone());
            let what = Asked {
                suite: &suite,
                op: &op,
                input: call,
                tags: &tags,
                text: &|| format!("{id} call {index}: {call} with {}", case["in"]["map"]),
            };
            row.count(&what, &given, &wanted);
        }
    }
}

/// What was asked, for the reasons and for people.
struct Asked<'a> {
    suite: &'a str,
    op: &'a str,
    input: &'a Value,
    tags: &'a [String],
    text: &'a dyn Fn() -> String,
}

impl<'a> Asked<'a> {
    fn case(&self, wanted: &'a Answer, given: &'a Answer) -> differences::Case<'a> {
        differences::Case {
            suite: self.suite,
            op: self.op,
            input: self.input,
            wanted,
            given,
        }
    }
}

impl Row {
    fn listed(&self) -> usize {
        self.listed.values().sum()
    }

    fn count(&mut self, asked: &Asked<'_>, given: &Given, wanted: &Answer) {
        let given = match given {
            Given::Answered(given) if given.is_like(wanted) => match self.default(asked, given) {
                Ok(()) => return self.passed += 1,
                Err(default) => format!("by default {default:?}"),
            },
            Given::Answered(given) => {
                if differences::is_accepted(asked.suite, asked.tags) {
                    return self.passed += 1;
                }
                let case = asked.case(wanted, given);
                if let Some(reason) = differences::reason(&case) {
                    return *self.listed.entry(reason).or_default() += 1;
                }
                format!("{given:?}")
            }
            Given::Panicked(message) => format!("a panic: {message}"),
            Given::Unbuilt => {
                self.unbuilt += 1;
                "nothing".to_owned()
            }
        };
        let text = (asked.text)();
        let text = format!("{text}\n        wanted {wanted:?}\n        given  {given}");
        self.fail(asked.tags, text);
    }

    /// What we answer by default, where the recorded answer is one of several we can give: the
    /// same, or another for a listed reason.
    fn default(&mut self, asked: &Asked<'_>, given: &Answer) -> Result<(), Box<Option<Answer>>> {
        if asked.suite != "response" {
            return Ok(());
        }
        let default = response::by_default(asked.op, asked.input);
        let Some(answer) = default.as_ref().filter(|answer| !answer.is_like(given)) else {
            return Ok(());
        };
        match differences::conditions::reason(&asked.case(given, answer)) {
            Some(reason) => *self.by_default.entry(reason).or_default() += 1,
            None => return Err(Box::new(default)),
        }
        Ok(())
    }

    /// Unexplained failures are listed first.
    fn fail(&mut self, tags: &[String], text: String) {
        self.failed += 1;
        if tags.is_empty() {
            let at = self
                .failures
                .iter()
                .take_while(|text| !text.starts_with('['))
                .count();
            self.failures.insert(at, text);
        } else {
            self.failures.push(format!("{tags:?} {text}"));
        }
    }
}

#[derive(Clone)]
enum Given {
    Answered(Answer),
    Unbuilt,
    Panicked(String),
}

fn answer(suite: &str, op: &str, input: &Value) -> Given {
    let asked = catch_unwind(AssertUnwindSafe(|| match suite {
        "exceptions" => exceptions::run(op, input),
        "forms" => forms::run(op, input),
        "http" => http::run(op, input),
        "response" => response::run(op, input),
        "routing_build" | "routing_match" | "routing_methods" => routing::run(op, input),
        "security" => security::run(op, input),
        "urls_utils" => urls_request::run(op, input).or_else(|| urls::run(op, input)),
        _ => None,
    }));
    match asked {
        Ok(Some(answer)) => Given::Answered(answer),
        Ok(None) => Given::Unbuilt,
        Err(payload) => Given::Panicked(
            payload
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| {
                    payload
                        .downcast_ref::<&str>()
                        .map(|text| (*text).to_owned())
                })
                .unwrap_or_default(),
        ),
    }
}

fn alone(suite: &str, op: &str, input: &Value, call: &Value) -> Given {
    let mut input = input.clone();
    input["calls"] = Value::Array(vec![call.clone()]);
    match answer(suite, op, &input) {
        Given::Answered(Answer::Value(Value::Array(mut list))) if list.len() == 1 => {
            Given::Answered(Answer::Value(list.remove(0)))
        }
        other => other,
    }
}

fn tags(case: &Value) -> Vec<String> {
    let list = case["tags"].as_array().map_or(&[][..], Vec::as_slice);
    list.iter()
        .filter_map(|tag| tag.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests;
