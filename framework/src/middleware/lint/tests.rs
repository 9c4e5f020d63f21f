use std::sync::Mutex;

use super::*;
use crate::middleware::Layer;
use crate::prelude::*;
use crate::testing::Client;

fn found(response: &Response) -> Vec<String> {
    rules::findings(response, false)
}

fn with(name: &'static str, value: &'static str) -> Response {
    Response::new("text").with_header(name, value)
}

#[test]
fn good_responses_are_left_alone() {
    for response in [
        Response::new("text"),
        Response::empty(),
        Response::empty().with_status(204),
        Response::empty()
            .with_status(304)
            .with_header("etag", "\"a\""),
        Response::empty()
            .with_status(304)
            .with_header("last-modified", "Thu, 01 Jan 1970 00:00:00 GMT"),
        with("etag", "W/\"a\""),
        with("expires", "0"),
        with("connection", "close"),
        with("content-length", "4"),
        with("location", "/a%20b"),
        with("set-cookie", "__Host-a=b; Secure; Path=/"),
        render(NotFound.into(), None),
        redirect("/ü").into_response(),
    ] {
        let text = format!("{response:?}");
        assert_eq!(found(&response), Vec::<String>::new(), "{text}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn mistakes_are_found() {
    let twice = {
        let mut response = Response::new("x");
        response.headers_mut().add("content-type", "text/css");
        response
    };
    for (response, want) in [
        (Response::empty().with_status(100), "interim"),
        (Response::new("x").with_status(204), "204 has no body"),
        (
            Response::empty()
                .with_status(204)
                .with_header("content-length", "0"),
            "no Content-Length",
        ),
        (Response::new("x").with_status(304), "304 has no body"),
        (
            Response::empty()
                .with_status(304)
                .with_header("content-type", "a/b"),
            "304 describes no body",
        ),
        (
            with("content-length", "5"),
            "Content-Length 5, but the body has 4",
        ),
        (with("content-length", "x"), "is no number"),
        (
            Response::typed("x".parse().unwrap(), "x"),
            "is no media type",
        ),
        (
            Response::typed("text/html".parse().unwrap(), "x"),
            "says no charset",
        ),
        (twice, "`content-type` comes more than once"),
        (Response::new("x").with_status(302), "302 needs `Location`"),
        (
            Response::new("x").with_status(401),
            "401 needs `WWW-Authenticate`",
        ),
        (Response::new("x").with_status(405), "405 needs `Allow`"),
        (
            Response::new("x").with_status(206),
            "206 needs `Content-Range`",
        ),
        (
            with("content-range", "bytes 0-1/2"),
            "means nothing with 200",
        ),
        (with("location", "/a b"), "is no URI"),
        (with("location", ""), "is no URI"),
        (with("etag", "a"), "has no quotes"),
        (with("etag", "w/\"a\""), "capital"),
        (with("last-modified", "yesterday"), "is no date"),
        (with("transfer-encoding", "chunked"), "its neighbour"),
        (with("upgrade", "x"), "its neighbour"),
        (with("status", "200"), "CGI"),
        (with("x-name", "ü"), "is not ASCII"),
        (with("cache-control", "public, private"), "both"),
        (with("set-cookie", "a=b; SameSite=None"), "needs Secure"),
        (with("set-cookie", "__Secure-a=b"), "needs Secure"),
        (
            with("set-cookie", "__Host-a=b; Secure; Path=/; Domain=x"),
            "no Domain",
        ),
    ] {
        let texts = found(&response);
        assert!(
            texts.iter().any(|text| text.contains(want)),
            "{want}: {texts:?}"
        );
    }
    let mut bare = Response::new("x");
    bare.headers_mut().remove("content-type");
    assert_eq!(found(&bare).len(), 1);
    let star = with("access-control-allow-origin", "*")
        .with_header("access-control-allow-credentials", "true");
    assert_eq!(found(&star).len(), 1);
}

struct Site;

#[application]
impl Site {
    #[route("/good")]
    async fn good(&self) -> &'static str {
        "good"
    }

    #[route("/bad")]
    async fn bad(&self) -> Response {
        Response::new("bad").with_header("etag", "bad")
    }

    #[route("/short")]
    async fn short(&self) -> Response {
        let mut response = Response::from_pieces(["four"]);
        response.headers_mut().set("content-length", 5);
        response
    }
}

#[test]
fn findings_are_reported_or_answered() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let there = seen.clone();
    let lint = Lint::new().report(move |finding| there.lock().unwrap().push(finding.to_string()));
    let client = Client::new(Site.with(lint.clone())).unwrap();
    assert_eq!(client.get("/good").send().text(), "good");
    assert!(seen.lock().unwrap().is_empty());
    assert_eq!(client.get("/bad?x").send().text(), "bad");
    assert_eq!(
        seen.lock().unwrap().pop().unwrap(),
        "GET /bad?x: ETag `bad` has no quotes"
    );
    let _short = client.get("/short").try_send();
    assert_eq!(
        seen.lock().unwrap().pop().unwrap(),
        "GET /short: Content-Length 5, but the stream gave 4 bytes"
    );
    assert!(seen.lock().unwrap().is_empty());
    let client = Client::new(Site.with(lint.strict(true))).unwrap();
    let refused = client.get("/bad").send();
    assert_eq!(refused.status(), 500);
    assert!(refused.text().contains("has no quotes"));
    assert_eq!(client.get("/good").send().text(), "good");
    assert_eq!(client.get("/nowhere").send().status(), 404);
}
