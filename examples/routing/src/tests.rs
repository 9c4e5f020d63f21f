use rustzeug::prelude::*;
use rustzeug::testing::Client;

use super::app;

fn client() -> Client {
    Client::new(app()).unwrap()
}

/// Asks for each path; a status of 308 or 302 has the location as its text.
fn check(cases: &[(&str, u16, &str)]) {
    let client = client();
    for &(path, status, text) in cases {
        let response = client.get(path).send();
        let found = response.location().unwrap_or_else(|| response.text());
        assert_eq!(response.status(), status, "{path}: {found}");
        assert!(found.contains(text), "{path}: {found}");
    }
}

#[test]
fn converters_take_what_is_theirs() {
    check(&[
        ("/books/1851", 200, "books of 1851"),
        ("/books/51", 404, ""),
        ("/authors/", 200, "authors: all"),
        ("/authors/dead/", 200, "authors: dead"),
        ("/authors/dead", 308, "http://localhost/authors/dead/"),
        ("/authors/undead/", 404, ""),
        ("/tagged/sea+storm", 200, "tagged sea and storm"),
        ("/tagged/sea,storm", 404, ""),
        ("/tagged/sea", 200, "tagged sea"),
        ("/price/1.5-20.0", 200, "between 1.5 and 20"),
        ("/price/1-20", 404, ""),
        (
            "/copy/8f9d1c8e-0000-4000-8000-000000000000",
            200,
            "copy 8f9d1c8e-",
        ),
        ("/copy/8f9d", 404, ""),
        ("/files/a/b.txt", 200, "file a/b.txt"),
        ("/files/a//b.txt", 200, "file a//b.txt"),
    ]);
}

#[test]
fn rules_redirect_to_the_proper_url() {
    check(&[
        ("/books", 308, "http://localhost/books/"),
        ("/books/", 200, "books, page 1"),
        ("/books/page/2", 200, "books, page 2"),
        ("/books/page/1", 308, "http://localhost/books/"),
        ("/books/page/1?order=title", 308, "/books/?order=title"),
        ("/books/page/0", 404, ""),
        ("//books//page/2", 308, "http://localhost/books/page/2"),
        ("/impressum", 308, "http://localhost/about"),
        ("/catalogue/1851", 308, "http://localhost/books/1851"),
        ("/covers/978.jpg", 404, ""),
        ("/search", 200, "searching nothing"),
        ("/search/?q=sea", 200, "searching sea"),
    ]);
}

#[test]
fn methods_share_a_path() {
    let client = client();
    assert_eq!(client.get("/loans").send().text(), "loans");
    assert_eq!(client.head("/loans").send().status(), 200);
    assert_eq!(client.put("/loans").send().status(), 201);
    let refused = client.delete("/loans").send();
    assert_eq!(refused.status(), 405);
    assert_eq!(
        refused.header("allow"),
        Some("GET, HEAD, POST, PUT, OPTIONS")
    );
    assert_eq!(client.options("/loans").send().status(), 200);
}

#[test]
fn a_mount_has_its_own_rules() {
    check(&[
        ("/rooms/0/", 200, "/rooms/0/moby-dick\n/rooms/0/walden\n"),
        ("/rooms/1/emma", 200, "the book emma"),
        ("/rooms/0/last", 200, "the last book walden"),
        ("/rooms/7/first", 404, "not on this shelf"),
        ("/rooms/1/walden", 404, "not on this shelf"),
        ("/rooms/7/", 200, ""),
        ("/rooms/10/", 404, ""),
    ]);
    let client = client();
    assert!(client.get("/rooms/1/x").send().header("x-shelf").is_some());
    assert!(client.get("/about").send().header("x-shelf").is_none());
}

#[test]
fn urls_lead_to_their_rules() {
    let client = client();
    let page = client.get("/").send();
    let urls: Vec<&str> = page
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("<li><a href=\"")?.split('"').next())
        .collect();
    assert_eq!(
        urls,
        [
            "/books/",
            "/books/page/2?order=title",
            "/books/1851",
            "/tagged/sea+storm",
            "/rooms/1/emma",
            "/covers/978.jpg",
        ]
    );
    for url in &urls[..5] {
        assert_eq!(client.get(url).send().status(), 200, "{url}");
    }
}

#[test]
fn the_table_shows_all_rules_and_nothing_to_worry() {
    let description = app().into_application().unwrap().describe();
    assert_eq!(description.warnings(), [""; 0]);
    let table = description.to_string();
    let lines = [
        ("GET        /impressum ", "  alias"),
        (
            "POST, PUT  /loans ",
            "Library::lend       examples/routing/src/main.rs:",
        ),
        (
            "GET        /rooms/<int(max=9):room>/<slug> ",
            "Shelf::book         examples/routing/src/shelf.rs:",
        ),
        ("GET        /books/ ", "  defaults(page = 1)"),
    ];
    for (start, end) in lines {
        let line = table.lines().find(|line| line.starts_with(start));
        assert!(
            line.is_some_and(|line| line.contains(end)),
            "{start}\n{table}"
        );
    }
}
