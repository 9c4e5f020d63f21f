use http::Method;

use super::*;
use crate::testing::TestResponse;

fn ask(cors: Cors, origin: &str) -> TestResponse {
    client(Site.with(cors))
        .get("/")
        .header("origin", origin)
        .send()
}

fn preflight(cors: Cors, origin: &str) -> TestResponse {
    client(Site.with(cors))
        .options("/")
        .header("origin", origin)
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "x-one, x-two")
        .send()
}

#[test]
fn only_named_origins_may_read() {
    let cors = || {
        Cors::new()
            .origin("https://a.example")
            .origin("http://b.example:80")
    };
    for (origin, allowed) in [
        ("https://a.example", true),
        ("http://b.example", true),
        ("http://a.example", false),
        ("https://a.example:8443", false),
        ("https://a.example.evil.com", false),
        ("https://eviла.example", false),
        ("null", false),
    ] {
        let response = ask(cors(), origin);
        assert_eq!(response.status(), 200, "{origin}");
        let want = allowed.then_some(origin);
        assert_eq!(
            response.header("access-control-allow-origin"),
            want,
            "{origin}"
        );
        assert_eq!(response.header("vary"), Some("Origin"), "{origin}");
    }
    let same_site = client(Site.with(cors())).get("/").send();
    assert_eq!(same_site.header("vary"), Some("Origin"));
    assert_eq!(same_site.header("access-control-allow-origin"), None);
}

#[test]
fn a_star_is_what_is_below_a_domain() {
    let cors = || Cors::new().origin("https://*.example.com");
    for (origin, allowed) in [
        ("https://a.example.com", true),
        ("https://a.b.example.com", true),
        ("https://example.com", false),
        ("https://.example.com", false),
        ("https://evilexample.com", false),
        ("https://evil.com/.example.com", false),
        ("https://evil.com:1.example.com", false),
        ("http://a.example.com", false),
    ] {
        let response = ask(cors(), origin);
        let want = allowed.then_some(origin);
        assert_eq!(
            response.header("access-control-allow-origin"),
            want,
            "{origin}"
        );
    }
}

#[test]
fn everybody_may_read_what_is_for_everybody() {
    let response = ask(
        Cors::new().any_origin().expose(["etag", "x-total"]),
        "https://x.example",
    );
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
    assert_eq!(
        response.header("access-control-expose-headers"),
        Some("etag, x-total")
    );
    assert_eq!(response.header("vary"), None);
    let nobody = ask(Cors::new(), "https://x.example");
    assert_eq!(nobody.header("access-control-allow-origin"), None);
}

#[test]
fn preflights_are_answered_here() {
    let cors = Cors::new()
        .origin("https://a.example")
        .methods([Method::PUT, Method::DELETE])
        .headers(["x-one"])
        .credentials()
        .max_age(Duration::from_secs(600))
        .private_network();
    let response = preflight(cors, "https://a.example");
    assert_eq!(response.status(), 204);
    for (name, value) in [
        ("access-control-allow-origin", Some("https://a.example")),
        ("access-control-allow-credentials", Some("true")),
        ("access-control-allow-methods", Some("PUT, DELETE")),
        ("access-control-allow-headers", Some("x-one")),
        ("access-control-max-age", Some("600")),
        ("access-control-allow-private-network", None),
        ("vary", Some("Origin")),
    ] {
        assert_eq!(response.header(name), value, "{name}");
    }
    let refused = preflight(Cors::new().origin("https://a.example"), "https://b.example");
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.header("access-control-allow-origin"), None);
}

#[test]
fn what_is_asked_for_may_be_allowed() {
    let matching = Cors::new().origins_matching(|origin| origin.starts_with("https://"));
    let response = preflight(matching.any_method().any_header(), "https://b.example");
    assert_eq!(response.header("access-control-allow-methods"), Some("PUT"));
    assert_eq!(
        response.header("access-control-allow-headers"),
        Some("x-one, x-two")
    );
    assert_eq!(
        response.header("vary"),
        Some("Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
    );
}

#[test]
fn options_without_a_wish_are_the_application_s() {
    let client = client(Site.with(Cors::new().any_origin()));
    let response = client
        .options("/")
        .header("origin", "https://a.example")
        .send();
    assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
}

#[test]
fn a_wildcard_vary_stays() {
    struct Varies;
    #[application]
    impl Varies {
        #[route("/")]
        async fn index(&self) -> Response {
            Response::new("x").with_header("vary", "*")
        }
    }
    let app = Varies.with(Cors::new().origin("https://a.example"));
    assert_eq!(client(app).get("/").send().header("vary"), Some("*"));
}

#[test]
#[should_panic(expected = "credentials for every origin")]
fn credentials_for_everybody_are_a_mistake() {
    let _cors = Cors::new().credentials().any_origin();
}

#[test]
#[should_panic(expected = "is no origin")]
fn an_origin_has_no_path() {
    let _cors = Cors::new().origin("https://a.example/");
}
