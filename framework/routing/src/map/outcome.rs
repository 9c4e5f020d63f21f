//! A rule that matched, with its values.

use super::BoundRule;
use crate::Value;

/// What a path matched.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Map;
/// use rustzeug_routing::Rule;
///
/// let map = Map::from_rules([Rule::new("/<name>").endpoint("hello").default_value("n", 1)])?;
/// let found = map.bind("localhost")?.match_("/world", "GET")?;
/// assert_eq!(found.endpoint(), Some("hello"));
/// assert_eq!(found.rule_index(), 0);
/// assert_eq!(found.get("name"), Some(&"world".into()));
/// assert_eq!(found.into_values(), [("name".into(), "world".into()), ("n".into(), 1.into())]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Match<'m> {
    pub(super) rule: &'m BoundRule,
    pub(super) index: usize,
    pub(super) values: Vec<(String, Value)>,
}

impl<'m> Match<'m> {
    /// Returns the rule's endpoint.
    pub fn endpoint(&self) -> Option<&'m str> {
        self.rule.rule().endpoint_name()
    }

    /// Returns the rule.
    pub fn rule(&self) -> &'m BoundRule {
        self.rule
    }

    /// Returns the rule's number in [`Map::rules`](crate::Map::rules).
    pub fn rule_index(&self) -> usize {
        self.index
    }

    /// Returns the values of variables and defaults.
    pub fn values(&self) -> &[(String, Value)] {
        &self.values
    }

    /// Returns the values of variables and defaults.
    pub fn into_values(self) -> Vec<(String, Value)> {
        self.values
    }

    /// Returns the value of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }
}
