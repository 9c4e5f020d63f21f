//! The matcher.
//!
//! One step a segment. A segment's first eight bytes are loaded at once; they find its end and, with
//! the last eight and the length, its slot among the static edges. Then come the dynamic edges in
//! order. What else could be tried at a node that was left is kept in registers once; deeper
//! alternatives recurse, at most as deep as the longest rule has segments. A state is visited once
//! at most, as the states are a tree and (but for rules that take the whole rest) a segment is a
//! level, so that a look-up takes time linear in the path and in the rules that share its start.

use super::Captures;
use super::Check;
use super::DynamicEdge;
use super::NONE;
use super::Node;
use super::Outcome;
use super::Table;
use super::Term;
use super::Test;
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
}

/// A place to come back to: the node, where its segment begins, the number of captures there, and
/// the dynamic edge that is next.
#[derive(Clone, Copy)]
struct Pending {
    node: u32,
    at: usize,
    n: usize,
    edge: u16,
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
            self.walk(path, root, start + 1, n, search)
        } else {
            Flow::Miss
        }
    }

    /// Goes on at a node, with the segment that begins at `at`.
    fn walk(
        &self,
        path: &str,
        mut id: u32,
        mut at: usize,
        mut n: usize,
        search: &mut Search<'_>,
    ) -> Flow {
        let bytes = path.as_bytes();
        let mut pending = Pending {
            node: NONE,
            at: 0,
            n: 0,
            edge: 0,
        };
        'segment: loop {
            let mut node = &self.nodes[id as usize];
            let (mut end, head) = segment(bytes, at);
            let mut edge = 0;
            if node.shift != 0
                && let Some(target) = self.static_edge(node, bytes, at, end, head)
            {
                if end == bytes.len() {
                    match self.end(target, n, search) {
                        Flow::Miss => {}
                        flow => return flow,
                    }
                } else if self.nodes[target as usize].more {
                    if node.n_dynamics == 0 {
                        (id, at) = (target, end + 1);
                        continue 'segment;
                    }
                    if pending.node == NONE {
                        pending = Pending {
                            node: id,
                            at,
                            n,
                            edge: 0,
                        };
                        (id, at) = (target, end + 1);
                        continue 'segment;
                    }
                    match self.walk(path, target, end + 1, n, search) {
                        Flow::Miss => {}
                        flow => return flow,
                    }
                }
            }
            loop {
                if node.contested {
                    match self.contested(path, node, (at, end), n, search) {
                        Flow::Miss => {}
                        flow => return flow,
                    }
                    edge = node.n_dynamics;
                }
                while edge < node.n_dynamics {
                    let dynamic = &self.dynamics[node.dynamics as usize + edge as usize];
                    edge += 1;
                    let Some(stop) = self.dynamic_edge(dynamic, path, at, end, n, search) else {
                        continue;
                    };
                    let captured = n + dynamic.variables as usize;
                    if stop == bytes.len() {
                        match self.end(dynamic.target, captured, search) {
                            Flow::Miss => continue,
                            flow => return flow,
                        }
                    }
                    if !self.nodes[dynamic.target as usize].more {
                        continue;
                    }
                    let left = edge < node.n_dynamics;
                    if !left || pending.node == NONE {
                        if left {
                            pending = Pending {
                                node: id,
                                at,
                                n,
                                edge,
                            };
                        }
                        (id, at, n) = (dynamic.target, stop + 1, captured);
                        continue 'segment;
                    }
                    match self.walk(path, dynamic.target, stop + 1, captured, search) {
                        Flow::Miss => {}
                        flow => return flow,
                    }
                }
                if node.n_lax > 0 && at == bytes.len() {
                    match self.accept(node.lax, node.n_lax, n, search) {
                        Flow::Miss => {}
                        flow => return flow,
                    }
                }
                if pending.node == NONE {
                    return Flow::Miss;
                }
                id = pending.node;
                (at, n, edge) = (pending.at, pending.n, pending.edge);
                pending.node = NONE;
                node = &self.nodes[id as usize];
                end = segment(bytes, at).0;
            }
        }
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
                self.walk(path, edge.target, stop + 1, captured, search)
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
        let slot = mix(head, tail, len).wrapping_mul(node.seed) >> (node.shift & 63);
        let mut edge = &self.edges[node.edges as usize + slot as usize];
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
            Flow::Miss if node.n_slash > 0 => self.with_slash(node, n, search),
            flow => flow,
        }
    }

    #[cold]
    fn with_slash(&self, node: &Node, n: usize, search: &mut Search<'_>) -> Flow {
        let from = node.slash as usize;
        let terms = &self.terms[from..][..node.n_slash as usize];
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

impl Search<'_> {
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

/// What is hashed of a segment: its first 8 bytes, its last 8, its length.
#[inline(always)]
pub(super) fn mix(head: u64, tail: u64, len: usize) -> u64 {
    head ^ tail.rotate_left(29) ^ (len as u64) << 59
}

/// The 8 bytes from `at` on, zeros behind the end.
#[inline(always)]
pub(super) fn load8(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => load_rest(bytes, at),
    }
}

#[inline(always)]
fn load_rest(bytes: &[u8], at: usize) -> u64 {
    if let Some(chunk) = bytes.last_chunk::<8>() {
        let missing = 8 - (bytes.len() - at.min(bytes.len()));
        return u64::from_le_bytes(*chunk)
            .checked_shr(missing as u32 * 8)
            .unwrap_or(0);
    }
    let rest = bytes.get(at..).unwrap_or(&[]);
    let mut chunk = [0; 8];
    chunk[..rest.len()].copy_from_slice(rest);
    u64::from_le_bytes(chunk)
}

/// The 8 bytes before `end`, which has as many before it.
#[inline(always)]
pub(super) fn last8(bytes: &[u8], end: usize) -> u64 {
    let chunk = bytes.get(..end).and_then(|before| before.last_chunk::<8>());
    chunk.map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

/// The end of the segment that begins at `at`, and its first 8 bytes, zeros behind its end.
#[inline(always)]
fn segment(bytes: &[u8], at: usize) -> (usize, u64) {
    let word = load8(bytes, at);
    let slashes = slashes(word);
    if slashes != 0 {
        // The highest bit of the byte that is a slash is set.
        let before = slashes.trailing_zeros() - 7;
        return (at + (before / 8) as usize, word & ((1 << before) - 1));
    }
    (find_slash(bytes, (at + 8).min(bytes.len())), word)
}

/// The first slash from `at` on, or the end.
#[inline(always)]
pub(super) fn find_slash(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        let slashes = slashes(load8(bytes, at));
        if slashes != 0 {
            return at + (slashes.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    bytes.len()
}

/// The highest bit of every byte that is a slash (and of some behind the first that is).
#[inline(always)]
fn slashes(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let zero = word ^ (ONES * b'/' as u64);
    zero.wrapping_sub(ONES) & !zero & (ONES << 7)
}
