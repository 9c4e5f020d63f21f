//! Recorded maps as applications: what `#[application]` makes of them must be what the runtime
//! makes of them.
//!
//! [`samples`] chooses the maps that an application can have, [`source`] writes them as Rust. The
//! test `static_tables` compiles that, compares the tables, and replays the recorded calls.

use std::collections::HashSet;
use std::fmt::Write as _;

use serde_json::Value;

use super::routing;

/// A recorded map and the lines that ask it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Sample {
    /// The id of the first line.
    pub name: String,
    /// The map, as it is recorded.
    pub map: Value,
    /// All lines with it.
    pub cases: Vec<Value>,
}

/// Returns the maps of the recorded lines that `#[application]` accepts, in their order.
///
/// It refuses rules that can never match, and names of methods that look like a slip; its defaults
/// are literals. Larger maps are left out, as the compiler takes its time for them.
pub fn samples(lines: &str) -> Vec<Sample> {
    let mut samples: Vec<Sample> = Vec::new();
    let lines = lines
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    for case in lines.filter(|case: &Value| case["op"] == "match_batch") {
        let map = &case["in"]["map"];
        match samples.iter_mut().find(|sample| sample.map == *map) {
            Some(sample) => sample.cases.push(case),
            None => samples.push(Sample {
                name: case["id"].as_str().unwrap_or("?").to_owned(),
                map: map.clone(),
                cases: vec![case],
            }),
        }
    }
    samples.retain(|sample| is_an_application(&sample.map));
    samples
}

/// Returns Rust source of a module for each sample, and the list of their tables.
pub fn source(samples: &[Sample]) -> String {
    let mut source = String::from(
        "// Written by `tests/src/replay/applications.rs`; after a change there run\n\
         // `UPDATE=1 cargo test -p rustzeug-tests --test static_tables`.\n",
    );
    for (number, sample) in samples.iter().enumerate() {
        module(&mut source, number, sample);
    }
    source.push_str("\nconst TABLES: &[(&str, Option<&[u8]>)] = &[\n");
    for (number, sample) in samples.iter().enumerate() {
        let routes = format!("<m{number}::Recorded as rustzeug::private::Routes>");
        // Writing to a string does not fail.
        let _ = writeln!(
            source,
            "    ({:?}, {routes}::DEFINITION.made_table()),",
            sample.name
        );
    }
    source.push_str("];\n");
    source
}

fn module(source: &mut String, number: usize, sample: &Sample) {
    let mut options = Vec::new();
    if let Some(subdomain) = sample.map["default_subdomain"].as_str() {
        options.push(format!("default_subdomain = {subdomain:?}"));
    }
    for name in ["strict_slashes", "merge_slashes", "redirect_defaults"] {
        if let Some(value) = sample.map[name].as_bool() {
            options.push(format!("{name} = {value}"));
        }
    }
    for name in ["host_matching", "sort_parameters"] {
        if sample.map[name] == true {
            options.push(name.to_owned());
        }
    }
    let _ = write!(
        source,
        "\nmod m{number} {{\n    use rustzeug::prelude::*;\n\n    pub(crate) struct Recorded;\n\n    \
         #[application({})]\n    impl Recorded {{\n",
        options.join(", ")
    );
    for (number, rule) in rules(&sample.map).iter().enumerate() {
        let _ = write!(
            source,
            "        #[route({})]\n        async fn r{number}(&self) {{}}\n",
            route(rule).join(", ")
        );
    }
    source.push_str("    }\n}\n");
}

/// The arguments of `#[route]`. An underscore before every variable, as no handler looks at one.
fn route(rule: &Value) -> Vec<String> {
    let mut options = vec![format!("{:?}", unused(text(rule, "rule")))];
    match rule["methods"].as_array() {
        None => options.push("any_method".to_owned()),
        Some(methods) => {
            let methods: Vec<String> = methods.iter().map(Value::to_string).collect();
            options.push(format!("methods = [{}]", methods.join(", ")));
        }
    }
    if let Some(defaults) = rule["defaults"].as_object() {
        let pair = |(name, value): (&String, &Value)| format!("{name} = {}", literal(value));
        let pairs: Vec<String> = defaults.iter().map(pair).collect();
        options.push(format!("defaults({})", pairs.join(", ")));
    }
    for name in ["subdomain", "host", "redirect_to"] {
        if let Some(text) = rule[name].as_str() {
            options.push(format!("{name} = {:?}", unused(text)));
        }
    }
    for name in ["strict_slashes", "merge_slashes"] {
        if let Some(value) = rule[name].as_bool() {
            options.push(format!("{name} = {value}"));
        }
    }
    for name in ["alias", "build_only", "websocket"] {
        if rule[name] == true {
            options.push(name.to_owned());
        }
    }
    options.push("allow_overlap".to_owned());
    options
}

/// Puts an underscore before the name of every variable.
fn unused(text: &str) -> String {
    let mut written = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        let Some((inside, behind)) = after.split_once('>') else {
            break;
        };
        // The name stands behind the last colon that is in no argument.
        let name = inside.rfind([':', ')', '"']).map_or(0, |at| at + 1);
        let (converter, name) = inside.split_at(name);
        let _ = write!(written, "{before}<{converter}_{name}>");
        rest = behind;
    }
    written + rest
}

fn literal(value: &Value) -> String {
    match (text(value, "t"), &value["v"]) {
        ("str", Value::String(text)) => format!("{text:?}"),
        (_, Value::String(number)) => number.clone(),
        (_, other) => other.to_string(),
    }
}

fn is_an_application(map: &Value) -> bool {
    let rules = rules(map);
    let Ok(built) = routing::map(map).map(|map| map.analyse()) else {
        return false;
    };
    rules.len() <= LARGEST && built.conflicts.is_empty() && rules.iter().all(is_a_route)
}

fn is_a_route(rule: &Value) -> bool {
    let methods = rule["methods"].as_array().map_or(&[][..], Vec::as_slice);
    let known = |method: &Value| method.as_str().is_some_and(|name| METHODS.contains(&name));
    let defaults: Vec<(&String, &Value)> =
        rule["defaults"].as_object().into_iter().flatten().collect();
    let is_literal = |value: &Value| {
        let kind = text(value, "t");
        matches!(kind, "bool" | "float" | "int" | "str") && !literal(value).starts_with('-')
    };
    // A rule and its own defaults would be told apart by the underscore.
    let written: HashSet<&str> = text(rule, "rule").split(['<', '>', ':']).collect();
    methods.iter().all(known)
        && defaults
            .iter()
            .all(|(name, value)| is_literal(value) && !written.contains(name.as_str()))
}

fn rules(map: &Value) -> &[Value] {
    map["rules"].as_array().map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or("")
}

const LARGEST: usize = 20;
const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PURGE",
];
