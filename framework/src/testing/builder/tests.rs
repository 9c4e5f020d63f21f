use super::*;

fn request(builder: EnvironBuilder) -> Request {
    builder.build().unwrap()
}

#[test]
fn paths_and_queries() {
    for (path, want_path, want_query) in [
        ("/", "/", ""),
        ("", "/", ""),
        ("/a b", "/a b", ""),
        ("/ü?x=ä", "/ü", "x=%C3%A4"),
        ("/a%2Fb?c#d", "/a/b", "c"),
        ("a", "/a", ""),
        ("?x", "/", "x"),
        ("http://example.com/x?y", "/x", "y"),
    ] {
        let request = request(EnvironBuilder::new(path));
        assert_eq!(
            (request.path(), request.query_string()),
            (want_path, want_query),
            "{path}"
        );
    }
}

#[test]
fn a_base_url_is_taken_apart() {
    let request = request(EnvironBuilder::new("/x").base_url("https://example.com:444/a b/"));
    assert_eq!(request.script_root(), "/a b");
    assert_eq!(request.path(), "/x");
    assert_eq!(request.target(), "/a%20b/x");
    assert_eq!(request.host(), "example.com:444");
}

#[test]
fn bodies_are_read() {
    let form = request(EnvironBuilder::new("/").form([("a", 1), ("b c", 2)]));
    assert_eq!(form.data().unwrap(), b"a=1&b+c=2");
    assert_eq!(form.header("content-length"), Some("9"));
    assert_eq!(form.form().unwrap().get_as::<u8, _>("b c"), Some(2));
    let json = request(EnvironBuilder::new("/").json(&[1, 2]));
    assert_eq!(json.json::<Vec<u8>>().unwrap(), [1, 2]);
}

#[test]
fn files_make_the_form_multipart() {
    let sent = EnvironBuilder::new("/")
        .form([("name", "Ü")])
        .file("f", "a \"b\".txt", "text");
    let request = request(sent);
    assert_eq!(request.form().unwrap().get("name"), Some("Ü"));
    let files = request.files().unwrap();
    let file = files.get("f").unwrap();
    assert_eq!(file.filename(), "a \"b\".txt");
    assert_eq!((file.mimetype(), file.len()), ("text/plain".to_owned(), 4));
}

#[test]
fn bodies_come_in_pieces() {
    let kind = "multipart/form-data; boundary=b";
    let pieces = [
        "--b\r\nContent-Disposition: form-data; na",
        "me=a\r\n\r\n1",
        "\r\n--b--",
    ];
    let sent = EnvironBuilder::new("/").content_type(kind).pieces(pieces);
    assert_eq!(request(sent).form().unwrap().get("a"), Some("1"));
    let limits = RequestLimits {
        max_content_length: Some(2),
        ..RequestLimits::default()
    };
    let sent = EnvironBuilder::new("/").pieces(["ab", "c"]).limits(limits);
    assert_eq!(request(sent).data().unwrap_err().code(), 413);
    let twice = EnvironBuilder::new("/").pieces(["a"]).body("b").build();
    let error = twice.unwrap_err().to_string();
    assert!(error.starts_with("a body was given in two ways"), "{error}");
}

#[test]
fn files_credentials_and_extensions_are_as_said() {
    let sent = EnvironBuilder::new("/")
        .file_of_type("f", "a.txt", "image/png", "x")
        .authorization(&Authorization::bearer("t"))
        .extension(7_u8);
    let request = request(sent);
    let file = request.files().unwrap().get("f").unwrap().clone();
    assert_eq!(
        (file.mimetype().as_str(), file.filename()),
        ("image/png", "a.txt")
    );
    assert_eq!(request.header("authorization"), Some("Bearer t"));
    assert_eq!(request.extensions().get::<u8>(), Some(&7));
    let bad = EnvironBuilder::new("/")
        .file_of_type("f", "a", "\n", "x")
        .build();
    assert!(
        bad.unwrap_err()
            .to_string()
            .starts_with("the type of a file")
    );
}

#[test]
fn what_contradicts_itself_is_refused() {
    let none: [(&str, &str); 0] = [];
    let table = [
        (
            EnvironBuilder::new("/?a").query([("b", 1)]),
            "a query was given in two ways",
        ),
        (
            EnvironBuilder::new("/?a").query_string("b"),
            "a query was given in two ways",
        ),
        (
            EnvironBuilder::new("/").form(none).body("x"),
            "a body was given in two ways",
        ),
        (
            EnvironBuilder::new("/").base_url("/x"),
            "`/x` is no base URL",
        ),
        (
            EnvironBuilder::new("/").base_url("http://a/?b"),
            "`http://a/?b` is no base URL",
        ),
        (
            EnvironBuilder::new("/").header("a b", ""),
            "the field `a b` cannot be sent",
        ),
        (
            EnvironBuilder::new("/").header("a", "\n"),
            "the field `a` cannot be sent",
        ),
        (
            EnvironBuilder::new("/").header("host", "a b"),
            "no server would accept",
        ),
    ];
    for (builder, want) in table {
        let error = builder.build().unwrap_err().to_string();
        assert!(error.starts_with(want), "{error}");
    }
}
