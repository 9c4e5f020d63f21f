//! No path makes a look-up take more than time linear in its length.
//!
//! Clocks are noisy, so nothing is compared with a number of seconds: a path four times as long may
//! take ten times as long at most, where quadratic time would be sixteen; the best of some runs
//! counts. What writes URLs is measured by the bytes it asks for, which no other program changes.

use std::time::Duration;
use std::time::Instant;

use allocation_counter::measure;
use rustzeug_routing::Captures;
use rustzeug_routing::Map;
use rustzeug_routing::Methods;
use rustzeug_routing::Rule;
use rustzeug_routing::TableBuilder;
use rustzeug_routing::TableOptions;

#[test]
fn of_any_length() {
    let parted: String = (0..16).map(|n| format!("<v{n}>-")).collect();
    let numbers: String = (0..16).map(|n| format!("<int:v{n}>")).collect();
    let floats: String = (0..16)
        .map(|n| format!("<float(signed=True):v{n}>"))
        .collect();
    let paths: String = (0..8)
        .map(|n| format!("<path:v{n}>x<string(minlength=2):w{n}>"))
        .collect();
    let segments: String = (0..8).map(|n| format!("/<path:v{n}>/x")).collect();
    let ladder: Vec<String> = (0..16)
        .map(|n| format!("{}/<path:p>/end", "/<a>".repeat(n)))
        .map(|text| number_variables(&text))
        .collect();
    let ladder: Vec<&str> = ladder.iter().map(String::as_str).collect();
    let words: Vec<String> = (0..1_000).map(|n| format!("a{n}")).collect();
    let words = words.join(", ");
    let any = format!("/<any({words}):x>");
    let anys = format!("/<any({words}):x><any({words}):y>-<z>");
    let cases: &[(&[&str], &str)] = &[
        (&["/<x>"], "a"),
        (&["/<x>"], "/"),
        (&["/<x>/<y>/<z>"], "a/"),
        (&["/<path:p>"], "a/"),
        (&["/<path:p>/"], "//"),
        (&["/<path:p>/end"], "a/"),
        (&["/<path:p>/end", "/<x>/<path:p>/end"], "end/"),
        (&[&segments], "x/"),
        (&[&segments], "a/x/"),
        (&ladder, "a/"),
        (&[&format!("/{parted}z")], "-"),
        (&[&format!("/{parted}<int:z>")], "a-"),
        (&[&format!("/{numbers}z")], "1"),
        (&[&format!("/{floats}z")], "-1.1"),
        (&[&format!("/{paths}!")], "xy"),
        (&[&format!("/{paths}!")], "/"),
        (&["/<string(minlength=9, maxlength=99999):a>b<c>d"], "b"),
        (
            &["/<uuid:a><uuid:b>"],
            "00000000-0000-0000-0000-000000000000",
        ),
        (&[&any, "/<x>"], "a"),
        (&[&anys], "a1"),
        (&["/<a>.<b>", "/<a>-<b>", "/<a>~<b>", "/<a>"], "a.-~"),
        (&["/ä<x>ö/<y>"], "äö"),
    ];
    for (rules, piece) in cases {
        let mut builder = TableBuilder::new(TableOptions::new());
        for rule in *rules {
            builder.add(&Rule::new(*rule)).expect("a rule");
        }
        let built = builder.build();
        let table = built.table.as_table();
        let mut captures = Captures::new();
        grows(&format!("{rules:.60?} {piece}"), |length| {
            let path = format!("/{}", piece.repeat(length / piece.len()));
            move_on(|| table.find(&path, Methods::GET, false, &mut captures))
        });
    }
}

#[test]
fn of_any_number_of_segments_in_a_static_table() {
    // As many rules as segments, each a segment longer.
    let texts: Vec<String> = (0..400).map(|n| "/a".repeat(n + 1) + "/<x>").collect();
    let mut builder = TableBuilder::new(TableOptions::new());
    for text in &texts {
        builder.add(&Rule::new(text)).expect("a rule");
    }
    let built = builder.build();
    let table = built.table.as_table();
    let mut captures = Captures::new();
    grows("a ladder", |length| {
        let path = "/a".repeat(length / 2) + "/";
        move_on(|| table.find(&path, Methods::GET, false, &mut captures))
    });
}

#[test]
fn of_what_a_map_makes_of_it() {
    let map = Map::from_rules([
        Rule::new("/<path:p>/").endpoint("e"),
        Rule::new("/x/<path:p>").endpoint("e").alias(),
        Rule::new("/y/<path:p>").endpoint("y").redirect_to("/z/<p>"),
    ]);
    let map = map.expect("rules");
    let urls = map.bind("example.com").expect("a host");
    for piece in ["a/", "//", "ä", "%", "../"] {
        for start in ["/", "/x/", "/y/"] {
            let text = |length: usize| format!("{start}{}", piece.repeat(length / piece.len()));
            // Small, so that no system is asked for memory while time is taken.
            let (short, long) = (text(512), text(8 << 10));
            let match_ = |path: &str| move_on(|| urls.match_(path, "GET").is_ok());
            let times = || (match_(&short), match_(&long));
            let mut times = (0..20).map(|_| times());
            // Sixteen times as long: 256 times would be quadratic.
            let few = Duration::from_micros(10);
            let grows = times.any(|(short, long)| long < short.max(few) * 80);
            assert!(grows, "{start}{piece}");

            let bytes = |path: String| measure(|| drop(urls.match_(&path, "GET"))).bytes_total;
            let (short, long) = (bytes(text(16 << 10)), bytes(text(64 << 10)));
            assert!(
                long <= short * 5,
                "{start}{piece}: {short} and {long} bytes"
            );
        }
        let bytes = |length: usize| {
            let value = format!("a{}", piece.repeat(length / piece.len()));
            measure(|| drop(urls.build("e", [("p", value.as_str())]))).bytes_total
        };
        let (short, long) = (bytes(16 << 10), bytes(64 << 10));
        assert!(
            long <= short * 5,
            "building {piece}: {short} and {long} bytes"
        );
    }
}

/// The variables of a rule must have different names.
fn number_variables(text: &str) -> String {
    let mut numbered = String::new();
    for (number, piece) in text.split("<a>").enumerate() {
        if number > 0 {
            numbered.push_str(&format!("<a{number}>"));
        }
        numbered.push_str(piece);
    }
    numbered
}

/// Compares the times for a path of 16 KiB and one of 64 KiB, again if something else was running.
fn grows(what: &str, mut time: impl FnMut(usize) -> Duration) {
    // What takes no time at all cannot be compared, and need not be.
    let floor = Duration::from_micros(20);
    let is_linear = |short: Duration, long: Duration| long < short.max(floor) * 10;
    let mut short = Duration::MAX;
    let mut long = Duration::MAX;
    for _ in 0..10 {
        short = short.min(time(16 << 10));
        long = long.min(time(64 << 10));
        if is_linear(short, long) {
            break;
        }
    }
    let is_linear = is_linear(short, long);
    assert!(
        is_linear,
        "{what}: {short:?} for 16 KiB, {long:?} for 64 KiB"
    );
}

#[expect(clippy::disallowed_methods, reason = "measures real time")]
fn move_on<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed()
}
