use crate::Rule;
use crate::TableBuilder;
use crate::TableOptions;

/// `0 1 /path` for an overlap, `0! 1` for a rule that never matches.
fn said(rules: &[Rule]) -> Vec<String> {
    let mut builder = TableBuilder::new(TableOptions::new());
    for rule in rules {
        builder.add(rule).unwrap();
    }
    let conflicts = builder.build().conflicts.into_iter();
    let conflicts = conflicts.map(|conflict| format!("{}! {}", conflict.first, conflict.second));
    let overlaps = builder.overlaps().into_iter().map(|overlap| {
        let example = overlap.example.unwrap_or_else(|| "?".to_owned());
        format!("{} {} {example}", overlap.first, overlap.second)
    });
    conflicts.chain(overlaps).collect()
}

#[test]
fn what_only_the_order_decides() {
    let cases: &[(&[&str], &[&str])] = &[
        // Weights decide.
        (&["/<int:a>", "/<b>"], &[]),
        (&["/<b>", "/<int:a>"], &[]),
        (&["/<path:p>", "/<b>", "/a"], &[]),
        (&["/<a>.html", "/<b>"], &[]),
        (&["/<a>/b", "/a/<b>"], &[]),
        // No request fits both.
        (&["/<int:a>", "/<float:b>"], &[]),
        (&["/<int:a>-<int:b>", "/<int:a>.<int:b>"], &[]),
        (&["/v<int:a>", "/x<int:b>"], &[]),
        (&["/<string(length=2):a>", "/<string(minlength=3):b>"], &[]),
        (&["/<any(a, b):x>", "/<any(c):y>"], &[]),
        (&["/<any(a, b):x>", "/<uuid:y>"], &[]),
        (&["/<any(a, b):x>/c", "/<y>/d"], &[]),
        (&["/<any(a):x>/<int:n>", "/<y>/<float:z>"], &[]),
        (&["/a/<path:p>/x", "/a/<path:q>/y"], &[]),
        // Some does.
        (&["/<any(ab, c):x>", "/<y>"], &["0 1 /c"]),
        (
            &["/<uuid:x>", "/<y>"],
            &["0 1 /aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"],
        ),
        (&["/<a>-<b>", "/<a>.<b>"], &["0 1 /a.a-a"]),
        (&["/<int:a>", "/<int(signed=True):b>"], &["0 1 /1"]),
        (
            &["/<string(maxlength=3):a>", "/<string(minlength=3):b>"],
            &["0 1 /aaa"],
        ),
        (&["/<any(a):x>/c", "/<y>/<z>"], &["0 1 /a/c"]),
        (&["/a/b/<any(c):x>/<z>", "/a/b/<y>/d/"], &["0 1 /a/b/c/d"]),
        (&["/<any(a):x>/", "/<y>"], &["0 1 /a"]),
        (&["/<lang>/<any(a):x>", "/<lang>/<y>"], &["0 1 /a/a"]),
        (&["/<path:p>/a", "/<path:q>/b/<path:r>"], &[]),
        (&["/<path:p>-<a>", "/<path:q>.<b>"], &["0 1 /a.a-a"]),
        (&["/<any(a):x>/b/c", "/<y>/<path:z>"], &["0 1 /a/b/c"]),
        (
            &["/<any(a, b):x>", "/<any(b, c):y>", "/<z>"],
            &["0 1 /b", "0 2 /a", "1 2 /b"],
        ),
        // The first takes all that the second could.
        (&["/<y>", "/<any(a, b):x>"], &["0! 1"]),
        (&["/<y>", "/<uuid:x>"], &["0! 1"]),
        (&["/<y>", "/<string(length=2):x>"], &["0! 1"]),
        (&["/<y>/<path:z>", "/<any(a):x>/b/c"], &["0! 1"]),
        (&["/<y>/<z>", "/<any(a):x>/c"], &["0! 1"]),
        (&["/<a>", "/<b>"], &["0! 1"]),
        (&["/<int(max=5):a>", "/<int(min=6):b>"], &["0! 1"]),
    ];
    for (rules, want) in cases {
        let rules: Vec<Rule> = rules.iter().map(|rule| Rule::new(*rule)).collect();
        assert_eq!(said(&rules), *want, "{rules:?}");
    }
}

#[test]
fn options_keep_rules_apart() {
    let (any, all) = (|| Rule::new("/<any(a):x>"), || Rule::new("/<y>"));
    let cases = [
        (any().methods(["GET"]), all().methods(["POST"]), ""),
        // HEAD comes with GET, OPTIONS is asked of everything.
        (any().methods(["GET"]), all().methods(["HEAD", "POST"]), ""),
        (
            any().methods(["PUT", "POST"]),
            all().methods(["POST"]),
            "0 1 /a",
        ),
        (any().websocket(), all(), ""),
        (any().build_only(), all(), ""),
        (any().subdomain("x"), all(), ""),
        (
            any().subdomain("<any(b):s>"),
            all().subdomain("<t>"),
            "0 1 //b/a",
        ),
        (
            all().methods(["GET"]),
            any().methods(["GET", "POST"]),
            "0 1 /a",
        ),
        (
            all().methods(["GET", "POST"]),
            any().methods(["GET"]),
            "0! 1",
        ),
        (all(), any().strict_slashes(false), "0 1 /a"),
        (
            all().strict_slashes(false),
            any().strict_slashes(false),
            "0! 1",
        ),
    ];
    for (first, second, want) in cases {
        let rules = [first, second];
        assert_eq!(said(&rules).join("; "), want, "{rules:?}");
    }
}

#[test]
fn the_first_is_the_one_that_matches() {
    use crate::Captures;
    use crate::Methods;
    use crate::Outcome;

    let rules = [
        "/<any(a):x>/z",
        "/<string(length=1):x>/<y>",
        "/<a>/<b>",
        "/<a>/y",
    ];
    let mut builder = TableBuilder::new(TableOptions::new());
    for rule in rules {
        builder.add(&Rule::new(rule)).unwrap();
    }
    let overlaps = builder.overlaps();
    assert!(!overlaps.is_empty());
    let built = builder.build();
    for overlap in overlaps {
        let path = overlap.example.unwrap();
        let table = built.table.as_table();
        let found = table.find(&path, Methods::GET, false, &mut Captures::new());
        let Outcome::Found(found) = found else {
            panic!("{path}: {found:?}")
        };
        assert!(found <= overlap.first, "{path}: {found}");
    }
}

#[test]
fn many_rules_take_no_time() {
    let words: Vec<String> = (0..1_000).map(|n| format!("word{n}")).collect();
    let any = format!("/<any({}):x>", words.join(", "));
    let mut rules = vec![Rule::new(&any), Rule::new(any.replace("word1,", "word,"))];
    rules.extend((0..300).map(|n| Rule::new(format!("/<y>/{n}/<z>"))));
    rules.extend((0..300).map(|n| Rule::new(format!("/<uuid:y>/{n}/<any(q):z>"))));
    assert_eq!(said(&rules).len(), 1 + 300);
}
