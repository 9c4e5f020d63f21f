use crate::Captures;
use crate::Methods;
use crate::Outcome;
use crate::Rule;
use crate::TableBuf;
use crate::TableBuilder;
use crate::TableOptions;

fn table(rules: &[&str]) -> TableBuf {
    let mut builder = TableBuilder::new(TableOptions::new());
    for rule in rules {
        builder.add(&Rule::new(*rule)).unwrap();
    }
    builder.build().table
}

/// `3 a b`: rule 3 with these variables; `> path`: a redirect; otherwise the outcome's name.
fn find(table: &TableBuf, path: &str) -> String {
    let mut captures = Captures::new();
    match table
        .as_table()
        .find(path, Methods::GET, false, &mut captures)
    {
        Outcome::Found(rule) => {
            let values = (0..captures.len()).map(|index| captures.get(index, path));
            std::iter::once(rule.to_string().as_str())
                .chain(values)
                .collect::<Vec<_>>()
                .join(" ")
        }
        Outcome::Redirect(path) => format!("> {path}"),
        outcome => format!("{outcome:?}"),
    }
}

#[test]
fn what_matches_what() {
    let cases: &[(&[&str], &str, &str)] = &[
        (&["/"], "/", "0"),
        (&["/"], "", "> /"),
        (&["/"], "///", "0"),
        (&["/a"], "//a", "0"),
        (&["/a"], "/a/", "NotFound"),
        (&["/a/"], "/a", "> /a/"),
        (&["/a/b"], "/a//b", "> /a/b"),
        (&["/a/<x>"], "/a/b", "0 b"),
        (&["/<x>", "/a"], "/a", "1"),
        (&["/<x>/b", "/a/c"], "/a/b", "0 a"),
        (&["/a/", "/<x>"], "/a", "> /a/"),
        (&["/<int:n>", "/<x>"], "/12", "0 12"),
        (&["/<x>", "/<int:n>"], "/12", "1 12"),
        (&["/<x>", "/<int:n>"], "/1x", "0 1x"),
        (&["/<any(a, b):x>", "/<x>"], "/a", "0 a"),
        (&["/<x>", "/<any(a, b):x>"], "/a", "0 a"),
        (&["/<path:p>"], "/a/b", "0 a/b"),
        (&["/<path:p>/"], "/a/b", "> /a/b/"),
        (&["/<path:p>/"], "/a/b/", "0 a/b"),
        (&["/<path:p>/"], "/a/b//", "> /a/b/"),
        (&["/<path:p>/z", "/<x>/<y>"], "/a/z", "0 a"),
        (&["/<a>.<b>"], "/x.y.z", "0 x.y z"),
        (&["/<path:a>-<b>"], "/x-y-z", "0 x y-z"),
        (&["/v<int:a>.<int:b>"], "/v1.22", "0 1 22"),
        (&["/<float:f>"], "/1.5", "0 1.5"),
        (&["/<int(signed=True):n>"], "/-5", "0 -5"),
        (&["/<string(length=2):s>"], "/äö", "0 äö"),
        (&["/<int(max=10):n>", "/<x>"], "/50", "NotFound"),
        (
            &["/this-segment-is-long/<x>", "/this-segMENT-is-long/<x>"],
            "/this-segMENT-is-long/y",
            "1 y",
        ),
    ];
    for (rules, path, want) in cases {
        assert_eq!(find(&table(rules), path), *want, "{rules:?} {path}");
    }
}

#[test]
fn an_unrelated_rule_does_not_change_which_of_two_wins() {
    // Werkzeug's issue 3156.
    let rules = ["/<string(length=2):x>/<y>", "/<a>/<b>"];
    assert_eq!(find(&table(&rules), "/ab/c"), "0 ab c");
    let rules = ["/<a>/zzz", "/<string(length=2):x>/<y>", "/<a>/<b>"];
    assert_eq!(find(&table(&rules), "/ab/c"), "1 ab c");
}

#[test]
fn segments_of_many_variables_take_linear_time() {
    let variables: String = (0..16).map(|n| format!("<v{n}>-")).collect();
    let numbers: String = (0..16).map(|n| format!("<int:v{n}>")).collect();
    let paths: String = (0..8)
        .map(|n| format!("<path:v{n}>x<string(minlength=2):w{n}>"))
        .collect();
    let cases = [
        (format!("/{variables}z"), "-".repeat(65_536)),
        (format!("/{variables}<int:z>"), "a-".repeat(32_768)),
        (format!("/{numbers}z"), "1".repeat(65_536)),
        (format!("/{paths}!"), "xy".repeat(32_768)),
        (format!("/{paths}!"), "/".repeat(65_536)),
    ];
    for (rule, segment) in cases {
        let table = table(&[&rule]);
        let found = find(&table, &format!("/{segment}"));
        assert!(found == "NotFound" || found.starts_with("> "), "{rule}");
    }
    // What is found is what backtracking would have found.
    let table = table(&["/<a>-<b>-<int:c>"]);
    let long = "x-".repeat(300);
    assert_eq!(
        find(&table, &format!("/{long}y-7")),
        format!("0 {} y 7", long.trim_end_matches('-'))
    );
}

#[test]
fn a_thousand_alternatives() {
    let items: Vec<String> = (0..1_000).map(|n| format!("item{n}")).collect();
    let any = format!(
        "/<any({}):x>/<any({}):y>-<z>",
        items.join(", "),
        items.join(", ")
    );
    let rules: Vec<String> = items.iter().map(|item| format!("/static/{item}")).collect();
    let mut all: Vec<&str> = rules.iter().map(String::as_str).collect();
    all.push(&any);
    let table = table(&all);
    assert_eq!(find(&table, "/item999/item998-z"), "1000 item999 item998 z");
    assert_eq!(find(&table, "/static/item500"), "500");
    assert_eq!(find(&table, "/static/item5000"), "NotFound");
}

#[test]
fn no_path_panics() {
    let rules = [
        "/",
        "/a/",
        "/a/<x>",
        "/<path:p>/",
        "/<a>.<b>",
        "/a/<int:n>-<float:f>",
        "/ä/<any(ö, ü):u>",
        "/<string(length=2):s>/<uuid:i>",
        "/a/<path:p>/b/<string(maxlength=3):t>",
        "/this/is-a-segment-of-many-letters/<x>",
        "/<int(signed=True, max=5):n>/<path:q>x",
    ];
    let table = table(&rules);
    let pieces = [
        "/", "//", "a", "ä", "ö", ".", "-", "1", "-1.5", "\n", "\0", "😀", "b", "x",
    ];
    let mut random = Random(42);
    for _ in 0..20_000 {
        let path: String = (0..random.below(12))
            .map(|_| pieces[random.below(14)])
            .collect();
        // A path without a slash in front is none.
        let _ = find(&table, &path);
        let _ = find(&table, &format!("/{path}"));
    }
}

#[test]
fn hosts_come_first() {
    let mut options = TableOptions::new();
    options.host_matching = true;
    let mut builder = TableBuilder::new(options);
    builder.add(&Rule::new("/<x>").host("example.com")).unwrap();
    builder
        .add(&Rule::new("/<x>").host("<name>.example.com"))
        .unwrap();
    let table = builder.build().table;
    let mut captures = Captures::new();
    let mut find = |host: &str| {
        table
            .as_table()
            .find_host(host, "/y", Methods::GET, false, &mut captures)
    };
    assert_eq!(find("example.com"), Outcome::Found(0));
    assert_eq!(find("www.example.com"), Outcome::Found(1));
    assert_eq!(find("example.org"), Outcome::NotFound);
    assert!(table.as_table().has_hosts());
}

#[test]
fn methods_and_websockets() {
    let mut builder = TableBuilder::new(TableOptions::new());
    builder.add(&Rule::new("/").methods(["GET"])).unwrap();
    builder
        .add(&Rule::new("/").methods(["PURGE", "POST"]))
        .unwrap();
    builder.add(&Rule::new("/ws").websocket()).unwrap();
    builder.add(&Rule::new("/never").methods([""; 0])).unwrap();
    let buffer = builder.build().table;
    let table = buffer.as_table();
    let find = |path, method, websocket| {
        table.find(path, table.method(method), websocket, &mut Captures::new())
    };
    assert_eq!(find("/", "HEAD", false), Outcome::Found(0));
    assert_eq!(find("/", "PURGE", false), Outcome::Found(1));
    let Outcome::MethodNotAllowed(allowed) = find("/", "BREW", false) else {
        panic!()
    };
    assert_eq!(
        table.method_names(allowed),
        ["GET", "HEAD", "POST", "PURGE"]
    );
    assert_eq!(find("/ws", "GET", false), Outcome::WebsocketMismatch);
    assert_eq!(find("/ws", "GET", true), Outcome::Found(2));
    assert_eq!(find("/never", "GET", false), Outcome::NotFound);
}

/// Xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
