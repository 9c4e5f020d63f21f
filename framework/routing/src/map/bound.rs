//! A rule as a map holds it: parsed, with what building needs.

use std::cmp::Ordering;

use super::MapOptions;
use super::ParameterOrder;
use crate::ConversionError;
use crate::Kind;
use crate::RedirectTo;
use crate::Rule;
use crate::RuleError;
use crate::RuleErrorKind;
use crate::UrlPiece;
use crate::Value;
use crate::query_encode;
use crate::table::Added;
use crate::url::push_text;

/// A rule of a [`Map`](crate::Map).
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Map;
/// use rustzeug_routing::Rule;
///
/// let map = Map::from_rules([Rule::new("/<a>/<b>").endpoint("x").default_value("c", 1)])?;
/// let rule = &map.rules()[0];
/// assert_eq!(rule.rule().endpoint_name(), Some("x"));
/// assert_eq!(rule.arguments(), ["a", "b", "c"]);
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Debug)]
pub struct BoundRule {
    rule: Rule,
    /// Name and converter, those of the host first: as the captures of a look-up.
    pub(super) variables: Vec<(String, Kind)>,
    /// The names of variables and defaults, sorted, without duplicates.
    arguments: Vec<String>,
    host: Vec<UrlPiece>,
    path: Vec<UrlPiece>,
    /// What the rule looks like with the names of its variables: the same for equal rules.
    trace: String,
}

impl BoundRule {
    pub(super) fn new(rule: Rule, added: &Added) -> Result<Self, RuleError> {
        let split = added.host.variables.len();
        let variables: Vec<(String, Kind)> = added
            .host
            .variables
            .iter()
            .chain(&added.path.variables)
            .map(|variable| (variable.name().to_owned(), variable.kind.clone()))
            .collect();
        let mut arguments: Vec<String> = variables
            .iter()
            .map(|(name, _)| name)
            .chain(rule.defaults.iter().map(|(name, _)| name))
            .cloned()
            .collect();
        arguments.sort();
        arguments.dedup();
        let (host, path) = (added.host.url_pieces(), added.path.url_pieces());
        let shifted = |piece| match piece {
            UrlPiece::Variable(index) => UrlPiece::Variable(index + split),
            text => text,
        };
        let path: Vec<UrlPiece> = path.into_iter().map(shifted).collect();
        let mut bound = Self {
            trace: String::new(),
            rule,
            variables,
            arguments,
            host,
            path,
        };
        bound.trace = bound.write_trace();
        bound.check_redirect()?;
        bound.host = bound.folded(&bound.host)?;
        bound.path = bound.folded(&bound.path)?;
        Ok(bound)
    }

    /// Returns the definition.
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Returns the names of its variables and defaults, sorted.
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }

    pub(super) fn has_argument(&self, name: &str) -> bool {
        self.arguments
            .binary_search_by(|known| known.as_str().cmp(name))
            .is_ok()
    }

    pub(super) fn variable(&self, name: &str) -> Option<&Kind> {
        self.variables
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, kind)| kind)
    }

    /// Rules of an endpoint are tried for building in this order, then in the order added.
    pub(super) fn build_key(&self) -> (bool, isize, isize) {
        let count = |count: usize| -(count as isize);
        (
            self.rule.alias,
            count(self.arguments.len()),
            count(self.rule.defaults.len()),
        )
    }

    /// Whether whoever gets to `other` with this rule's defaults belongs here.
    pub(super) fn provides_defaults_for(&self, other: &Self) -> bool {
        !self.rule.build_only
            && !self.rule.defaults.is_empty()
            && self.rule.endpoint == other.rule.endpoint
            && self.trace != other.trace
            && self.arguments == other.arguments
    }

    /// Whether the values are enough to build a URL, and do not contradict the defaults.
    pub(super) fn suits(&self, values: &[(String, Value)], method: Option<&str>) -> bool {
        if let (Some(method), Some(methods)) = (method, &self.rule.methods)
            && !methods.iter().any(|known| known == method)
        {
            return false;
        }
        let given = |name: &str| values.iter().find(|(known, _)| known == name);
        let default = |name: &str| self.rule.defaults.iter().any(|(known, _)| known == name);
        self.arguments
            .iter()
            .all(|name| default(name) || given(name).is_some())
            && self
                .rule
                .defaults
                .iter()
                .all(|(name, default)| given(name).is_none_or(|(_, value)| default.is_like(value)))
    }

    /// Builds the host's part and the path.
    pub(super) fn build(
        &self,
        values: &[(String, Value)],
        append_unknown: bool,
        options: &MapOptions,
    ) -> Result<(String, String), ConversionError> {
        let host = self.write(&self.host, values)?;
        let mut path = self.write(&self.path, values)?;
        if append_unknown {
            let unknown = values.iter().filter(|(name, _)| !self.has_argument(name));
            let query = if options.sort_parameters {
                let sorted = sorted(unknown, options.sort_by.unwrap_or(order));
                query_encode(sorted)
            } else {
                query_encode(unknown.map(|(name, value)| (name.as_str(), value)))
            };
            if !query.is_empty() {
                path.push('?');
                path.push_str(&query);
            }
        }
        Ok((host, path))
    }

    fn write(
        &self,
        pieces: &[UrlPiece],
        values: &[(String, Value)],
    ) -> Result<String, ConversionError> {
        let mut url = String::new();
        for piece in pieces {
            match piece {
                UrlPiece::Text(text) => url.push_str(text),
                UrlPiece::Variable(index) => {
                    let (name, kind) = &self.variables[*index];
                    let value = values.iter().find(|(known, _)| known == name);
                    let missing = || ConversionError::new(format!("no value for `{name}`"));
                    kind.to_url(&value.ok_or_else(missing)?.1, &mut url)?;
                }
            }
        }
        Ok(url)
    }

    /// Puts the text of defaults in the place of their variables.
    fn folded(&self, pieces: &[UrlPiece]) -> Result<Vec<UrlPiece>, RuleError> {
        let mut folded = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match piece {
                UrlPiece::Text(text) => push_text(&mut folded, text),
                UrlPiece::Variable(index) => {
                    let (name, kind) = &self.variables[*index];
                    let default = self.rule.defaults.iter().find(|(known, _)| known == name);
                    let Some((_, default)) = default else {
                        folded.push(piece.clone());
                        continue;
                    };
                    let mut text = String::new();
                    kind.to_url(default, &mut text).map_err(|error| {
                        let message = format!("the default of `{name}`: {error}");
                        RuleError::new(RuleErrorKind::BadDefault, 0..usize::MAX, message)
                            .within(&self.rule.text)
                    })?;
                    push_text(&mut folded, &text);
                }
            }
        }
        Ok(folded)
    }

    fn write_trace(&self) -> String {
        let mut trace = String::new();
        for pieces in [&self.host, &self.path] {
            for piece in pieces {
                match piece {
                    UrlPiece::Text(text) => trace.push_str(text),
                    // Not in quoted text.
                    UrlPiece::Variable(index) => {
                        trace.push('<');
                        trace.push_str(&self.variables[*index].0);
                        trace.push('>');
                    }
                }
            }
            trace.push('|');
        }
        trace
    }

    fn check_redirect(&self) -> Result<(), RuleError> {
        let Some(RedirectTo::Text(target)) = &self.rule.redirect_to else {
            return Ok(());
        };
        for (range, name) in placeholders(target) {
            if self.variable(name).is_none() {
                let message = format!("the rule has no variable `{name}`");
                let error = RuleError::new(RuleErrorKind::UnknownVariable, range, message);
                return Err(error.within(target));
            }
        }
        Ok(())
    }
}

/// The `<name>`s in the target of a redirect.
pub(super) fn placeholders(target: &str) -> impl Iterator<Item = (std::ops::Range<usize>, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let from = at + target[at..].find('<')?;
            let to = from + target[from..].find('>')?;
            at = to + 1;
            if to > from + 1 {
                return Some((from..at, &target[from + 1..to]));
            }
            // `<>` is text, but a `<` may follow before the next `>`.
            at = from + 1;
        }
    })
}

fn sorted<'v>(
    values: impl Iterator<Item = &'v (String, Value)>,
    order: ParameterOrder,
) -> Vec<(&'v str, &'v Value)> {
    let mut pairs: Vec<(&str, &Value)> = values
        .flat_map(|(name, value)| match value {
            Value::List(values) => values.iter().map(|value| (name.as_str(), value)).collect(),
            value => vec![(name.as_str(), value)],
        })
        .collect();
    pairs.sort_by(|a, b| order(*a, *b));
    pairs
}

/// By name, then by value.
fn order(a: (&str, &Value), b: (&str, &Value)) -> Ordering {
    a.0.cmp(b.0).then_with(|| value_order(a.1, b.1))
}

/// Numbers by value, text by text; what cannot be compared stays as it is.
fn value_order(a: &Value, b: &Value) -> Ordering {
    let number = |value: &Value| match value {
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        Value::Float(value) => Some(*value),
        Value::Int(value) => Some(*value as f64),
        _ => None,
    };
    let equal = Ordering::Equal;
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Str(a), Value::Str(b)) => a.cmp(b),
        (Value::Uuid(a), Value::Uuid(b)) => a.cmp(b),
        (a, b) => match (number(a), number(b)) {
            (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(equal),
            _ => equal,
        },
    }
}
