//! Credentials and challenges.

use rustzeug::datastructures::Authorization;
use rustzeug::datastructures::WwwAuthenticate;
use rustzeug::grammar::token;

use super::lines;
use super::text;

/// What was read can be written and read again; a user and a password come back as they were.
pub(super) fn authorization(data: &[u8]) {
    let text = text(data);
    if let Ok(read) = Authorization::from_header(&text) {
        let written = read.to_header();
        if is_plain(read.scheme(), read.token(), read.parameters()) {
            let again = Authorization::from_header(&written).expect("it was well formed before");
            assert_eq!(again, read, "{written:?}");
        }
    }
    if let Ok(read) = WwwAuthenticate::from_header(&text) {
        let written = read.to_header();
        if is_plain(read.scheme(), read.token(), read.parameters()) {
            let again = WwwAuthenticate::from_header(&written).expect("it was well formed before");
            assert_eq!(again, read, "{written:?}");
        }
    }
    let (user, password) = lines(&text);
    let sent = Authorization::basic(user, password).to_header();
    let read = Authorization::from_header(&sent).expect("Basic credentials are well formed");
    if !user.contains(':') {
        assert_eq!(
            (read.username(), read.password()),
            (Some(user), Some(password))
        );
    }
}

/// Whether everything is what RFC 9110 allows; the rest is kept all the same, but not quoted.
fn is_plain<'a>(
    scheme: &str,
    token: Option<&str>,
    parameters: impl Iterator<Item = (&'a str, Option<&'a str>)>,
) -> bool {
    let is_token68 = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    // A name with a star says how its value is encoded.
    let is_name = |name: &str| token::is_token(name) && !name.ends_with('*');
    let (are_names, has_value) = parameters
        .fold((true, false), |(names, values), (name, value)| {
            (names && is_name(name), values || value.is_some())
        });
    token::is_token(scheme)
        && token.is_none_or(|token| !token.is_empty() && token.bytes().all(is_token68))
        && are_names
        // Nothing at all, and a name alone, are read as a token.
        && (token.is_some() || has_value)
}
