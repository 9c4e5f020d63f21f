//! Rules: their options, their grammar, and what can be wrong with them.
//!
//! [`Rule`] is the definition as a person writes it; [`Pattern`] is what its text means. Matching
//! and building live elsewhere (`table`, `map`).

// The text of a rule is not checked before it gets here, and a mistake must not be a panic.
#![warn(clippy::indexing_slicing, clippy::string_slice)]

use std::fmt;
use std::sync::Arc;

use crate::MapAdapter;
use crate::Registry;
use crate::Value;

mod args;
mod error;
mod parse;
mod weight;

pub use args::Arguments;
pub(crate) use args::parse_float;
pub(crate) use args::parse_int;
pub use error::RuleError;
pub use error::RuleErrorKind;
pub(crate) use error::nearest;
pub(crate) use parse::Dynamic;
pub(crate) use parse::Item;
pub(crate) use parse::Part;
pub use parse::Pattern;
pub(crate) use parse::Trace;
pub use parse::Variable;
pub(crate) use parse::merge;

/// One URL rule: a path with variables, and its options.
///
/// Variables are written `<name>`, `<converter:name>` or `<converter(arguments):name>`. A rule that
/// ends with a slash is a branch: without the slash the request is redirected to it (unless
/// [`strict_slashes`](Self::strict_slashes) is off). `HEAD` comes with `GET`.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Rule;
///
/// let rule = Rule::new("/archive/<int(fixed_digits=4):year>/")
///     .endpoint("archive")
///     .methods(["GET", "POST"])
///     .default_value("page", 1);
/// assert_eq!(rule.text(), "/archive/<int(fixed_digits=4):year>/");
/// ```
#[derive(Clone, Debug)]
pub struct Rule {
    pub(crate) text: String,
    pub(crate) endpoint: Option<String>,
    pub(crate) defaults: Vec<(String, Value)>,
    pub(crate) subdomain: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) build_only: bool,
    pub(crate) strict_slashes: Option<bool>,
    pub(crate) merge_slashes: Option<bool>,
    pub(crate) redirect_to: Option<RedirectTo>,
    pub(crate) alias: bool,
    pub(crate) websocket: bool,
}

/// Where a rule redirects to: text with `<name>` in it, or a function.
#[derive(Clone)]
#[non_exhaustive]
pub enum RedirectTo {
    /// Called with the adapter and the values of the URL.
    Function(Arc<dyn Fn(&MapAdapter<'_>, &[(String, Value)]) -> String + Send + Sync>),
    /// Joined to the root of the script: without a slash in front it stays below it.
    Text(String),
}

impl Rule {
    /// Makes a rule of that text, for every method, without an endpoint.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            endpoint: None,
            defaults: Vec::new(),
            subdomain: None,
            host: None,
            methods: None,
            build_only: false,
            strict_slashes: None,
            merge_slashes: None,
            redirect_to: None,
            alias: false,
            websocket: false,
        }
    }

    /// Names what the rule leads to; URLs are built by this name.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Gives a variable that the rule does not have (or has) a value.
    ///
    /// A URL of another rule of the endpoint whose variable has that value redirects here.
    #[must_use]
    pub fn default_value(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let name = name.into();
        self.defaults.retain(|(known, _)| *known != name);
        self.defaults.push((name, value.into()));
        self
    }

    /// Lists the methods the rule takes; `HEAD` is added to `GET`. None at all: the rule never
    /// matches.
    #[must_use]
    pub fn methods<S: Into<String>>(mut self, methods: impl IntoIterator<Item = S>) -> Self {
        let upper = |method: S| method.into().to_uppercase();
        let mut methods: Vec<String> = methods.into_iter().map(upper).collect();
        methods.sort();
        methods.dedup();
        let has = |name: &str| methods.iter().any(|method| method == name);
        if has("GET") && !has("HEAD") {
            methods.push("HEAD".to_owned());
        }
        self.methods = Some(methods);
        self
    }

    /// Sets the subdomain; it may have variables. Without it the map's default is used.
    #[must_use]
    pub fn subdomain(mut self, subdomain: impl Into<String>) -> Self {
        self.subdomain = Some(subdomain.into());
        self
    }

    /// Sets the whole host, for tables that match hosts; it may have variables.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Makes the rule one that URLs are built from, but that never matches.
    #[must_use]
    pub fn build_only(mut self) -> Self {
        self.build_only = true;
        self
    }

    /// Overrides whether a missing slash at the end redirects (or, if not, is ignored).
    #[must_use]
    pub fn strict_slashes(mut self, strict: bool) -> Self {
        self.strict_slashes = Some(strict);
        self
    }

    /// Overrides whether several slashes in a row count as one.
    #[must_use]
    pub fn merge_slashes(mut self, merge: bool) -> Self {
        self.merge_slashes = Some(merge);
        self
    }

    /// Redirects whoever matches the rule; `<name>` stands for the value of a variable.
    #[must_use]
    pub fn redirect_to(mut self, target: impl Into<String>) -> Self {
        self.redirect_to = Some(RedirectTo::Text(target.into()));
        self
    }

    /// Redirects whoever matches the rule to what the function says.
    #[must_use]
    pub fn redirect_with(
        mut self,
        target: impl Fn(&MapAdapter<'_>, &[(String, Value)]) -> String + Send + Sync + 'static,
    ) -> Self {
        self.redirect_to = Some(RedirectTo::Function(Arc::new(target)));
        self
    }

    /// Makes the rule another URL of its endpoint, which redirects to the proper one.
    #[must_use]
    pub fn alias(mut self) -> Self {
        self.alias = true;
        self
    }

    /// Makes the rule one for WebSocket requests only.
    #[must_use]
    pub fn websocket(mut self) -> Self {
        self.websocket = true;
        self
    }

    /// Puts `prefix` before the rule, as `Submount` and mounts do; it may have variables.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Rule;
    ///
    /// assert_eq!(Rule::new("/users").prefixed("/<lang>/").text(), "/<lang>/users");
    /// ```
    #[must_use]
    pub fn prefixed(mut self, prefix: &str) -> Self {
        self.text.insert_str(0, prefix.trim_end_matches('/'));
        self
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the endpoint's name.
    pub fn endpoint_name(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// Returns the defaults in the order given.
    pub fn defaults(&self) -> &[(String, Value)] {
        &self.defaults
    }

    /// Returns the methods, or `None` if the rule takes all.
    pub fn method_names(&self) -> Option<&[String]> {
        self.methods.as_deref()
    }

    /// Returns the subdomain, if the rule names one.
    pub fn subdomain_text(&self) -> Option<&str> {
        self.subdomain.as_deref()
    }

    /// Returns the host, if the rule names one.
    pub fn host_text(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// Returns where the rule redirects to.
    pub fn redirect(&self) -> Option<&RedirectTo> {
        self.redirect_to.as_ref()
    }

    /// Returns whether a missing slash at the end redirects, or `None` if the map decides.
    pub fn is_strict(&self) -> Option<bool> {
        self.strict_slashes
    }

    /// Returns whether several slashes in a row count as one, or `None` if the map decides.
    pub fn merges_slashes(&self) -> Option<bool> {
        self.merge_slashes
    }

    /// Returns whether the rule redirects to the proper URL of its endpoint.
    pub fn is_alias(&self) -> bool {
        self.alias
    }

    /// Returns whether the rule only builds URLs.
    pub fn is_build_only(&self) -> bool {
        self.build_only
    }

    /// Returns whether the rule is for WebSocket requests.
    pub fn is_websocket(&self) -> bool {
        self.websocket
    }

    /// Parses the text alone, as a macro does to learn the variables (slashes are not merged).
    ///
    /// # Errors
    ///
    /// The first [`RuleError`] in the text.
    pub fn parse(&self, registry: &Registry) -> Result<Pattern, RuleError> {
        Pattern::parse(&self.text, self.merge_slashes.unwrap_or(true), registry)
    }

    /// A WebSocket handshake is a `GET`; other methods can never be one.
    pub(crate) fn check_methods(&self) -> Result<(), RuleError> {
        let handshake = |method: &String| matches!(&**method, "GET" | "HEAD" | "OPTIONS");
        match &self.methods {
            Some(methods) if self.websocket && !methods.iter().all(handshake) => {
                Err(RuleError::new(
                    RuleErrorKind::WebsocketMethods,
                    0..self.text.len(),
                    "a WebSocket rule can only list GET, HEAD and OPTIONS",
                )
                .help("a handshake is a GET: leave the methods out")
                .within(&self.text))
            }
            _ => Ok(()),
        }
    }
}

/// A placeholder of a template for which there is no value.
pub(crate) fn template_error(text: &str, range: std::ops::Range<usize>, name: &str) -> RuleError {
    let message = format!("there is no value for the placeholder `{name}`");
    RuleError::new(RuleErrorKind::UnknownVariable, range, message).within(text)
}

impl fmt::Debug for RedirectTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function(_) => f.write_str("Function"),
            Self::Text(text) => f.debug_tuple("Text").field(text).finish(),
        }
    }
}

#[cfg(test)]
mod tests;
