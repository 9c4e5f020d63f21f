//! `WWW-Authenticate`.

use std::fmt;
use std::str::FromStr;

use super::Parameters;
use super::get;
use super::is_plain;
use super::iter;
use super::set;
use super::split_scheme;
use super::title_case;
use super::token_or_parameters;
use crate::datastructures::invalid::invalid;
use crate::grammar::quoted::quote_always;
use crate::grammar::quoted::quote_header_value;

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
    ///
    /// ```
    /// # use rustzeug::datastructures::WwwAuthenticate;
    /// assert_eq!(WwwAuthenticate::new("Negotiate").to_header(), "Negotiate");
    /// ```
    pub fn new(scheme: &str) -> Self {
        Self {
            scheme: scheme.to_lowercase(),
            token: None,
            parameters: Vec::new(),
        }
    }

    /// Makes the header of a scheme and a token.
    ///
    /// ```
    /// # use rustzeug::datastructures::WwwAuthenticate;
    /// assert_eq!(WwwAuthenticate::with_token("negotiate", "abc").to_header(), "Negotiate abc");
    /// ```
    pub fn with_token(scheme: &str, token: impl Into<String>) -> Self {
        Self {
            token: Some(token.into()),
            ..Self::new(scheme)
        }
    }

    /// Makes a `Basic` header.
    ///
    /// ```
    /// # use rustzeug::datastructures::WwwAuthenticate;
    /// assert_eq!(WwwAuthenticate::basic("x").to_header(), "Basic realm=\"x\"");
    /// ```
    pub fn basic(realm: impl Into<String>) -> Self {
        let mut auth = Self::new("basic");
        auth.set("realm", realm);
        auth
    }

    /// Makes a `Bearer` header.
    ///
    /// ```
    /// # use rustzeug::datastructures::WwwAuthenticate;
    /// assert_eq!(WwwAuthenticate::bearer("x").to_header(), "Bearer realm=\"x\"");
    /// ```
    pub fn bearer(realm: impl Into<String>) -> Self {
        let mut auth = Self::new("bearer");
        auth.set("realm", realm);
        auth
    }

    /// Parses a header.
    ///
    /// ```
    /// # use rustzeug::datastructures::WwwAuthenticate;
    /// let auth = WwwAuthenticate::from_header("Basic realm=\"a b\"")?;
    /// assert_eq!(auth.get("realm"), Some("a b"));
    /// # Ok::<_, rustzeug::datastructures::InvalidWwwAuthenticate>(())
    /// ```
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
    /// The realm is quoted even if it is a token (RFC 9110 section 11.5), and so are the parameters of
    /// `Digest` of which RFC 7616 says so.
    ///
    /// ```
    /// # use rustzeug::datastructures::WwwAuthenticate;
    /// assert_eq!(WwwAuthenticate::basic("staff").to_header(), "Basic realm=\"staff\"");
    /// ```
    pub fn to_header(&self) -> String {
        let scheme = title_case(&self.scheme);
        if let Some(token) = &self.token {
            return format!("{scheme} {token}");
        }
        if self.parameters.is_empty() {
            return scheme;
        }
        let is_digest = self.scheme == "digest";
        let is_quoted = |name: &str| {
            name.eq_ignore_ascii_case("realm") || is_digest && QUOTED_IN_DIGEST.contains(&name)
        };
        let items = self.parameters().map(|(name, value)| match value {
            None => name.to_owned(),
            Some(value) if is_quoted(name) => format!("{name}={}", quote_always(value)),
            // It is encoded already.
            Some(value) if name.ends_with('*') && !is_digest => format!("{name}={value}"),
            Some(value) => format!("{name}={}", quote_header_value(value)),
        });
        format!("{scheme} {}", items.collect::<Vec<_>>().join(", "))
    }

    /// Returns the scheme, in lower case.
    ///
    /// ```
    /// # use rustzeug::datastructures::WwwAuthenticate;
    /// assert_eq!(WwwAuthenticate::basic("x").scheme(), "basic");
    /// ```
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Returns the token, of schemes that have one.
    ///
    /// ```
    /// # use rustzeug::datastructures::WwwAuthenticate;
    /// assert_eq!(WwwAuthenticate::with_token("x", "abc").token(), Some("abc"));
    /// ```
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Returns a parameter.
    ///
    /// ```
    /// # use rustzeug::datastructures::WwwAuthenticate;
    /// assert_eq!(WwwAuthenticate::basic("x").get("realm"), Some("x"));
    /// ```
    pub fn get(&self, name: &str) -> Option<&str> {
        get(&self.parameters, name)
    }

    /// Sets a parameter.
    ///
    /// ```
    /// # use rustzeug::datastructures::WwwAuthenticate;
    /// let mut auth = WwwAuthenticate::basic("x");
    /// auth.set("charset", "UTF-8");
    /// assert_eq!(auth.to_header(), "Basic realm=\"x\", charset=UTF-8");
    /// ```
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        set(&mut self.parameters, name.into(), Some(value.into()));
    }

    /// Sets a parameter that is only a name.
    ///
    /// ```
    /// # use rustzeug::datastructures::WwwAuthenticate;
    /// let mut auth = WwwAuthenticate::new("x");
    /// auth.set_flag("a");
    /// assert_eq!(auth.to_header(), "X a");
    /// ```
    pub fn set_flag(&mut self, name: impl Into<String>) {
        set(&mut self.parameters, name.into(), None);
    }

    /// Removes a parameter; returns whether it was there.
    ///
    /// ```
    /// # use rustzeug::datastructures::WwwAuthenticate;
    /// let mut auth = WwwAuthenticate::basic("x");
    /// assert!(auth.remove("realm") && !auth.remove("realm"));
    /// ```
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.parameters.len();
        self.parameters.retain(|(other, _)| other != name);
        self.parameters.len() < before
    }

    /// Iterates over the parameters; some have no value.
    ///
    /// ```
    /// # use rustzeug::datastructures::WwwAuthenticate;
    /// assert!(WwwAuthenticate::basic("x").parameters().eq([("realm", Some("x"))]));
    /// ```
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
    /// Text that is no `WWW-Authenticate`.
    InvalidWwwAuthenticate: "expected a scheme"
}

/// RFC 7616 section 3.3: these are quoted strings; `algorithm` and `stale` must not be.
const QUOTED_IN_DIGEST: &[&str] = &["domain", "nonce", "opaque", "qop"];
