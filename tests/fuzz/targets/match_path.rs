//! Any rules that build match any path without a panic, and the same way twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rustzeug_routing::Captures;
use rustzeug_routing::Rule;
use rustzeug_routing::TableBuilder;
use rustzeug_routing::TableOptions;

fuzz_target!(|data: (Vec<&str>, Vec<&str>)| {
    let (rules, paths) = data;
    let mut builder = TableBuilder::new(TableOptions::new());
    for rule in rules {
        let _refused = builder.add(&Rule::new(rule));
    }
    let built = builder.build();
    let table = built.table.as_table();
    let mut captures = Captures::new();
    for path in paths {
        let first = table.find(path, table.method("GET"), false, &mut captures);
        let again = table.find(path, table.method("GET"), false, &mut captures);
        assert_eq!(first, again);
    }
});
