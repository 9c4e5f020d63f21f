//! A table as a macro writes it: a `static` of Rust source.

use rustzeug_routing::Captures;
use rustzeug_routing::Methods;
use rustzeug_routing::Outcome;
use rustzeug_routing::Rule;
use rustzeug_routing::Table;
use rustzeug_routing::TableBuilder;
use rustzeug_routing::TableOptions;

static TABLE: Table<'static> = include!("static_table.in");

/// `UPDATE=1 cargo test -p rustzeug-routing --test static_table` writes the file anew.
#[test]
fn source_is_as_written() {
    let mut builder = TableBuilder::new(TableOptions::new());
    for rule in RULES {
        builder
            .add(&Rule::new(*rule).methods(["GET", "PURGE"]))
            .expect("a rule");
    }
    let source = builder
        .build()
        .table
        .to_source("::rustzeug_routing")
        .expect("no custom");
    if std::env::var_os("UPDATE").is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/static_table.in");
        std::fs::write(file, &source).expect("a file");
    } else {
        assert_eq!(source, include_str!("static_table.in"));
    }
}

#[test]
fn a_static_table_matches() {
    let mut captures = Captures::new();
    let cases = [
        ("/", Some(0)),
        ("/users/7", Some(1)),
        ("/users/7000", None),
        ("/users/me", Some(2)),
        ("/files/a/b", Some(3)),
        ("/v1.5-beta", Some(4)),
    ];
    for (path, want) in cases {
        let outcome = TABLE.find(path, Methods::GET, false, &mut captures);
        assert_eq!(
            outcome,
            want.map_or(Outcome::NotFound, Outcome::Found),
            "{path}"
        );
    }
    assert_eq!(TABLE.method_names(TABLE.method("PURGE")), ["PURGE"]);
}

const RULES: &[&str] = &[
    "/",
    "/users/<int(max=999):id>",
    "/users/<string(length=2):name>",
    "/files/<path:path>",
    "/v<float(min=0.5):version>-<any(alpha, beta):stage>",
];
