//! Compile time and run time are the same program: recorded maps as applications.
//!
//! `static_tables.in` holds some dozens of maps recorded from Werkzeug, each as an `#[application]`.
//! What the macro made of them is compared with what the runtime makes of the same maps, byte by
//! byte, and is asked what was asked of Werkzeug.

use std::collections::BTreeMap;

use rustzeug_routing::Captures;
use rustzeug_routing::MapAdapter;
use rustzeug_routing::Outcome;
use rustzeug_routing::Pattern;
use rustzeug_routing::QueryArgs;
use rustzeug_routing::Registry;
use rustzeug_routing::Rule;
use rustzeug_routing::Table;
use rustzeug_routing::TableBuf;
use rustzeug_routing::path_quote;
use rustzeug_tests::replay::applications::Sample;
use rustzeug_tests::replay::applications::samples;
use rustzeug_tests::replay::applications::source;
use rustzeug_tests::replay::routing;
use serde_json::Value;

include!("static_tables.in");

#[test]
fn the_applications_are_those_of_the_recorded_maps() {
    let source = source(&samples(LINES));
    if std::env::var_os("UPDATE").is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/static_tables.in");
        std::fs::write(file, source).expect("a file");
    } else {
        assert!(
            source == include_str!("static_tables.in"),
            "run `UPDATE=1 cargo test -p rustzeug-tests --test static_tables`"
        );
    }
}

#[test]
fn a_macro_makes_the_table_that_the_runtime_makes() {
    let samples = samples(LINES);
    assert_eq!(samples.len(), TABLES.len());
    assert!(samples.len() >= 48, "{} maps", samples.len());
    for (sample, (name, made)) in samples.iter().zip(TABLES) {
        assert_eq!(sample.name, *name);
        let map = routing::map(&sample.map).expect("recorded rules");
        let built = map.analyse().table.to_bytes();
        assert_eq!(*made, built.as_deref(), "{name}");
    }
}

#[test]
fn tables_of_a_macro_answer_as_werkzeug_did() {
    let mut asked = 0;
    for (sample, (name, made)) in samples(LINES).iter().zip(TABLES) {
        let table = TableBuf::from_bytes(made.expect("all rules are known")).expect("a table");
        for case in &sample.cases {
            asked += replay(name, sample, case, &table.as_table());
        }
    }
    assert!(asked > 5_000, "{asked} calls");
}

/// Asks each call of a line; the number of calls.
fn replay(name: &str, sample: &Sample, case: &Value, table: &Table<'_>) -> usize {
    let map = routing::map(&sample.map).expect("recorded rules");
    let Ok(urls) = map.bind(routing::bind_of(&case["in"]["bind"])) else {
        return 0;
    };
    let calls = case["in"]["calls"].as_array().expect("calls");
    let untagged = calls.iter().zip(case["out"].as_array().expect("answers"));
    // Answers that come from Python are listed as differences.
    let untagged = untagged.filter(|(call, _)| call.get("tags").is_none());
    let mut asked = 0;
    for (call, want) in untagged {
        let given = answer(&urls, call, table);
        // What a map does on top: redirects of rules that matched.
        let on_top = want["error"] == "RequestRedirect" && given.starts_with("rule ");
        assert!(
            given == wanted(want) || on_top && redirects(sample),
            "{name} {call:.300}: {given}, not {want}"
        );
        asked += 1;
    }
    asked
}

fn answer(urls: &MapAdapter<'_>, call: &Value, table: &Table<'_>) -> String {
    let path = call["path"].as_str().unwrap_or_else(|| urls.path_info());
    let path = match path.is_empty() || path.starts_with('/') {
        true => path.to_owned(),
        false => format!("/{path}"),
    };
    let method = call["method"]
        .as_str()
        .unwrap_or_else(|| urls.default_method());
    let method = table.method(&method.to_uppercase());
    let websocket = call["websocket"]
        .as_bool()
        .unwrap_or_else(|| urls.is_websocket());
    let host = urls.subdomain().unwrap_or_else(|| urls.server_name());
    let mut captures = Captures::new();
    match table.find_host(host, &path, method, websocket, &mut captures) {
        Outcome::Found(rule) => {
            let texts = (0..captures.len()).map(|at| captures.get_with_host(at, host, &path));
            let rule_of = urls.map().rules()[rule as usize].rule();
            // A number beyond 128 bits has no value: for a handler as for a map, not found.
            values(rule_of, texts).map_or("NotFound".to_owned(), |values| {
                format!("rule {rule} {values}")
            })
        }
        Outcome::MethodNotAllowed(methods) => {
            let mut names = table.method_names(methods);
            names.sort_unstable();
            format!("MethodNotAllowed {}", names.join(" "))
        }
        Outcome::NotFound => "NotFound".to_owned(),
        Outcome::Redirect(path) => {
            let query = call.get("query_args").map(routing::query_args);
            let query: Option<&QueryArgs> = query.as_ref();
            let url = urls.make_redirect_url(&path_quote(&path), query, None);
            format!("RequestRedirect {url}")
        }
        Outcome::WebsocketMismatch => "WebsocketMismatch".to_owned(),
        other => format!("{other:?}"),
    }
}

/// The values of a rule's variables and its defaults, by name.
fn values<'c>(rule: &Rule, mut texts: impl Iterator<Item = &'c str>) -> Option<String> {
    let registry = Registry::new();
    let host = rule.host_text().or(rule.subdomain_text()).unwrap_or("");
    let host = Pattern::parse_host(host, &registry).expect("a recorded host");
    let path = rule.parse(&registry).expect("a recorded rule");
    let mut values = BTreeMap::new();
    for variable in host.variables().iter().chain(path.variables()) {
        let text = texts.next().unwrap_or("nothing");
        let value = variable.kind().parse(text)?;
        values.insert(variable.name().to_owned(), routing::typed(&value));
    }
    for (name, value) in rule.defaults() {
        values.insert(name.clone(), routing::typed(value));
    }
    serde_json::to_string(&values).ok()
}

/// The recorded answer in the same words.
fn wanted(want: &Value) -> String {
    match want["error"].as_str() {
        None => {
            let args: BTreeMap<String, Value> =
                serde_json::from_value(want["args"].clone()).expect("values by name");
            let args = serde_json::to_string(&args).expect("values");
            format!("rule {} {args}", want["rule"])
        }
        Some("MethodNotAllowed") => {
            let names = want["valid_methods"].as_array().into_iter().flatten();
            let names: Vec<&str> = names.filter_map(Value::as_str).collect();
            format!("MethodNotAllowed {}", names.join(" "))
        }
        Some("RequestRedirect") => format!(
            "RequestRedirect {}",
            want["new_url"].as_str().unwrap_or("?")
        ),
        Some(error) => error.to_owned(),
    }
}

/// Whether the map redirects from rules that match.
fn redirects(sample: &Sample) -> bool {
    let mut rules = sample.map["rules"].as_array().into_iter().flatten();
    rules.any(|rule| {
        let set = |key: &str| {
            rule.get(key)
                .is_some_and(|value| *value != Value::Bool(false))
        };
        set("defaults") || set("alias") || set("redirect_to")
    })
}

const LINES: &str = include_str!("vectors/routing_match.jsonl");
