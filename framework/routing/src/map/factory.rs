//! What makes several rules out of some: prefixes, subdomains, templates.

use std::fmt::Debug;

use crate::Rule;
use crate::RuleError;
use crate::Value;
use crate::rule::template_error;

/// What can be added to a [`Map`](crate::Map): a rule, a list of them, or what makes some.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::EndpointPrefix;
/// use rustzeug_routing::Rule;
/// use rustzeug_routing::RuleFactory;
/// use rustzeug_routing::Submount;
///
/// let blog = [Rule::new("/").endpoint("index"), Rule::new("/<slug>").endpoint("show")];
/// let rules = EndpointPrefix::new("blog/", Submount::new("/blog", blog)).rules()?;
/// assert_eq!(rules[1].text(), "/blog/<slug>");
/// assert_eq!(rules[1].endpoint_name(), Some("blog/show"));
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
pub trait RuleFactory: Debug {
    /// Returns the rules.
    ///
    /// # Errors
    ///
    /// A rule that cannot be made; most factories make all.
    fn rules(&self) -> Result<Vec<Rule>, RuleError>;
}

impl RuleFactory for Rule {
    fn rules(&self) -> Result<Vec<Rule>, RuleError> {
        Ok(vec![self.clone()])
    }
}

impl<F: RuleFactory> RuleFactory for Vec<F> {
    fn rules(&self) -> Result<Vec<Rule>, RuleError> {
        let lists: Result<Vec<_>, _> = self.iter().map(F::rules).collect();
        lists.map(|lists| lists.into_iter().flatten().collect())
    }
}

impl<F: RuleFactory, const N: usize> RuleFactory for [F; N] {
    fn rules(&self) -> Result<Vec<Rule>, RuleError> {
        let lists: Result<Vec<_>, _> = self.iter().map(F::rules).collect();
        lists.map(|lists| lists.into_iter().flatten().collect())
    }
}

impl<F: RuleFactory + ?Sized> RuleFactory for Box<F> {
    fn rules(&self) -> Result<Vec<Rule>, RuleError> {
        (**self).rules()
    }
}

/// A list of rules and factories of different types.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Map;
/// use rustzeug_routing::Rule;
/// use rustzeug_routing::Rules;
/// use rustzeug_routing::Submount;
///
/// let map = Map::from_rules(
///     Rules::new()
///         .with(Rule::new("/"))
///         .with(Submount::new("/blog", [Rule::new("/"), Rule::new("/<slug>")])),
/// )?;
/// assert_eq!(map.rules().len(), 3);
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Debug, Default)]
pub struct Rules {
    list: Vec<Box<dyn RuleFactory>>,
}

impl Rules {
    /// Makes an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule or a factory.
    #[must_use]
    pub fn with(mut self, rules: impl RuleFactory + 'static) -> Self {
        self.list.push(Box::new(rules));
        self
    }
}

impl RuleFactory for Rules {
    fn rules(&self) -> Result<Vec<Rule>, RuleError> {
        self.list.rules()
    }
}

/// Puts a path in front of rules; see [`Rule::prefixed`].
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Rule;
/// use rustzeug_routing::RuleFactory;
/// use rustzeug_routing::Submount;
///
/// let rules = Submount::new("/<lang>", [Rule::new("/about")]).rules()?;
/// assert_eq!(rules[0].text(), "/<lang>/about");
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Submount<F> {
    path: String,
    rules: F,
}

impl<F: RuleFactory> Submount<F> {
    /// Mounts rules at a path.
    pub fn new(path: impl Into<String>, rules: F) -> Self {
        Self {
            path: path.into(),
            rules,
        }
    }
}

impl<F: RuleFactory> RuleFactory for Submount<F> {
    fn rules(&self) -> Result<Vec<Rule>, RuleError> {
        let rules = self.rules.rules()?;
        Ok(rules
            .into_iter()
            .map(|rule| rule.prefixed(&self.path))
            .collect())
    }
}

/// Puts rules on a subdomain.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Map;
/// use rustzeug_routing::Rule;
/// use rustzeug_routing::Subdomain;
///
/// let map = Map::from_rules(Subdomain::new("<lang>", [Rule::new("/").endpoint("index")]))?;
/// let urls = map.bind("example.com")?;
/// assert_eq!(urls.build("index", [("lang", "de")])?, "http://de.example.com/");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Subdomain<F> {
    subdomain: String,
    rules: F,
}

impl<F: RuleFactory> Subdomain<F> {
    /// Puts rules on that subdomain, which may have variables.
    pub fn new(subdomain: impl Into<String>, rules: F) -> Self {
        Self {
            subdomain: subdomain.into(),
            rules,
        }
    }
}

impl<F: RuleFactory> RuleFactory for Subdomain<F> {
    fn rules(&self) -> Result<Vec<Rule>, RuleError> {
        let rules = self.rules.rules()?;
        Ok(rules
            .into_iter()
            .map(|rule| rule.subdomain(&self.subdomain))
            .collect())
    }
}

/// Puts text in front of the endpoints of rules; a rule without one is left alone.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::EndpointPrefix;
/// use rustzeug_routing::Rule;
/// use rustzeug_routing::RuleFactory;
///
/// let rules = EndpointPrefix::new("blog.", [Rule::new("/").endpoint("index")]).rules()?;
/// assert_eq!(rules[0].endpoint_name(), Some("blog.index"));
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Debug)]
pub struct EndpointPrefix<F> {
    prefix: String,
    rules: F,
}

impl<F: RuleFactory> EndpointPrefix<F> {
    /// Prefixes the endpoints of rules.
    pub fn new(prefix: impl Into<String>, rules: F) -> Self {
        Self {
            prefix: prefix.into(),
            rules,
        }
    }
}

impl<F: RuleFactory> RuleFactory for EndpointPrefix<F> {
    fn rules(&self) -> Result<Vec<Rule>, RuleError> {
        let mut rules = self.rules.rules()?;
        for endpoint in rules.iter_mut().filter_map(|rule| rule.endpoint.as_mut()) {
            endpoint.insert_str(0, &self.prefix);
        }
        Ok(rules)
    }
}

/// Rules with `$name` or `${name}` in texts, to be filled in several times; `$$` is a dollar sign.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Map;
/// use rustzeug_routing::Rule;
/// use rustzeug_routing::RuleTemplate;
///
/// let resource = RuleTemplate::new([
///     Rule::new("/$name/").endpoint("$name.list"),
///     Rule::new("/$name/<int:id>").endpoint("${name}.show"),
/// ]);
/// let map = Map::from_rules([resource.fill([("name", "user")]), resource.fill([("name", "page")])])?;
/// assert_eq!(map.bind("h")?.match_("/page/3", "GET")?.endpoint(), Some("page.show"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RuleTemplate<F> {
    rules: F,
}

impl<F: RuleFactory> RuleTemplate<F> {
    /// Makes a template of rules.
    pub fn new(rules: F) -> Self {
        Self { rules }
    }

    /// Fills the placeholders in the rules' texts, subdomains, hosts, endpoints and text defaults.
    pub fn fill<N: Into<String>, V: Into<String>>(
        &self,
        values: impl IntoIterator<Item = (N, V)>,
    ) -> TemplateRules
    where
        F: Clone + 'static,
    {
        let values = values
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        TemplateRules {
            rules: self.rules.rules(),
            values,
        }
    }
}

/// The rules of a [`RuleTemplate`] with values.
#[derive(Clone, Debug)]
pub struct TemplateRules {
    rules: Result<Vec<Rule>, RuleError>,
    values: Vec<(String, String)>,
}

impl RuleFactory for TemplateRules {
    fn rules(&self) -> Result<Vec<Rule>, RuleError> {
        let mut rules = self.rules.clone()?;
        for rule in &mut rules {
            let texts = [&mut rule.endpoint, &mut rule.subdomain, &mut rule.host];
            for text in texts.into_iter().flatten().chain([&mut rule.text]) {
                *text = self.filled(text)?;
            }
            for (_, default) in &mut rule.defaults {
                if let Value::Str(text) = default {
                    *text = self.filled(text)?;
                }
            }
        }
        Ok(rules)
    }
}

impl TemplateRules {
    fn filled(&self, text: &str) -> Result<String, RuleError> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            filled.push_str(&rest[..at]);
            let from = text.len() - rest.len() + at;
            let after = &rest[at + 1..];
            if let Some(after) = after.strip_prefix('$') {
                filled.push('$');
                rest = after;
                continue;
            }
            let (name, end) = match after.strip_prefix('{').and_then(|in_| in_.split_once('}')) {
                Some((name, after)) => (name, after),
                None => {
                    let word = |c: char| !c.is_ascii_alphanumeric() && c != '_';
                    after.split_at(after.find(word).unwrap_or(after.len()))
                }
            };
            let value = self.values.iter().find(|(known, _)| known == name);
            let Some((_, value)) = value else {
                return Err(template_error(text, from..text.len() - end.len(), name));
            };
            filled.push_str(value);
            rest = end;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}
