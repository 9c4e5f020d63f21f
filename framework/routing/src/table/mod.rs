//! Routing tables: rules compiled to data that a matcher walks.
//!
//! A [`Table`] borrows slices of a [`TableBuf`], which was built at run time or read from the bytes
//! that a macro wrote; the matcher is the same. `machine.rs` is the
//! definition of what matches in which order, `build.rs` lays it out, `find.rs` looks up in it.
//!
//! ```text
//! Rule, Rule, … ─ TableBuilder ─→ TableBuf ─ as_table ─→ Table ─ find ─→ Outcome + Captures
//!                                    └─ to_bytes ─→ a literal in the program ─ from_bytes ─→ TableBuf
//! ```

use std::fmt;
use std::sync::Arc;

use crate::Converter;
use crate::Methods;

mod build;
mod captures;
mod conflict;
mod descend;
mod find;
mod language;
mod layout;
mod linear;
mod machine;
mod overlap;
mod segment;
mod walk;
mod words;

pub(crate) use build::Added;
pub use build::Built;
pub use build::TableBuf;
pub use build::TableBuilder;
pub use build::TableOptions;
pub use captures::Captures;
pub use conflict::Conflict;
pub use overlap::Overlap;

/// A routing table over borrowed data.
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
/// let user = builder.add(&Rule::new("/users/<int:id>"))?;
/// let built = builder.build();
/// let table = built.table.as_table();
///
/// let mut captures = Captures::new();
/// let path = "/users/42";
/// assert_eq!(table.find(path, Methods::GET, false, &mut captures), Outcome::Found(user));
/// assert_eq!(captures.get(0, path), "42");
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Table<'a> {
    /// All text; whoever needs some keeps a [`Text`] into it.
    pub(crate) text: &'a str,
    /// The first is the one that hosts are looked up in.
    pub(crate) nodes: &'a [Node],
    pub(crate) rares: &'a [Rare],
    pub(crate) dynamics: &'a [DynamicEdge],
    pub(crate) terms: &'a [Term],
    pub(crate) items: &'a [SegmentItem],
    pub(crate) alternatives: &'a [Text],
    pub(crate) checks: &'a [Check],
    /// Names of methods that are not standard, by bit.
    pub(crate) methods: &'a [Text],
    pub(crate) custom: &'a [Arc<dyn Converter>],
    pub(crate) merge_slashes: bool,
    /// The node for the first segment when there is no host, or `NONE`.
    pub(crate) root: u32,
}

/// What a table says to a request.
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
/// builder.add(&Rule::new("/a/").methods(["POST"]))?;
/// let built = builder.build();
/// let find = |path, method| {
///     built.table.as_table().find(path, method, false, &mut Captures::new())
/// };
/// assert_eq!(find("/a", Methods::POST), Outcome::Redirect("/a/".to_owned()));
/// assert_eq!(find("/a/", Methods::GET), Outcome::MethodNotAllowed(Methods::POST));
/// assert_eq!(find("/b", Methods::GET), Outcome::NotFound);
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The rule of that number (in the order added) matched; the captures hold its variables.
    Found(u32),
    /// Rules match the path, but with other methods.
    MethodNotAllowed(Methods),
    /// No rule matches the path.
    NotFound,
    /// A rule matches with a slash added or slashes merged: this path, not quoted.
    Redirect(String),
    /// The rule that matches is for WebSocket requests and this is none, or the other way round.
    WebsocketMismatch,
}

/// A piece of [`Table::text`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) from: u32,
    pub(crate) len: u32,
}

/// A state: what has been read of a path so far; and the static segment that leads to it, by its
/// first 8 bytes and the 8 after them, as `words.rs` reads them.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Node {
    /// What no segment begins with if no static segment leads here.
    pub(crate) head: u64,
    pub(crate) tail: u64,
    /// Multiplier of the hash; or see `skip_len`.
    pub(crate) seed: u64,
    /// `NONE`: an empty slot, or a node that no static segment leads to.
    pub(crate) len: u32,
    /// Where the segment's text begins; looked at only from 16 bytes on.
    pub(crate) text: u32,
    /// Another node whose segment has this slot, 0 for none.
    pub(crate) next: u32,
    /// Static edges: at `statics + slot(key, seed, shift)`. If `quick` is `SKIP`, the node behind
    /// the text.
    pub(crate) statics: u32,
    /// In the order in which they are tried.
    pub(crate) dynamics: u32,
    /// The nodes behind the dynamic edges.
    pub(crate) behind: u32,
    /// Rules that end here.
    pub(crate) terms: u32,
    /// Where in `rares` the node has more, or `NONE`.
    pub(crate) rare: u32,
    pub(crate) n_dynamics: u16,
    pub(crate) n_terms: u16,
    /// 64 less the bits of the number of slots; 0: no static edges.
    pub(crate) shift: u8,
    /// What the dynamic edges are if they are of the usual kinds, or `SKIP`.
    pub(crate) quick: u8,
    /// `CONTESTED`, `LAX`, `FORKS`.
    pub(crate) special: u8,
    /// If `quick` is `SKIP`, how much text that is; up to 8 bytes of it are in `seed`.
    pub(crate) skip_len: u8,
}

/// What few nodes have.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rare {
    /// The text of `SKIP`.
    pub(crate) skip: Text,
    /// Rules that end with a slash more.
    pub(crate) slash: u32,
    /// Those of `terms` that take a slash more as well.
    pub(crate) lax: u32,
    pub(crate) n_slash: u16,
    pub(crate) n_lax: u16,
    /// Those of the node, also if it is contested.
    pub(crate) n_dynamics: u16,
}

/// An edge whose segment has variables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DynamicEdge {
    pub(crate) test: Test,
    pub(crate) target: u32,
    /// The earliest rule behind it.
    pub(crate) earliest: u32,
    /// Equal for the edges of a node that have equal weight.
    pub(crate) group: u16,
    pub(crate) variables: u16,
    /// Consumes all that is left of the path.
    pub(crate) whole_rest: bool,
}

/// A rule at its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Term {
    pub(crate) methods: Methods,
    pub(crate) rule: u32,
    pub(crate) checks: u32,
    pub(crate) n_checks: u16,
    pub(crate) websocket: bool,
    pub(crate) strict: bool,
    pub(crate) merge: bool,
}

/// What a segment, or a variable in it, has to look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    Any {
        from: u32,
        len: u32,
    },
    Custom {
        index: u32,
    },
    Float {
        signed: bool,
    },
    Int {
        signed: bool,
    },
    Items {
        from: u32,
        len: u32,
        suffixed: bool,
    },
    Path,
    /// `string` without arguments.
    Plain,
    String {
        min: u32,
        max: u32,
    },
    Uuid,
}

/// An item of a segment that is not one variable.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SegmentItem {
    Literal(Text),
    Variable(Test),
}

/// A limit on the value of a variable: `variable` is its number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Check {
    Custom {
        variable: u16,
        index: u32,
    },
    Float {
        variable: u16,
        min: f64,
        max: f64,
    },
    Int {
        variable: u16,
        digits: u32,
        min: i128,
        max: i128,
    },
}

impl<'a> Table<'a> {
    /// Returns the method of that name, also if it is one that only this table's rules mention.
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
    /// builder.add(&Rule::new("/").methods(["PURGE"]))?;
    /// let built = builder.build();
    /// let table = built.table.as_table();
    /// assert_ne!(table.method("PURGE"), Methods::OTHER);
    /// assert_eq!(table.method_names(table.method("PURGE")), ["PURGE"]);
    /// # Ok::<(), rustzeug_routing::RuleError>(())
    /// ```
    pub fn method(&self, name: &str) -> Methods {
        let standard = Methods::from_name(name);
        if standard != Methods::OTHER || self.methods.is_empty() {
            return standard;
        }
        let known = self
            .methods
            .iter()
            .position(|known| self.str(*known) == name);
        known.and_then(Methods::custom).unwrap_or(standard)
    }

    /// Returns the names of the methods in the set: the standard ones, then the table's.
    pub fn method_names(&self, methods: Methods) -> Vec<&'a str> {
        let mut names: Vec<&'a str> = methods.names().collect();
        names.extend(self.methods.iter().enumerate().filter_map(|(index, name)| {
            let bit = Methods::custom(index)?;
            methods.contains(bit).then(|| self.str(*name))
        }));
        names
    }

    /// Returns whether rules have a subdomain or host, so that requests need
    /// [`find_host`](Self::find_host).
    pub fn has_hosts(&self) -> bool {
        let root = self.nodes.first();
        root.is_some_and(|root| {
            root.behind > 0 && root.n_dynamics + u16::from(root.special & CONTESTED) > 0
                || root.shift > 0 && !self.only_empty_host()
        })
    }

    fn only_empty_host(&self) -> bool {
        let root = &self.nodes[0];
        let slots = 1_usize << (64 - u32::from(root.shift));
        let edges = &self.nodes[root.statics as usize..][..slots];
        edges
            .iter()
            .all(|edge| edge.len == NONE || edge.len == 0 && edge.next == 0)
    }

    fn str(&self, text: Text) -> &'a str {
        &self.text[text.from as usize..][..text.len as usize]
    }

    fn bytes(&self, from: u32, len: usize) -> &'a [u8] {
        &self.text.as_bytes()[from as usize..][..len]
    }
}

impl fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("nodes", &self.nodes.len())
            .field("terms", &self.terms)
            .finish_non_exhaustive()
    }
}

/// Of a node: among edges of equal weight the earliest rule is not always behind the first.
const CONTESTED: u8 = 1;
/// Of a node: rules end here that take a slash more as well.
const LAX: u8 = 2;
/// Of a node: there can be more than one way on.
const FORKS: u8 = 4;
/// `Node::quick`: no dynamic edges, or they are contested.
const QUICK_NONE: u8 = 3;
/// `Node::quick`: the first dynamic edge is a `string` without arguments.
const QUICK_PLAIN: u8 = 0;
/// `Node::quick`: an `int` that is not signed, and then such a `string`.
const QUICK_INT_PLAIN: u8 = 1;
/// `Node::quick`: the one dynamic edge is an `int` that is not signed.
const QUICK_INT: u8 = 2;
/// `Node::quick`: other dynamic edges.
const QUICK_OTHER: u8 = 4;
/// `Node::quick`: no edges at all; nothing but a text can follow, some segments that no rule parts
/// at.
const SKIP: u8 = 5;
/// No index.
pub(crate) const NONE: u32 = u32::MAX;

#[cfg(test)]
mod tests;
