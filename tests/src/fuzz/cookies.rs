//! Cookies, both ways.

use rustzeug::datastructures::Cookie;
use rustzeug::datastructures::parse_cookie;
use rustzeug::grammar::cookie;

use super::lines;
use super::text;

/// Any Cookie field is read; a cookie that can be set comes back as it was.
pub(super) fn cookies(data: &[u8]) {
    let text = text(data);
    let read = parse_cookie(&text);
    assert_eq!(read.iter().count(), cookie::decode_cookies(&text).count());
    for (name, value) in &read {
        come_back(name, value);
    }
    let (name, value) = lines(&text);
    come_back(name, value);
    let dressed = Cookie::new(name, value)
        .domain(value)
        .path(value)
        .expires_text(value);
    if let Ok(header) = dressed.to_header() {
        check(&header);
    }
}

fn come_back(name: &str, value: &str) {
    let Ok(header) = Cookie::new(name, value).without_path().to_header() else {
        return;
    };
    check(&header);
    let read = parse_cookie(&header);
    let known: Vec<_> = read.iter().collect();
    let want = (name.to_owned(), value.to_owned());
    assert_eq!(known, [(&want.0, &want.1)], "{header:?}");
}

/// A Set-Cookie field holds nothing that ends a line.
fn check(header: &str) {
    let is_bad = |byte: u8| byte.is_ascii_control();
    assert!(!header.bytes().any(is_bad), "{header:?}");
}
