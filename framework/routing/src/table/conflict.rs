//! Rules that take each other's requests.

use super::machine::Machine;
use super::machine::MachineRule;
use super::overlap;
use crate::Methods;

/// Two rules of which the first takes the requests of the second, so that with the methods in
/// common that never matches.
///
/// Either the rules are the same but for the names and limits of their variables, or the first is
/// of equal weight, earlier, and takes more.
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
/// assert!(conflict.total && !conflict.by_order);
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
    /// The rules are different: in the other order both match.
    pub by_order: bool,
}

pub(super) fn conflicts(machine: &Machine) -> Vec<Conflict> {
    let mut conflicts = overlap::hidden(machine);
    for state in &machine.states {
        for (index, second) in state.rules.iter().enumerate() {
            let second = &machine.rules[*second];
            let before = state.rules[..index].iter();
            let before = before.map(|first| &machine.rules[*first]);
            let mut taken = Methods::NONE;
            let mut sharing = before
                .filter(|first| share_methods(first, second))
                .inspect(|first| taken |= first.methods);
            // The first of them is enough to know.
            let Some(first) = sharing.next() else {
                continue;
            };
            sharing.for_each(drop);
            conflicts.push(Conflict {
                first: first.id,
                second: second.id,
                methods: first.methods & second.methods,
                total: taken.contains(second.methods),
                by_order: false,
            });
        }
    }
    conflicts.sort_by_key(|conflict| (conflict.second, conflict.first));
    // One reason why a rule cannot match is enough as well.
    conflicts.dedup_by_key(|conflict| conflict.second);
    conflicts
}

/// Whether the rules have methods in common that were meant: HEAD and OPTIONS come with most rules.
pub(super) fn share_methods(first: &MachineRule, second: &MachineRule) -> bool {
    let implied = Methods::HEAD | Methods::OPTIONS;
    let common = first.methods & second.methods;
    let meant = !implied.contains(common) || first.methods == second.methods;
    first.websocket == second.websocket && !common.is_empty() && meant
}
