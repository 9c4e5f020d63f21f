//! Binding a map to parts and to requests, as `werkzeug.routing.Map`.

use rustzeug_routing::Bind;
use rustzeug_routing::BindError;
use rustzeug_routing::BindRequest;
use rustzeug_routing::Map;
use rustzeug_routing::MapOptions;
use rustzeug_routing::QueryArgs;
use rustzeug_routing::Rule;
use rustzeug_routing::RuleFactory;

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
fn bind() {
    let map = map(Rule::new("/").endpoint("index"));
    // (what is bound, server name, script name, subdomain, path)
    let cases = [
        (
            Bind::new("Example.COM:8080"),
            "example.com:8080",
            "/",
            "",
            "/",
        ),
        (
            Bind::new("BÜCHER.example"),
            "xn--bcher-kva.example",
            "/",
            "",
            "/",
        ),
        (Bind::new("h").script_name("/app"), "h", "/app/", "", "/"),
        (Bind::new("h").script_name(""), "h", "/", "", "/"),
        (
            Bind::new("h").subdomain("api").path_info("/x"),
            "h",
            "/",
            "api",
            "/x",
        ),
    ];
    for (bind, server, script, subdomain, path) in cases {
        let shown = format!("{bind:?}");
        let urls = map.bind(bind).expect("a host");
        let bound = (
            urls.server_name(),
            urls.script_name(),
            urls.subdomain(),
            urls.path_info(),
        );
        assert_eq!(bound, (server, script, Some(subdomain), path), "{shown}");
    }
    let long = "x".repeat(64);
    for bad in ["a..b", &*long] {
        assert_eq!(map.bind(bad).unwrap_err(), BindError::BadHost, "{bad}");
    }
    let hosts = of_hosts(Rule::new("/").host("h"));
    let refused = hosts.bind(Bind::new("h").subdomain("x"));
    assert_eq!(refused.unwrap_err(), BindError::SubdomainOfHost);
    assert_eq!(hosts.bind("h").expect("a host").subdomain(), None);
}

#[test]
fn bind_to_a_request() {
    let map = map(Rule::new("/").endpoint("index"));
    let of = |host| BindRequest {
        host: Some(host),
        ..BindRequest::default()
    };
    // (request, the site's name, server name, subdomain)
    let cases = [
        (of("example.com"), None, "example.com", ""),
        (of("EXAMPLE.com:80"), None, "example.com", ""),
        (of("example.com:8080"), None, "example.com:8080", ""),
        (
            of("api.example.com"),
            Some("example.com"),
            "example.com",
            "api",
        ),
        (
            of("a.b.example.com"),
            Some("example.com"),
            "example.com",
            "a.b",
        ),
        (
            of("api.example.com"),
            Some("Example.com:80"),
            "example.com",
            "api",
        ),
        (
            of("api.example.com:8080"),
            Some("example.com:8080"),
            "example.com:8080",
            "api",
        ),
        (
            of("other.org"),
            Some("example.com"),
            "example.com",
            "<invalid>",
        ),
        (
            of("notexample.com"),
            Some("example.com"),
            "example.com",
            "<invalid>",
        ),
    ];
    for (request, name, server, subdomain) in cases {
        let urls = map.bind_to_request(&request, name, None).expect("a host");
        let bound = (urls.server_name(), urls.subdomain());
        assert_eq!(bound, (server, Some(subdomain)), "{request:?} {name:?}");
    }
}

#[test]
fn bind_takes_all_of_a_request() {
    let map = map(Rule::new("/").endpoint("index"));
    let request = BindRequest {
        scheme: "https",
        method: "POST",
        host: Some("example.com"),
        connection: Some("keep-alive, Upgrade"),
        upgrade: Some("WebSocket"),
        script_name: "/app",
        path_info: "/x",
        query_string: "a=%C3%A4",
        ..BindRequest::default()
    };
    let urls = map
        .bind_to_request(&request, None, Some("given"))
        .expect("a host");
    assert_eq!(urls.url_scheme(), "wss");
    assert!(urls.is_websocket());
    assert_eq!(urls.default_method(), "POST");
    assert_eq!((urls.script_name(), urls.path_info()), ("/app/", "/x"));
    assert_eq!(urls.subdomain(), Some("given"));
    assert_eq!(urls.query_args(), &QueryArgs::Text("a=%C3%A4".to_owned()));
    // Without a Host header the server's own address counts.
    let local = BindRequest {
        server: Some(("::1", 5000)),
        ..BindRequest::default()
    };
    let urls = map.bind_to_request(&local, None, None);
    assert_eq!(urls.expect("a host").server_name(), "[::1]:5000");
}
