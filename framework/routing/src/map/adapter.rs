//! A bound map: matching.

use super::Bind;
use super::Map;
use super::Match;
use super::MatchError;
use super::QueryArgs;
use crate::Captures;
use crate::Outcome;
use crate::Value;

/// A map bound to a host, a script root and defaults; matches paths and builds URLs.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Map;
/// use rustzeug_routing::Rule;
///
/// let map = Map::from_rules([Rule::new("/<int:id>").endpoint("show").methods(["GET"])])?;
/// let urls = map.bind("example.com")?;
/// assert_eq!(urls.match_("/7", "GET")?.endpoint(), Some("show"));
/// assert_eq!(urls.allowed_methods("/7"), ["GET", "HEAD"]);
/// assert!(!urls.test("/7", "POST"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MapAdapter<'m> {
    pub(super) map: &'m Map,
    pub(super) server_name: String,
    /// Invariant: ends with a slash.
    pub(super) script_name: String,
    pub(super) subdomain: Option<String>,
    pub(super) url_scheme: String,
    pub(super) path_info: String,
    pub(super) default_method: String,
    pub(super) query_args: QueryArgs,
    websocket: bool,
}

/// What [`MapAdapter::match_with`] uses instead of what the map is bound to.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Map;
/// use rustzeug_routing::MatchError;
/// use rustzeug_routing::MatchOptions;
/// use rustzeug_routing::QueryArgs;
/// use rustzeug_routing::Rule;
///
/// let map = Map::from_rules([Rule::new("/a/")])?;
/// let mut options = MatchOptions::default();
/// options.path = Some("/a");
/// options.query_args = Some(QueryArgs::Text("x=1".into()));
/// let error = map.bind("h")?.match_with(&options).unwrap_err();
/// assert_eq!(error, MatchError::Redirect("http://h/a/?x=1".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct MatchOptions<'a> {
    /// The path, percent-decoded.
    pub path: Option<&'a str>,
    /// The method, in any case.
    pub method: Option<&'a str>,
    /// The query that a redirect keeps.
    pub query_args: Option<QueryArgs>,
    /// Whether the request is a WebSocket's; otherwise the scheme tells.
    pub websocket: Option<bool>,
}

impl<'m> MapAdapter<'m> {
    pub(super) fn new(map: &'m Map, bind: Bind) -> Self {
        Self {
            map,
            websocket: matches!(&*bind.url_scheme, "ws" | "wss"),
            server_name: bind.server_name,
            script_name: bind.script_name,
            subdomain: bind.subdomain,
            url_scheme: bind.url_scheme,
            path_info: bind.path_info,
            default_method: bind.default_method,
            query_args: bind.query_args,
        }
    }

    /// Returns the map.
    pub fn map(&self) -> &'m Map {
        self.map
    }

    /// Returns the server's name: lower case, in ASCII, with the port.
    pub fn server_name(&self) -> &str {
        &self.server_name
    }

    /// Returns where the application is mounted; ends with a slash.
    pub fn script_name(&self) -> &str {
        &self.script_name
    }

    /// Returns the subdomain; `None` if the map matches hosts.
    pub fn subdomain(&self) -> Option<&str> {
        self.subdomain.as_deref()
    }

    /// Returns the scheme.
    pub fn url_scheme(&self) -> &str {
        &self.url_scheme
    }

    /// Returns the path that is matched where none is given.
    pub fn path_info(&self) -> &str {
        &self.path_info
    }

    /// Returns the method that is used where none is given.
    pub fn default_method(&self) -> &str {
        &self.default_method
    }

    /// Returns the query that redirects keep.
    pub fn query_args(&self) -> &QueryArgs {
        &self.query_args
    }

    /// Returns whether the scheme is a WebSocket's.
    pub fn is_websocket(&self) -> bool {
        self.websocket
    }

    /// Matches a path, percent-decoded, with a method.
    ///
    /// # Errors
    ///
    /// [`MatchError`] for everything that is not a rule with values, redirects included.
    pub fn match_(&self, path: &str, method: &str) -> Result<Match<'m>, MatchError> {
        self.match_with(&MatchOptions {
            path: Some(path),
            method: Some(method),
            ..MatchOptions::default()
        })
    }

    /// Matches what the map is bound to, but for what the options say.
    ///
    /// # Errors
    ///
    /// As [`match_`](Self::match_).
    pub fn match_with(&self, options: &MatchOptions<'_>) -> Result<Match<'m>, MatchError> {
        let path = options.path.unwrap_or(&self.path_info);
        let method = options
            .method
            .unwrap_or(&self.default_method)
            .to_uppercase();
        let query = options.query_args.as_ref().unwrap_or(&self.query_args);
        let websocket = options.websocket.unwrap_or(self.websocket);
        let slashed;
        let path = if path.is_empty() || path.starts_with('/') {
            path
        } else {
            slashed = format!("/{path}");
            &slashed
        };
        let host = match (&self.subdomain, self.map.options.table.host_matching) {
            (Some(subdomain), false) => subdomain,
            _ => &self.server_name,
        };
        let table = self.map.table().as_table();
        let mut captures = Captures::new();
        let outcome = table.find_host(host, path, table.method(&method), websocket, &mut captures);
        match outcome {
            Outcome::Found(rule) => {
                let found = self.found(rule as usize, host, path, &captures)?;
                self.redirected(&found, path, &method, query)?;
                Ok(found)
            }
            Outcome::MethodNotAllowed(methods) => {
                let mut names: Vec<String> = table
                    .method_names(methods)
                    .into_iter()
                    .map(str::to_owned)
                    .collect();
                names.sort();
                Err(MatchError::MethodNotAllowed(names))
            }
            Outcome::NotFound => Err(MatchError::NotFound),
            Outcome::Redirect(path) => {
                let path = crate::path_quote(&path);
                Err(MatchError::Redirect(self.redirect_url(&path, query, None)))
            }
            Outcome::WebsocketMismatch => Err(MatchError::WebsocketMismatch),
        }
    }

    fn found(
        &self,
        index: usize,
        host: &str,
        path: &str,
        captures: &Captures,
    ) -> Result<Match<'m>, MatchError> {
        let rule = &self.map.rules[index];
        let mut values: Vec<(String, Value)> = Vec::with_capacity(rule.arguments().len());
        for (number, (name, kind)) in rule.variables.iter().enumerate() {
            let text = captures.get_with_host(number, host, path);
            // Limits are checked; what is left are numbers beyond 128 bits.
            let value = kind.parse(text).ok_or(MatchError::NotFound)?;
            values.push((name.clone(), value));
        }
        super::redirect::update(&mut values, rule.rule().defaults());
        Ok(Match {
            rule,
            index,
            values,
        })
    }

    /// Returns whether a rule matches, if need be after a redirect.
    pub fn test(&self, path: &str, method: &str) -> bool {
        matches!(
            self.match_(path, method),
            Ok(_) | Err(MatchError::Redirect(_))
        )
    }

    /// Returns the methods that the rules of the path list, sorted; empty if one takes all.
    pub fn allowed_methods(&self, path: &str) -> Vec<String> {
        match self.match_(path, "--") {
            Err(MatchError::MethodNotAllowed(methods)) => methods,
            _ => Vec::new(),
        }
    }

    /// Matches and calls `view` with the endpoint and the values.
    ///
    /// # Errors
    ///
    /// As [`match_`](Self::match_); redirects are for the caller to answer, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Map;
    /// use rustzeug_routing::MatchOptions;
    /// use rustzeug_routing::Rule;
    ///
    /// let map = Map::from_rules([Rule::new("/<name>").endpoint("hello")])?;
    /// let urls = map.bind("localhost")?;
    /// let mut options = MatchOptions::default();
    /// options.path = Some("/world");
    /// let said = urls.dispatch(&options, |endpoint, values| {
    ///     format!("{} {}", endpoint.unwrap_or("?"), values[0].1)
    /// })?;
    /// assert_eq!(said, "hello world");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn dispatch<R>(
        &self,
        options: &MatchOptions<'_>,
        view: impl FnOnce(Option<&str>, Vec<(String, Value)>) -> R,
    ) -> Result<R, MatchError> {
        let found = self.match_with(options)?;
        Ok(view(found.endpoint(), found.into_values()))
    }

    /// Returns the host that belongs to a subdomain, or to a host if the map matches hosts;
    /// `None` stands for the one that the map is bound to.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Map;
    /// use rustzeug_routing::MapOptions;
    ///
    /// let map = Map::new(MapOptions::new());
    /// assert_eq!(map.bind("example.com")?.host(Some("blog")), "blog.example.com");
    /// # Ok::<(), rustzeug_routing::BindError>(())
    /// ```
    pub fn host(&self, part: Option<&str>) -> String {
        if self.map.options.table.host_matching {
            return part.unwrap_or(&self.server_name).to_owned();
        }
        match part.or(self.subdomain.as_deref()) {
            None | Some("") => self.server_name.clone(),
            Some(subdomain) => format!("{subdomain}.{}", self.server_name),
        }
    }
}
