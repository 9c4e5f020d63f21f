//! Where a look-up writes the variables it found.

use super::walk::Place;

/// The variables of a rule that matched, as spans of the path; kept and reused by the caller.
///
/// A connection has one of these and hands it to every look-up, which writes to it without
/// clearing it first.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Captures;
///
/// assert!(Captures::new().is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct Captures {
    /// Invariant: within the text (and at character boundaries of it) that was looked up.
    spans: [(u32, u32); INLINE],
    /// Those of rules with more variables than anyone has; the only thing that allocates.
    more: Vec<(u32, u32)>,
    /// Where a look-up can come back to; nothing between look-ups.
    pub(super) places: [Place; DEPTH],
    more_places: Vec<Place>,
    pub(crate) count: usize,
    /// How many of them are spans of the host instead.
    pub(crate) hosts: usize,
}

impl Captures {
    /// Makes room for the variables of a rule.
    pub const fn new() -> Self {
        const PLACE: Place = Place {
            id: 0,
            at: 0,
            n: 0,
            edge: 0,
        };
        Self {
            spans: [(0, 0); INLINE],
            more: Vec::new(),
            places: [PLACE; DEPTH],
            more_places: Vec::new(),
            count: 0,
            hosts: 0,
        }
    }

    /// Returns how many variables were captured.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Returns whether no variable was captured.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns how many of the variables are those of the host.
    #[inline]
    pub fn hosts(&self) -> usize {
        self.hosts
    }

    /// Returns the text of a variable of the rule, in the order they stand in it.
    ///
    /// `path` is what was given to [`find`](crate::Table::find). A number beyond the rule's
    /// variables, or another path, gives some text or none.
    #[inline]
    pub fn get<'p>(&self, index: usize, path: &'p str) -> &'p str {
        self.get_with_host(index, "", path)
    }

    /// Returns the text of a variable of the rule after [`find_host`](crate::Table::find_host):
    /// those of the host come first.
    #[inline]
    pub fn get_with_host<'p>(&self, index: usize, host: &'p str, path: &'p str) -> &'p str {
        let text = if index < self.hosts { host } else { path };
        let (from, to) = self.span(index).unwrap_or((0, 0));
        text.get(from as usize..to as usize).unwrap_or("")
    }

    /// Returns where a variable stands, in bytes: in the host for those of the host after
    /// `find_host`, and otherwise in the path.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(rustzeug_routing::Captures::new().span(0), None);
    /// ```
    #[inline]
    pub fn span(&self, index: usize) -> Option<(u32, u32)> {
        if index >= self.count {
            return None;
        }
        let more = || self.more.get(index - INLINE);
        self.spans.get(index).or_else(more).copied()
    }

    #[inline]
    pub(crate) fn set(&mut self, index: usize, from: usize, to: usize) {
        match self.spans.get_mut(index) {
            Some(span) => *span = (from as u32, to as u32),
            None => self.set_more(index - INLINE, (from as u32, to as u32)),
        }
    }

    #[cold]
    pub(super) fn push_deep(&mut self, depth: usize, place: Place) {
        self.more_places.truncate(depth - DEPTH);
        self.more_places.push(place);
    }

    #[cold]
    pub(super) fn deep(&self, depth: usize) -> Place {
        self.more_places[depth - DEPTH]
    }

    #[cold]
    fn set_more(&mut self, index: usize, span: (u32, u32)) {
        if self.more.len() <= index {
            self.more.resize(index + 1, (0, 0));
        }
        self.more[index] = span;
    }
}

impl Default for Captures {
    fn default() -> Self {
        Self::new()
    }
}

/// How many nodes with alternatives on one way need no allocation.
const DEPTH: usize = 8;
/// How many variables need no allocation.
const INLINE: usize = 16;
