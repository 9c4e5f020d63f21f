//! Where a look-up writes the variables it found.

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
    pub(crate) spans: [(u32, u32); crate::MAX_VARIABLES],
    pub(crate) count: usize,
    /// How many of them are spans of the host instead.
    pub(crate) hosts: usize,
}

impl Captures {
    /// Makes room for the variables of a rule.
    pub const fn new() -> Self {
        Self {
            spans: [(0, 0); crate::MAX_VARIABLES],
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
        match self.spans.get(index) {
            Some((from, to)) if index < self.count => {
                text.get(*from as usize..*to as usize).unwrap_or("")
            }
            _ => "",
        }
    }

    /// Returns the spans in bytes; after `find_host` those of the host come first.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(rustzeug_routing::Captures::new().spans(), []);
    /// ```
    pub fn spans(&self) -> &[(u32, u32)] {
        &self.spans[..self.count]
    }

    #[inline]
    pub(crate) fn set(&mut self, index: usize, from: usize, to: usize) {
        // The builder refuses rules with more variables, so that the index is always within.
        if let Some(span) = self.spans.get_mut(index) {
            *span = (from as u32, to as u32);
        }
    }
}

impl Default for Captures {
    fn default() -> Self {
        Self::new()
    }
}
