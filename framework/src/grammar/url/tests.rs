use super::*;
use crate::grammar::fuzz::fuzz;

#[test]
fn urls_are_split_and_written() {
    for (url, parts) in [
        ("", ["", "", "", "", ""]),
        ("http://a/b?c#d", ["http", "a", "/b", "c", "d"]),
        ("HTTP://a", ["http", "a", "", "", ""]),
        ("//a/b", ["", "a", "/b", "", ""]),
        ("a:b", ["a", "", "b", "", ""]),
        ("1:b", ["", "", "1:b", "", ""]),
        ("/a?b?c#d#e", ["", "", "/a", "b?c", "d#e"]),
        (" \n/a\tb", ["", "", "/ab", "", ""]),
    ] {
        let got = split_url(url).unwrap();
        let got = [
            &got.scheme,
            &got.netloc,
            &got.path,
            &got.query,
            &got.fragment,
        ];
        assert_eq!(got.map(|part| &**part), parts, "{url}");
    }
}

#[test]
fn authorities_are_split() {
    let split = |url| {
        split_url(url)
            .unwrap()
            .authority()
            .unwrap_or_else(|_| panic!("{url}"))
            .host
    };
    assert_eq!(split("//[::1]:80"), Some("::1".to_owned()));
    assert_eq!(split("//U@HOST:"), Some("host".to_owned()));
    assert_eq!(split("//@"), None);
    for url in ["//[", "//[1.2.3.4]", "//a]b", "//\u{2100}.com"] {
        assert!(split_url(url).is_err(), "{url}");
    }
    for url in ["//a:x", "//a:65536", "//a:1 "] {
        assert!(split_url(url).unwrap().authority().is_err(), "{url}");
    }
}

#[test]
fn iris_become_uris_and_back() {
    for (iri, uri) in [
        (
            "http://☃.net/påth?q=èry%DF",
            "http://xn--n3h.net/p%C3%A5th?q=%C3%A8ry%DF",
        ),
        (
            "http://üser:pässword@☃.net/",
            "http://%C3%BCser:p%C3%A4ssword@xn--n3h.net/",
        ),
        ("http://[::1]:80/ü", "http://[::1]:80/%C3%BC"),
        ("/ü#ö", "/%C3%BC#%C3%B6"),
        ("http://a:0/%2F", "http://a:0/%2F"),
    ] {
        assert_eq!(iri_to_uri(iri).unwrap(), uri);
        assert_eq!(uri_to_iri(uri).unwrap(), iri);
        assert_eq!(iri_to_uri(uri).unwrap(), uri);
    }
    assert!(iri_to_uri("http://a..b/").is_err());
}

/// Python 3.11 gives `//evil.com`, whose path has become its host.
#[test]
fn paths_do_not_become_hosts() {
    for url in ["////evil.com", "http:////evil.com"] {
        assert_eq!(iri_to_uri(url).unwrap(), url);
    }
}

/// UTS 46, without the transitional mappings that browsers have dropped.
#[test]
fn hosts_are_encoded_as_browsers_do() {
    for (host, want) in [
        ("faß.de", "xn--fa-hia.de"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("a。b", "a.b"),
        ("A_b", "A_b"),
    ] {
        assert_eq!(encode_host(host).unwrap(), want, "{host}");
    }
    for host in [".a", "a..b", &"a".repeat(64), &"ü".repeat(64)] {
        assert!(encode_host(host).is_err(), "{host}");
    }
    assert_eq!(decode_host("xn--n3h.xn--a.net"), "☃.xn--a.net");
}

#[test]
fn references_are_joined() {
    for (base, reference, want) in [
        ("http://a/b/c?d", "", "http://a/b/c?d"),
        ("http://a/b/c?d", "?e", "http://a/b/c?e"),
        ("http://a/b/c?d", "#e", "http://a/b/c?d#e"),
        ("http://a/b/c?d", "/e", "http://a/e"),
        ("http://a/b/c?d", "e/", "http://a/b/e/"),
        ("http://a/b/c?d", "./", "http://a/b/"),
        ("http://a/b/c?d", "../../../e", "http://a/e"),
        ("http://a/b/c?d", "//e/f", "http://e/f"),
        ("http://a/b/c?d", "ftp://e/f", "ftp://e/f"),
        ("http://a/b/c?d", "mailto:x", "mailto:x"),
        ("http://a", "b", "http://a/b"),
        ("mailto:x", "b", "b"),
    ] {
        assert_eq!(join(base, reference).unwrap(), want, "{base} {reference}");
    }
}

#[test]
fn random_text_is_survived() {
    fuzz(9, |text| {
        let _ = join("http://a/b/c", text);
        let url = format!("http://{text}");
        let (_, _) = (uri_to_iri(&url), uri_to_iri(text));
        if let Ok(uri) = iri_to_uri(&url) {
            assert!(uri.is_ascii(), "{uri}");
            assert_eq!(iri_to_uri(&uri).unwrap_or(uri.clone()), uri);
        }
    });
}
