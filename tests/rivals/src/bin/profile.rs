//! One router on one set, for profilers: `profile SET [LOOK-UPS]`.
//!
//! Instructions per look-up are `valgrind --tool=callgrind`'s count under `find` divided by the
//! look-ups; with them the prints of two runs cancel what building the table costs.

use std::hint::black_box;
use std::time::Instant;

use rustzeug_routing::Captures;
use rustzeug_routing::Methods;
use rustzeug_routing::Outcome;
use rustzeug_routing::Rule;
use rustzeug_routing::TableBuilder;
use rustzeug_routing::TableOptions;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let set = arguments.next().expect("the name of a set");
    let passes: usize = arguments
        .next()
        .map_or(100_000, |n| n.parse().expect("a number"));
    let mut builder = TableBuilder::new(TableOptions::new());
    for rule in load(&set, "rules") {
        builder
            .add(&Rule::new(rule).methods(["GET"]))
            .expect("a rule");
    }
    let table = builder.build().table;
    let table = table.as_table();
    let paths = load(&set, "paths");
    let mut captures = Captures::new();
    let start = Instant::now();
    for _ in 0..passes {
        for path in black_box(&paths) {
            let outcome = table.find(path, Methods::GET, false, &mut captures);
            assert!(matches!(black_box(outcome), Outcome::Found(_)));
            black_box(&captures);
        }
    }
    let each = start.elapsed().as_secs_f64() * 1e9 / (passes * paths.len()) as f64;
    println!("{set}: {each:.1} ns");
}

fn load(set: &str, what: &str) -> Vec<String> {
    let file = format!("{}/sets/{set}_{what}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(file).expect("a set");
    text.lines().map(str::to_owned).collect()
}
