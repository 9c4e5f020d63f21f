use crate::Map;
use crate::MapOptions;
use crate::MatchError;
use crate::Rule;
use crate::RuleErrorKind;
use crate::Value;

/// What is built matches back to the endpoint and the values.
#[test]
fn built_urls_match_back() {
    let map = Map::from_rules(vec![
        Rule::new("/").endpoint("index"),
        Rule::new("/s/<string(maxlength=9):s>/").endpoint("string"),
        Rule::new("/i/<int(signed=True):i>").endpoint("int"),
        Rule::new("/f/<float(signed=True):f>").endpoint("float"),
        Rule::new("/u/<uuid:u>").endpoint("uuid"),
        Rule::new("/a/<any(x, y, \"a b\"):a>").endpoint("any"),
        Rule::new("/p/<path:p>/end").endpoint("path"),
        Rule::new("/m/<int(fixed_digits=4):y>-<s>.html").endpoint("many"),
    ])
    .unwrap();
    let urls = map.bind("example.com").unwrap();
    let texts = [
        "x", "a b", "ä/ö", "100%", "a+b&c=d", "日本", "?#;", "..", "~",
    ];
    let mut random = 7_u64;
    let mut next = |limit: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % limit as u64) as usize
    };
    for _ in 0..2_000 {
        let (text, number) = (texts[next(texts.len())], next(100_000) as i64 - 50_000);
        let flat = text.replace('/', "_");
        let (endpoint, values): (_, Vec<(&str, Value)>) = match next(8) {
            0 => ("index", vec![]),
            1 => ("string", vec![("s", flat.into())]),
            2 => ("int", vec![("i", number.into())]),
            3 => ("float", vec![("f", (number as f64 / 8.0).into())]),
            4 => (
                "uuid",
                vec![(
                    "u",
                    crate::Uuid(u128::from(number.unsigned_abs()) << 70).into(),
                )],
            ),
            5 => ("any", vec![("a", "a b".into())]),
            6 => ("path", vec![("p", text.into())]),
            _ => (
                "many",
                vec![("y", (number.abs() % 10_000).into()), ("s", flat.into())],
            ),
        };
        let url = urls.build(endpoint, values.clone()).unwrap();
        let path = unquote(&url);
        let found = urls
            .match_(&path, "GET")
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(found.endpoint(), Some(endpoint), "{url}");
        for (name, value) in values {
            assert_eq!(found.get(name), Some(&value), "{url}");
        }
    }
}

fn unquote(url: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = url.as_bytes();
    while let [first, tail @ ..] = rest {
        if let (b'%', Some(hex)) = (first, tail.get(..2)) {
            bytes.push(u8::from_str_radix(std::str::from_utf8(hex).unwrap(), 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn redirects() {
    let map = Map::from_rules(vec![
        Rule::new("/all/").endpoint("all").default_value("page", 1),
        Rule::new("/all/<int:page>").endpoint("all"),
        Rule::new("/users/").endpoint("users"),
        Rule::new("/users.html").endpoint("users").alias(),
        Rule::new("/old/<int:id>").redirect_to("new/<id>"),
        Rule::new("/fn/<x>").redirect_with(|_, values| format!("{}!", values[0].1)),
    ])
    .unwrap();
    let urls = map.bind("example.com").unwrap();
    let cases = [
        ("/all/1", "http://example.com/all/"),
        ("/users.html", "http://example.com/users/"),
        ("/users", "http://example.com/users/"),
        ("/old/7", "http://example.com/new/7"),
        ("/fn/a", "http://example.com/a!"),
        ("/all//2", "http://example.com/all/2"),
    ];
    for (path, want) in cases {
        assert_eq!(
            urls.match_(path, "GET").unwrap_err(),
            MatchError::Redirect(want.into())
        );
    }
}

/// Werkzeug redirects such a rule to itself, for ever.
#[test]
fn an_alias_without_a_canonical_rule_answers_itself() {
    let map = Map::from_rules(Rule::new("/a").endpoint("a").alias()).unwrap();
    assert!(map.bind("h").unwrap().match_("/a", "GET").is_ok());
}

/// Werkzeug loses them where a factory copies a rule.
#[test]
fn factories_keep_all_options() {
    let rule = Rule::new("/x").websocket().merge_slashes(false);
    let map = Map::from_rules(crate::Submount::new("/m", [rule])).unwrap();
    assert!(map.rules()[0].rule().is_websocket());
    assert_eq!(map.rules()[0].rule().merge_slashes, Some(false));
}

#[test]
fn templates_fill_the_host() {
    let template = crate::RuleTemplate::new([Rule::new("/$name").host("$name.example.com")]);
    let map = Map::from_rules(template.fill([("name", "shop")])).unwrap();
    let rule = map.rules()[0].rule();
    assert_eq!(
        (rule.text(), rule.host_text()),
        ("/shop", Some("shop.example.com"))
    );
}

#[test]
fn rules_of_too_many_segments_are_refused() {
    for (segments, is_taken) in [(16_000, true), (16_500, false)] {
        let mut map = Map::new(MapOptions::new());
        let answer = map.add(Rule::new("/a".repeat(segments)).endpoint("x"));
        assert_eq!(answer.is_ok(), is_taken, "{segments}");
        if let Err(error) = answer {
            assert_eq!(error.kind(), RuleErrorKind::TooLong);
        }
    }
}

#[test]
fn mistakes_leave_the_map_as_it_was() {
    let cases = [
        (Rule::new("/<a>/<a>"), RuleErrorKind::DuplicateVariable),
        (
            Rule::new("/").redirect_to("x/<y>"),
            RuleErrorKind::UnknownVariable,
        ),
        (
            Rule::new("/<int:n>").default_value("n", "x"),
            RuleErrorKind::BadDefault,
        ),
        (Rule::new("/").subdomain("a/b"), RuleErrorKind::SlashInHost),
        (Rule::new("/<int(1,2):n>"), RuleErrorKind::InvalidArguments),
        (
            Rule::new("/").websocket().methods(["POST"]),
            RuleErrorKind::WebsocketMethods,
        ),
    ];
    for (rule, want) in cases {
        let mut map = Map::new(MapOptions::new());
        let text = rule.text().to_owned();
        assert_eq!(map.add(rule).unwrap_err().kind(), want, "{text}");
        assert!(map.rules().is_empty());
        map.add(Rule::new("/ok")).unwrap();
        assert!(map.bind("h").unwrap().match_("/ok", "GET").is_ok());
    }
}
