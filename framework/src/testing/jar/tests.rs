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
