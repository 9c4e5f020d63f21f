//! The matcher's loop for look-ups that have to come back.
//!
//! One step a segment. A segment's first eight bytes are loaded at once; they find its end and (with
//! the eight after them, if it is longer) its slot among the static edges, which is the next node.
//! Then come the dynamic edges in order.
//!
//! The loop of `descend.rs` goes the way that is tried first and notes only whether it passed by any
//! other: nearly all look-ups end there. If they do not, `walk` starts anew and keeps the nodes where
//! more could be tried on a stack. A state is visited twice at most, as the states are a tree and
//! (but for rules that take the whole rest) a segment is a level, so that a look-up takes time linear
//! in the path and in the rules that share its start.

use super::CONTESTED;
use super::Captures;
use super::DynamicEdge;
use super::FORKS;
use super::NONE;
use super::Node;
use super::Outcome;
use super::SKIP;
use super::Table;
use super::Term;
use super::Test;
use super::words::Segment;
use super::words::ending;
use super::words::has_text;
use super::words::slot;
use crate::Methods;

/// How a part of a look-up went.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// The index of a term.
    Found(u32),
    Miss,
    /// The rule that wants a slash at the end; ends the search.
    Slash(u32),
}

pub(super) struct Search<'c> {
    pub(super) captures: &'c mut Captures,
    pub(super) method: u32,
    pub(super) websocket: bool,
    pub(super) allowed: u32,
    pub(super) mismatch: bool,
    /// How many places there are to come back to.
    pub(super) depth: usize,
}

/// Where a look-up was: at a node, with the segment that begins at `at`, after `n` captures; `edge`
/// is what is next there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) id: u32,
    pub(super) at: u32,
    pub(super) n: u32,
    pub(super) edge: u16,
}

/// What was done at a place.
enum Step {
    /// The path is used up at a node, after so many captures: the rules that end here are to be
    /// asked.
    End(u32, usize),
    Miss,
    On(Place),
    /// No edge fits; the segment ends there.
    Special(usize),
}

impl Place {
    fn new(id: u32, at: usize, n: usize, edge: u16) -> Self {
        Self {
            id,
            at: at as u32,
            n: n as u32,
            edge,
        }
    }
}

impl Table<'_> {
    /// Goes on at a node, to the first rule that takes the request.
    pub(super) fn follow(
        &self,
        path: &str,
        id: u32,
        at: usize,
        n: usize,
        search: &mut Search<'_>,
    ) -> Flow {
        self.descend(path, id, at, n, search)
            .unwrap_or_else(|| self.walk(path, Place::new(id, at, n, 0), search))
    }

    /// The length of the segment that `rest` begins with, and the node that it leads to or `NONE`.
    #[inline(never)]
    pub(super) fn long(&self, node: &Node, rest: &[u8], ending: u64) -> (usize, u32) {
        let segment = Segment::read(rest, ending);
        let target = match node.shift {
            0 => None,
            _ => self.static_edge(node, rest, segment),
        };
        (segment.len, target.unwrap_or(NONE))
    }

    /// Goes on from a place, and from all that it passes where there is more than one way.
    /// `place.edge` is what is next: 0 the static edges, `k` the dynamic edge `k - 1`.
    #[cold]
    fn walk(&self, path: &str, mut place: Place, search: &mut Search<'_>) -> Flow {
        let base = search.depth;
        let ending = ending(path.as_bytes());
        loop {
            let flow = match self.step(path, place, ending, search) {
                Step::On(next) => {
                    place = next;
                    continue;
                }
                Step::End(id, n) => self.end(&self.nodes[id as usize], n, search),
                Step::Special(end) => self.special(path, place, end, search),
                Step::Miss => Flow::Miss,
            };
            if flow != Flow::Miss || search.depth == base {
                return flow;
            }
            place = search.pop();
        }
    }

    /// Takes the next edge that fits from a place on, which is kept if there may be more.
    fn step(&self, path: &str, place: Place, ending: u64, search: &mut Search<'_>) -> Step {
        let (at, n) = (place.at as usize, place.n as usize);
        let node = &self.nodes[place.id as usize];
        let rest = &path.as_bytes()[at..];
        if node.quick == SKIP {
            return match self.skip(node, rest) {
                Some(after) => Step::On(Place::new(node.statics, path.len() - after.len(), n, 0)),
                None => Step::Miss,
            };
        }
        let (len, target) = self.long(node, rest, ending);
        let mut taken = (target != NONE && place.edge == 0).then_some((target, at + len, n));
        let mut edge = place.edge.max(1);
        while taken.is_none() && edge <= node.n_dynamics {
            let of = &self.dynamics[node.dynamics as usize + usize::from(edge) - 1];
            edge += 1;
            let stop = self.part(of, path, (at, at + len), n, search.captures);
            taken = stop.map(|stop| (of.target, stop, n + usize::from(of.variables)));
        }
        let Some((target, stop, captured)) = taken else {
            return if node.special & !FORKS == 0 {
                Step::Miss
            } else {
                Step::Special(at + len)
            };
        };
        if edge <= node.n_dynamics || node.special & !FORKS != 0 {
            search.push(Place { edge, ..place });
        }
        if stop == path.len() {
            Step::End(target, captured)
        } else {
            Step::On(Place::new(target, stop + 1, captured, 0))
        }
    }

    /// Some segments that no rule parts at: what is behind them, if they are there.
    #[inline(never)]
    pub(super) fn skip<'p>(&self, node: &Node, rest: &'p [u8]) -> Option<&'p [u8]> {
        let skip = self.rares[node.rare as usize].skip;
        let text = self.bytes(skip.from, skip.len as usize);
        if has_text(rest, text) {
            rest.get(text.len()..)
        } else {
            None
        }
    }

    /// No edge is left to try: what few nodes have besides. `end` is that of the segment.
    fn special(&self, path: &str, place: Place, end: usize, search: &mut Search<'_>) -> Flow {
        let node = &self.nodes[place.id as usize];
        let (at, n) = (place.at as usize, place.n as usize);
        if node.special & CONTESTED != 0 {
            match self.contested(path, node, (at, end), n, search) {
                Flow::Miss => {}
                flow => return flow,
            }
        }
        if at < path.len() {
            return Flow::Miss;
        }
        let rare = &self.rares[node.rare as usize];
        self.accept(rare.lax, rare.n_lax, n, search)
    }

    /// A node whose edges of equal weight have rules out of order: all of them are followed, and
    /// the earliest rule wins.
    fn contested(
        &self,
        path: &str,
        node: &Node,
        segment: (usize, usize),
        n: usize,
        search: &mut Search<'_>,
    ) -> Flow {
        self.best(node, search, |search, edge| {
            let Some(stop) = self.part(edge, path, segment, n, search.captures) else {
                return Flow::Miss;
            };
            let n = n + usize::from(edge.variables);
            let behind = &self.nodes[edge.target as usize];
            if stop == path.len() {
                self.end(behind, n, search)
            } else {
                let base = search.depth;
                let flow = self.follow(path, edge.target, stop + 1, n, search);
                search.depth = base;
                flow
            }
        })
    }

    /// Follows the edges of a node, group by group, and takes of the first group that gives
    /// anything what belongs to the earliest rule.
    pub(super) fn best(
        &self,
        node: &Node,
        search: &mut Search<'_>,
        mut follow: impl FnMut(&mut Search<'_>, &DynamicEdge) -> Flow,
    ) -> Flow {
        let count = if node.rare == NONE {
            node.n_dynamics
        } else {
            self.rares[node.rare as usize].n_dynamics
        };
        let edges = &self.dynamics[node.dynamics as usize..][..count as usize];
        for group in edges.chunk_by(|a, b| a.group == b.group) {
            let mut best = (Flow::Miss, NONE);
            let mut captures = None;
            for (index, edge) in group.iter().enumerate() {
                if edge.earliest >= best.1 {
                    continue;
                }
                let flow = follow(search, edge);
                let rule = match flow {
                    Flow::Found(term) => self.terms[term as usize].rule,
                    Flow::Miss => continue,
                    Flow::Slash(rule) => rule,
                };
                if rule < best.1 {
                    best = (flow, rule);
                    // The captures of the last edge need not be kept from others.
                    let later = &group[index + 1..];
                    captures = later
                        .iter()
                        .any(|edge| edge.earliest < rule)
                        .then(|| search.captures.clone());
                }
            }
            if let Some(captures) = captures {
                *search.captures = captures;
            }
            if best.0 != Flow::Miss {
                return best.0;
            }
        }
        Flow::Miss
    }

    /// Returns where the edge's part ends if it fits: at the path's end or at a slash.
    pub(super) fn part(
        &self,
        edge: &DynamicEdge,
        path: &str,
        (at, end): (usize, usize),
        n: usize,
        captures: &mut Captures,
    ) -> Option<usize> {
        let end = if edge.whole_rest { path.len() } else { end };
        let Test::Items {
            from,
            len,
            suffixed,
        } = edge.test
        else {
            captures.set(n, at, end);
            return self.fits(path, edge.test, at, end).then_some(end);
        };
        let bytes = path.as_bytes();
        let mut stop = end;
        if suffixed {
            // One slash is left over, and another before it is refused.
            if end > at && bytes[end - 1] == b'/' {
                stop -= 1;
            }
            if stop > at && bytes[stop - 1] == b'/' {
                return None;
            }
        }
        let items = &self.items[from as usize..][..len as usize];
        self.items(path, items, (at, stop), captures, n)
            .then_some(stop)
    }

    /// The node that a segment, with which `rest` begins, leads to from a node with static edges.
    pub(super) fn static_edge(&self, node: &Node, rest: &[u8], segment: Segment) -> Option<u32> {
        let mut id = node.statics + slot(segment.key(rest), node.seed, node.shift);
        loop {
            let edge = &self.nodes[id as usize];
            if edge.head == segment.head
                && edge.tail == segment.tail
                && (segment.len < 16 || self.has_long_text(edge, rest, segment.len))
            {
                return Some(id);
            }
            if edge.next == 0 {
                return None;
            }
            id = edge.next;
        }
    }

    #[inline(never)]
    fn has_long_text(&self, edge: &Node, rest: &[u8], len: usize) -> bool {
        edge.len as usize == len && has_text(rest, self.bytes(edge.text, len))
    }

    /// All segments are used up.
    #[inline(always)]
    pub(super) fn end(&self, node: &Node, n: usize, search: &mut Search<'_>) -> Flow {
        match self.accept(node.terms, node.n_terms, n, search) {
            Flow::Miss if node.rare != NONE => self.with_slash(node, n, search),
            flow => flow,
        }
    }

    #[cold]
    fn with_slash(&self, node: &Node, n: usize, search: &mut Search<'_>) -> Flow {
        let rare = &self.rares[node.rare as usize];
        let from = rare.slash as usize;
        let terms = &self.terms[from..][..rare.n_slash as usize];
        let fits =
            |term: &Term| term.websocket == search.websocket && term.methods.0 & search.method != 0;
        match terms.iter().position(fits) {
            None => Flow::Miss,
            Some(index) if terms[index].strict => Flow::Slash(terms[index].rule),
            Some(index) => {
                search.captures.count = n;
                Flow::Found((from + index) as u32)
            }
        }
    }

    #[inline(always)]
    pub(super) fn accept(&self, from: u32, count: u16, n: usize, search: &mut Search<'_>) -> Flow {
        for index in from..from + u32::from(count) {
            let term = &self.terms[index as usize];
            if term.methods.0 & search.method == 0 {
                search.allowed |= term.methods.0;
            } else if term.websocket != search.websocket {
                search.mismatch = true;
            } else {
                search.captures.count = n;
                return Flow::Found(index);
            }
        }
        Flow::Miss
    }
}

impl Search<'_> {
    fn push(&mut self, place: Place) {
        match self.captures.places.get_mut(self.depth) {
            Some(free) => *free = place,
            None => self.captures.push_deep(self.depth, place),
        }
        self.depth += 1;
    }

    fn pop(&mut self) -> Place {
        self.depth -= 1;
        match self.captures.places.get(self.depth) {
            Some(place) => *place,
            None => self.captures.deep(self.depth),
        }
    }

    pub(super) fn refusal(&self) -> Outcome {
        if self.allowed != 0 {
            Outcome::MethodNotAllowed(Methods(self.allowed))
        } else if self.mismatch {
            Outcome::WebsocketMismatch
        } else {
            Outcome::NotFound
        }
    }
}
