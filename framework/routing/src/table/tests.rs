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
