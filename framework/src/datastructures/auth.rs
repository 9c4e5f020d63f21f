//! `Authorization` and `WWW-Authenticate`: a scheme with a token or with parameters.

use std::fmt;
use std::str::FromStr;

use super::invalid::invalid;
use crate::grammar::base64;
use crate::grammar::list::dump_dict_header;
use crate::grammar::list::parse_dict_header;
use crate::grammar::quoted::quote_always;
use crate::grammar::quoted::quote_header_value;
use crate::grammar::token;

type Parameters = Vec<(String, Option<String>)>;

/// An `Authorization` header: who the client says it is.
///
/// A scheme has either a token (`Bearer`) or parameters (`Digest`). The token of `Basic` is
/// decoded into the parameters `username` and `password`.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::Authorization;
///
/// let auth = Authorization::from_header("Basic dXNlcjpwYXNz")?;
/// assert_eq!((auth.username(), auth.password()), (Some("user"), Some("pass")));
/// assert_eq!(Authorization::bearer("abc").to_header(), "Bearer abc");
/// # Ok::<_, rustzeug::datastructures::InvalidAuthorization>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    scheme: String,
    token: Option<String>,
    parameters: Parameters,
}

impl Authorization {
    /// Makes a header of a scheme and parameters.
    pub fn new<K: Into<String>, V: Into<String>>(
        scheme: impl Into<String>,
        parameters: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let parameters = parameters.into_iter();
        Self {
            scheme: scheme.into(),
            token: None,
            parameters: parameters
                .map(|(k, v)| (k.into(), Some(v.into())))
                .collect(),
        }
    }

    /// Makes a header of a scheme and a token.
    pub fn with_token(scheme: impl Into<String>, token: impl Into<String>) -> Self {
        Self {
            scheme: scheme.into(),
            token: Some(token.into()),
            parameters: Vec::new(),
        }
    }

    /// Makes a `Basic` header.
    pub fn basic(username: impl Into<String>, password: impl Into<String>) -> Self {
        let parameters = [("username", username.into()), ("password", password.into())];
        Self::new("basic", parameters)
    }

    /// Makes a `Bearer` header.
    pub fn bearer(token: impl Into<String>) -> Self {
        Self::with_token("bearer", token)
    }

    /// Parses a header.
    ///
    /// # Errors
    ///
    /// If it is empty, or `Basic` with something else than base64 of UTF-8.
    pub fn from_header(header: &str) -> Result<Self, InvalidAuthorization> {
        let Some((scheme, rest)) = split_scheme(header) else {
            return Err(InvalidAuthorization(()));
        };
        if scheme == "basic" {
            let credentials = base64::decode(rest).and_then(|bytes| String::from_utf8(bytes).ok());
            let credentials = credentials.ok_or(InvalidAuthorization(()))?;
            let (username, password) = credentials.split_once(':').unwrap_or((&credentials, ""));
            return Ok(Self::basic(username, password));
        }
        let (token, parameters) = token_or_parameters(rest);
        Ok(Self {
            scheme,
            token,
            parameters,
        })
    }

    /// Writes the header.
    pub fn to_header(&self) -> String {
        let scheme = title_case(&self.scheme);
        if self.scheme == "basic" {
            let part = |name| self.get(name).unwrap_or_default();
            let credentials = format!("{}:{}", part("username"), part("password"));
            return format!("{scheme} {}", base64::encode(credentials.as_bytes()));
        }
        match &self.token {
            Some(token) => format!("{scheme} {token}"),
            None => format!("{scheme} {}", dump(&self.parameters)),
        }
    }

    /// Sets a parameter.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        set(&mut self.parameters, name.into(), Some(value.into()));
    }

    /// Sets a parameter that is only a name.
    pub fn set_flag(&mut self, name: impl Into<String>) {
        set(&mut self.parameters, name.into(), None);
    }

    /// Returns the scheme, in lower case if it was parsed.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Returns the token, of schemes that have one.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Returns a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        get(&self.parameters, name)
    }

    /// Iterates over the parameters; some have no value.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        iter(&self.parameters)
    }

    /// Returns the user's name, of `Basic` and `Digest`.
    pub fn username(&self) -> Option<&str> {
        self.get("username")
    }

    /// Returns the password, of `Basic`.
    pub fn password(&self) -> Option<&str> {
        self.get("password")
    }
}

/// Secrets stay out of logs: only the scheme and the names are shown.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.parameters.iter().map(|(name, _)| name).collect();
        f.debug_struct("Authorization")
            .field("scheme", &self.scheme)
            .field("has_token", &self.token.is_some())
            .field("parameters", &names)
            .finish()
    }
}

impl fmt::Display for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_header())
    }
}

impl FromStr for Authorization {
    type Err = InvalidAuthorization;

    /// Reads a header whose scheme and names are tokens, and that has something after the scheme.
    fn from_str(text: &str) -> Result<Self, InvalidAuthorization> {
        let auth = Self::from_header(text)?;
        let empty = auth.parameters.is_empty() && auth.token.as_deref().is_none_or(str::is_empty);
        let plain = is_plain(&auth.scheme, auth.token.as_deref(), &auth.parameters);
        if empty || !plain || Self::from_header(&auth.to_header()).as_ref() != Ok(&auth) {
            return Err(InvalidAuthorization(()));
        }
        Ok(auth)
    }
}

/// A `WWW-Authenticate` header: how the client may say who it is.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::WwwAuthenticate;
///
/// assert_eq!(WwwAuthenticate::basic("the realm").to_header(), "Basic realm=\"the realm\"");
///
/// let mut digest = WwwAuthenticate::new("digest");
/// digest.set("realm", "r");
/// digest.set("algorithm", "SHA-256");
/// assert_eq!(digest.to_header(), "Digest realm=\"r\", algorithm=SHA-256");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WwwAuthenticate {
    scheme: String,
    token: Option<String>,
    parameters: Parameters,
}

impl WwwAuthenticate {
    /// Makes the header of a scheme.
    pub fn new(scheme: &str) -> Self {
        Self {
            scheme: scheme.to_lowercase(),
            token: None,
            parameters: Vec::new(),
        }
    }

    /// Makes the header of a scheme and a token.
    pub fn with_token(scheme: &str, token: impl Into<String>) -> Self {
        Self {
            token: Some(token.into()),
            ..Self::new(scheme)
        }
    }

    /// Makes a `Basic` header.
    pub fn basic(realm: impl Into<String>) -> Self {
        let mut auth = Self::new("basic");
        auth.set("realm", realm);
        auth
    }

    /// Makes a `Bearer` header.
    pub fn bearer(realm: impl Into<String>) -> Self {
        let mut auth = Self::new("bearer");
        auth.set("realm", realm);
        auth
    }

    /// Parses a header.
    ///
    /// # Errors
    ///
    /// If it is empty.
    pub fn from_header(header: &str) -> Result<Self, InvalidWwwAuthenticate> {
        let Some((scheme, rest)) = split_scheme(header) else {
            return Err(InvalidWwwAuthenticate(()));
        };
        let (token, parameters) = token_or_parameters(rest);
        Ok(Self {
            scheme,
            token,
            parameters,
        })
    }

    /// Writes the header.
    ///
    /// The parameters of `Digest` that RFC 7616 wants quoted are quoted even if they are tokens.
    pub fn to_header(&self) -> String {
        let scheme = title_case(&self.scheme);
        if let Some(token) = &self.token {
            return format!("{scheme} {token}");
        }
        if self.parameters.is_empty() {
            return scheme;
        }
        if self.scheme != "digest" {
            return format!("{scheme} {}", dump(&self.parameters));
        }
        let items = self.parameters().map(|(name, value)| match value {
            None => name.to_owned(),
            Some(value) if QUOTED_IN_DIGEST.contains(&name) => {
                format!("{name}={}", quote_always(value))
            }
            Some(value) => format!("{name}={}", quote_header_value(value)),
        });
        format!("{scheme} {}", items.collect::<Vec<_>>().join(", "))
    }

    /// Returns the scheme, in lower case.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Returns the token, of schemes that have one.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Returns a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        get(&self.parameters, name)
    }

    /// Sets a parameter.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        set(&mut self.parameters, name.into(), Some(value.into()));
    }

    /// Sets a parameter that is only a name.
    pub fn set_flag(&mut self, name: impl Into<String>) {
        set(&mut self.parameters, name.into(), None);
    }

    /// Removes a parameter; returns whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.parameters.len();
        self.parameters.retain(|(other, _)| other != name);
        self.parameters.len() < before
    }

    /// Iterates over the parameters; some have no value.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        iter(&self.parameters)
    }
}

impl fmt::Display for WwwAuthenticate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_header())
    }
}

impl FromStr for WwwAuthenticate {
    type Err = InvalidWwwAuthenticate;

    /// Reads a header whose scheme and names are tokens.
    fn from_str(text: &str) -> Result<Self, InvalidWwwAuthenticate> {
        let auth = Self::from_header(text)?;
        let plain = is_plain(&auth.scheme, auth.token.as_deref(), &auth.parameters);
        if !plain || Self::from_header(&auth.to_header()).as_ref() != Ok(&auth) {
            return Err(InvalidWwwAuthenticate(()));
        }
        Ok(auth)
    }
}

invalid! {
    /// Text that is no `Authorization`.
    InvalidAuthorization: "expected a scheme and credentials"
}

invalid! {
    /// Text that is no `WWW-Authenticate`.
    InvalidWwwAuthenticate: "expected a scheme"
}

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

/// RFC 7616 section 3.3: these are quoted strings; `algorithm` and `stale` must not be.
const QUOTED_IN_DIGEST: &[&str] = &["realm", "domain", "nonce", "opaque", "qop"];

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
            ("Basic realm=x", "Basic realm=x"),
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
