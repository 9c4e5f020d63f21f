//! Rules that are different, and take the same requests all the same.

use std::collections::BTreeMap;

use crate::converter::Matcher;
use crate::converter::is_uuid;
use crate::rule::Dynamic;
use crate::rule::Item;
use crate::rule::Part;
use crate::table::conflict::Conflict;
use crate::table::conflict::share_methods;
use crate::table::language::Language;
use crate::table::machine::DynamicStep;
use crate::table::machine::Machine;
use crate::table::machine::MachineRule;

/// Two rules that some request fits both with equal weight: only the order in which they were
/// added decides. Not a mistake, but worth a look.
///
/// Where the first takes every request of the second, that is a [`Conflict`].
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Rule;
/// use rustzeug_routing::TableBuilder;
/// use rustzeug_routing::TableOptions;
///
/// let mut builder = TableBuilder::new(TableOptions::new());
/// builder.add(&Rule::new("/<any(about, help):page>"))?;
/// builder.add(&Rule::new("/<name>"))?;
/// builder.add(&Rule::new("/<int:number>"))?;
/// let overlaps = builder.overlaps();
/// assert_eq!(overlaps.len(), 1);
/// assert_eq!((overlaps[0].first, overlaps[0].second), (0, 1));
/// assert_eq!(overlaps[0].example.as_deref(), Some("/help"));
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overlap {
    /// The number of the rule that is tried first.
    pub first: u32,
    /// The number of the other.
    pub second: u32,
    /// A path that both take (behind `//` and a host, where they have one); unknown where a
    /// converter of one's own decides.
    pub example: Option<String>,
}

/// The pairs of rules that part at edges of equal weight and that a request fits both.
pub(super) fn overlaps(machine: &Machine) -> Vec<Overlap> {
    let found = Walk::run(machine).into_iter();
    let partly = found.filter(|(_, shared)| !shared.total);
    partly
        .map(|((first, second), shared)| Overlap {
            first,
            second,
            example: shared.example,
        })
        .collect()
}

/// The rules that never match because another one, of equal weight, was added earlier.
pub(super) fn hidden(machine: &Machine) -> Vec<Conflict> {
    let found = Walk::run(machine).into_iter();
    let totally = found.filter(|(_, shared)| shared.total);
    totally
        .map(|((first, second), _)| {
            let rule = |id| machine.rules.iter().find(|rule| rule.id == id);
            Conflict {
                first,
                second,
                methods: rule(second).map_or_else(Default::default, |rule| rule.methods),
                total: true,
                by_order: true,
            }
        })
        .collect()
}

#[derive(Debug)]
struct Shared {
    example: Option<String>,
    /// The first takes all that the second could.
    total: bool,
}

struct Walk<'m> {
    machine: &'m Machine,
    /// For each state the one before it and the part between them.
    before: Vec<Option<(usize, Part)>>,
    found: BTreeMap<(u32, u32), Shared>,
    left: Vec<Pair>,
    steps: usize,
}

/// Two states that some path leads to both of.
#[derive(Clone)]
struct Pair {
    states: (usize, usize),
    /// How many parts lead to them.
    depth: usize,
    text: Vec<String>,
    /// Since they parted: everything that leads to the second leads to the first, and the reverse.
    covers: (bool, bool),
    /// No part was a guess.
    certain: bool,
}

impl<'m> Walk<'m> {
    fn run(machine: &'m Machine) -> BTreeMap<(u32, u32), Shared> {
        let mut before = vec![None; machine.states.len()];
        for (at, state) in machine.states.iter().enumerate() {
            for (text, to) in &state.statics {
                before[*to] = Some((at, Part::Static(text.clone())));
            }
            for step in &state.dynamics {
                before[step.target] = Some((at, Part::Dynamic(step.part.clone())));
            }
        }
        let mut walk = Self {
            machine,
            before,
            found: BTreeMap::new(),
            left: Vec::new(),
            steps: 0,
        };
        for state in 0..machine.states.len() {
            walk.part_at(state);
            while let Some(pair) = walk.left.pop() {
                walk.pair(&pair);
                walk.steps += 1;
                if walk.steps > MOST_STEPS || walk.found.len() > MOST {
                    return walk.found;
                }
            }
        }
        walk.found
    }

    /// The pairs of edges of equal weight.
    fn part_at(&mut self, state: usize) {
        let machine = self.machine;
        let edges = &machine.states[state].dynamics;
        let mut here = None;
        for (index, first) in edges.iter().enumerate() {
            let equal = |second: &&DynamicStep| second.part.weight == first.part.weight;
            for second in edges[index + 1..].iter().take_while(equal) {
                let here = here.get_or_insert_with(|| self.lead_to(state));
                self.both_dynamic(here, first, second);
            }
        }
    }

    /// A path that leads to a state.
    fn lead_to(&self, mut state: usize) -> Pair {
        let mut pair = Pair {
            states: (state, state),
            depth: 0,
            text: Vec::new(),
            covers: (true, true),
            certain: true,
        };
        while let Some((at, part)) = &self.before[state] {
            pair.text.push(match part {
                Part::Static(text) => text.clone(),
                Part::Dynamic(part) => {
                    let language = Language::of_items(&part.items);
                    pair.certain &= !language.is_guess;
                    language.common(&language).unwrap_or_default()
                }
            });
            pair.depth += 1;
            state = *at;
        }
        pair.text.reverse();
        pair
    }

    fn pair(&mut self, pair: &Pair) {
        let machine = self.machine;
        let (a, b) = (
            &machine.states[pair.states.0],
            &machine.states[pair.states.1],
        );
        self.end(pair, &a.rules, &b.rules, "");
        let slash = |state: &'m crate::table::machine::State| {
            let behind = state.get("").map(|to| &*machine.states[to].rules);
            behind.unwrap_or(&[])
        };
        let lax = |rules: &[usize]| -> Vec<usize> {
            let lax = |rule: &&usize| !machine.rules[**rule].strict;
            rules.iter().filter(lax).copied().collect()
        };
        // A missing slash at the end redirects, or makes no difference.
        let part = Pair {
            covers: (false, false),
            ..pair.clone()
        };
        self.end(&part, &a.rules, slash(b), "");
        self.end(&part, slash(a), &b.rules, "");
        self.end(&part, &lax(&a.rules), slash(b), "/");
        self.end(&part, slash(a), &lax(&b.rules), "/");
        for (text, a_to) in &a.statics {
            if let Some(b_to) = b.get(text) {
                self.left
                    .push(pair.next((*a_to, b_to), text.clone(), (true, true)));
            }
            for edge in &b.dynamics {
                self.static_dynamic(pair, (text, *a_to), edge, false);
            }
        }
        for (text, b_to) in &b.statics {
            for edge in &a.dynamics {
                self.static_dynamic(pair, (text, *b_to), edge, true);
            }
        }
        for first in &a.dynamics {
            for second in &b.dynamics {
                self.both_dynamic(pair, first, second);
            }
        }
    }

    /// One way on is a text and the other has variables; `turned`: those of the first.
    fn static_dynamic(
        &mut self,
        pair: &Pair,
        (text, to): (&str, usize),
        edge: &DynamicStep,
        turned: bool,
    ) {
        let states = if turned {
            (edge.target, to)
        } else {
            (to, edge.target)
        };
        if edge.part.whole_rest {
            return self.rests(pair, states);
        }
        let language = Language::of_items(&edge.part.items);
        if language.common(&Language::of_text(text)).is_some() {
            let covers = if turned { (true, false) } else { (false, true) };
            let mut next = pair.next(states, text.to_owned(), covers);
            next.certain &= !language.is_guess;
            self.left.push(next);
        }
    }

    fn both_dynamic(&mut self, pair: &Pair, first: &DynamicStep, second: &DynamicStep) {
        let states = (first.target, second.target);
        if first.part.whole_rest || second.part.whole_rest {
            return self.rests(pair, states);
        }
        let (a, b) = (
            Language::of_items(&first.part.items),
            Language::of_items(&second.part.items),
        );
        if let Some(text) = a.common(&b) {
            let covers = (
                takes_all(&first.part, &second.part),
                takes_all(&second.part, &first.part),
            );
            let mut next = pair.next(states, text, covers);
            next.certain &= !a.is_guess && !b.is_guess;
            self.left.push(next);
        }
    }

    /// Where a variable takes slashes, segments are no steps: whole rests are compared.
    fn rests(&mut self, pair: &Pair, (a, b): (usize, usize)) {
        let machine = self.machine;
        let rests = |state: usize| -> Vec<(&MachineRule, Language)> {
            let rules = self.rules_behind(state).into_iter();
            rules
                .map(|rule| &machine.rules[rule])
                .map(|rule| {
                    (
                        rule,
                        Language::of_rest(&rule.parts[pair.depth..], rule.strict),
                    )
                })
                .collect()
        };
        let (firsts, seconds) = (rests(a), rests(b));
        for (first, a) in &firsts {
            for (second, b) in &seconds {
                self.steps += 1;
                if self.steps > MOST_STEPS || !share_methods(first, second) {
                    continue;
                }
                if let Some(text) = a.common(b) {
                    let rest = |rule: &'m MachineRule| &rule.parts[pair.depth..];
                    let mut found = pair.next(
                        (0, 0),
                        text,
                        (
                            is_all(rest(first)) && !may_be_empty(rest(second)),
                            is_all(rest(second)) && !may_be_empty(rest(first)),
                        ),
                    );
                    found.certain &= !a.is_guess && !b.is_guess;
                    self.found(&found, first, second, "");
                }
            }
        }
    }

    fn rules_behind(&self, state: usize) -> Vec<usize> {
        let (mut rules, mut left) = (Vec::new(), vec![state]);
        while let Some(state) = left.pop() {
            let state = &self.machine.states[state];
            rules.extend(&state.rules);
            left.extend(state.statics.iter().map(|(_, to)| *to));
            left.extend(state.dynamics.iter().map(|step| step.target));
        }
        rules
    }

    /// The path ends here for rules of both.
    fn end(&mut self, pair: &Pair, a: &[usize], b: &[usize], slash: &str) {
        for first in a {
            for second in b {
                let (first, second) = (&self.machine.rules[*first], &self.machine.rules[*second]);
                if share_methods(first, second) {
                    self.found(pair, first, second, slash);
                }
            }
        }
    }

    fn found(&mut self, pair: &Pair, a: &MachineRule, b: &MachineRule, slash: &str) {
        let (first, second, covers) = match a.id < b.id {
            true => (a, b, pair.covers.0),
            false => (b, a, pair.covers.1),
        };
        let total = covers
            && first.methods.contains(second.methods)
            // A rule that is not strict takes one path more.
            && (second.strict || !first.strict);
        let example = pair.certain.then(|| {
            let path = pair.text.get(1..).unwrap_or_default().join("/");
            match pair.text.first().map_or("", String::as_str) {
                "" => path + slash,
                host => format!("//{host}{path}{slash}"),
            }
        });
        let shared = self.found.entry((first.id, second.id)).or_insert(Shared {
            example,
            total: false,
        });
        shared.total |= total;
    }
}

impl Pair {
    fn next(&self, states: (usize, usize), text: String, covers: (bool, bool)) -> Self {
        let mut next = self.clone();
        next.states = states;
        next.depth += 1;
        next.text.push(text);
        next.covers = (next.covers.0 && covers.0, next.covers.1 && covers.1);
        next
    }
}

/// Whether every text of the second part is one of the first; in doubt not.
fn takes_all(first: &Dynamic, second: &Dynamic) -> bool {
    let [Item::Variable(first)] = &*first.items else {
        return false;
    };
    match (first, &*second.items) {
        (Matcher::String(string), items) if string.is_plain() => {
            items.iter().any(|item| !may_be_nothing(item))
        }
        (first, [Item::Variable(second)]) => match (first, second) {
            (Matcher::String(a), Matcher::String(b)) => a.min <= b.min && b.max <= a.max,
            (Matcher::String(string), Matcher::Uuid) => (string.min..=string.max).contains(&36),
            (first, Matcher::Any(items)) => items.iter().all(|item| fits(first, item)),
            (Matcher::Int { .. }, Matcher::Int { signed: false })
            | (Matcher::Float { .. }, Matcher::Float { signed: false }) => true,
            _ => false,
        },
        _ => false,
    }
}

/// A variable that takes whatever is left.
fn is_all(rest: &[Part]) -> bool {
    let [Part::Dynamic(part)] = rest else {
        return false;
    };
    !part.suffixed && matches!(&*part.items, [Item::Variable(Matcher::Path)])
}

fn may_be_empty(rest: &[Part]) -> bool {
    match rest.first() {
        Some(Part::Static(text)) => text.is_empty(),
        Some(Part::Dynamic(part)) => part.items.iter().all(may_be_nothing),
        None => true,
    }
}

fn may_be_nothing(item: &Item) -> bool {
    match item {
        Item::Literal(text) => text.is_empty(),
        Item::Variable(Matcher::Any(items)) => items.iter().any(String::is_empty),
        Item::Variable(Matcher::Custom(custom)) => custom.converter.matches(""),
        Item::Variable(Matcher::String(string)) => string.min == 0,
        Item::Variable(_) => false,
    }
}

fn fits(matcher: &Matcher, text: &str) -> bool {
    match matcher {
        Matcher::Any(items) => items.iter().any(|item| item == text),
        Matcher::String(string) => string.takes(text),
        Matcher::Uuid => is_uuid(text.as_bytes()),
        Matcher::Custom(_) | Matcher::Float { .. } | Matcher::Int { .. } | Matcher::Path => false,
    }
}

/// A list for people to read.
const MOST: usize = 1_000;
/// Pairs that are looked at: what takes longer is not worth a warning.
const MOST_STEPS: usize = 200_000;

#[cfg(test)]
mod tests;
