use super::*;
use crate::grammar::fuzz::fuzz;

#[test]
fn items_are_ranked() {
    let cases: &[(&str, &str)] = &[
        ("", ""),
        ("a;q=0.5, b, *;q=0.1, c", "b,c,a;q=0.5,*;q=0.1"),
        ("a;q=0, b;q=1.0", "b,a;q=0.0"),
        ("a;q=2, b;q=x, c;q=-1, d;q=", "d"),
        ("a;q=0.00001", "a;q=0.00001"),
        ("a, \"b", ""),
    ];
    for (header, want) in cases {
        assert_eq!(
            Accept::<Words>::from_header(header).to_header(),
            *want,
            "{header}"
        );
    }
    let accept = MimeAccept::from_header("*/*, text/*, text/html, text/html;level=1, a");
    let want = ["text/html; level=1", "text/html", "text/*", "a", "*/*"];
    assert_eq!(accept.values().collect::<Vec<_>>(), want);
}

#[test]
fn media_types_match() {
    for (header, offer, want) in [
        ("text/html", "TEXT/HTML", true),
        ("text/*", "text/plain", true),
        ("text/html", "text/*", true),
        ("*/*", "a/b", true),
        ("*/b", "a/b", false),
        ("a", "a/b", false),
        ("text/html;level=1", "text/html", false),
        ("text/html;b=2; a=1", "text/html; a=1;b=2", true),
        ("text/html", "html", false),
        ("a/b", "*/b", false),
    ] {
        let accept = MimeAccept::from_header(header);
        assert_eq!(accept.contains(offer), want, "{header} {offer}");
    }
    let accept = MimeAccept::from_header("application/xml");
    assert!(accept.accept_html() && accept.accept_xhtml() && !accept.accept_json());
}

#[test]
fn offers_are_chosen() {
    for (header, offers, want) in [
        ("a;q=0.5, b", &["a", "b"][..], Some("b")),
        ("*;q=0.5, a;q=0", &["a", "b"], Some("b")),
        ("*, b", &["a", "b"], Some("b")),
        ("a", &["b"], None),
    ] {
        let accept = Accept::<Words>::from_header(header);
        assert_eq!(accept.best_match(offers.iter().copied()), want, "{header}");
    }
}

#[test]
fn languages_fall_back() {
    for (header, offers, want) in [
        ("en-US", &["en", "en_us"][..], Some("en_us")),
        ("en-US, de;q=0.5", &["de", "en"], Some("de")),
        ("en-US", &["de", "en"], Some("en")),
        ("en", &["de", "en-GB", "en-US"], Some("en-GB")),
        ("fr", &["de", "en"], None),
    ] {
        let accept = LanguageAccept::from_header(header);
        assert_eq!(accept.best_match(offers.iter().copied()), want, "{header}");
    }
}

#[test]
fn charsets_have_many_names() {
    let accept = CharsetAccept::from_header("ISO-8859-1, utf-8;q=0.7");
    assert_eq!(
        (accept.quality("latin1"), accept.quality("UTF8")),
        (1.0, 0.7)
    );
    assert!(!accept.contains("utf7"));
}

#[test]
fn strict_text_has_no_bad_item() {
    assert!("text/html;q=0.5, */*".parse::<MimeAccept>().is_ok());
    for text in ["a;q=2", "a, \"b", "\"a\""] {
        assert!(text.parse::<MimeAccept>().is_err(), "{text}");
    }
}

#[test]
fn random_text_is_survived() {
    fuzz(15, |text| {
        let accept = MimeAccept::from_header(text);
        let _ = (accept.best_match(["text/html", "a/b"]), accept.to_header());
        let _ = LanguageAccept::from_header(text).best_match(["a", "B-1"]);
    });
}
