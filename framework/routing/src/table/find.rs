//! The matcher.
//!
//! One step a segment. A segment's first eight bytes are loaded at once; they find its end and, with
//! the last eight and the length, its slot among the static edges. Then come the dynamic edges in
//! order. What else could be tried at a node that was left is kept in registers once; deeper
//! alternatives recurse, at most as deep as the longest rule has segments. A state is visited once
//! at most, as the states are a tree and (but for rules that take the whole rest) a segment is a
//! level, so that a look-up takes time linear in the path and in the rules that share its start.

use super::CONTESTED;
use super::Captures;
use super::Check;
use super::DynamicEdge;
use super::NONE;
use super::Node;
use super::Outcome;
use super::Table;
use super::Term;
use super::Test;
use super::words::has_text;
use super::words::hash;
use super::words::last8;
use super::words::load8;
use super::words::segment;
use super::words::slot;
use crate::Methods;
use crate::converter::is_int;
use crate::rule::merge;

/// How a part of a look-up went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// The index of a term.
    Found(u32),
    Miss,
    /// The rule that wants a slash at the end; ends the search.
    Slash(u32),
}

struct Search<'c> {
    captures: &'c mut Captures,
    method: u32,
    websocket: bool,
    allowed: u32,
    mismatch: bool,
    /// How many places there are to come back to.
    depth: usize,
}

/// Where a look-up is: at a node, with the segment that begins at `at`, after `n` captures; `edge`
/// is the dynamic edge that is next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) node: u32,
    pub(super) at: u32,
    pub(super) n: u32,
    pub(super) edge: u32,
}

/// An edge that fits: where it leads, where its part stops, the captures then, and which edge of
/// the node would be next.
struct Step {
    target: u32,
    stop: usize,
    n: u32,
    next: u32,
}

impl Table<'_> {
    /// Looks a path up among the rules without a subdomain or host.
    ///
    /// `path` is percent-decoded and begins with a slash; more slashes in front do not count.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Captures;
    /// use rustzeug_routing::Methods;
    /// use rustzeug_routing::Outcome;
    /// use rustzeug_routing::Rule;
    /// use rustzeug_routing::TableBuilder;
    /// use rustzeug_routing::TableOptions;
    ///
    /// let mut builder = TableBuilder::new(TableOptions::new());
    /// builder.add(&Rule::new("/<int(max=9):n>"))?;
    /// builder.add(&Rule::new("/<name>"))?;
    /// let built = builder.build();
    /// let find = |path| {
    ///     built.table.as_table().find(path, Methods::GET, false, &mut Captures::new())
    /// };
    /// assert_eq!(find("/7"), Outcome::Found(0));
    /// assert_eq!(find("/x"), Outcome::Found(1));
    /// // A limit that refuses the value ends the match.
    /// assert_eq!(find("/77"), Outcome::NotFound);
    /// # Ok::<(), rustzeug_routing::RuleError>(())
    /// ```
    #[inline]
    pub fn find(
        &self,
        path: &str,
        method: Methods,
        websocket: bool,
        captures: &mut Captures,
    ) -> Outcome {
        captures.hosts = 0;
        let mut search = Search {
            captures,
            method: method.0,
            websocket,
            allowed: 0,
            mismatch: false,
            depth: 0,
        };
        let start = leading(path);
        match self.path(self.root, path, start, 0, &mut search) {
            Flow::Found(term) => self.check(term, "", path, &mut search),
            flow => self.missed(flow, None, path, start, &mut search),
        }
    }

    /// Looks a host or subdomain and a path up.
    ///
    /// `host` is what the rules' [`host`](crate::Rule::host) is matched against if the table
    /// matches hosts, and otherwise the subdomain, which may be empty.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Captures;
    /// use rustzeug_routing::Methods;
    /// use rustzeug_routing::Outcome;
    /// use rustzeug_routing::Rule;
    /// use rustzeug_routing::TableBuilder;
    /// use rustzeug_routing::TableOptions;
    ///
    /// let mut builder = TableBuilder::new(TableOptions::new());
    /// builder.add(&Rule::new("/<page>").subdomain("<user>"))?;
    /// let built = builder.build();
    /// let mut captures = Captures::new();
    /// let (host, path) = ("anna", "/about");
    /// let outcome =
    ///     built.table.as_table().find_host(host, path, Methods::GET, false, &mut captures);
    /// assert_eq!(outcome, Outcome::Found(0));
    /// assert_eq!(captures.get_with_host(0, host, path), "anna");
    /// assert_eq!(captures.get_with_host(1, host, path), "about");
    /// # Ok::<(), rustzeug_routing::RuleError>(())
    /// ```
    pub fn find_host(
        &self,
        host: &str,
        path: &str,
        method: Methods,
        websocket: bool,
        captures: &mut Captures,
    ) -> Outcome {
        captures.hosts = 0;
        let mut search = Search {
            captures,
            method: method.0,
            websocket,
            allowed: 0,
            mismatch: false,
            depth: 0,
        };
        let start = leading(path);
        match self.host(host, path, start, &mut search) {
            Flow::Found(term) => self.check(term, host, path, &mut search),
            flow => self.missed(flow, Some(host), path, start, &mut search),
        }
    }

    /// The second pass, with slashes merged, and everything that is not `Found`.
    #[cold]
    fn missed(
        &self,
        flow: Flow,
        host: Option<&str>,
        path: &str,
        start: usize,
        search: &mut Search<'_>,
    ) -> Outcome {
        let path = &path[start..];
        if let Flow::Slash(_) = flow {
            return Outcome::Redirect(format!("{path}/"));
        }
        if self.merge_slashes && path.contains("//") {
            let mut merged = merge(path);
            let flow = match host {
                None => self.path(self.root, &merged, 0, 0, search),
                Some(host) => self.host(host, &merged, 0, search),
            };
            match flow {
                Flow::Slash(_) => {
                    merged.push('/');
                    return Outcome::Redirect(merged);
                }
                Flow::Found(term) if self.terms[term as usize].merge => {
                    return Outcome::Redirect(merged);
                }
                Flow::Found(_) | Flow::Miss => {}
            }
        }
        search.refusal()
    }

    /// A rule matched; its converters may still refuse a value.
    #[inline]
    fn check(&self, term: u32, host: &str, path: &str, search: &mut Search<'_>) -> Outcome {
        let term = &self.terms[term as usize];
        if term.n_checks > 0 && !self.values_pass(term, host, path, search.captures) {
            return search.refusal();
        }
        Outcome::Found(term.rule)
    }

    fn values_pass(&self, term: &Term, host: &str, path: &str, captures: &Captures) -> bool {
        let checks = &self.checks[term.checks as usize..][..term.n_checks as usize];
        let text = |variable: u16| captures.get_with_host(variable.into(), host, path);
        checks.iter().all(|check| match *check {
            Check::Custom { variable, index } => {
                self.custom[index as usize].parse(text(variable)).is_some()
            }
            Check::Float { variable, min, max } => text(variable)
                .parse::<f64>()
                .is_ok_and(|value| !(value < min || value > max)),
            Check::Int {
                variable,
                digits,
                min,
                max,
            } => {
                let text = text(variable);
                let fixed = digits == 0 || text.len() == digits as usize;
                // Digits only: what does not fit is beyond every limit.
                let beyond = if text.starts_with('-') {
                    i128::MIN
                } else {
                    i128::MAX
                };
                fixed && (min..=max).contains(&text.parse().unwrap_or(beyond))
            }
        })
    }

    /// The rules of a host, looked up by the text of the host.
    fn host(&self, host: &str, path: &str, start: usize, search: &mut Search<'_>) -> Flow {
        let Some(node) = self.nodes.first() else {
            return Flow::Miss;
        };
        let bytes = host.as_bytes();
        if let Some(target) = self.static_edge(node, bytes, 0, bytes.len(), load8(bytes, 0)) {
            match self.path(target, path, start, 0, search) {
                Flow::Miss => {}
                flow => return flow,
            }
        }
        self.best(node, search, |search, edge| {
            // A converter that takes slashes would take the path as well: such a host never matches.
            if edge.whole_rest
                || self
                    .dynamic_edge(edge, host, 0, bytes.len(), 0, search)
                    .is_none()
            {
                return Flow::Miss;
            }
            search.captures.hosts = edge.variables.into();
            let flow = self.path(edge.target, path, start, edge.variables.into(), search);
            if flow == Flow::Miss {
                search.captures.hosts = 0;
            }
            flow
        })
    }

    /// A path from its last leading slash on.
    #[inline]
    fn path(&self, root: u32, path: &str, start: usize, n: usize, search: &mut Search<'_>) -> Flow {
        if root == NONE {
            Flow::Miss
        } else if path.is_empty() {
            self.end(root, n, search)
        } else if path.as_bytes()[start] == b'/' {
            self.walk(path, Place::new(root, start + 1, n), search)
        } else {
            Flow::Miss
        }
    }

    /// Goes on at a node until a rule is found or nothing is left to try.
    ///
    /// `place.edge` says what is next there: 0 the static edges, `k` the dynamic edge `k - 1`.
    fn walk(&self, path: &str, mut place: Place, search: &mut Search<'_>) -> Flow {
        let bytes = path.as_bytes();
        let base = search.depth;
        loop {
            let node = &self.nodes[place.node as usize];
            if node.skip_len > 0 && self.skip(node, bytes, &mut place) {
                continue;
            }
            let (end, head) = segment(bytes, place.at as usize);
            let step = match self.static_step(node, bytes, place, (end, head)) {
                Some(step) => Some(step),
                None => self.dynamic_step(node, path, place, end, search),
            };
            let Some(step) = step else {
                match self.dead_end(node, path, place, end, search) {
                    Flow::Miss if search.depth == base => return Flow::Miss,
                    Flow::Miss => place = search.pop(),
                    flow => return flow,
                }
                continue;
            };
            let here = Place {
                edge: step.next,
                ..place
            };
            if step.stop == bytes.len() {
                match self.end(step.target, step.n as usize, search) {
                    Flow::Miss => place = here,
                    flow => return flow,
                }
            } else if self.nodes[step.target as usize].more {
                if step.next <= node.n_dynamics.into() {
                    search.push(here);
                }
                place = Place {
                    node: step.target,
                    at: step.stop as u32 + 1,
                    n: step.n,
                    edge: 0,
                };
            } else {
                place = here;
            }
        }
    }

    /// Some segments that no rule parts at: they are there, or nothing matches.
    #[inline(always)]
    fn skip(&self, node: &Node, bytes: &[u8], place: &mut Place) -> bool {
        let skip = self.rares[node.rare as usize].skip;
        let len = usize::from(node.skip_len);
        let there = has_text(bytes, place.at as usize, self.bytes(skip, len));
        if there {
            (place.node, place.at) = (node.edges, place.at + len as u32);
        }
        there
    }

    #[inline(always)]
    fn static_step(
        &self,
        node: &Node,
        bytes: &[u8],
        place: Place,
        (end, head): (usize, u64),
    ) -> Option<Step> {
        if node.shift == 0 || place.edge != 0 {
            return None;
        }
        let target = self.static_edge(node, bytes, place.at as usize, end, head)?;
        Some(Step {
            target,
            stop: end,
            n: place.n,
            next: 1,
        })
    }

    /// The first dynamic edge that fits, from `place.edge` on.
    #[inline(always)]
    fn dynamic_step(
        &self,
        node: &Node,
        path: &str,
        place: Place,
        end: usize,
        search: &mut Search<'_>,
    ) -> Option<Step> {
        if node.special & CONTESTED != 0 {
            return None;
        }
        let mut next = place.edge.max(1);
        while next <= node.n_dynamics.into() {
            let edge = &self.dynamics[(node.dynamics + next - 1) as usize];
            next += 1;
            let stop =
                self.dynamic_edge(edge, path, place.at as usize, end, place.n as usize, search);
            if let Some(stop) = stop {
                let n = place.n + u32::from(edge.variables);
                return Some(Step {
                    target: edge.target,
                    stop,
                    n,
                    next,
                });
            }
        }
        None
    }

    /// No edge is left to try: what few nodes have besides.
    #[inline(always)]
    fn dead_end(
        &self,
        node: &Node,
        path: &str,
        place: Place,
        end: usize,
        search: &mut Search<'_>,
    ) -> Flow {
        if node.special == 0 {
            Flow::Miss
        } else {
            self.special(node, path, place, end, search)
        }
    }

    #[cold]
    fn special(
        &self,
        node: &Node,
        path: &str,
        place: Place,
        end: usize,
        search: &mut Search<'_>,
    ) -> Flow {
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
    #[cold]
    fn contested(
        &self,
        path: &str,
        node: &Node,
        (at, end): (usize, usize),
        n: usize,
        search: &mut Search<'_>,
    ) -> Flow {
        self.best(node, search, |search, edge| {
            let Some(stop) = self.dynamic_edge(edge, path, at, end, n, search) else {
                return Flow::Miss;
            };
            let captured = n + edge.variables as usize;
            if stop == path.len() {
                self.end(edge.target, captured, search)
            } else if self.nodes[edge.target as usize].more {
                let base = search.depth;
                let flow = self.walk(path, Place::new(edge.target, stop + 1, captured), search);
                search.depth = base;
                flow
            } else {
                Flow::Miss
            }
        })
    }

    /// Follows the edges of a node, group by group, and takes of the first group that gives
    /// anything what belongs to the earliest rule.
    fn best(
        &self,
        node: &Node,
        search: &mut Search<'_>,
        mut follow: impl FnMut(&mut Search<'_>, &DynamicEdge) -> Flow,
    ) -> Flow {
        let edges = &self.dynamics[node.dynamics as usize..][..node.n_dynamics as usize];
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
    #[inline(always)]
    fn dynamic_edge(
        &self,
        edge: &DynamicEdge,
        path: &str,
        at: usize,
        end: usize,
        n: usize,
        search: &mut Search<'_>,
    ) -> Option<usize> {
        let fits = match edge.test {
            Test::Plain => end > at,
            Test::Int { signed } => is_int(&path.as_bytes()[at..end], signed),
            _ => return self.part(edge, path, at, end, n, search),
        };
        search.captures.set(n, at, end);
        fits.then_some(end)
    }

    fn part(
        &self,
        edge: &DynamicEdge,
        path: &str,
        at: usize,
        end: usize,
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
    fn static_edge(
        &self,
        node: &Node,
        bytes: &[u8],
        at: usize,
        end: usize,
        head: u64,
    ) -> Option<u32> {
        if node.shift == 0 {
            return None;
        }
        let len = end - at;
        let tail = if len > 8 { last8(bytes, end) } else { 0 };
        let slot = slot(hash(head, tail, len), node.seed, node.shift);
        let mut edge = &self.edges[node.edges as usize + slot];
        loop {
            if edge.head == head
                && edge.tail == tail
                && edge.len as usize == len
                && (len <= 16 || self.bytes(edge.text, len) == &bytes[at..end])
            {
                return Some(edge.target);
            }
            if edge.next == 0 {
                return None;
            }
            edge = &self.edges[edge.next as usize];
        }
    }

    /// All segments are used up.
    #[inline(always)]
    fn end(&self, id: u32, n: usize, search: &mut Search<'_>) -> Flow {
        let node = &self.nodes[id as usize];
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
        let terms = self
            .terms
            .get(from as usize..from as usize + count as usize)
            .unwrap_or(&[]);
        for (index, term) in terms.iter().enumerate() {
            if term.methods.0 & search.method == 0 {
                search.allowed |= term.methods.0;
            } else if term.websocket != search.websocket {
                search.mismatch = true;
            } else {
                search.captures.count = n;
                return Flow::Found(from + index as u32);
            }
        }
        Flow::Miss
    }
}

impl Place {
    fn new(node: u32, at: usize, n: usize) -> Self {
        Self {
            node,
            at: at as u32,
            n: n as u32,
            edge: 0,
        }
    }
}

impl Search<'_> {
    #[inline(always)]
    fn push(&mut self, place: Place) {
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

    fn refusal(&self) -> Outcome {
        if self.allowed != 0 {
            Outcome::MethodNotAllowed(Methods(self.allowed))
        } else if self.mismatch {
            Outcome::WebsocketMismatch
        } else {
            Outcome::NotFound
        }
    }
}

/// Where the last of the slashes in front is.
#[inline]
fn leading(path: &str) -> usize {
    match path.as_bytes() {
        [b'/', b'/', ..] => path.bytes().take_while(|byte| *byte == b'/').count() - 1,
        _ => 0,
    }
}
