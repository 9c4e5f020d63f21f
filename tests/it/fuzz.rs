use rustzeug_tests::fuzz;
use rustzeug_tests::fuzz::seeded;

macro_rules! seeded {
    ($($name:ident: [$($piece:expr),+ $(,)?];)+) => {
        $(
            #[test]
            fn $name() {
                let target = fuzz::target(stringify!($name)).expect("a target of this name");
                seeded::run(target, &[$($piece),+], 1, 4_000);
            }
        )+

        #[test]
        fn every_target_is_here() {
            let here = [$(stringify!($name)),+];
            let all = fuzz::TARGETS.iter().map(|(name, _)| *name);
            assert_eq!(all.collect::<Vec<_>>(), here);
        }
    };
}

seeded! {
    accept: [
        "text/html", "text/*", "*/*", "*", "application/json", ";q=0.5", ";q=1", ";q=0", ";q=nan",
        ";q=1e9", ";q=-1", ";level=1", ";a=\"b,c\"", ",", " ", "\n", "en", "en-GB", "utf-8", "ü",
    ];
    authorization: [
        "Basic ", "Bearer ", "Digest ", "basic", "dTpw", "==", "=", "username=", "realm=", "\"",
        "\\", ",", "nonce=\"a\"", "*=", "utf-8''", "%C3%BC", ":", "ü", "\n", "x",
    ];
    cookies: [
        "a=", "b", "=", ";", "; ", "\"", "\\\"", "\\073", "\\400", "ü", "\n", ",", " ", "a=b",
        ".example.com", "/", "\u{7f}",
    ];
    h1_body: [
        "0\r\n", "5\r\n", "hello", "\r\n", "\n", "\r", ";ext=1", "a\r\n0123456789\r\n",
        "ffffffffffffffff", "0\r\n\r\n", "X: y\r\n", "\r\n\r\n",
    ];
    h1_head: [
        "GET / HTTP/1.1\r\n", "POST", " ", "/a?b", "HTTP/1.0", "\r\n", "Host: a\r\n", "\n", "\r",
        "Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n", ": ", "\r\n\r\n", "*", "%00",
    ];
    headers: [
        "a", "=", ";", ",", "\"", "\\", "\\\"", " ", "*", "*0*", "utf-8''", "%C3%BC", "W/", "name=",
        "filename*=", "Sun, 06 Nov 1994 08:49:37 GMT", "1994", "Nov", "max-age=1", "no-store", "ü",
        "text/html", "charset=", "default-src 'self'", "\n", "9", "-", "\t",
    ];
    match_path: [
        "/", "/a", "/<x>", "/<int:x>", "/<path:x>", "<a>.<b>", "<any(a,b):x>", "/1", "a.b", "//",
        "\n", "\n\n", "<uuid:x>", "<float:x>", "1.5", "ü",
    ];
    multipart: [
        "--b", "--b--", "--b\r\n", "\r\n--b\r\n", "\r\n--b--", "\r\n", "\n", "\r", "\r\n\r\n",
        "Content-Disposition: form-data; name=a\r\n\r\n", "Content-Disposition: form-data; ",
        "name=\"f\"; filename=\"g\"", "Content-Type: text/plain; charset=iso-8859-1\r\n", "x", "--",
        " ", "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"g\"\r\n\r\n",
    ];
    range: [
        "bytes=", "bytes ", "0-", "-1", "0-499", "500-", ",", "-", "/", "*", "*/10", "0-1/2", "\"",
        "W/\"a\"", "18446744073709551615", "9223372036854775807", "items=", " ", "=",
        "Sun, 06 Nov 1994 08:49:37 GMT",
    ];
    rule_parse: [
        "/", "<", ">", "int:", "any(", ")", "a", ",", "\"", "'", "=", "min=1", "length=2", ":",
        "<x>", "path:", "ü", "\\", "<int(min=1, max=2):y>",
    ];
    urlencoded: [
        "a", "=", "&", "+", "%20", "%", "%C3%BC", "%ff", "%zz", ";", "ü", "a=b", "&&", "[]", "\0",
    ];
    urls: [
        "http://", "https:", "//", "user:pw@", "[::1]", ":80", ":", "/", "?", "#", "a", "ü", "%C3%BC",
        "%2F", "%", "%zz", "xn--bcher-kva", ".example", "..", "./", "@", "\\", " ", "\n", "日本",
    ];
}
