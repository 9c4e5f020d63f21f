//! What can go wrong with a bound map.

use std::error::Error;
use std::fmt;

use crate::ConversionError;

/// Why a match gave no endpoint.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Map;
/// use rustzeug_routing::MatchError;
/// use rustzeug_routing::Rule;
///
/// let map = Map::from_rules([Rule::new("/a/").endpoint("a").methods(["POST"])])?;
/// let urls = map.bind("example.com")?;
/// let error = urls.match_("/a/", "GET").unwrap_err();
/// assert_eq!(error.to_string(), "the method is not one of POST");
/// let error = urls.match_("/a", "POST").unwrap_err();
/// assert!(matches!(error, MatchError::Redirect(url) if url == "http://example.com/a/"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MatchError {
    /// The path is there, but for these methods (405).
    MethodNotAllowed(Vec<String>),
    /// No rule matches (404).
    NotFound,
    /// The request belongs to this URL (308).
    Redirect(String),
    /// The rule that matches is for WebSocket requests and this is none, or the reverse (400).
    WebsocketMismatch,
}

impl MatchError {
    /// Returns the status code that answers it.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(rustzeug_routing::MatchError::NotFound.status(), 404);
    /// ```
    pub fn status(&self) -> u16 {
        match self {
            Self::MethodNotAllowed(_) => 405,
            Self::NotFound => 404,
            Self::Redirect(_) => 308,
            Self::WebsocketMismatch => 400,
        }
    }
}

impl fmt::Display for MatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MethodNotAllowed(methods) => {
                write!(f, "the method is not one of {}", methods.join(", "))
            }
            Self::NotFound => f.write_str("no rule matches"),
            Self::Redirect(url) => write!(f, "the request belongs to {url}"),
            Self::WebsocketMismatch => f.write_str("only one of rule and request is a websocket"),
        }
    }
}

impl Error for MatchError {}

/// Why no URL could be built.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Map;
/// use rustzeug_routing::Rule;
///
/// let map = Map::from_rules([Rule::new("/users/<int:id>").endpoint("user")])?;
/// let urls = map.bind("example.com")?;
/// let error = urls.build("user", [("name", "x")]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "no url for endpoint `user` with values `name`: did you forget to give `id`?"
/// );
/// let error = urls.build("usr", [("id", 1)]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "no url for endpoint `usr` with values `id`: did you mean `user`?"
/// );
/// let error = urls.build("user", [("id", "x")]).unwrap_err();
/// assert_eq!(error.to_string(), "no url for endpoint `user`: \"x\" is not a whole number");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// A rule was chosen, but its converter refused a value.
    Conversion {
        /// The endpoint.
        endpoint: String,
        /// What the converter says.
        error: ConversionError,
    },
    /// No rule of the endpoint fits the values and the method.
    NoRule(Box<NoRule>),
}

/// An endpoint, values and a method that no rule fits.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::BuildError;
/// use rustzeug_routing::Map;
/// use rustzeug_routing::Rule;
///
/// let map = Map::from_rules([Rule::new("/").endpoint("index")])?;
/// let error = map.bind("example.com")?.build("indx", [("a", 1)]);
/// let Err(BuildError::NoRule(no_rule)) = error else { panic!() };
/// assert_eq!(no_rule.endpoint, "indx");
/// assert_eq!(no_rule.closest.map(|closest| closest.rule), Some("/".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoRule {
    /// The endpoint asked for.
    pub endpoint: String,
    /// The names of the values given, sorted.
    pub values: Vec<String>,
    /// The method asked for.
    pub method: Option<String>,
    /// The rule that is most likely meant.
    pub closest: Option<ClosestRule>,
}

/// The rule that is most like what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClosestRule {
    /// Its text.
    pub rule: String,
    /// Its endpoint.
    pub endpoint: String,
    /// Its methods, sorted; `None` for all.
    pub methods: Option<Vec<String>>,
    /// The names of its variables and defaults, sorted.
    pub arguments: Vec<String>,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conversion { endpoint, error } => {
                write!(f, "no url for endpoint `{endpoint}`: {error}")
            }
            Self::NoRule(no_rule) => no_rule.fmt(f),
        }
    }
}

impl Error for BuildError {}

impl fmt::Display for NoRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no url for endpoint `{}`", self.endpoint)?;
        if let Some(method) = &self.method {
            write!(f, " and method `{method}`")?;
        }
        if !self.values.is_empty() {
            write!(f, " with values {}", quoted(&self.values))?;
        }
        let Some(closest) = &self.closest else {
            return Ok(());
        };
        if closest.endpoint != self.endpoint {
            return write!(f, ": did you mean `{}`?", closest.endpoint);
        }
        if let (Some(method), Some(methods)) = (&self.method, &closest.methods)
            && !methods.contains(method)
        {
            write!(
                f,
                ": did you mean to use one of the methods {}?",
                quoted(methods)
            )?;
        }
        let given = |name: &&String| !self.values.contains(name);
        let missing: Vec<String> = closest.arguments.iter().filter(given).cloned().collect();
        if !missing.is_empty() {
            write!(f, ": did you forget to give {}?", quoted(&missing))?;
        }
        Ok(())
    }
}

fn quoted(names: &[String]) -> String {
    format!("`{}`", names.join("`, `"))
}

/// Why a map cannot be bound.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::BindError;
/// use rustzeug_routing::Map;
/// use rustzeug_routing::MapOptions;
///
/// let map = Map::new(MapOptions::new());
/// assert_eq!(map.bind("a..b").unwrap_err(), BindError::BadHost);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BindError {
    /// The server name is not the name of a host (400).
    BadHost,
    /// A subdomain was given to a map that matches hosts.
    SubdomainOfHost,
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadHost => "the server name is not the name of a host",
            Self::SubdomainOfHost => "a map that matches hosts has no subdomains",
        })
    }
}

impl Error for BindError {}

/// How alike two texts are, from 0 to 1: twice the common characters by all, the common ones being
/// those of the longest common piece, and of what is left and right of it (Ratcliff, Obershelp).
pub(super) fn likeness(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let all = a.len() + b.len();
    if all == 0 {
        1.0
    } else {
        2.0 * common(&a, &b) as f64 / all as f64
    }
}

fn common(a: &[char], b: &[char]) -> usize {
    let mut longest = (0, 0, 0);
    // Lengths of the common pieces that end at the last line's character and each of b's.
    let mut lengths = vec![0; b.len() + 1];
    for (line, ours) in a.iter().enumerate() {
        for column in (0..b.len()).rev() {
            lengths[column + 1] = if *ours == b[column] {
                lengths[column] + 1
            } else {
                0
            };
        }
        for (column, length) in lengths.iter().enumerate().skip(1) {
            if *length > longest.0 {
                longest = (*length, line + 1 - length, column - length);
            }
        }
    }
    let (length, x, y) = longest;
    if length == 0 {
        return 0;
    }
    length + common(&a[..x], &b[..y]) + common(&a[x + length..], &b[y + length..])
}
