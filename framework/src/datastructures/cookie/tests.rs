use super::*;

#[test]
fn cookies_are_written() {
    let at = SystemTime::UNIX_EPOCH;
    for (cookie, want) in [
        (Cookie::new("a", ""), "a=; Path=/"),
        (Cookie::new("a", "b").without_path(), "a=b"),
        (Cookie::new("a", "b").path("/ü;x"), "a=b; Path=/%C3%BC%3Bx"),
        (
            Cookie::new("a", "b").domain("..ex.com:80"),
            "a=b; Domain=ex.com; Path=/",
        ),
        (
            Cookie::new("a", "b").domain("☃.net"),
            "a=b; Domain=xn--n3h.net; Path=/",
        ),
        (Cookie::new("ü", "日"), "ü=\"\\346\\227\\245\"; Path=/"),
        (
            Cookie::new("a", "b").partitioned(true),
            "a=b; Secure; Path=/; Partitioned",
        ),
        (
            Cookie::new("a", "b").max_age_seconds(-1).sync_expires(at),
            "a=b; Expires=Wed, 31 Dec 1969 23:59:59 GMT; Max-Age=-1; Path=/",
        ),
    ] {
        assert_eq!(cookie.to_header().unwrap(), want);
        assert_eq!(cookie.to_header_value().unwrap(), want);
    }
}

#[test]
fn bad_cookies_are_refused() {
    for name in ["", "a b", "a=b", "a;b", "a\r\nb", "a\"b"] {
        assert!(Cookie::new(name, "").to_header().is_err(), "{name:?}");
    }
    assert!(Cookie::new("a", "").domain("a;b").to_header().is_err());
    assert!(
        Cookie::new("a", "")
            .expires_text("a\r\nb")
            .to_header()
            .is_err()
    );
}

#[test]
fn large_cookies_are_told() {
    assert_eq!(Cookie::new("a", "b").excess(MAX_COOKIE_SIZE), None);
    let cookie = Cookie::new("a", "b".repeat(5000));
    assert_eq!(cookie.excess(MAX_COOKIE_SIZE), Some(5010 - MAX_COOKIE_SIZE));
}

#[test]
fn same_site_is_read() {
    assert_eq!("NONE".parse(), Ok(SameSite::None));
    assert!("x".parse::<SameSite>().is_err());
}
