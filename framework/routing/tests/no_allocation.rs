//! A look-up that finds a rule allocates nothing, whatever it has to try.

use allocation_counter::measure;
use rustzeug_routing::Captures;
use rustzeug_routing::Methods;
use rustzeug_routing::Outcome;
use rustzeug_routing::Rule;
use rustzeug_routing::TableBuf;
use rustzeug_routing::TableBuilder;
use rustzeug_routing::TableOptions;

fn table(options: TableOptions, rules: &[Rule]) -> TableBuf {
    let mut builder = TableBuilder::new(options);
    for rule in rules {
        builder.add(rule).expect("a rule");
    }
    builder.build().table
}

#[test]
fn paths() {
    let rules = [
        "/",
        "/about",
        "/users/<int:id>",
        "/users/<name>",
        "/users/<name>/posts/<int(max=99):post>/",
        "/v<int:major>.<int:minor>",
        "/<float:x>/<uuid:id>",
        "/<any(de, en):lang>/<path:page>",
        "/<a>/<b>/<c>/<d>/<e>/<f>/<g>/<h>",
        "/<x>/b/c/d/e/f/g/<path:rest>/end",
        "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p",
    ];
    let rules = rules.map(|rule| Rule::new(rule).methods(["GET"]));
    let table = table(TableOptions::new(), &rules);
    let table = table.as_table();
    let mut captures = Captures::new();
    let cases = [
        ("/", 0),
        ("///about", 1),
        ("/users/7", 2),
        ("/users/ada", 3),
        ("/users/ada/posts/7/", 4),
        ("/v1.22", 5),
        ("/1.5/8f9d1c8e-0000-4000-8000-000000000000", 6),
        ("/de/a/b//c", 7),
        ("/a/b/c/d/e/f/g/h", 8),
        // Comes back from several places.
        ("/a/b/c/d/e/f/g/x/y/end", 9),
        ("/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p", 10),
    ];
    for (path, want) in cases {
        let mut found = Outcome::NotFound;
        let allocated = measure(|| {
            found = table.find(path, table.method("GET"), false, &mut captures);
            for index in 0..captures.len() {
                let _ = captures.get(index, path);
            }
        });
        assert_eq!(found, Outcome::Found(want), "{path}");
        assert_eq!(allocated.count_total, 0, "{path}: {allocated:?}");
    }
    // What is not found allocates only where a redirect is written.
    let missed = [
        ("/nothing/here", "GET"),
        ("/users/ada", "POST"),
        ("/users/ada/posts/700/", "GET"),
        ("/a/b/c/d/e/f/g/x/y/z", "GET"),
    ];
    for (path, method) in missed {
        let mut found = Outcome::Found(0);
        let allocated = measure(|| {
            found = table.find(path, table.method(method), false, &mut captures);
        });
        let refused = matches!(found, Outcome::NotFound | Outcome::MethodNotAllowed(_));
        assert!(refused, "{path}: {found:?}");
        assert_eq!(allocated.count_total, 0, "{path}: {allocated:?}");
    }
}

#[test]
fn hosts() {
    let mut options = TableOptions::new();
    options.host_matching = true;
    let rules = [
        Rule::new("/<page>").host("example.com"),
        Rule::new("/<page>").host("<user>.example.com"),
    ];
    let table = table(options, &rules);
    let table = table.as_table();
    let mut captures = Captures::new();
    for (host, want) in [("example.com", 0), ("ada.example.com", 1)] {
        let mut found = Outcome::NotFound;
        let allocated = measure(|| {
            found = table.find_host(host, "/x", Methods::GET, false, &mut captures);
        });
        assert_eq!(found, Outcome::Found(want), "{host}");
        assert_eq!(allocated.count_total, 0, "{host}: {allocated:?}");
    }
}

#[test]
fn the_counter_counts() {
    let allocated = measure(|| drop(std::hint::black_box(Box::new(1))));
    assert_eq!(allocated.count_total, 1);
}
