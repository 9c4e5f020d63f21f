//! Werkzeug's state machine: the one definition of what matches what, in which order.
//!
//! A state has static edges by text, dynamic edges by weight, and the rules that end there. The
//! first step of every rule is its host, then come the segments of its path (the first of which is
//! empty, for the slash that every rule begins with).

use std::collections::HashMap;

use super::Check;
use crate::Methods;
use crate::rule::Dynamic;
use crate::rule::Part;

/// A rule as the machine needs it.
#[derive(Clone, Debug)]
pub(super) struct MachineRule {
    pub(super) id: u32,
    pub(super) parts: Vec<Part>,
    pub(super) methods: Methods,
    pub(super) websocket: bool,
    pub(super) strict: bool,
    pub(super) merge: bool,
    pub(super) checks: Vec<Check>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) statics: Vec<(String, usize)>,
    by_text: HashMap<String, usize>,
    pub(super) dynamics: Vec<DynamicStep>,
    /// Indices of the machine's rules, in the order added.
    pub(super) rules: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct DynamicStep {
    pub(super) part: Dynamic,
    pub(super) target: usize,
    /// The first and the last rule (by id) behind it.
    pub(super) rules: (u32, u32),
}

#[derive(Debug)]
pub(super) struct Machine {
    pub(super) states: Vec<State>,
    pub(super) rules: Vec<MachineRule>,
}

impl Machine {
    pub(super) fn new(rules: Vec<MachineRule>) -> Self {
        let mut states = vec![State::default()];
        for (index, rule) in rules.iter().enumerate() {
            let mut at = 0;
            for part in &rule.parts {
                let fresh = states.len();
                at = states[at].step(part, rule.id, fresh);
                if at == fresh {
                    states.push(State::default());
                }
            }
            states[at].rules.push(index);
        }
        for state in &mut states {
            // Stable: of equal weights the edge that an earlier rule made comes first.
            state
                .dynamics
                .sort_by(|a, b| a.part.weight.cmp(&b.part.weight));
        }
        Self { states, rules }
    }
}

impl State {
    /// Returns the state behind the part; `fresh` becomes it if there was none.
    fn step(&mut self, part: &Part, rule: u32, fresh: usize) -> usize {
        match part {
            Part::Static(text) => {
                if let Some(target) = self.by_text.get(text) {
                    return *target;
                }
                self.by_text.insert(text.clone(), fresh);
                self.statics.push((text.clone(), fresh));
            }
            Part::Dynamic(part) => {
                if let Some(step) = self.dynamics.iter_mut().find(|step| step.part == *part) {
                    step.rules.1 = rule;
                    return step.target;
                }
                let rules = (rule, rule);
                self.dynamics.push(DynamicStep {
                    part: part.clone(),
                    target: fresh,
                    rules,
                });
            }
        }
        fresh
    }

    pub(super) fn get(&self, text: &str) -> Option<usize> {
        self.by_text.get(text).copied()
    }

    /// Returns whether the order of edges is not the order of rules among those of equal weight.
    ///
    /// Werkzeug takes the first edge in any case, which is how a rule that does not match can
    /// change which of two others does (its issue 3156).
    pub(super) fn is_contested(&self) -> bool {
        let equal = |a: &DynamicStep, b: &DynamicStep| a.part.weight == b.part.weight;
        self.dynamics.windows(2).any(|pair| {
            let [first, second] = pair else { return false };
            equal(first, second) && first.rules.1 > second.rules.0
        })
    }
}
