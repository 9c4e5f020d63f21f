//! Rules to a table: parse, run the state machine, lay it out.

use std::collections::HashMap;
use std::sync::Arc;

use super::CONTESTED;
use super::Check;
use super::DynamicEdge;
use super::Edge;
use super::LAX;
use super::NONE;
use super::Node;
use super::Rare;
use super::SegmentItem;
use super::Table;
use super::Term;
use super::Test;
use super::Text;
use super::conflict;
use super::conflict::Conflict;
use super::conflict::Overlap;
use super::machine::Machine;
use super::machine::MachineRule;
use super::machine::State;
use super::words::hash;
use super::words::last8;
use super::words::load8;
use super::words::slot;
use crate::Converter;
use crate::Methods;
use crate::Pattern;
use crate::Registry;
use crate::Rule;
use crate::RuleError;
use crate::RuleErrorKind;
use crate::converter::Kind;
use crate::converter::Matcher;
use crate::rule::Dynamic;
use crate::rule::Item;

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
    /// Rules that take the same requests, so that only their order decides.
    pub overlaps: Vec<Overlap>,
}

/// A table that owns its data.
#[derive(Clone, Debug, Default)]
pub struct TableBuf {
    #[doc(hidden)]
    pub text: String,
    #[doc(hidden)]
    pub nodes: Vec<Node>,
    #[doc(hidden)]
    pub rares: Vec<Rare>,
    #[doc(hidden)]
    pub edges: Vec<Edge>,
    #[doc(hidden)]
    pub dynamics: Vec<DynamicEdge>,
    #[doc(hidden)]
    pub terms: Vec<Term>,
    #[doc(hidden)]
    pub items: Vec<SegmentItem>,
    #[doc(hidden)]
    pub alternatives: Vec<Text>,
    #[doc(hidden)]
    pub checks: Vec<Check>,
    #[doc(hidden)]
    pub methods: Vec<Text>,
    #[doc(hidden)]
    pub custom: Vec<Arc<dyn Converter>>,
    #[doc(hidden)]
    pub merge_slashes: bool,
    #[doc(hidden)]
    pub root: u32,
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
        let conflicts = conflict::conflicts(&machine);
        let overlaps = conflict::overlaps(&machine);
        Built {
            table: self.layout(&machine),
            conflicts,
            overlaps,
        }
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
        Layout {
            table,
            machine,
            texts: HashMap::new(),
        }
        .run()
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
            edges: &self.edges,
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

    fn push_text(&mut self, text: &str) -> Text {
        let from = self.text.len() as u32;
        self.text.push_str(text);
        Text {
            from,
            len: text.len() as u32,
        }
    }
}

/// The machine's states become nodes of the same number.
struct Layout<'m> {
    table: TableBuf,
    machine: &'m Machine,
    texts: HashMap<String, Text>,
}

impl Layout<'_> {
    fn run(mut self) -> TableBuf {
        for (index, state) in self.machine.states.iter().enumerate() {
            // The host's node leads straight to the nodes behind the path's first slash.
            let skip = index == 0;
            let node = self.node(state, skip);
            self.table.nodes.push(node);
        }
        let root = self.machine.states[0]
            .get("")
            .and_then(|host| self.behind_slash(host));
        self.table.root = root.unwrap_or(NONE);
        self.table
    }

    fn behind_slash(&self, state: usize) -> Option<u32> {
        self.machine.states[state]
            .get("")
            .map(|target| target as u32)
    }

    fn node(&mut self, state: &State, skip: bool) -> Node {
        let mut node = Node {
            rare: NONE,
            ..Node::default()
        };
        (node.terms, node.n_terms) = self.terms(&state.rules, |_| true);
        let mut rare = Rare::default();
        (rare.lax, rare.n_lax) = self.terms(&state.rules, |rule| !rule.strict);
        if let Some(slash) = state.get("").filter(|_| !skip) {
            (rare.slash, rare.n_slash) = self.terms(&self.machine.states[slash].rules, |_| true);
        }
        node.special = if state.is_contested() { CONTESTED } else { 0 };
        node.special |= if rare.n_lax > 0 { LAX } else { 0 };
        node.more = !state.statics.is_empty() || !state.dynamics.is_empty() || rare.n_lax > 0;
        self.dynamics(&mut node, state, skip);
        match self.skipped(state).filter(|_| !skip && rare.n_lax == 0) {
            Some((text, target)) => {
                rare.skip = self.text(&text).from;
                node.skip_len = text.len() as u16;
                node.edges = target as u32;
            }
            None => {
                let target = |to: usize| {
                    if skip {
                        self.behind_slash(to)
                    } else {
                        Some(to as u32)
                    }
                };
                let edges = state
                    .statics
                    .iter()
                    .filter_map(|(text, to)| target(*to).map(|target| (&**text, target)));
                let edges: Vec<(&str, u32)> = edges.collect();
                self.statics(&mut node, &edges);
            }
        }
        if node.special != 0 || rare.n_slash > 0 || node.skip_len > 0 {
            node.rare = self.table.rares.len() as u32;
            self.table.rares.push(rare);
        }
        node
    }

    /// The text of segments after the state at which no rule ends or goes another way, and where
    /// it leads.
    fn skipped<'s>(&'s self, mut state: &'s State) -> Option<(String, usize)> {
        let mut skipped = (String::new(), 0);
        while let ([(text, target)], []) = (&*state.statics, &*state.dynamics) {
            let next = &self.machine.states[*target];
            let leads_on = next.rules.is_empty() && next.get("").is_none();
            if text.is_empty() || !leads_on || skipped.0.len() + text.len() >= 256 {
                break;
            }
            skipped.0.push_str(text);
            skipped.0.push('/');
            skipped.1 = *target;
            state = next;
        }
        (!skipped.0.is_empty()).then_some(skipped)
    }

    fn dynamics(&mut self, node: &mut Node, state: &State, skip: bool) {
        let mut group = 0;
        let mut edges = Vec::with_capacity(state.dynamics.len());
        for (index, step) in state.dynamics.iter().enumerate() {
            if index > 0 && state.dynamics[index - 1].part.weight != step.part.weight {
                group += 1;
            }
            let target = match skip {
                true => self.behind_slash(step.target).unwrap_or(NONE),
                false => step.target as u32,
            };
            edges.push(self.dynamic(&step.part, target, step.rules.0, group));
        }
        node.dynamics = self.table.dynamics.len() as u32;
        node.n_dynamics = edges.len() as u16;
        self.table.dynamics.extend(edges);
    }

    fn terms(&mut self, rules: &[usize], of: impl Fn(&MachineRule) -> bool) -> (u32, u16) {
        let from = self.table.terms.len();
        for rule in rules
            .iter()
            .map(|rule| &self.machine.rules[*rule])
            .filter(|rule| of(rule))
        {
            let checks = self.table.checks.len() as u32;
            self.table.checks.extend(&rule.checks);
            self.table.terms.push(Term {
                methods: rule.methods,
                rule: rule.id,
                checks,
                n_checks: rule.checks.len() as u16,
                websocket: rule.websocket,
                strict: rule.strict,
                merge: rule.merge,
            });
        }
        (from as u32, (self.table.terms.len() - from) as u16)
    }

    fn dynamic(&mut self, part: &Dynamic, target: u32, earliest: u32, group: u16) -> DynamicEdge {
        let test = match &*part.items {
            [Item::Variable(matcher)] if !part.suffixed => self.test(matcher),
            items => {
                let items: Vec<SegmentItem> = items.iter().map(|item| self.item(item)).collect();
                let from = self.table.items.len() as u32;
                let len = items.len() as u32;
                self.table.items.extend(items);
                Test::Items {
                    from,
                    len,
                    suffixed: part.suffixed,
                }
            }
        };
        let variable = |item: &&Item| matches!(item, Item::Variable(_));
        let variables = part.items.iter().filter(variable).count() as u16;
        DynamicEdge {
            test,
            target,
            earliest,
            group,
            variables,
            whole_rest: part.whole_rest,
        }
    }

    fn item(&mut self, item: &Item) -> SegmentItem {
        match item {
            Item::Literal(text) => SegmentItem::Literal(self.text(text)),
            Item::Variable(matcher) => SegmentItem::Variable(self.test(matcher)),
        }
    }

    fn test(&mut self, matcher: &Matcher) -> Test {
        match matcher {
            Matcher::Any(items) => {
                let items: Vec<Text> = items.iter().map(|item| self.text(item)).collect();
                let from = self.table.alternatives.len() as u32;
                let len = items.len() as u32;
                self.table.alternatives.extend(items);
                Test::Any { from, len }
            }
            Matcher::Custom(custom) => {
                self.table.custom.push(Arc::clone(&custom.converter));
                Test::Custom {
                    index: self.table.custom.len() as u32 - 1,
                }
            }
            Matcher::Float { signed } => Test::Float { signed: *signed },
            Matcher::Int { signed } => Test::Int { signed: *signed },
            Matcher::Path => Test::Path,
            Matcher::String(string) if string.is_plain() => Test::Plain,
            Matcher::String(string) => Test::String {
                min: string.min,
                max: string.max,
            },
            Matcher::Uuid => Test::Uuid,
        }
    }

    fn text(&mut self, text: &str) -> Text {
        if let Some(known) = self.texts.get(text) {
            return *known;
        }
        let pushed = self.table.push_text(text);
        self.texts.insert(text.to_owned(), pushed);
        pushed
    }

    /// Lays static edges out as a table of slots, with as few of them sharing one as can be had.
    fn statics(&mut self, node: &mut Node, statics: &[(&str, u32)]) {
        if statics.is_empty() {
            return;
        }
        let edges: Vec<Edge> = statics
            .iter()
            .map(|(text, to)| self.edge(text, *to))
            .collect();
        let (seed, bits) = seed(&edges);
        (node.seed, node.shift) = (seed, 32 - bits);
        node.edges = self.table.edges.len() as u32;
        let slots = 1_usize << bits;
        let empty = Edge {
            head: 0,
            tail: 0,
            len: NONE,
            text: 0,
            target: NONE,
            next: 0,
        };
        self.table.edges.resize(node.edges as usize + slots, empty);
        for edge in edges {
            let mut at = node.edges as usize + edge_slot(&edge, seed, bits);
            if self.table.edges[at].len == NONE {
                self.table.edges[at] = edge;
                continue;
            }
            while self.table.edges[at].next != 0 {
                at = self.table.edges[at].next as usize;
            }
            self.table.edges[at].next = self.table.edges.len() as u32;
            self.table.edges.push(edge);
        }
    }

    fn edge(&mut self, text: &str, target: u32) -> Edge {
        let bytes = text.as_bytes();
        let tail = if bytes.len() > 8 {
            last8(bytes, bytes.len())
        } else {
            0
        };
        let from = if bytes.len() > 16 {
            self.text(text).from
        } else {
            0
        };
        let len = bytes.len() as u32;
        Edge {
            head: load8(bytes, 0),
            tail,
            len,
            text: from,
            target,
            next: 0,
        }
    }
}

/// Finds a multiplier that spreads the edges over a power of two of slots, best without any two
/// in one: tries a few sizes, and for many edges is content with short chains.
fn seed(edges: &[Edge]) -> (u32, u8) {
    let least = (edges.len() * 3 / 2)
        .next_power_of_two()
        .trailing_zeros()
        .max(1) as u8;
    let mut best = (usize::MAX, 1, least);
    let mut seed = 0x9E37_79B9_u32;
    for bits in least..=least + 2 {
        for _ in 0..(200_000 / edges.len()).clamp(4, 2048) {
            let mut used = vec![false; 1 << bits];
            let taken =
                |edge: &&Edge| std::mem::replace(&mut used[edge_slot(edge, seed, bits)], true);
            let shared = edges.iter().filter(taken).count();
            if shared < best.0 {
                best = (shared, seed, bits);
            }
            if shared == 0 {
                return (seed, bits);
            }
            seed = seed.wrapping_mul(0x0019_660D).wrapping_add(0x3C6E_F35F) | 1;
        }
    }
    (best.1, best.2)
}

fn edge_slot(edge: &Edge, seed: u32, bits: u8) -> usize {
    slot(
        hash(edge.head, edge.tail, edge.len as usize),
        seed,
        32 - bits,
    )
}

fn too_long(rule: &Rule, message: &str) -> RuleError {
    RuleError::new(RuleErrorKind::TooLong, 0..rule.text.len(), message).within(&rule.text)
}

/// So that counts at a node fit into 16 bits.
const MAX_RULES: u32 = 65_000;
