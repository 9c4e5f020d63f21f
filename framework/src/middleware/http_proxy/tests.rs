use super::*;
use crate::middleware::Layer;
use crate::prelude::*;
use crate::testing::Client as TestClient;

#[test]
fn urls_of_targets_are_made() {
    for (target, prefix, path, query, want) in [
        ("http://a:81/", "/x/", "/x/y", "", "http://a:81/x/y"),
        ("http://a/base/", "/x/", "/x/y", "q=1", "http://a/x/y?q=1"),
        ("http://a", "/", "/", "", "http://a/"),
    ] {
        let target = ProxyTarget::new(target).unwrap();
        assert_eq!(target.uri(prefix, path, query).unwrap(), want);
    }
    for (target, path, want) in [
        ("http://a:81/", "/x/y", "http://a:81/y"),
        ("http://a/base/", "/x/y/", "http://a/base/y/"),
        ("http://a/base", "/x/", "http://a/base/"),
        ("http://a/base", "/x//evil", "http://a/base/evil"),
        ("http://a/", "/x/a%2Fb%3F", "http://a/a%2Fb%3F"),
    ] {
        let target = ProxyTarget::new(target).unwrap().remove_prefix();
        assert_eq!(target.uri("/x/", path, "").unwrap(), want);
    }
    for wrong in [
        "",
        "a",
        "/a",
        "ftp://a/",
        "https://a/",
        "http://",
        "http://u@a/",
        "http://a/?q",
    ] {
        assert!(ProxyTarget::new(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn fields_between_neighbours_stay() {
    let mut headers = crate::datastructures::Headers::new();
    for (name, value) in [
        ("connection", "close, X-Mine"),
        ("x-mine", "1"),
        ("keep-alive", "5"),
        ("te", "trailers"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "websocket"),
        ("proxy-authorization", "Basic x"),
        ("host", "a"),
        ("content-length", "5"),
        ("expect", "100-continue"),
        ("accept", "a"),
        ("accept", "b"),
        ("cookie", "c=d"),
    ] {
        headers.add(name, value);
    }
    let passed = passed_on(|| headers.iter());
    let names: Vec<_> = passed
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    assert_eq!(names, [("accept", "a"), ("accept", "b"), ("cookie", "c=d")]);
}

#[test]
fn targets_that_are_not_there_are_502() {
    #[application]
    fn own() -> &'static str {
        "own"
    }
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let target = ProxyTarget::new(&format!("http://{free}/")).unwrap();
    let app = own.with(HttpProxy::new().target("/away", target));
    let client = TestClient::new(app).unwrap();
    assert_eq!(client.get("/").send().text(), "own");
    assert_eq!(client.get("/away").send().text(), "own");
    let answer = client.get("/away/x").send();
    assert_eq!(answer.status(), 502);
    assert!(answer.exception().and_then(HttpException::source).is_some());
    for path in [
        "/away/../x",
        "/away/%2e%2e/x",
        "/away/x%2f..%2fy",
        "/away/..%5cx",
        "/away/..;/x",
        "/away/..%3ba=b/x",
    ] {
        assert_eq!(client.get(path).send().status(), 404, "{path}");
    }
}
