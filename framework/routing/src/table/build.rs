//! Rules to a table: parse, run the state machine, lay it out.

use std::sync::Arc;

use super::Check;
use super::DynamicEdge;
use super::NONE;
use super::Node;
use super::Rare;
use super::SegmentItem;
use super::Table;
use super::Term;
use super::Text;
use super::conflict;
use super::conflict::Conflict;
use super::layout::layout;
use super::machine::Machine;
use super::machine::MachineRule;
use super::overlap;
use super::overlap::Overlap;
use crate::Converter;
use crate::Methods;
use crate::Pattern;
use crate::Registry;
use crate::Rule;
use crate::RuleError;
use crate::RuleErrorKind;
use crate::converter::Kind;

/// What holds for all rules of a table that do not say otherwise.
///
/// # Examples
///
/// ```
/// let mut options = rustzeug_routing::TableOptions::new();
/// options.strict_slashes = false;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TableOptions {
    /// The subdomain of rules that name none.
    pub default_subdomain: String,
    /// Rules are found by their host instead of their subdomain.
    pub host_matching: bool,
    /// Several slashes in a row redirect to one.
    pub merge_slashes: bool,
    /// A missing slash at the end redirects; otherwise it makes no difference.
    pub strict_slashes: bool,
}

impl TableOptions {
    /// Makes Werkzeug's: merge, strict, no hosts.
    pub fn new() -> Self {
        Self {
            default_subdomain: String::new(),
            host_matching: false,
            merge_slashes: true,
            strict_slashes: true,
        }
    }
}

impl Default for TableOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// Collects rules for a table.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Rule;
/// use rustzeug_routing::TableBuilder;
/// use rustzeug_routing::TableOptions;
///
/// let mut builder = TableBuilder::new(TableOptions::new());
/// builder.add(&Rule::new("/users/<id>"))?;
/// builder.add(&Rule::new("/<int:id>").prefixed("/posts/<slug>"))?;
/// let built = builder.build();
/// assert!(built.conflicts.is_empty());
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Debug)]
pub struct TableBuilder {
    options: TableOptions,
    registry: Registry,
    rules: Vec<MachineRule>,
    methods: Vec<String>,
    custom: Vec<Arc<dyn Converter>>,
    next: u32,
}

/// What the texts of a rule mean.
#[derive(Debug)]
pub(crate) struct Added {
    pub(crate) host: Pattern,
    pub(crate) path: Pattern,
}

/// What a builder made.
#[derive(Debug)]
#[non_exhaustive]
pub struct Built {
    /// The table.
    pub table: TableBuf,
    /// Rules that never match because an earlier one takes their requests.
    pub conflicts: Vec<Conflict>,
}

/// A table that owns its data.
#[derive(Clone, Debug, Default)]
pub struct TableBuf {
    pub(crate) text: String,
    pub(crate) nodes: Vec<Node>,
    pub(crate) rares: Vec<Rare>,
    pub(crate) dynamics: Vec<DynamicEdge>,
    pub(crate) terms: Vec<Term>,
    pub(crate) items: Vec<SegmentItem>,
    pub(crate) alternatives: Vec<Text>,
    pub(crate) checks: Vec<Check>,
    pub(crate) methods: Vec<Text>,
    pub(crate) custom: Vec<Arc<dyn Converter>>,
    pub(crate) merge_slashes: bool,
    pub(crate) root: u32,
}

impl TableBuilder {
    /// Makes a builder that knows the built-in converters.
    pub fn new(options: TableOptions) -> Self {
        Self::with_registry(options, Registry::new())
    }

    /// Makes a builder that knows the converters of `registry`.
    pub fn with_registry(options: TableOptions, registry: Registry) -> Self {
        Self {
            options,
            registry,
            rules: Vec::new(),
            methods: Vec::new(),
            custom: Vec::new(),
            next: 0,
        }
    }

    /// Adds a rule and returns its number: rules count from 0 in the order added.
    ///
    /// Of the rule's options those count that decide matching: subdomain or host, methods,
    /// slashes, WebSocket, and whether it is only for building. An error leaves the builder as
    /// it was.
    ///
    /// # Errors
    ///
    /// The first mistake in the rule.
    pub fn add(&mut self, rule: &Rule) -> Result<u32, RuleError> {
        let added = self.parse(rule)?;
        self.insert(rule, &added)
    }

    /// Builds the table; the builder can go on with more rules.
    pub fn build(&self) -> Built {
        let machine = Machine::new(self.rules.clone());
        Built {
            table: self.layout(&machine),
            conflicts: conflict::conflicts(&machine),
        }
    }

    /// Returns the pairs of rules that take the same requests with equal weight, so that only
    /// their order decides.
    pub fn overlaps(&self) -> Vec<Overlap> {
        overlap::overlaps(&Machine::new(self.rules.clone()))
    }

    /// Builds the table alone.
    pub(crate) fn table(&self) -> TableBuf {
        self.layout(&Machine::new(self.rules.clone()))
    }

    fn layout(&self, machine: &Machine) -> TableBuf {
        let mut table = TableBuf {
            merge_slashes: self.options.merge_slashes,
            root: NONE,
            custom: self.custom.clone(),
            ..TableBuf::default()
        };
        table.methods = self
            .methods
            .iter()
            .map(|name| table.push_text(name))
            .collect();
        layout(table, machine)
    }

    /// Parses a rule and its host or subdomain, with the options of the table.
    pub(crate) fn parse(&self, rule: &Rule) -> Result<Added, RuleError> {
        rule.check_methods()?;
        let path = Pattern::parse(&rule.text, self.merges(rule), &self.registry)?;
        let host = match (self.options.host_matching, &rule.host, &rule.subdomain) {
            (true, host, _) => host.as_deref().unwrap_or(""),
            (false, _, Some(subdomain)) => subdomain,
            (false, _, None) => &self.options.default_subdomain,
        };
        let host = Pattern::parse_host(host, &self.registry)?;
        let twice = path.variables.iter().find(|variable| {
            host.variables
                .iter()
                .any(|known| known.name() == variable.name())
        });
        if let Some(variable) = twice {
            let message = format!("the variable `{}` stands in the host, too", variable.name());
            let range = variable.name_range();
            let error = RuleError::new(RuleErrorKind::DuplicateVariable, range, message);
            let error = error.help("give one of them another name");
            return Err(error.within(&rule.text));
        }
        if host.variables.len() + path.variables.len() > crate::MAX_VARIABLES {
            return Err(too_long(
                rule,
                "the rule and its host have too many variables",
            ));
        }
        Ok(Added { host, path })
    }

    /// Adds a rule that was parsed.
    pub(crate) fn insert(&mut self, rule: &Rule, added: &Added) -> Result<u32, RuleError> {
        if self.next >= MAX_RULES {
            return Err(too_long(rule, "a table cannot hold more rules"));
        }
        let methods = self.methods(rule).ok_or_else(|| {
            too_long(
                rule,
                "the rules of a table mention too many methods that are not standard",
            )
        })?;
        let id = self.next;
        self.next += 1;
        if !rule.build_only {
            let checks = self.checks(&added.host, &added.path);
            self.rules.push(MachineRule {
                id,
                parts: added
                    .host
                    .parts
                    .iter()
                    .chain(&added.path.parts)
                    .cloned()
                    .collect(),
                methods,
                websocket: rule.websocket,
                strict: rule.strict_slashes.unwrap_or(self.options.strict_slashes),
                merge: self.merges(rule),
                checks,
            });
        }
        Ok(id)
    }

    fn merges(&self, rule: &Rule) -> bool {
        rule.merge_slashes.unwrap_or(self.options.merge_slashes)
    }

    fn methods(&mut self, rule: &Rule) -> Option<Methods> {
        let Some(names) = &rule.methods else {
            return Some(Methods::ALL);
        };
        let mut methods = Methods::NONE;
        let mut known = self.methods.clone();
        for name in names {
            methods |= match Methods::from_name(name) {
                Methods::OTHER => {
                    let index = known.iter().position(|known| known == name);
                    let index = index.unwrap_or_else(|| {
                        known.push(name.clone());
                        known.len() - 1
                    });
                    Methods::custom(index)?
                }
                standard => standard,
            };
        }
        self.methods = known;
        Some(methods)
    }

    fn checks(&mut self, host: &Pattern, path: &Pattern) -> Vec<Check> {
        let variables = host.variables.iter().chain(&path.variables).enumerate();
        let check = |(variable, of): (usize, &crate::Variable)| {
            let variable = variable as u16;
            match &of.kind {
                Kind::Custom(custom) => {
                    self.custom.push(Arc::clone(&custom.converter));
                    Some(Check::Custom {
                        variable,
                        index: self.custom.len() as u32 - 1,
                    })
                }
                Kind::Float(float) => (float.min.is_some() || float.max.is_some()).then(|| {
                    let min = float.min.unwrap_or(f64::NEG_INFINITY);
                    Check::Float {
                        variable,
                        min,
                        max: float.max.unwrap_or(f64::INFINITY),
                    }
                }),
                Kind::Int(int) => {
                    let limited = int.min.is_some() || int.max.is_some();
                    (limited || int.fixed_digits > 0).then(|| Check::Int {
                        variable,
                        digits: int.fixed_digits,
                        min: int.min.unwrap_or(i128::MIN),
                        max: int.max.unwrap_or(i128::MAX),
                    })
                }
                Kind::Any(_) | Kind::Path | Kind::String(_) | Kind::Uuid => None,
            }
        };
        variables.filter_map(check).collect()
    }
}

impl TableBuf {
    /// Lends the data as the table that look-ups walk.
    pub fn as_table(&self) -> Table<'_> {
        Table {
            text: &self.text,
            nodes: &self.nodes,
            rares: &self.rares,
            dynamics: &self.dynamics,
            terms: &self.terms,
            items: &self.items,
            alternatives: &self.alternatives,
            checks: &self.checks,
            methods: &self.methods,
            custom: &self.custom,
            merge_slashes: self.merge_slashes,
            root: self.root,
        }
    }

    pub(super) fn push_text(&mut self, text: &str) -> Text {
        let from = self.text.len() as u32;
        self.text.push_str(text);
        Text {
            from,
            len: text.len() as u32,
        }
    }
}

fn too_long(rule: &Rule, message: &str) -> RuleError {
    RuleError::new(RuleErrorKind::TooLong, 0..rule.text.len(), message).within(&rule.text)
}

/// So that counts at a node fit into 16 bits.
const MAX_RULES: u32 = 65_000;
