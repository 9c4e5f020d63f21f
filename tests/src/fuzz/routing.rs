//! Rules and paths.

use rustzeug_routing::Captures;
use rustzeug_routing::Registry;
use rustzeug_routing::Rule;
use rustzeug_routing::TableBuilder;
use rustzeug_routing::TableOptions;

use super::text;

/// Whatever stands in a rule is parsed or refused with a place inside it.
pub(super) fn rule_parse(data: &[u8]) {
    let text = text(data);
    if let Err(error) = Rule::new(&*text).parse(&Registry::default()) {
        assert!(!error.draw().is_empty());
        assert!(!error.to_string().is_empty());
    }
}

/// Any rules that build match any path without a panic, and the same way twice. Rules and paths
/// are lines; an empty line is between them.
pub(super) fn match_path(data: &[u8]) {
    let text = text(data);
    let (rules, paths) = text.split_once("\n\n").unwrap_or((&text, &text));
    let mut builder = TableBuilder::new(TableOptions::new());
    for rule in rules.lines() {
        let _refused = builder.add(&Rule::new(rule));
    }
    let built = builder.build();
    let table = built.table.as_table();
    let mut captures = Captures::new();
    for path in paths.lines() {
        let first = table.find(path, table.method("GET"), false, &mut captures);
        let again = table.find(path, table.method("GET"), false, &mut captures);
        assert_eq!(first, again);
    }
}
