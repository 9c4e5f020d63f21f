use rustzeug::testing::Client;

use super::app;

fn client() -> Client {
    Client::new(app(":memory:").unwrap()).unwrap()
}

#[test]
fn a_link_is_made_followed_and_counted() {
    let client = client();
    let made = client
        .post("/")
        .form([("url", "https://example.com/a?b=1&c")])
        .follow_redirects()
        .send();
    assert_eq!(made.status(), 200);
    assert_eq!(made.url(), "http://localhost/100+");
    // minijinja escapes slashes, too.
    let text = made.text().replace("&#x2f;", "/");
    assert!(text.contains("https://example.com/a?b=1&amp;c"), "{text}");
    assert!(text.contains("http://localhost/100"));
    for _ in 0..2 {
        let followed = client.get("/100").send();
        assert_eq!(followed.status(), 302);
        assert_eq!(followed.location(), Some("https://example.com/a?b=1&c"));
    }
    assert!(
        client
            .get("/100+")
            .send()
            .text()
            .contains("<strong>2</strong>")
    );
}

#[test]
fn the_same_link_has_the_same_name() {
    let client = client();
    let make = |url: &str| {
        client
            .post("/")
            .form([("url", url)])
            .send()
            .location()
            .map(str::to_owned)
    };
    assert_eq!(make("https://a.example/").as_deref(), Some("/100+"));
    assert_eq!(make("https://b.example/").as_deref(), Some("/101+"));
    assert_eq!(make("https://a.example/").as_deref(), Some("/100+"));
}

#[test]
fn what_is_no_url_is_refused_and_shown_again() {
    let client = client();
    for url in [
        "",
        "example",
        "ftp://example.com",
        "http://",
        "javascript:alert(1)",
        "\"><b>",
    ] {
        let page = client.post("/").form([("url", url)]).send();
        assert_eq!(page.status(), 422, "{url}");
        assert!(page.text().contains("Please enter a valid URL"), "{url}");
        assert!(!page.text().contains("<b>"));
    }
}

#[test]
fn pages_have_a_style() {
    let client = client();
    assert!(client.get("/").send().text().contains("/static/style.css"));
    let style = client.get("/static/style.css").send();
    assert_eq!(style.status(), 200);
    assert_eq!(
        style.header("content-type"),
        Some("text/css; charset=utf-8")
    );
}

#[test]
fn what_is_not_there_has_a_page() {
    let client = client();
    for path in ["/zzz", "/zzz+", "/a/b"] {
        let page = client.get(path).send();
        assert_eq!(page.status(), 404);
        assert!(
            page.text().contains("Not Found") && page.text().contains("stylesheet"),
            "{path}"
        );
    }
    let refused = client.delete("/").send();
    assert_eq!(refused.status(), 405);
    assert_eq!(refused.header("allow"), Some("GET, HEAD, POST, OPTIONS"));
}

#[test]
fn links_outlive_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("links.db");
    let open = || Client::new(app(file.to_str().unwrap()).unwrap()).unwrap();
    open()
        .post("/")
        .form([("url", "https://example.com/")])
        .send();
    assert_eq!(
        open().get("/100").send().location(),
        Some("https://example.com/")
    );
}
