//! What can be wrong with a rule: one text for compiler and runtime.

use std::error::Error;
use std::fmt;
use std::ops::Range;

/// A rule that cannot be used: what, where in its text, and the right form if it can be guessed.
///
/// `Display` gives one line; [`RuleError::draw`] shows the rule with carets under the place.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Registry;
/// use rustzeug_routing::Rule;
/// use rustzeug_routing::RuleErrorKind;
///
/// let error = Rule::new("/<itn:year>/").parse(&Registry::new()).unwrap_err();
/// assert_eq!(error.kind(), RuleErrorKind::UnknownConverter);
/// assert_eq!(error.range(), 2..5);
/// assert_eq!(error.to_string(), "there is no converter `itn`");
/// assert_eq!(
///     error.draw(),
///     "there is no converter `itn`\n  \
///        /<itn:year>/\n    \
///          ^^^\n\
///      help: did you mean `int`?"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    text: String,
    kind: RuleErrorKind,
    range: Range<usize>,
    message: String,
    help: Option<String>,
}

/// The kinds of [`RuleError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RuleErrorKind {
    /// A converter got an argument it does not take, or one too many.
    BadArguments,
    /// A default's value is refused by the converter of its variable.
    BadDefault,
    /// A variable name stands twice.
    DuplicateVariable,
    /// A converter's argument has a value it cannot use, or the arguments are not a list.
    InvalidArguments,
    /// `<` without a proper variable after it.
    Malformed,
    /// The rule does not start with a slash.
    MissingSlash,
    /// A subdomain or host holds a slash.
    SlashInHost,
    /// More variables, segments or method names than a table can hold.
    TooLong,
    /// No converter has that name.
    UnknownConverter,
    /// `redirect_to` or a template names a variable that there is none of.
    UnknownVariable,
    /// A WebSocket rule lists methods besides `GET`, `HEAD` and `OPTIONS`.
    WebsocketMethods,
}

impl RuleError {
    pub(crate) fn new(
        kind: RuleErrorKind,
        range: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            text: String::new(),
            kind,
            range,
            message: message.into(),
            help: None,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says which text the range is in; a range beyond it is cut.
    pub(crate) fn within(mut self, text: &str) -> Self {
        if self.text.is_empty() {
            self.range.end = self.range.end.min(text.len());
            self.range.start = self.range.start.min(self.range.end);
            text.clone_into(&mut self.text);
        }
        self
    }

    /// Moves the range by `by` bytes, into the text of a whole of which the old text is a part.
    pub(crate) fn shifted(mut self, by: usize) -> Self {
        self.range = self.range.start + by..self.range.end + by;
        self
    }

    /// Puts the range in, for a mistake whose finder did not know where it stands.
    pub(crate) fn at(mut self, range: Range<usize>) -> Self {
        self.range = range;
        self
    }

    /// Translates the range through the offsets of a text some bytes were left out of.
    pub(crate) fn mapped(mut self, offsets: &[usize]) -> Self {
        let at = |at: usize| offsets.get(at).copied().unwrap_or(at);
        self.range = at(self.range.start)..at(self.range.end);
        self
    }

    /// Returns what kind of mistake it is.
    pub fn kind(&self) -> RuleErrorKind {
        self.kind
    }

    /// Returns the text the mistake is in: the rule, or its subdomain or host.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns where in [`text`](Self::text) it is, in bytes.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Returns what to write instead, where there is a guess.
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Returns the message, the text with carets under the range, and the help.
    pub fn draw(&self) -> String {
        let Self { text, message, .. } = self;
        let before = text.get(..self.range.start).unwrap_or(text).chars().count();
        let under = text
            .get(self.range.clone())
            .unwrap_or("")
            .chars()
            .count()
            .max(1);
        let (space, carets) = (" ".repeat(before), "^".repeat(under));
        // A line break would move the carets away from what they point at.
        let text: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let mut drawn = format!("{message}\n  {text}\n  {space}{carets}");
        if let Some(help) = &self.help {
            drawn.push_str("\nhelp: ");
            drawn.push_str(help);
        }
        drawn
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for RuleError {}

/// Returns the candidate that `name` is most likely a misspelling of.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let scored = candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate));
    let (distance, candidate) = scored.min_by_key(|(distance, _)| *distance)?;
    (distance <= 2 && distance < name.chars().count()).then_some(candidate)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, ours) in a.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        for (column, theirs) in b.iter().enumerate() {
            let above = row.get(column + 1).copied().unwrap_or(0);
            let changed = diagonal + usize::from(ours != *theirs);
            diagonal = above;
            let cost = changed.min(above + 1).min(left + 1);
            if let Some(cell) = row.get_mut(column) {
                *cell = left;
            }
            left = cost;
        }
        if let Some(last) = row.last_mut() {
            *last = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::distance;
    use super::nearest;

    #[test]
    fn distances() {
        for (a, b, want) in [
            ("", "", 0),
            ("a", "", 1),
            ("", "ab", 2),
            ("itn", "int", 2),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(a, b), want, "{a} {b}");
            assert_eq!(distance(b, a), want, "{b} {a}");
        }
    }

    #[test]
    fn far_names_are_not_suggested() {
        assert_eq!(nearest("itn", ["string", "int"]), Some("int"));
        assert_eq!(nearest("x", ["int", "any"]), None);
    }
}
