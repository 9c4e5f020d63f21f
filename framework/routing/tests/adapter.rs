//! A bound map, method by method, as `werkzeug.routing.MapAdapter`.

use std::cmp::Ordering;

use rustzeug_routing::Bind;
use rustzeug_routing::BuildError;
use rustzeug_routing::BuildOptions;
use rustzeug_routing::Map;
use rustzeug_routing::MapOptions;
use rustzeug_routing::MatchError;
use rustzeug_routing::MatchOptions;
use rustzeug_routing::QueryArgs;
use rustzeug_routing::Rule;
use rustzeug_routing::RuleFactory;
use rustzeug_routing::Value;

fn map(rules: impl RuleFactory) -> Map {
    Map::from_rules(rules).expect("rules")
}

fn of_hosts(rules: impl RuleFactory) -> Map {
    let mut options = MapOptions::new();
    options.table.host_matching = true;
    let mut map = Map::new(options);
    map.add(rules).expect("rules");
    map
}

#[test]
fn match_() {
    let map = map(vec![
        Rule::new("/<int:id>")
            .endpoint("show")
            .methods(["GET"])
            .default_value("page", 1),
        Rule::new("/ws").endpoint("ws").websocket(),
        Rule::new("/folder/").endpoint("folder"),
    ]);
    let bind = Bind::new("h")
        .path_info("/7")
        .query_args(QueryArgs::Pairs(vec![("q".to_owned(), "ä b".into())]));
    let urls = map.bind(bind).expect("a host");
    // What it is bound to.
    let found = urls
        .match_with(&MatchOptions::default())
        .expect("bound to it");
    assert_eq!(found.endpoint(), Some("show"));
    // `return_rule`.
    assert_eq!(found.rule().rule().text(), "/<int:id>");
    assert_eq!(found.rule_index(), 0);
    assert_eq!(
        found.values(),
        [
            ("id".to_owned(), Value::from(7)),
            ("page".to_owned(), Value::from(1)),
        ]
    );
    // Paths and methods in every spelling.
    assert!(urls.match_("7", "get").is_ok());
    assert!(urls.match_("//7", "HEAD").is_ok());
    let refused = urls.match_("/7", "POST").unwrap_err();
    assert_eq!(
        refused,
        MatchError::MethodNotAllowed(vec!["GET".into(), "HEAD".into()])
    );
    assert_eq!(urls.match_("/x", "GET").unwrap_err(), MatchError::NotFound);
    // WebSockets, told or seen by the scheme.
    assert_eq!(
        urls.match_("/ws", "GET").unwrap_err(),
        MatchError::WebsocketMismatch
    );
    let mut options = MatchOptions::default();
    (options.path, options.websocket) = (Some("/ws"), Some(true));
    assert!(urls.match_with(&options).is_ok());
    let secure = map.bind(Bind::new("h").url_scheme("wss")).expect("a host");
    assert!(secure.match_("/ws", "GET").is_ok());
    assert_eq!(
        secure.match_("/7", "GET").unwrap_err(),
        MatchError::WebsocketMismatch
    );
    // The query goes along with a redirect: that of the bind, or that of the call.
    let to = |query: &str| MatchError::Redirect(format!("http://h/folder/?{query}"));
    assert_eq!(urls.match_("/folder", "GET").unwrap_err(), to("q=%C3%A4+b"));
    let mut options = MatchOptions::default();
    options.path = Some("/folder");
    options.query_args = Some(QueryArgs::Text("raw=%20".to_owned()));
    assert_eq!(urls.match_with(&options).unwrap_err(), to("raw=%20"));
}

#[test]
fn test_and_allowed_methods() {
    let map = map(vec![
        Rule::new("/a").methods(["GET"]),
        Rule::new("/a").methods(["PUT", "PURGE"]),
        Rule::new("/b/"),
    ]);
    let urls = map.bind("h").expect("a host");
    let cases = [
        ("/a", "GET", true),
        ("/a", "purge", true),
        ("/a", "POST", false),
        ("/b", "GET", true), // redirects
        ("/c", "GET", false),
    ];
    for (path, method, want) in cases {
        assert_eq!(urls.test(path, method), want, "{method} {path}");
    }
    assert_eq!(urls.allowed_methods("/a"), ["GET", "HEAD", "PURGE", "PUT"]);
    assert!(urls.allowed_methods("/b/").is_empty(), "it takes all");
    assert!(urls.allowed_methods("/c").is_empty());
}

fn site() -> Map {
    map(vec![
        Rule::new("/").endpoint("index"),
        Rule::new("/<int:id>").endpoint("show"),
        Rule::new("/ws/<name>").endpoint("ws").websocket(),
        Rule::new("/").endpoint("api").subdomain("api"),
    ])
}

#[test]
fn bound_to_a_websocket_other_urls_are_of_http() {
    let map = site();
    let mut options = BuildOptions::new();
    options.force_external = true;
    let socket = map.bind(Bind::new("h").url_scheme("wss")).expect("a host");
    let built = socket.build_with("show", [("id", 7)], &options);
    assert_eq!(built.as_deref(), Ok("https://h/7"));
}

#[track_caller]
fn builds(endpoint: &str, values: &[(&str, Value)], options: &BuildOptions, want: &str) {
    let map = site();
    let bind = Bind::new("example.com").script_name("/app");
    let urls = map.bind(bind).expect("a host");
    let built = urls.build_with(endpoint, values.to_vec(), options);
    assert_eq!(built.as_deref(), Ok(want), "{endpoint} {values:?}");
}

#[test]
fn build_makes_a_query_of_the_rest() {
    let mut options = BuildOptions::new();
    let with = |value| [("id", Value::from(7)), ("q", value)];
    let cases = [
        (Value::from("a b&c"), "/app/7?q=a+b%26c"),
        (vec![1, 2].into(), "/app/7?q=1&q=2"),
        (Value::None, "/app/7"),
    ];
    for (value, want) in cases {
        builds("show", &with(value), &options, want);
    }
    // A name that is given twice has both values.
    let twice = [("t", Value::from(1)), ("t", Value::from(2))];
    builds("index", &twice, &options, "/app/?t=1&t=2");
    options.append_unknown = false;
    builds("show", &with("x".into()), &options, "/app/7");
}

#[test]
fn build_writes_the_host_where_it_is_needed() {
    let usual = BuildOptions::new();
    let external = |scheme: Option<&str>| {
        let mut options = BuildOptions::new();
        options.force_external = true;
        options.url_scheme = scheme.map(str::to_owned);
        options
    };
    let id = [("id", Value::from(7))];
    builds("show", &id, &usual, "/app/7");
    builds("show", &id, &external(None), "http://example.com/app/7");
    builds(
        "show",
        &id,
        &external(Some("https")),
        "https://example.com/app/7",
    );
    builds("show", &id, &external(Some("")), "//example.com/app/7");
    builds("api", &[], &usual, "http://api.example.com/app/");
    // Browsers want whole URLs of WebSockets.
    let name = [("name", Value::from("ä"))];
    builds("ws", &name, &usual, "ws://example.com/app/ws/%C3%A4");
    builds(
        "ws",
        &name,
        &external(Some("https")),
        "wss://example.com/app/ws/%C3%A4",
    );
}

#[test]
fn build_chooses_among_rules() {
    let rules = map(vec![
        Rule::new("/old").endpoint("list").alias(),
        Rule::new("/list/")
            .endpoint("list")
            .default_value("page", 1),
        Rule::new("/list/<int:page>").endpoint("list"),
        Rule::new("/save").endpoint("save").methods(["POST"]),
        Rule::new("/load").endpoint("save").methods(["GET"]),
    ]);
    let urls = rules.bind("h").expect("a host");
    let page = |page: i32| [("page", Value::from(page))];
    assert_eq!(urls.build("list", page(1)).as_deref(), Ok("/list/"));
    assert_eq!(urls.build("list", page(2)).as_deref(), Ok("/list/2"));
    let none: [(&str, Value); 0] = [];
    assert_eq!(urls.build("list", none.clone()).as_deref(), Ok("/list/"));
    // The adapter's method is preferred, one that is given is a must.
    assert_eq!(urls.build("save", none.clone()).as_deref(), Ok("/load"));
    let mut options = BuildOptions::new();
    options.method = Some("POST".to_owned());
    assert_eq!(
        urls.build_with("save", none.clone(), &options).as_deref(),
        Ok("/save")
    );
    options.method = Some("PUT".to_owned());
    assert!(urls.build_with("save", none.clone(), &options).is_err());
    // Of a map of hosts, the rule on this host.
    let hosts = of_hosts(vec![
        Rule::new("/a").endpoint("e").host("a.com"),
        Rule::new("/b").endpoint("e").host("b.com"),
    ]);
    for (host, want) in [
        ("a.com", "/a"),
        ("b.com", "/b"),
        ("c.com", "http://a.com/a"),
    ] {
        let urls = hosts.bind(host).expect("a host");
        assert_eq!(urls.build("e", none.clone()).as_deref(), Ok(want), "{host}");
    }
}

#[test]
fn what_cannot_be_built_is_explained() {
    let map = map(vec![
        Rule::new("/users/<int:id>").endpoint("user"),
        Rule::new("/users/").endpoint("users").methods(["GET"]),
    ]);
    let urls = map.bind("h").expect("a host");
    let cases = [
        ("usr", vec![("id", 1)], None, "did you mean `user`?"),
        (
            "user",
            vec![("page", 1)],
            None,
            "did you forget to give `id`?",
        ),
        (
            "users",
            vec![],
            Some("PUT"),
            "did you mean to use one of the methods `GET`, `HEAD`?",
        ),
    ];
    for (endpoint, values, method, want) in cases {
        let mut options = BuildOptions::new();
        options.method = method.map(str::to_owned);
        let error = urls.build_with(endpoint, values, &options).unwrap_err();
        assert!(error.to_string().ends_with(want), "{error}");
        let BuildError::NoRule(no_rule) = error else {
            unreachable!("no rule fits")
        };
        let closest = no_rule.closest.expect("there are rules").rule;
        assert!(closest.starts_with("/users/"), "{closest}");
    }
    let error = urls.build("user", [("id", "x")]).unwrap_err();
    assert!(matches!(error, BuildError::Conversion { .. }), "{error}");
    assert!(
        Map::new(MapOptions::new())
            .bind("h")
            .expect("a host")
            .build("x", [("a", 1)])
            .is_err()
    );
}

#[test]
fn parameters_are_sorted_if_asked() {
    let values = || {
        [
            ("b", Value::from(2)),
            ("a", vec![3, 1].into()),
            ("c", 0.into()),
        ]
    };
    let built = |options: MapOptions| {
        let mut map = Map::new(options);
        map.add(Rule::new("/").endpoint("e")).expect("a rule");
        map.bind("h")
            .expect("a host")
            .build("e", values())
            .expect("a URL")
    };
    let mut options = MapOptions::new();
    assert_eq!(built(options.clone()), "/?b=2&a=3&a=1&c=0");
    options.sort_parameters = true;
    assert_eq!(built(options.clone()), "/?a=1&a=3&b=2&c=0");
    // Werkzeug's `sort_key`.
    options.sort_by = Some(|a, b| match (a.1, b.1) {
        (Value::Int(a), Value::Int(b)) => b.cmp(a),
        _ => Ordering::Equal,
    });
    assert_eq!(built(options), "/?a=3&b=2&a=1&c=0");
}

#[test]
fn redirect_urls() {
    let map = map(Rule::new("/").endpoint("index"));
    let bind = Bind::new("example.com")
        .subdomain("www")
        .script_name("/app");
    let bind = bind.query_args(QueryArgs::Text("kept=1".to_owned()));
    let urls = map.bind(bind).expect("a host");
    let given = QueryArgs::Text("q=2".to_owned());
    let cases = [
        (None, None, "http://www.example.com/app/x?kept=1"),
        (Some(&given), None, "http://www.example.com/app/x?q=2"),
        (Some(&QueryArgs::None), Some(""), "http://example.com/app/x"),
        (
            Some(&QueryArgs::None),
            Some("api"),
            "http://api.example.com/app/x",
        ),
    ];
    for (query, host, want) in cases {
        assert_eq!(urls.make_redirect_url("/x", query, host), want);
    }
    let hosts = of_hosts(Rule::new("/").host("h"));
    let urls = hosts.bind("a.com").expect("a host");
    assert_eq!(
        urls.make_redirect_url("x", None, Some("b.com")),
        "http://b.com/x"
    );
    assert_eq!(
        (urls.host(None), urls.host(Some("b"))),
        ("a.com".into(), "b".into())
    );
}

#[test]
fn defaults_and_aliases_redirect() {
    let rules = || {
        vec![
            Rule::new("/<lang>/")
                .endpoint("index")
                .subdomain("old")
                .alias(),
            Rule::new("/<lang>/").endpoint("index"),
            Rule::new("/").endpoint("index").default_value("lang", "en"),
        ]
    };
    let all = map(rules());
    let bind = |subdomain: &str| Bind::new("h").subdomain(subdomain).script_name("/s");
    let asked = |map: &Map, subdomain: &str, path: &str| {
        let urls = map.bind(bind(subdomain)).expect("a host");
        let mut options = MatchOptions::default();
        options.path = Some(path);
        options.query_args = Some(QueryArgs::Text("q".to_owned()));
        match urls.match_with(&options) {
            Ok(found) => format!("{}", found.rule_index()),
            Err(MatchError::Redirect(url)) => url,
            Err(error) => error.to_string(),
        }
    };
    assert_eq!(asked(&all, "", "/de/"), "1");
    assert_eq!(asked(&all, "", "/en/"), "http://h/s/?q");
    assert_eq!(asked(&all, "old", "/de/"), "http://h/s/de/?q");
    // Not if the map is told not to.
    let mut options = MapOptions::new();
    options.redirect_defaults = false;
    let mut quiet = Map::new(options);
    quiet.add(rules()).expect("rules");
    assert_eq!(asked(&quiet, "", "/en/"), "1");
}

#[test]
fn dispatch() {
    let map = map(vec![Rule::new("/<name>/").endpoint("hello")]);
    let urls = map.bind("h").expect("a host");
    let said = |path| {
        let mut options = MatchOptions::default();
        options.path = Some(path);
        urls.dispatch(&options, |endpoint, values| {
            format!("{} {}", endpoint.unwrap_or("?"), values[0].1)
        })
    };
    assert_eq!(said("/you/").as_deref(), Ok("hello you"));
    assert_eq!(
        said("/you"),
        Err(MatchError::Redirect("http://h/you/".to_owned()))
    );
    assert_eq!(said("/"), Err(MatchError::NotFound));
}
