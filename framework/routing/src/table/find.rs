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
            Flow::Found(term) => self.check(term, "", path, &search),
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
            Flow::Found(term) => self.check(term, host, path, &search),
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
    fn check(&self, term: u32, host: &str, path: &str, search: &Search<'_>) -> Outcome {
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
        let segment = Segment::whole(bytes);
        if node.shift != 0
            && let Some((target, _)) = self.static_edge(node, bytes, segment)
        {
            match self.path(target, path, start, 0, search) {
                Flow::Miss => {}
                flow => return flow,
            }
        }
        self.best(node, search, |search, edge| {
            // A converter that takes slashes would take the path as well: such a host never matches.
            if edge.whole_rest || self.part(edge, host, (0, bytes.len()), 0, search).is_none() {
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
            self.end(&self.nodes[root as usize], n, search)
        } else if path.as_bytes()[start] == b'/' {
            self.follow(path, root, start + 1, n, search)
        } else {
            Flow::Miss
        }
    }

    /// Goes on at a node, to the first rule that takes the request.
    fn follow(&self, path: &str, id: u32, at: usize, n: usize, search: &mut Search<'_>) -> Flow {
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
                    let here = Place::new(id, at, n, edge);
                    match rest.get(segment.len + 1..) {
                        None => {
                            search.push_if(node.n_dynamics > 0 || node.special != 0, here);
                            return Arrival::End(behind, n);
                        }
                        Some(after) if behind.more => {
                            search.push_if(node.n_dynamics > 0 || node.special != 0, here);
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
                let here = Place::new(id, at, n, edge);
                let left = edge <= node.n_dynamics || node.special != 0;
                match bytes.get(stop + 1..) {
                    None => {
                        search.push_if(left, here);
                        return Arrival::End(behind, captured);
                    }
                    Some(after) if behind.more => {
                        search.push_if(left, here);
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
    fn best(
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
    fn part(
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
    fn static_edge(&self, node: &Node, rest: &[u8], segment: Segment) -> Option<(u32, &Node)> {
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
    fn end(&self, node: &Node, n: usize, search: &mut Search<'_>) -> Flow {
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
    fn push_if(&mut self, alternatives: bool, place: Place) {
        if !alternatives {
            return;
        }
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
