//! The state machine laid out as a table.
//!
//! A node is at the same time the static edge that leads to it: the slot that a segment's hash
//! points to. So a step is one load of one cache line. The nodes behind the dynamic edges of a node
//! lie one after the other, in the order of the edges.

use std::collections::HashMap;
use std::sync::Arc;

use super::CONTESTED;
use super::DynamicEdge;
use super::FORKS;
use super::LAX;
use super::NONE;
use super::Node;
use super::QUICK_INT;
use super::QUICK_INT_PLAIN;
use super::QUICK_NONE;
use super::QUICK_OTHER;
use super::QUICK_PLAIN;
use super::Rare;
use super::SKIP;
use super::SegmentItem;
use super::TableBuf;
use super::Term;
use super::Test;
use super::Text;
use super::machine::DynamicStep;
use super::machine::Machine;
use super::machine::MachineRule;
use super::machine::State;
use super::words::Segment;
use super::words::slot;
use super::words::start;
use crate::converter::Matcher;
use crate::rule::Item;

/// Fills a table that has its methods and converters.
pub(super) fn layout(table: TableBuf, machine: &Machine) -> TableBuf {
    let mut layout = Layout {
        table,
        machine,
        texts: HashMap::new(),
        left: Vec::new(),
    };
    layout.table.nodes.push(Node::empty());
    let hosts = &machine.states[0];
    layout.node(hosts, 0, true);
    // So far there are only the nodes of hosts.
    let root = layout.table.nodes.iter().position(|node| node.len == 0);
    layout.table.root = root.map_or(NONE, |root| root as u32);
    while let Some((state, at)) = layout.left.pop() {
        layout.node(&machine.states[state], at, false);
    }
    layout.table
}

struct Layout<'m> {
    table: TableBuf,
    machine: &'m Machine,
    texts: HashMap<String, Text>,
    /// States whose nodes are there, but not filled.
    left: Vec<(usize, usize)>,
}

impl Node {
    const fn empty() -> Self {
        Self {
            // Eight slashes: a head has one at most, and then zeros.
            head: u64::from_le_bytes(*b"////////"),
            tail: u64::from_le_bytes(*b"////////"),
            seed: 0,
            len: NONE,
            text: 0,
            next: 0,
            statics: 0,
            dynamics: 0,
            behind: 0,
            terms: 0,
            rare: NONE,
            n_dynamics: 0,
            n_terms: 0,
            shift: 0,
            quick: QUICK_NONE,
            skip_len: 0,
            special: 0,
        }
    }
}

impl Layout<'_> {
    /// Fills the node of a state and makes room for those after it.
    fn node(&mut self, state: &State, at: usize, host: bool) {
        let mut node = self.table.nodes[at];
        (node.terms, node.n_terms) = self.terms(&state.rules, |_| true);
        let mut rare = Rare::default();
        (rare.lax, rare.n_lax) = self.terms(&state.rules, |rule| !rule.strict);
        if let Some(slash) = state.get("").filter(|_| !host) {
            (rare.slash, rare.n_slash) = self.terms(&self.machine.states[slash].rules, |_| true);
        }
        node.special = if state.is_contested() { CONTESTED } else { 0 };
        node.special |= if rare.n_lax > 0 { LAX } else { 0 };
        let ways = state.dynamics.len() + usize::from(!state.statics.is_empty());
        if ways > 1 || node.special != 0 {
            node.special |= FORKS;
        }
        self.dynamics(&mut node, state, host);
        match self.skipped(state).filter(|_| !host && rare.n_lax == 0) {
            Some((text, target)) => {
                rare.skip = self.text(&text);
                node.quick = SKIP;
                node.skip_len = text.len() as u8;
                node.seed = start(text.as_bytes());
                node.statics = self.table.nodes.len() as u32;
                self.table.nodes.push(Node::empty());
                self.left.push((target, node.statics as usize));
            }
            None => self.statics(&mut node, state, host),
        }
        rare.n_dynamics = node.n_dynamics;
        if node.special & CONTESTED != 0 {
            // The usual loops pass such a node by.
            (node.n_dynamics, node.quick) = (0, QUICK_NONE);
        }
        if node.special & !FORKS != 0 || rare.n_slash > 0 || node.quick == SKIP {
            node.rare = self.table.rares.len() as u32;
            self.table.rares.push(rare);
        }
        self.table.nodes[at] = node;
    }

    /// The state that a step from a node leads to: from the host's straight behind the slash that
    /// every path begins with.
    fn target(&self, state: usize, host: bool) -> usize {
        let behind = self.machine.states[state].get("").filter(|_| host);
        behind.unwrap_or(state)
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

    fn dynamics(&mut self, node: &mut Node, state: &State, host: bool) {
        node.behind = self.table.nodes.len() as u32;
        node.n_dynamics = state.dynamics.len() as u16;
        let nodes = self.table.nodes.len() + state.dynamics.len();
        self.table.nodes.resize(nodes, Node::empty());
        let mut group = 0;
        let mut edges = Vec::with_capacity(state.dynamics.len());
        for (index, step) in state.dynamics.iter().enumerate() {
            if index > 0 && state.dynamics[index - 1].part.weight != step.part.weight {
                group += 1;
            }
            let target = node.behind as usize + index;
            self.left.push((self.target(step.target, host), target));
            edges.push(self.dynamic(step, target as u32, group));
        }
        node.quick = quick(&edges);
        node.dynamics = self.table.dynamics.len() as u32;
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

    fn dynamic(&mut self, step: &DynamicStep, target: u32, group: u16) -> DynamicEdge {
        let part = &step.part;
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
            earliest: step.rules.0,
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

    /// Lays static edges out as slots, with as few of them sharing one as can be had.
    fn statics(&mut self, node: &mut Node, state: &State, host: bool) {
        if state.statics.is_empty() {
            return;
        }
        let keys: Vec<(Node, u64)> = state
            .statics
            .iter()
            .map(|(text, _)| self.key(text))
            .collect();
        let (seed, bits) = seed(&keys);
        (node.seed, node.shift) = (seed, 64 - bits);
        node.statics = self.table.nodes.len() as u32;
        let slots = 1_usize << bits;
        self.table
            .nodes
            .resize(node.statics as usize + slots, Node::empty());
        for ((key, hash), (_, target)) in keys.into_iter().zip(&state.statics) {
            let mut at = node.statics as usize + slot(hash, seed, 64 - bits) as usize;
            if self.table.nodes[at].len != NONE {
                while self.table.nodes[at].next != 0 {
                    at = self.table.nodes[at].next as usize;
                }
                let next = self.table.nodes.len();
                self.table.nodes[at].next = next as u32;
                self.table.nodes.push(Node::empty());
                at = next;
            }
            self.table.nodes[at] = key;
            self.left.push((self.target(*target, host), at));
        }
    }

    fn key(&mut self, text: &str) -> (Node, u64) {
        let segment = Segment::whole(text.as_bytes());
        let from = if text.len() >= 16 {
            self.text(text).from
        } else {
            0
        };
        let (head, tail, len) = (segment.head, segment.tail, text.len() as u32);
        let key = Node {
            head,
            tail,
            len,
            text: from,
            ..Node::empty()
        };
        (key, segment.key(text.as_bytes()))
    }
}

/// Which of the usual kinds the dynamic edges of a node are.
fn quick(edges: &[DynamicEdge]) -> u8 {
    let mut tests = edges.iter().map(|edge| edge.test);
    let int = Test::Int { signed: false };
    match (tests.next(), tests.next()) {
        (None, _) => QUICK_NONE,
        (Some(Test::Plain), _) => QUICK_PLAIN,
        (Some(first), None) if first == int => QUICK_INT,
        (Some(first), Some(Test::Plain)) if first == int => QUICK_INT_PLAIN,
        _ => QUICK_OTHER,
    }
}

/// Finds a multiplier that spreads the edges over a power of two of slots, best without any two
/// in one: tries a few sizes, and for many edges is content with short chains.
fn seed(keys: &[(Node, u64)]) -> (u64, u8) {
    let least = (keys.len() * 3 / 2)
        .next_power_of_two()
        .trailing_zeros()
        .max(1) as u8;
    let mut best = (usize::MAX, 1, least);
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    for bits in least..=least + 2 {
        for _ in 0..(200_000 / keys.len()).clamp(4, 2048) {
            let mut used = vec![false; 1 << bits];
            let taken = |(_, key): &&(Node, u64)| {
                std::mem::replace(&mut used[slot(*key, seed, 64 - bits) as usize], true)
            };
            let shared = keys.iter().filter(taken).count();
            if shared < best.0 {
                best = (shared, seed, bits);
            }
            if shared == 0 {
                return (seed, bits);
            }
            seed = seed
                .wrapping_mul(0x5851_F42D_4C95_7F2D)
                .wrapping_add(0x1405_7B7E_F767_814F)
                | 1;
        }
    }
    (best.1, best.2)
}
