use rustzeug::testing::Client;

use super::app;

fn client() -> Client {
    Client::new(app()).unwrap()
}

#[test]
fn archives_and_posts() {
    let client = client();
    for (path, status, text) in [
        (
            "/",
            200,
            "<a href=\"/2007/12/9/hello-werkzeug\">Hello Werkzeug</a>",
        ),
        ("/2026/", 200, "<a href=\"/2026/11/21/hello-rustzeug\">"),
        ("/2026/11/", 200, "Posts of 2026-11"),
        ("/2026/11/21/", 200, "Posts of 2026-11-21"),
        ("/2026/11/21/hello-rustzeug", 200, "To be continued."),
        ("/about", 200, "About"),
        ("/feeds/", 200, "<a href=\"/feeds/main.rss\">"),
        ("/feeds/main.rss", 200, "<title>Hello rustzeug</title>"),
        ("/feeds/x.rss", 404, "There is no feed `x`."),
        ("/1999/", 404, "Nothing was written then."),
        ("/2026/13/", 404, "Nothing here"),
        ("/x", 404, "Nothing here"),
    ] {
        let response = client.get(path).send();
        assert_eq!(response.status(), status, "{path}");
        assert!(
            response.text().contains(text),
            "{path}: {}",
            response.text()
        );
        assert_eq!(response.header("x-blog"), Some("rustzeug"), "{path}");
    }
}

#[test]
fn a_missing_slash_is_a_redirect_and_a_needless_one_is_not_found() {
    let client = client();
    let response = client.get("/2026?page=2").send();
    assert_eq!(response.status(), 308);
    assert_eq!(response.location(), Some("http://localhost/2026/?page=2"));
    assert_eq!(client.get("/about/").send().status(), 404);
}

#[test]
fn the_admin_wants_a_password_and_has_errors_of_its_own() {
    let client = client();
    let response = client.get("/admin/").send();
    assert_eq!(response.status(), 401);
    assert_eq!(
        response.header("www-authenticate"),
        Some("Basic realm=\"blog\"")
    );
    let index = client.get("/admin/").auth("me", "werkzeug").send();
    assert_eq!(index.text(), "2 posts");
    let lost = client.get("/admin/nothing").auth("me", "werkzeug").send();
    assert_eq!(
        (lost.status().as_u16(), lost.text()),
        (404, "404 Not Found")
    );
}

#[test]
fn posts_are_added() {
    let client = client();
    let post =
        r#"{"year": 2026, "month": 12, "day": 1, "slug": "new", "title": "A < B", "text": "?"}"#;
    let add = || {
        client
            .post("/admin/posts")
            .auth("me", "werkzeug")
            .content_type("application/json")
    };
    let response = add().body(post).send();
    assert_eq!(response.status(), 201);
    assert_eq!(response.location(), Some("/2026/12/1/new"));
    assert!(
        client
            .get("/2026/12/1/new")
            .send()
            .text()
            .contains("A &lt; B")
    );
    let response = add().body("{").send();
    assert_eq!(response.status(), 400);
}
