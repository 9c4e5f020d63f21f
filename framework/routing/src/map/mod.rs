//! Werkzeug's interface: rules by endpoint, bound to a host and a script root.
//!
//! What a path matches is up to `table`; here is what comes on top: values, redirects, defaults,
//! aliases, building, and binding to a request.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::OnceLock;

use crate::Built;
use crate::Overlap;
use crate::Registry;
use crate::Rule;
use crate::RuleError;
use crate::TableBuf;
use crate::TableBuilder;
use crate::TableOptions;
use crate::Value;

mod adapter;
mod bind;
mod bound;
mod build_url;
mod error;
mod factory;
mod host;
mod idna;
mod join;
mod outcome;
mod redirect;

pub use adapter::MapAdapter;
pub use adapter::MatchOptions;
pub use bind::Bind;
pub use bind::BindRequest;
pub use bind::QueryArgs;
pub use bound::BoundRule;
pub use build_url::BuildOptions;
pub use error::BindError;
pub use error::BuildError;
pub use error::ClosestRule;
pub use error::MatchError;
pub use error::NoRule;
pub use factory::EndpointPrefix;
pub use factory::RuleFactory;
pub use factory::RuleTemplate;
pub use factory::Rules;
pub use factory::Subdomain;
pub use factory::Submount;
pub use factory::TemplateRules;
pub use host::get_host;
pub use outcome::Match;

/// The rules of an application, and the options they share.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Map;
/// use rustzeug_routing::Rule;
///
/// let map = Map::from_rules([
///     Rule::new("/").endpoint("index"),
///     Rule::new("/downloads/<int:id>").endpoint("download"),
/// ])?;
/// let urls = map.bind("example.com")?;
/// let found = urls.match_("/downloads/42", "GET")?;
/// assert_eq!((found.endpoint(), found.get("id")), (Some("download"), Some(&42.into())));
/// assert_eq!(urls.build("download", [("id", 42)])?, "/downloads/42");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Map {
    options: MapOptions,
    builder: TableBuilder,
    /// In the order added.
    rules: Vec<BoundRule>,
    /// In the order in which endpoints were first seen; the rules of each in the order in which
    /// they are tried for building.
    endpoints: Vec<(Option<String>, Vec<usize>)>,
    by_endpoint: HashMap<Option<String>, usize>,
    /// Made by the first match after a rule was added.
    table: OnceLock<TableBuf>,
    idna: fn(&str) -> Option<String>,
}

/// The options of a [`Map`].
///
/// # Examples
///
/// ```
/// let mut options = rustzeug_routing::MapOptions::new();
/// options.sort_parameters = true;
/// options.table.host_matching = true;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MapOptions {
    /// Those that decide matching.
    pub table: TableOptions,
    /// A URL whose values are another rule's defaults redirects to that rule.
    pub redirect_defaults: bool,
    /// Query arguments of built URLs are sorted.
    pub sort_parameters: bool,
    /// How, if not by name and then by value: Werkzeug's `sort_key`, as a comparison.
    pub sort_by: Option<ParameterOrder>,
}

/// Compares query arguments, names with values.
pub type ParameterOrder = fn((&str, &Value), (&str, &Value)) -> Ordering;

impl MapOptions {
    /// Makes Werkzeug's: redirect, do not sort, and those of [`TableOptions::new`].
    pub fn new() -> Self {
        Self {
            table: TableOptions::new(),
            redirect_defaults: true,
            sort_parameters: false,
            sort_by: None,
        }
    }
}

impl Default for MapOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl Map {
    /// Makes a map without rules.
    pub fn new(options: MapOptions) -> Self {
        Self::with_registry(options, Registry::new())
    }

    /// Makes a map without rules that knows the converters of `registry`.
    pub fn with_registry(options: MapOptions, registry: Registry) -> Self {
        Self {
            builder: TableBuilder::with_registry(options.table.clone(), registry),
            options,
            rules: Vec::new(),
            endpoints: Vec::new(),
            by_endpoint: HashMap::new(),
            table: OnceLock::new(),
            idna: idna::to_ascii,
        }
    }

    /// Makes a map of rules with the usual options.
    ///
    /// # Errors
    ///
    /// The first mistake in a rule.
    pub fn from_rules(rules: impl RuleFactory) -> Result<Self, RuleError> {
        let mut map = Self::new(MapOptions::new());
        map.add(rules)?;
        Ok(map)
    }

    /// Adds a rule, or what a factory makes.
    ///
    /// # Errors
    ///
    /// The first mistake in a rule; the rules before it are added.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Map;
    /// use rustzeug_routing::MapOptions;
    /// use rustzeug_routing::Rule;
    /// use rustzeug_routing::Submount;
    ///
    /// let mut map = Map::new(MapOptions::new());
    /// map.add(Submount::new("/blog", [Rule::new("/<slug>").endpoint("entry")]))?;
    /// assert!(map.bind("localhost")?.match_("/blog/news", "GET").is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[expect(
        clippy::needless_pass_by_value,
        reason = "rules are written where they are added"
    )]
    pub fn add(&mut self, rules: impl RuleFactory) -> Result<(), RuleError> {
        for rule in rules.rules()? {
            self.add_rule(rule)?;
        }
        Ok(())
    }

    fn add_rule(&mut self, rule: Rule) -> Result<(), RuleError> {
        let endpoint = rule.endpoint.clone();
        // The mistakes that only a map looks for come before the table knows of the rule.
        let added = self.builder.parse(&rule)?;
        let bound = BoundRule::new(rule, &added)?;
        self.builder.insert(bound.rule(), &added)?;
        let index = self.rules.len();
        let key = bound.build_key();
        self.rules.push(bound);
        let known = self.endpoints.len();
        let at = *self.by_endpoint.entry(endpoint.clone()).or_insert(known);
        if at == known {
            self.endpoints.push((endpoint, Vec::new()));
        }
        let rules = &mut self.endpoints[at].1;
        let place = rules.partition_point(|rule| self.rules[*rule].build_key() <= key);
        rules.insert(place, index);
        self.table = OnceLock::new();
        Ok(())
    }

    /// Sets how server names become ASCII, without the port; `None` refuses them.
    ///
    /// What the map does by itself knows no normalisation of Unicode.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Map;
    /// use rustzeug_routing::MapOptions;
    ///
    /// let mut map = Map::new(MapOptions::new());
    /// map.set_idna(|name| name.is_ascii().then(|| name.to_owned()));
    /// assert!(map.bind("bücher.example").is_err());
    /// ```
    pub fn set_idna(&mut self, idna: fn(&str) -> Option<String>) {
        self.idna = idna;
    }

    /// Returns the options.
    pub fn options(&self) -> &MapOptions {
        &self.options
    }

    /// Returns the rules in the order added; [`Match::rule_index`] counts in them.
    pub fn rules(&self) -> &[BoundRule] {
        &self.rules
    }

    /// Returns the rules of an endpoint in the order in which building tries them.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Map;
    /// use rustzeug_routing::Rule;
    ///
    /// let map = Map::from_rules([
    ///     Rule::new("/").endpoint("list"),
    ///     Rule::new("/<int:page>").endpoint("list"),
    /// ])?;
    /// let texts: Vec<_> = map.rules_of("list").map(|rule| rule.rule().text()).collect();
    /// assert_eq!(texts, ["/<int:page>", "/"]);
    /// # Ok::<(), rustzeug_routing::RuleError>(())
    /// ```
    pub fn rules_of(&self, endpoint: &str) -> impl Iterator<Item = &BoundRule> {
        self.indexes_of(Some(endpoint))
            .iter()
            .map(|index| &self.rules[*index])
    }

    /// Returns whether a rule of the endpoint has all these variables or defaults.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Map;
    /// use rustzeug_routing::Rule;
    ///
    /// let map = Map::from_rules([Rule::new("/<lang>/").endpoint("index")])?;
    /// assert!(map.is_endpoint_expecting("index", &["lang"]));
    /// assert!(!map.is_endpoint_expecting("index", &["lang", "page"]));
    /// # Ok::<(), rustzeug_routing::RuleError>(())
    /// ```
    pub fn is_endpoint_expecting(&self, endpoint: &str, arguments: &[&str]) -> bool {
        self.rules_of(endpoint)
            .any(|rule| arguments.iter().all(|argument| rule.has_argument(argument)))
    }

    /// Builds the table again, with what can be said about the rules.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Map;
    /// use rustzeug_routing::Rule;
    ///
    /// let map = Map::from_rules([Rule::new("/<a>"), Rule::new("/<b>")])?;
    /// assert_eq!(map.analyse().conflicts.len(), 1);
    /// # Ok::<(), rustzeug_routing::RuleError>(())
    /// ```
    pub fn analyse(&self) -> Built {
        self.builder.build()
    }

    /// Returns the pairs of rules that take the same requests with equal weight, so that only
    /// their order decides; numbers count in [`rules`](Self::rules).
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Map;
    /// use rustzeug_routing::Rule;
    ///
    /// let map = Map::from_rules([Rule::new("/<uuid:id>"), Rule::new("/<name>")])?;
    /// assert_eq!(map.overlaps().len(), 1);
    /// # Ok::<(), rustzeug_routing::RuleError>(())
    /// ```
    pub fn overlaps(&self) -> Vec<Overlap> {
        self.builder.overlaps()
    }

    pub(super) fn indexes_of(&self, endpoint: Option<&str>) -> &[usize] {
        // The map's keys own their text.
        let key = endpoint.map(str::to_owned);
        self.by_endpoint
            .get(&key)
            .map_or(&[], |at| &self.endpoints[*at].1)
    }

    pub(super) fn table(&self) -> &TableBuf {
        self.table.get_or_init(|| self.builder.table())
    }
}

#[cfg(test)]
mod tests;
