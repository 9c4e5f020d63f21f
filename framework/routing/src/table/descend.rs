//! The matcher's loop for look-ups that never have to come back.

use super::Captures;
use super::FORKS;
use super::NONE;
use super::Node;
use super::QUICK_INT;
use super::QUICK_PLAIN;
use super::SKIP;
use super::Table;
use super::walk::Flow;
use super::walk::Search;
use super::words::before;
use super::words::ending;
use super::words::is_short_number;
use super::words::load;
use super::words::slashes;
use super::words::slot;
use super::words::starts_with;
use super::words::through;
use crate::converter::is_int;

impl Table<'_> {
    /// Goes the way that is tried first from a node on, without a note of where there were others:
    /// `None` if one of them may lead to a rule when this one does not.
    #[inline(always)]
    pub(super) fn descend(
        &self,
        path: &str,
        id: u32,
        at: usize,
        mut n: usize,
        search: &mut Search<'_>,
    ) -> Option<Flow> {
        let bytes = path.as_bytes();
        let ending = ending(bytes);
        // Not the end of several slashes: those in front count as one.
        let mut rest = behind_slash(bytes, at)?;
        let mut node = self.nodes.get(id as usize)?;
        let mut passed = 0;
        loop {
            let word = load(rest, ending);
            let found = slashes(word);
            let head = word & through(found);
            let mut len = before(found);
            let next = 'next: {
                let target = if found == 0 {
                    let target;
                    (len, target) = self.medium(node, rest, ending, head);
                    target
                } else if node.shift != 0 {
                    self.edge(node, rest, ending, (head, 0))
                } else if (1..=8).contains(&node.skip_len) {
                    if !starts_with(word, node.seed, node.skip_len) {
                        return missed(node.special & !FORKS | passed);
                    }
                    len = usize::from(node.skip_len) - 1;
                    self.nodes.get(node.statics as usize)
                } else {
                    None
                };
                if let Some(behind) = target {
                    break 'next behind;
                }
                let at = bytes.len() - rest.len();
                let mut behind = node.behind;
                if node.quick > QUICK_INT || len == 0 {
                    match self.unusual(node, path, (at, at + len), n, search.captures) {
                        Some((target, stop, captured)) => {
                            (len, n) = (stop - at, captured);
                            break 'next &self.nodes[target as usize];
                        }
                        None => return missed(node.special & !FORKS | passed),
                    }
                }
                if node.quick != QUICK_PLAIN && !is_number(head, found, rest, len) {
                    if node.quick == QUICK_INT {
                        return missed(node.special & !FORKS | passed);
                    }
                    behind += 1;
                }
                search.captures.set(n, at, at + len);
                n += 1;
                &self.nodes[behind as usize]
            };
            passed |= node.special;
            node = next;
            match rest.get(len + 1..) {
                None => return self.arrive(node, n, passed, search),
                Some(after) => rest = after,
            }
        }
    }

    /// The path is used up at a node after nodes with so much more to try.
    #[inline(always)]
    fn arrive(&self, node: &Node, n: usize, passed: u8, search: &mut Search<'_>) -> Option<Flow> {
        match self.accept(node.terms, node.n_terms, n, search) {
            Flow::Miss if node.rare != NONE => None,
            Flow::Miss => missed(passed),
            flow => Some(flow),
        }
    }

    /// What follows a node that no static edge leads on from, and whose dynamic edges are not the
    /// most usual ones: the node behind, where the part stops, and the captures then.
    #[inline(never)]
    fn unusual(
        &self,
        node: &Node,
        path: &str,
        segment: (usize, usize),
        n: usize,
        captures: &mut Captures,
    ) -> Option<(u32, usize, usize)> {
        if node.quick == SKIP {
            let rest = &path.as_bytes()[segment.0..];
            let after = self.skip(node, rest)?;
            return Some((node.statics, path.len() - after.len() - 1, n));
        }
        let edges = &self.dynamics[node.dynamics as usize..][..usize::from(node.n_dynamics)];
        edges.iter().find_map(|edge| {
            let stop = self.part(edge, path, segment, n, captures)?;
            Some((edge.target, stop, n + usize::from(edge.variables)))
        })
    }

    /// What a segment of fewer than 16 bytes leads to from a node with static edges.
    #[inline(always)]
    fn edge(&self, node: &Node, rest: &[u8], ending: u64, words: (u64, u64)) -> Option<&Node> {
        let (head, tail) = words;
        let key = head ^ tail.rotate_left(29);
        let slot = node.statics + slot(key, node.seed, node.shift);
        let behind = &self.nodes[slot as usize];
        if behind.head == head && behind.tail == tail {
            return Some(behind);
        }
        if behind.next == 0 {
            return None;
        }
        let (_, target) = self.long(node, rest, ending);
        self.nodes.get(target as usize)
    }

    /// `long` for a segment of at least 8 bytes, and inlined for fewer than 16.
    #[inline(always)]
    fn medium(&self, node: &Node, rest: &[u8], ending: u64, head: u64) -> (usize, Option<&Node>) {
        let tail = load(rest.get(8..).unwrap_or(&[]), ending);
        let found = slashes(tail);
        if found == 0 {
            let (len, target) = self.long(node, rest, ending);
            return (len, self.nodes.get(target as usize));
        }
        let target = match node.shift {
            0 => None,
            _ => self.edge(node, rest, ending, (head, tail & through(found))),
        };
        (8 + before(found), target)
    }
}

/// A miss, unless there is more to try.
fn missed(more: u8) -> Option<Flow> {
    (more == 0).then_some(Flow::Miss)
}

/// What is behind the one slash before `at`.
#[inline(always)]
fn behind_slash(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let (before, rest) = bytes.split_at_checked(at)?;
    (before.last() == Some(&b'/') && rest.first() != Some(&b'/')).then_some(rest)
}

/// Whether a segment is a number: `rest` begins with it.
#[inline(always)]
fn is_number(head: u64, found: u64, rest: &[u8], len: usize) -> bool {
    if found != 0 {
        is_short_number(head, found)
    } else {
        is_long_number(rest, len)
    }
}

#[inline(never)]
fn is_long_number(rest: &[u8], len: usize) -> bool {
    is_int(&rest[..len], false)
}
