//! The matcher's loop.
//!
//! One step a segment. A segment's first eight bytes are loaded at once; they find its end and, with
//! the eight after them and the length, its slot among the static edges, which is the next node.
//! Then come the dynamic edges in order. Nodes where more could be tried are kept on a stack. A
//! state is visited once at most, as the states are a tree and (but for rules that take the whole
//! rest) a segment is a level, so that a look-up takes time linear in the path and in the rules that
//! share its start.

use super::CONTESTED;
use super::Captures;
use super::DynamicEdge;
use super::NONE;
use super::Node;
use super::Outcome;
use super::QUICK_INT;
use super::QUICK_PLAIN;
use super::Table;
use super::Term;
use super::Test;
use super::words::Segment;
use super::words::has_text;
use super::words::is_short_number;
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

/// Where a walk came to.
enum Arrival<'t> {
    Done(Flow),
    /// The path is used up: the rules that end here are to be asked.
    End(&'t Node, usize),
}

impl Place {
    #[inline(always)]
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
        let base = search.depth;
        let mut arrival = self.walk(path, Place::new(id, at, n, 0), base, search);
        loop {
            match arrival {
                Arrival::End(node, n) => match self.end(node, n, search) {
                    Flow::Miss if search.depth == base => return Flow::Miss,
                    Flow::Miss => {
                        let place = search.pop();
                        arrival = self.walk(path, place, base, search);
                    }
                    flow => return flow,
                },
                Arrival::Done(flow) => return flow,
            }
        }
    }

    /// Goes on from a place to the next node at the path's end. `place.edge` is what is next: 0
    /// the static edges, `k` the dynamic edge `k - 1`.
    #[expect(
        clippy::too_many_lines,
        reason = "one loop over its state in registers; cut up it is a fifth slower"
    )]
    fn walk<'s>(
        &'s self,
        path: &str,
        place: Place,
        base: usize,
        search: &mut Search<'_>,
    ) -> Arrival<'s> {
        let bytes = path.as_bytes();
        let Place {
            mut id,
            at,
            n,
            mut edge,
        } = place;
        let mut n = n as usize;
        let mut rest = &bytes[at as usize..];
        let mut node = &self.nodes[id as usize];
        'node: loop {
            if node.skip_len > 0
                && let Some(after) = self.skip(node, rest)
            {
                (id, rest) = (node.statics, after);
                node = &self.nodes[id as usize];
                continue;
            }
            let segment = Segment::read(rest);
            let at = bytes.len() - rest.len();
            if edge == 0 {
                edge = 1;
                if node.shift != 0
                    && let Some((target, behind)) = self.static_edge(node, rest, segment)
                {
                    match rest.get(segment.len + 1..) {
                        None => {
                            search.push_if(node.n_dynamics > 0 || node.special != 0, || {
                                Place::new(id, at, n, edge)
                            });
                            return Arrival::End(behind, n);
                        }
                        Some(after) if behind.more => {
                            search.push_if(node.n_dynamics > 0 || node.special != 0, || {
                                Place::new(id, at, n, edge)
                            });
                            (id, node, rest, edge) = (target, behind, after, 0);
                            continue 'node;
                        }
                        Some(_) => {}
                    }
                }
            }
            while edge <= node.n_dynamics {
                let target = node.behind + u32::from(edge) - 1;
                let behind = &self.nodes[target as usize];
                edge += 1;
                let step = self.dynamic_step((node, behind, edge), path, at, segment, n, search);
                let Some((stop, captured)) = step else {
                    continue;
                };
                let left = edge <= node.n_dynamics || node.special != 0;
                match bytes.get(stop + 1..) {
                    None => {
                        search.push_if(left, || Place::new(id, at, n, edge));
                        return Arrival::End(behind, captured);
                    }
                    Some(after) if behind.more => {
                        search.push_if(left, || Place::new(id, at, n, edge));
                        (id, node, rest, n, edge) = (target, behind, after, captured, 0);
                        continue 'node;
                    }
                    Some(_) => {}
                }
            }
            if node.special != 0 {
                match self.special(node, path, (at, at + segment.len), n, search) {
                    Flow::Miss => {}
                    flow => return Arrival::Done(flow),
                }
            }
            if search.depth == base {
                return Arrival::Done(Flow::Miss);
            }
            let back = search.pop();
            (id, n, edge) = (back.id, back.n as usize, back.edge);
            (node, rest) = (&self.nodes[id as usize], &bytes[back.at as usize..]);
        }
    }

    /// Where the part of a dynamic edge stops if it fits, and the captures then.
    #[inline(always)]
    fn dynamic_step(
        &self,
        (node, behind, next): (&Node, &Node, u16),
        path: &str,
        at: usize,
        segment: Segment,
        n: usize,
        search: &mut Search<'_>,
    ) -> Option<(usize, usize)> {
        let end = at + segment.len;
        let fits = match behind.text {
            QUICK_PLAIN => segment.len > 0,
            QUICK_INT if segment.len <= 8 => is_short_number(segment.head, segment.len),
            _ => {
                let edge = &self.dynamics[node.dynamics as usize + usize::from(next) - 2];
                let stop = self.part(edge, path, (at, end), n, search)?;
                return Some((stop, n + usize::from(edge.variables)));
            }
        };
        search.captures.set(n, at, end);
        fits.then_some((end, n + 1))
    }

    /// Some segments that no rule parts at: what is behind them, if they are there.
    #[inline(never)]
    fn skip<'p>(&self, node: &Node, rest: &'p [u8]) -> Option<&'p [u8]> {
        let skip = self.rares[node.rare as usize].skip;
        let text = self.bytes(skip, usize::from(node.skip_len));
        if has_text(rest, text) {
            rest.get(text.len()..)
        } else {
            None
        }
    }

    /// No edge is left to try: what few nodes have besides.
    #[cold]
    fn special(
        &self,
        node: &Node,
        path: &str,
        (at, end): (usize, usize),
        n: usize,
        search: &mut Search<'_>,
    ) -> Flow {
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
    #[cold]
    fn contested(
        &self,
        path: &str,
        node: &Node,
        segment: (usize, usize),
        n: usize,
        search: &mut Search<'_>,
    ) -> Flow {
        self.best(node, search, |search, edge| {
            let Some(stop) = self.part(edge, path, segment, n, search) else {
                return Flow::Miss;
            };
            let n = n + usize::from(edge.variables);
            let behind = &self.nodes[edge.target as usize];
            if stop == path.len() {
                self.end(behind, n, search)
            } else if behind.more {
                let base = search.depth;
                let flow = self.follow(path, edge.target, stop + 1, n, search);
                search.depth = base;
                flow
            } else {
                Flow::Miss
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
        search: &mut Search<'_>,
    ) -> Option<usize> {
        let end = if edge.whole_rest { path.len() } else { end };
        let Test::Items {
            from,
            len,
            suffixed,
        } = edge.test
        else {
            search.captures.set(n, at, end);
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
        self.items(path, items, (at, stop), search.captures, n)
            .then_some(stop)
    }

    #[inline(always)]
    pub(super) fn static_edge(
        &self,
        node: &Node,
        rest: &[u8],
        segment: Segment,
    ) -> Option<(u32, &Node)> {
        let slot = slot(segment.hash(rest), node.seed, node.shift);
        let mut id = node.statics + slot as u32;
        loop {
            let edge = &self.nodes[id as usize];
            if edge.head == segment.head
                && edge.tail == segment.tail
                && edge.len as usize == segment.len
                && (segment.len <= 16 || self.has_long_text(edge, rest))
            {
                return Some((id, edge));
            }
            if edge.next == 0 {
                return None;
            }
            id = edge.next;
        }
    }

    #[inline(never)]
    fn has_long_text(&self, edge: &Node, rest: &[u8]) -> bool {
        rest.starts_with(self.bytes(edge.text, edge.len as usize))
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
    fn accept(&self, from: u32, count: u16, n: usize, search: &mut Search<'_>) -> Flow {
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
    #[inline(always)]
    fn push_if(&mut self, alternatives: bool, place: impl FnOnce() -> Place) {
        if !alternatives {
            return;
        }
        let place = place();
        match self.captures.places.get_mut(self.depth) {
            Some(free) => *free = place,
            None => self.captures.push_deep(self.depth, place),
        }
        self.depth += 1;
    }

    #[inline(always)]
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
