use super::*;

#[test]
fn where_cookies_are_sent() {
    let table = [
        ("a=1", "/x/y", "localhost", "/x/z", true),
        ("a=1", "/x/y", "localhost", "/x", true),
        ("a=1", "/x/y", "localhost", "/", false),
        ("a=1", "/x/y", "localhost", "/xy", false),
        ("a=1; Path=/", "/x/y", "localhost", "/z", true),
        ("a=1; Path=/x/", "/", "localhost", "/x/y", true),
        ("a=1; Path=/x/", "/", "localhost", "/x", false),
        ("a=1; Path=/", "/", "www.localhost", "/", false),
        (
            "a=1; Path=/; Domain=localhost",
            "/",
            "www.localhost",
            "/",
            true,
        ),
        (
            "a=1; Path=/; Domain=localhost",
            "/",
            "notlocalhost",
            "/",
            false,
        ),
        (
            "a=1; Path=/; Domain=.LOCALHOST",
            "/",
            "a.b.LocalHost",
            "/",
            true,
        ),
        (
            "a=1; Path=/; Domain=.localhost",
            "/",
            "localhost",
            "/",
            true,
        ),
        ("a=1; Path=/; Domain=", "/", "www.localhost", "/", false),
        ("a=1; Path=x", "/x/y", "localhost", "/x/z", true),
        ("a=1; Path=x", "/x/y", "localhost", "/z", false),
        ("a=1; Path=/%C3%BC", "/", "localhost", "/%C3%BC/1", true),
    ];
    for (field, path, host, asked, want) in table {
        let mut jar = CookieJar::new();
        jar.update("localhost", path, [field]);
        assert_eq!(
            jar.header(host, asked).is_some(),
            want,
            "{field} {path} {host} {asked}"
        );
    }
}

#[test]
fn nobody_sets_the_cookies_of_others() {
    for (host, domain, want) in [
        ("www.example.com", "example.com", true),
        ("example.com", "www.example.com", false),
        ("example.com", "other.com", false),
        ("notexample.com", "example.com", false),
        ("127.0.0.1", "0.0.1", false),
        ("127.0.0.1", "127.0.0.1", true),
    ] {
        let mut jar = CookieJar::new();
        jar.update(host, "/", [&*format!("a=1; Path=/; Domain={domain}")]);
        assert_eq!(jar.header(host, "/").is_some(), want, "{host} {domain}");
    }
    // One name may be there for several domains and paths.
    let mut jar = CookieJar::new();
    jar.update("www.example.com", "/", ["a=1; Path=/", "a=2; Path=/x"]);
    jar.update("www.example.com", "/", ["a=3; Path=/; Domain=example.com"]);
    let sent = jar.header("www.example.com", "/x");
    assert_eq!(sent.as_deref(), Some("a=1; a=2; a=3"));
    assert_eq!(jar.header("example.com", "/x").as_deref(), Some("a=3"));
    jar.delete_at("www.example.com", "/x", "a");
    jar.update(
        "www.example.com",
        "/",
        ["a=; Path=/; Domain=example.com; Max-Age=0"],
    );
    assert_eq!(jar.header("www.example.com", "/x").as_deref(), Some("a=1"));
}

#[test]
fn a_response_replaces_and_deletes() {
    let mut jar = CookieJar::new();
    jar.update("localhost", "/", ["a=1", "b=2", "a=3"]);
    assert_eq!(jar.header("localhost", "/").as_deref(), Some("a=3; b=2"));
    jar.update(
        "localhost",
        "/",
        ["a=; Max-Age=0", "b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
    );
    assert_eq!(jar.header("localhost", "/"), None);
}

#[test]
fn values_are_decoded_for_people_and_kept_for_the_wire() {
    let mut jar = CookieJar::new();
    jar.set("a", "x;y");
    assert_eq!(jar.get("a").map(StoredCookie::value), Some("x;y"));
    assert_eq!(
        jar.header("localhost", "/").as_deref(),
        Some(r#"a="x\073y""#)
    );
}
