//! `Authorization` and `WWW-Authenticate`: a scheme with a token or with parameters.

mod authorization;
mod www_authenticate;

use crate::grammar::list::dump_dict_header;
use crate::grammar::list::parse_dict_header;
use crate::grammar::token;

pub use authorization::Authorization;
pub use authorization::InvalidAuthorization;
pub use www_authenticate::InvalidWwwAuthenticate;
pub use www_authenticate::WwwAuthenticate;

type Parameters = Vec<(String, Option<String>)>;

fn split_scheme(header: &str) -> Option<(String, &str)> {
    if header.is_empty() {
        return None;
    }
    let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
    Some((scheme.to_lowercase(), token::trim(rest)))
}

/// `=` that is not at the end means parameters; a token may be padded with it.
fn token_or_parameters(rest: &str) -> (Option<String>, Parameters) {
    if rest.trim_end_matches('=').contains('=') {
        return (None, parse_dict_header(rest));
    }
    (Some(rest.to_owned()), Vec::new())
}

/// RFC 9110 section 11.4: a scheme, and `token68` or named parameters.
fn is_plain(scheme: &str, token: Option<&str>, parameters: &Parameters) -> bool {
    let is_token68 = |token: &str| {
        let token = token.trim_end_matches('=').bytes();
        let is_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
        token.into_iter().all(is_one)
    };
    token::is_token(scheme)
        && token.is_none_or(is_token68)
        && parameters.iter().all(|(name, _)| token::is_token(name))
}

fn get<'a>(parameters: &'a Parameters, name: &str) -> Option<&'a str> {
    let parameter = parameters.iter().find(|(other, _)| other == name)?;
    parameter.1.as_deref()
}

fn set(parameters: &mut Parameters, name: String, value: Option<String>) {
    match parameters.iter_mut().find(|(other, _)| *other == name) {
        Some((_, old)) => *old = value,
        None => parameters.push((name, value)),
    }
}

fn iter(parameters: &Parameters) -> impl Iterator<Item = (&str, Option<&str>)> {
    parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_deref()))
}

fn dump(parameters: &Parameters) -> String {
    dump_dict_header(iter(parameters))
}

/// A capital after everything that is no letter.
fn title_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for char in text.chars() {
        if inside {
            out.extend(char.to_lowercase());
        } else {
            out.extend(char.to_uppercase());
        }
        // A letter without case, such as those of Chinese, ends a word, too.
        inside = char.is_lowercase() || char.is_uppercase();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::fuzz::fuzz;

    #[test]
    fn credentials_are_parsed() {
        for (header, want) in [
            ("Basic dXNlcjpwYTpzcw==", Some("Basic dXNlcjpwYTpzcw==")),
            ("basic dXNlcg==", Some("Basic dXNlcjo=")),
            ("Basic dXNlcg", None),
            ("Basic /w==", None),
            ("", None),
            ("Bearer abc==", Some("Bearer abc==")),
            ("bearer", Some("Bearer ")),
            ("x-y2z a=b, c=\"d e\", f", Some("X-Y2Z a=b, c=\"d e\", f")),
        ] {
            let auth = Authorization::from_header(header).ok();
            assert_eq!(
                auth.map(|auth| auth.to_string()).as_deref(),
                want,
                "{header}"
            );
        }
    }

    #[test]
    fn challenges_are_written() {
        for (header, want) in [
            ("Negotiate", "Negotiate "),
            ("Basic realm=x", "Basic realm=\"x\""),
            ("Bearer REALM=\"x\", scope=a", "Bearer REALM=\"x\", scope=a"),
            (
                "digest realm=x, nonce=y, stale=TRUE",
                "Digest realm=\"x\", nonce=\"y\", stale=TRUE",
            ),
        ] {
            assert_eq!(
                WwwAuthenticate::from_header(header).unwrap().to_string(),
                want
            );
        }
        let mut auth = WwwAuthenticate::new("Basic");
        assert_eq!(auth.to_header(), "Basic");
        auth.set("a", "b");
        auth.set("a", "c");
        assert_eq!(auth.get("a"), Some("c"));
        assert!(auth.remove("a") && !auth.remove("a"));
    }

    #[test]
    fn secrets_are_not_shown() {
        let auth = Authorization::basic("user", "secret");
        assert!(!format!("{auth:?}").contains("secret"));
        assert!(!format!("{:?}", Authorization::bearer("secret")).contains("secret"));
    }

    #[test]
    fn strict_text_has_a_scheme_and_more() {
        assert!("Bearer x".parse::<Authorization>().is_ok());
        for text in ["Bearer", "a,b c", ""] {
            assert!(text.parse::<Authorization>().is_err(), "{text}");
        }
    }

    #[test]
    fn random_text_is_survived() {
        fuzz(16, |text| {
            let auth = Authorization::from_header(&format!("digest {text}"));
            let _ = auth.map(|auth| auth.to_header());
            let auth = WwwAuthenticate::from_header(text);
            let _ = auth.map(|auth| auth.to_header());
        });
    }
}
