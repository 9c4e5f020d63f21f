//! Look-ups: what is made of where a walk arrives.
//!
//! The leading slashes, the host, the second pass with slashes merged, the limits of converters, and
//! which refusal it is if nothing was found.

use super::Captures;
use super::Check;
use super::NONE;
use super::Outcome;
use super::Table;
use super::Term;
use super::walk::Flow;
use super::walk::Search;
use super::words::Segment;
use crate::Methods;
use crate::rule::merge;

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
        let flow = self.descend(path, self.root, 1, 0, &mut search);
        if let Some(Flow::Found(term)) = flow {
            return self.check(term, "", path, &search);
        }
        self.retry(flow, path, &mut search)
    }

    /// The way that is tried first leads nowhere, or the path does not begin with one slash.
    #[cold]
    fn retry(&self, flow: Option<Flow>, path: &str, search: &mut Search<'_>) -> Outcome {
        let start = leading(path);
        match flow.unwrap_or_else(|| self.path(self.root, path, start, 0, search)) {
            Flow::Found(term) => self.check(term, "", path, search),
            flow => self.missed(flow, None, path, start, search),
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
            && let Some(target) = self.static_edge(node, bytes, segment)
        {
            match self.path(target, path, start, 0, search) {
                Flow::Miss => {}
                flow => return flow,
            }
        }
        self.best(node, search, |search, edge| {
            // A converter that takes slashes would take the path as well: such a host never matches.
            if edge.whole_rest
                || self
                    .part(edge, host, (0, bytes.len()), 0, search.captures)
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
}

/// Where the last of the slashes in front is.
fn leading(path: &str) -> usize {
    match path.as_bytes() {
        [b'/', b'/', ..] => path.bytes().take_while(|byte| *byte == b'/').count() - 1,
        _ => 0,
    }
}
