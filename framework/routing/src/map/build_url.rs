//! Building URLs.

use super::BuildError;
use super::ClosestRule;
use super::MapAdapter;
use super::NoRule;
use super::error::likeness;
use crate::Value;

/// How [`MapAdapter::build_with`] builds.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::BuildOptions;
/// use rustzeug_routing::Map;
/// use rustzeug_routing::Rule;
///
/// let map = Map::from_rules([Rule::new("/").endpoint("index")])?;
/// let mut options = BuildOptions::new();
/// options.force_external = true;
/// options.url_scheme = Some("https".to_owned());
/// let urls = map.bind("example.com")?;
/// assert_eq!(urls.build_with("index", [("q", "x y")], &options)?, "https://example.com/?q=x+y");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BuildOptions {
    /// Values that are not variables of the rule become the query; otherwise they are ignored.
    pub append_unknown: bool,
    /// The URL has a scheme and a host in any case.
    pub force_external: bool,
    /// Only rules with this method; otherwise those with the adapter's method are preferred.
    pub method: Option<String>,
    /// The scheme of an external URL; an empty one leaves it to the page the URL is on.
    pub url_scheme: Option<String>,
}

impl BuildOptions {
    /// Makes the usual ones: unknown values become the query, the host is written where needed.
    pub fn new() -> Self {
        Self {
            append_unknown: true,
            force_external: false,
            method: None,
            url_scheme: None,
        }
    }
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// What a rule gave: its host or subdomain, its path, whether it is for WebSocket requests.
type Parts = (String, String, bool);

impl MapAdapter<'_> {
    /// Builds the URL of an endpoint; values that are not variables of the rule become the query.
    ///
    /// A name that stands several times has several values; `Value::None` is no value. The URL is a
    /// path unless the rule is on another host.
    ///
    /// # Errors
    ///
    /// [`BuildError`]: no rule of the endpoint fits, or a converter refuses a value.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Map;
    /// use rustzeug_routing::Rule;
    ///
    /// let map = Map::from_rules([
    ///     Rule::new("/<page>").endpoint("page"),
    ///     Rule::new("/").endpoint("api").subdomain("api"),
    /// ])?;
    /// let urls = map.bind("example.com")?;
    /// assert_eq!(urls.build("page", [("page", "ä"), ("t", "1"), ("t", "2")])?, "/%C3%A4?t=1&t=2");
    /// assert_eq!(urls.build("api", [("", ""); 0])?, "http://api.example.com/");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn build<N: Into<String>, V: Into<Value>>(
        &self,
        endpoint: &str,
        values: impl IntoIterator<Item = (N, V)>,
    ) -> Result<String, BuildError> {
        self.build_with(endpoint, values, &BuildOptions::new())
    }

    /// Builds the URL of an endpoint in the way the options say; `None` stands for the rules
    /// without an endpoint.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    pub fn build_with<'e, N: Into<String>, V: Into<Value>>(
        &self,
        endpoint: impl Into<Option<&'e str>>,
        values: impl IntoIterator<Item = (N, V)>,
        options: &BuildOptions,
    ) -> Result<String, BuildError> {
        let mut unique: Vec<(String, Value)> = Vec::new();
        for (name, value) in values {
            let (name, value) = (name.into(), value.into());
            if value == Value::None {
                continue;
            }
            match unique.iter_mut().find(|(known, _)| *known == name) {
                None => unique.push((name, value)),
                Some((_, Value::List(list))) => list.push(value),
                Some((_, known)) => {
                    let first = std::mem::replace(known, Value::None);
                    *known = Value::List(vec![first, value]);
                }
            }
        }
        self.build_of(endpoint.into(), &unique, options)
    }

    pub(super) fn build_of(
        &self,
        endpoint: Option<&str>,
        values: &[(String, Value)],
        options: &BuildOptions,
    ) -> Result<String, BuildError> {
        let parts = match &options.method {
            Some(method) => self.parts(endpoint, values, Some(method), options.append_unknown)?,
            None => {
                // The default method is only preferred.
                let method = Some(&*self.default_method);
                match self.parts(endpoint, values, method, options.append_unknown)? {
                    Some(parts) => Some(parts),
                    None => self.parts(endpoint, values, None, options.append_unknown)?,
                }
            }
        };
        match parts {
            Some(parts) => Ok(self.whole(parts, options)),
            None => Err(self.no_rule(endpoint, values, options.method.as_deref())),
        }
    }

    /// The first rule that fits; of a map that matches hosts, the first on this host.
    fn parts(
        &self,
        endpoint: Option<&str>,
        values: &[(String, Value)],
        method: Option<&str>,
        append_unknown: bool,
    ) -> Result<Option<Parts>, BuildError> {
        let mut first = None;
        for index in self.map.indexes_of(endpoint) {
            let rule = &self.map.rules[*index];
            if !rule.suits(values, method) {
                continue;
            }
            let (host, path) = match rule.build(values, append_unknown, &self.map.options) {
                Ok(built) => built,
                Err(error) if error.is_next_rule() => continue,
                Err(error) => {
                    let endpoint = endpoint.unwrap_or("").to_owned();
                    return Err(BuildError::Conversion { endpoint, error });
                }
            };
            let here = !self.map.options.table.host_matching || host == self.server_name;
            let parts = (host, path, rule.rule().websocket);
            if here {
                return Ok(Some(parts));
            }
            first.get_or_insert(parts);
        }
        Ok(first)
    }

    /// Writes as much in front of the path as is needed.
    fn whole(&self, (part, path, websocket): Parts, options: &BuildOptions) -> String {
        let host = self.host(Some(&part));
        let scheme = options.url_scheme.as_deref().unwrap_or(&self.url_scheme);
        let secure = matches!(scheme, "https" | "wss");
        // A browser wants whole URLs of WebSockets; and on a WebSocket the others are of HTTP.
        let scheme = match (websocket, secure) {
            (true, true) => "wss",
            (true, false) => "ws",
            (false, _) if scheme.is_empty() => "",
            (false, true) => "https",
            (false, false) => "http",
        };
        let here = if self.map.options.table.host_matching {
            host == self.server_name
        } else {
            Some(&*part) == self.subdomain.as_deref()
        };
        let path = path.trim_start_matches('/');
        if here && !options.force_external && !websocket {
            return format!("{}/{path}", self.script_name.trim_end_matches('/'));
        }
        let script = self
            .script_name
            .strip_suffix('/')
            .unwrap_or(&self.script_name);
        let colon = if scheme.is_empty() { "" } else { ":" };
        format!("{scheme}{colon}//{host}{script}/{path}")
    }

    fn no_rule(
        &self,
        endpoint: Option<&str>,
        values: &[(String, Value)],
        method: Option<&str>,
    ) -> BuildError {
        let endpoint = endpoint.unwrap_or("");
        let mut best: Option<(f64, ClosestRule)> = None;
        for rule in self.map.endpoints.iter().flat_map(|(_, rules)| rules) {
            let rule = &self.map.rules[*rule];
            let of = rule.rule();
            let known = of.endpoint_name().unwrap_or("");
            let all = values.iter().all(|(name, _)| rule.has_argument(name));
            let listed = of.methods.as_ref().is_some_and(|methods| {
                method.is_some_and(|method| methods.iter().any(|known| known == method))
            });
            let score = 0.98 * likeness(known, endpoint)
                + 0.01 * f64::from(u8::from(all))
                + 0.01 * f64::from(u8::from(listed));
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                let mut methods = of.methods.clone();
                if let Some(methods) = &mut methods {
                    methods.sort();
                }
                let closest = ClosestRule {
                    rule: of.text.clone(),
                    endpoint: known.to_owned(),
                    methods,
                    arguments: rule.arguments().to_vec(),
                };
                best = Some((score, closest));
            }
        }
        let mut names: Vec<String> = values.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        BuildError::NoRule(Box::new(NoRule {
            endpoint: endpoint.to_owned(),
            values: names,
            method: method.map(str::to_owned),
            closest: best.map(|(_, closest)| closest),
        }))
    }
}
