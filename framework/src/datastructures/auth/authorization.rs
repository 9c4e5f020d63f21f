//! `Authorization`.

use std::fmt;
use std::str::FromStr;

use super::Parameters;
use super::dump;
use super::get;
use super::is_plain;
use super::iter;
use super::set;
use super::split_scheme;
use super::title_case;
use super::token_or_parameters;
use crate::datastructures::invalid::invalid;
use crate::grammar::base64;

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
    ///
    /// ```
    /// # use rustzeug::datastructures::Authorization;
    /// let auth = Authorization::new("digest", [("username", "ada"), ("nonce", "n")]);
    /// assert_eq!(auth.to_header(), "Digest username=ada, nonce=n");
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::datastructures::Authorization;
    /// assert_eq!(Authorization::with_token("token", "abc").to_header(), "Token abc");
    /// ```
    pub fn with_token(scheme: impl Into<String>, token: impl Into<String>) -> Self {
        Self {
            scheme: scheme.into(),
            token: Some(token.into()),
            parameters: Vec::new(),
        }
    }

    /// Makes a `Basic` header.
    ///
    /// ```
    /// # use rustzeug::datastructures::Authorization;
    /// assert_eq!(Authorization::basic("user", "pass").to_header(), "Basic dXNlcjpwYXNz");
    /// ```
    pub fn basic(username: impl Into<String>, password: impl Into<String>) -> Self {
        let parameters = [("username", username.into()), ("password", password.into())];
        Self::new("basic", parameters)
    }

    /// Makes a `Bearer` header.
    ///
    /// ```
    /// # use rustzeug::datastructures::Authorization;
    /// assert_eq!(Authorization::bearer("abc").to_header(), "Bearer abc");
    /// ```
    pub fn bearer(token: impl Into<String>) -> Self {
        Self::with_token("bearer", token)
    }

    /// Parses a header.
    ///
    /// ```
    /// # use rustzeug::datastructures::Authorization;
    /// let auth = Authorization::from_header("Digest username=\"ada\", nonce=n")?;
    /// assert_eq!((auth.scheme(), auth.username()), ("digest", Some("ada")));
    /// # Ok::<_, rustzeug::datastructures::InvalidAuthorization>(())
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::datastructures::Authorization;
    /// assert_eq!(Authorization::bearer("abc").to_header(), "Bearer abc");
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::datastructures::Authorization;
    /// let mut auth = Authorization::basic("user", "old");
    /// auth.set("password", "new");
    /// assert_eq!(auth.password(), Some("new"));
    /// ```
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        set(&mut self.parameters, name.into(), Some(value.into()));
    }

    /// Sets a parameter that is only a name.
    ///
    /// ```
    /// # use rustzeug::datastructures::Authorization;
    /// let mut auth = Authorization::new("x", [("a", "b")]);
    /// auth.set_flag("c");
    /// assert_eq!(auth.to_header(), "X a=b, c");
    /// ```
    pub fn set_flag(&mut self, name: impl Into<String>) {
        set(&mut self.parameters, name.into(), None);
    }

    /// Returns the scheme, in lower case if it was parsed.
    ///
    /// ```
    /// # use rustzeug::datastructures::Authorization;
    /// assert_eq!(Authorization::bearer("abc").scheme(), "bearer");
    /// ```
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Returns the token, of schemes that have one.
    ///
    /// ```
    /// # use rustzeug::datastructures::Authorization;
    /// assert_eq!(Authorization::bearer("abc").token(), Some("abc"));
    /// ```
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Returns a parameter.
    ///
    /// ```
    /// # use rustzeug::datastructures::Authorization;
    /// assert_eq!(Authorization::new("x", [("a", "b")]).get("a"), Some("b"));
    /// ```
    pub fn get(&self, name: &str) -> Option<&str> {
        get(&self.parameters, name)
    }

    /// Iterates over the parameters; some have no value.
    ///
    /// ```
    /// # use rustzeug::datastructures::Authorization;
    /// let auth = Authorization::new("x", [("a", "b")]);
    /// assert!(auth.parameters().eq([("a", Some("b"))]));
    /// ```
    pub fn parameters(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        iter(&self.parameters)
    }

    /// Returns the user's name, of `Basic` and `Digest`.
    ///
    /// ```
    /// # use rustzeug::datastructures::Authorization;
    /// assert_eq!(Authorization::basic("user", "pass").username(), Some("user"));
    /// ```
    pub fn username(&self) -> Option<&str> {
        self.get("username")
    }

    /// Returns the password, of `Basic`.
    ///
    /// ```
    /// # use rustzeug::datastructures::Authorization;
    /// assert_eq!(Authorization::basic("user", "pass").password(), Some("pass"));
    /// ```
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

invalid! {
    /// Text that is no `Authorization`.
    InvalidAuthorization: "expected a scheme and credentials"
}
