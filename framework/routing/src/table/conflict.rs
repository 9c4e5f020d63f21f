//! Rules that take each other's requests.

use std::collections::BTreeSet;

use super::machine::DynamicStep;
use super::machine::Machine;
use super::machine::MachineRule;
use crate::Methods;
use crate::converter::Matcher;
use crate::converter::is_uuid;
use crate::rule::Item;

/// Two rules of the same structure, host and WebSocket flag that have methods in common: with
/// those the second never matches.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Methods;
/// use rustzeug_routing::Rule;
/// use rustzeug_routing::TableBuilder;
/// use rustzeug_routing::TableOptions;
///
/// let mut builder = TableBuilder::new(TableOptions::new());
/// builder.add(&Rule::new("/<a>").methods(["GET", "POST"]))?;
/// builder.add(&Rule::new("/<b>").methods(["POST"]))?;
/// let conflict = &builder.build().conflicts[0];
/// assert_eq!((conflict.first, conflict.second), (0, 1));
/// assert_eq!(conflict.methods, Methods::POST);
/// assert!(conflict.total);
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// The number of the rule that matches.
    pub first: u32,
    /// The number of the rule that does not.
    pub second: u32,
    /// The methods in common.
    pub methods: Methods,
    /// The first rule takes all methods of the second.
    pub total: bool,
}

/// Two rules that different variables make different, but that some request fits both with equal
/// weight: only the order in which they were added decides. Not a mistake, but worth a look.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Rule;
/// use rustzeug_routing::TableBuilder;
/// use rustzeug_routing::TableOptions;
///
/// let mut builder = TableBuilder::new(TableOptions::new());
/// builder.add(&Rule::new("/<name>"))?;
/// builder.add(&Rule::new("/<any(about, help):page>"))?;
/// let overlap = &builder.build().overlaps[0];
/// assert_eq!((overlap.first, overlap.second), (0, 1));
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Overlap {
    /// The number of the rule that is tried first.
    pub first: u32,
    /// The number of the other.
    pub second: u32,
}

pub(super) fn conflicts(machine: &Machine) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    for state in &machine.states {
        for (index, second) in state.rules.iter().enumerate() {
            let second = &machine.rules[*second];
            // HEAD and OPTIONS come with most rules without being meant.
            let implied = Methods::HEAD | Methods::OPTIONS;
            let before = state.rules[..index]
                .iter()
                .map(|first| &machine.rules[*first]);
            let overlaps = |first: &&MachineRule| {
                let common = first.methods & second.methods;
                let meant = !implied.contains(common) || first.methods == second.methods;
                first.websocket == second.websocket && !common.is_empty() && meant
            };
            // The first of them is enough to know.
            if let Some(first) = before.into_iter().find(overlaps) {
                conflicts.push(Conflict {
                    first: first.id,
                    second: second.id,
                    methods: first.methods & second.methods,
                    total: first.methods.contains(second.methods),
                });
            }
        }
    }
    conflicts.sort_by_key(|conflict| (conflict.second, conflict.first));
    conflicts
}

/// Only pairs that part at edges of equal weight, and go on alike from there.
pub(super) fn overlaps(machine: &Machine) -> Vec<Overlap> {
    let mut overlaps = BTreeSet::new();
    for state in &machine.states {
        let mut pairs = Vec::new();
        push_pairs(&state.dynamics, &state.dynamics, &mut pairs);
        while let Some((a, b)) = pairs.pop() {
            if overlaps.len() >= MOST {
                return overlaps.into_iter().collect();
            }
            let (a, b) = (&machine.states[a], &machine.states[b]);
            for a in a.rules.iter().map(|rule| &machine.rules[*rule]) {
                for b in b.rules.iter().map(|rule| &machine.rules[*rule]) {
                    if a.websocket == b.websocket && a.methods.intersects(b.methods) {
                        let (first, second) = (a.id.min(b.id), a.id.max(b.id));
                        overlaps.insert(Overlap { first, second });
                    }
                }
            }
            let both = a
                .statics
                .iter()
                .filter_map(|(text, a)| Some((*a, b.get(text)?)));
            pairs.extend(both);
            push_pairs(&a.dynamics, &b.dynamics, &mut pairs);
        }
    }
    overlaps.into_iter().collect()
}

/// The targets of different parts of equal weight that some segment fits both of.
fn push_pairs(a: &[DynamicStep], b: &[DynamicStep], pairs: &mut Vec<(usize, usize)>) {
    for (index, first) in a.iter().enumerate() {
        // Of a list with itself, each pair once.
        let from = if std::ptr::eq(a, b) { index + 1 } else { 0 };
        for second in &b[from..] {
            let equal = first.part.weight == second.part.weight;
            if equal && first.target != second.target && meet(&first.part.items, &second.part.items)
            {
                pairs.push((first.target, second.target));
            }
        }
    }
}

/// Whether some text fits both; in doubt it does.
fn meet(a: &[Item], b: &[Item]) -> bool {
    match (a, b) {
        ([Item::Variable(a)], [Item::Variable(b)]) => match (a, b) {
            (Matcher::Any(items), other) | (other, Matcher::Any(items)) => {
                items.iter().any(|item| fits(other, item))
            }
            (Matcher::Int { .. }, Matcher::Float { .. })
            | (Matcher::Float { .. }, Matcher::Int { .. }) => false,
            (Matcher::String(a), Matcher::String(b)) => a.min <= b.max && b.min <= a.max,
            (Matcher::String(string), Matcher::Uuid) | (Matcher::Uuid, Matcher::String(string)) => {
                (string.min..=string.max).contains(&36)
            }
            _ => true,
        },
        _ => {
            let starts = match (a.first(), b.first()) {
                (Some(Item::Literal(a)), Some(Item::Literal(b))) => {
                    a.starts_with(&**b) || b.starts_with(&**a)
                }
                _ => true,
            };
            let ends = match (a.last(), b.last()) {
                (Some(Item::Literal(a)), Some(Item::Literal(b))) => {
                    a.ends_with(&**b) || b.ends_with(&**a)
                }
                _ => true,
            };
            starts && ends
        }
    }
}

fn fits(matcher: &Matcher, text: &str) -> bool {
    match matcher {
        Matcher::Any(items) => items.iter().any(|item| item == text),
        Matcher::Custom(custom) => custom.converter.matches(text),
        Matcher::String(string) => string.takes(text),
        Matcher::Uuid => is_uuid(text.as_bytes()),
        Matcher::Float { .. } | Matcher::Int { .. } | Matcher::Path => true,
    }
}

/// A list for people to read.
const MOST: usize = 1_000;
