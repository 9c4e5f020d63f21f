//! Headers that are sets: `Vary`, `Allow`, `Content-Language`, `Connection`.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use super::invalid::invalid;
use crate::grammar::list::dump_list_header;
use crate::grammar::list::parse_list_header;
use crate::grammar::list::split_list;
use crate::grammar::token::is_token;

/// A set of words without regard to case, in order of insertion.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::HeaderSet;
///
/// let mut vary = HeaderSet::from_header("Accept, \"odd one\"");
/// vary.add("Cookie");
/// vary.add("ACCEPT");
/// assert!(vary.contains("cookie"));
/// assert_eq!(vary.to_header(), "Accept, \"odd one\", Cookie");
/// ```
#[derive(Clone, Debug, Default)]
pub struct HeaderSet {
    items: Vec<String>,
}

impl HeaderSet {
    /// Makes an empty set.
    ///
    /// ```
    /// # use rustzeug::datastructures::HeaderSet;
    /// assert!(HeaderSet::new().is_empty());
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Parses a header; repeated words are kept as they came.
    ///
    /// ```
    /// # use rustzeug::datastructures::HeaderSet;
    /// let mut set = HeaderSet::from_header("Accept, Cookie");
    /// assert_eq!(set.len(), 2);
    /// # set.clear();
    /// ```
    pub fn from_header(header: &str) -> Self {
        let items = parse_list_header(header).into_iter();
        Self {
            items: items.map(Into::into).collect(),
        }
    }

    /// Writes the header.
    ///
    /// ```
    /// # use rustzeug::datastructures::HeaderSet;
    /// let mut set = HeaderSet::from_header("Accept, Cookie");
    /// assert_eq!(set.to_header(), "Accept, Cookie");
    /// # set.clear();
    /// ```
    pub fn to_header(&self) -> String {
        dump_list_header(&self.items)
    }

    /// Adds a word unless it is there; returns whether it was added.
    ///
    /// ```
    /// # use rustzeug::datastructures::HeaderSet;
    /// let mut set = HeaderSet::from_header("Accept, Cookie");
    /// assert!(set.add("Origin") && !set.add("accept"));
    /// ```
    pub fn add(&mut self, item: impl Into<String>) -> bool {
        let item = item.into();
        let added = !self.contains(&item);
        if added {
            self.items.push(item);
        }
        added
    }

    /// Adds each word that is not there yet.
    ///
    /// ```
    /// # use rustzeug::datastructures::HeaderSet;
    /// let mut set = HeaderSet::from_header("Accept, Cookie");
    /// set.update(["Origin", "Accept"]);
    /// assert_eq!(set.to_header(), "Accept, Cookie, Origin");
    /// ```
    pub fn update<T: Into<String>>(&mut self, items: impl IntoIterator<Item = T>) {
        for item in items {
            self.add(item);
        }
    }

    /// Removes a word, however often it came; returns whether it was there.
    ///
    /// ```
    /// # use rustzeug::datastructures::HeaderSet;
    /// let mut set = HeaderSet::from_header("Accept, Cookie");
    /// assert!(set.remove("accept") && !set.remove("accept"));
    /// ```
    pub fn remove(&mut self, item: &str) -> bool {
        let before = self.items.len();
        self.items.retain(|other| !same(other, item));
        self.items.len() < before
    }

    /// Removes everything.
    ///
    /// ```
    /// # use rustzeug::datastructures::HeaderSet;
    /// let mut set = HeaderSet::from_header("Accept, Cookie");
    /// set.clear();
    /// assert!(set.is_empty());
    /// ```
    pub fn clear(&mut self) {
        self.items.clear();
    }

    /// Returns whether a word is there.
    ///
    /// ```
    /// # use rustzeug::datastructures::HeaderSet;
    /// let mut set = HeaderSet::from_header("Accept, Cookie");
    /// assert!(set.contains("COOKIE"));
    /// # set.clear();
    /// ```
    pub fn contains(&self, item: &str) -> bool {
        self.find(item).is_some()
    }

    /// Returns the place of a word.
    ///
    /// ```
    /// # use rustzeug::datastructures::HeaderSet;
    /// let mut set = HeaderSet::from_header("Accept, Cookie");
    /// assert_eq!(set.find("cookie"), Some(1));
    /// # set.clear();
    /// ```
    pub fn find(&self, item: &str) -> Option<usize> {
        self.items.iter().position(|other| same(other, item))
    }

    /// Returns the word at a place.
    ///
    /// ```
    /// # use rustzeug::datastructures::HeaderSet;
    /// let mut set = HeaderSet::from_header("Accept, Cookie");
    /// assert_eq!(set.get(0), Some("Accept"));
    /// # set.clear();
    /// ```
    pub fn get(&self, index: usize) -> Option<&str> {
        self.items.get(index).map(String::as_str)
    }

    /// Iterates over the words as they were written.
    ///
    /// ```
    /// # use rustzeug::datastructures::HeaderSet;
    /// let mut set = HeaderSet::from_header("Accept, Cookie");
    /// assert!(set.iter().eq(["Accept", "Cookie"]));
    /// # set.clear();
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.items.iter().map(String::as_str)
    }

    /// Returns the number of words that differ.
    ///
    /// ```
    /// # use rustzeug::datastructures::HeaderSet;
    /// let mut set = HeaderSet::from_header("Accept, Cookie");
    /// assert_eq!(set.len(), 2);
    /// # set.clear();
    /// ```
    pub fn len(&self) -> usize {
        let items = self.items.iter().map(|item| item.to_lowercase());
        items.collect::<HashSet<_>>().len()
    }

    /// Returns whether there are no words.
    ///
    /// ```
    /// # use rustzeug::datastructures::HeaderSet;
    /// let mut set = HeaderSet::from_header("Accept, Cookie");
    /// assert!(!set.is_empty());
    /// # set.clear();
    /// ```
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
        || !(a.is_ascii() && b.is_ascii()) && a.to_lowercase() == b.to_lowercase()
}

impl fmt::Display for HeaderSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_header())
    }
}

impl<T: Into<String>> FromIterator<T> for HeaderSet {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut set = Self::new();
        set.update(items);
        set
    }
}

impl<T: Into<String>> Extend<T> for HeaderSet {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        self.update(items);
    }
}

/// The same words are equal, in whatever order and case.
impl PartialEq for HeaderSet {
    fn eq(&self, other: &Self) -> bool {
        self.iter().all(|item| other.contains(item)) && other.iter().all(|item| self.contains(item))
    }
}

impl Eq for HeaderSet {}

invalid! {
    /// Text that is no list of words.
    InvalidHeaderSet: "expected tokens or quoted strings, separated by commas"
}

impl FromStr for HeaderSet {
    type Err = InvalidHeaderSet;

    /// Reads a list of tokens and quoted strings.
    fn from_str(text: &str) -> Result<Self, InvalidHeaderSet> {
        let mut items = split_list(text).ok_or(InvalidHeaderSet(()))?;
        let quoted = |item: &str| item.len() > 1 && item.starts_with('"') && item.ends_with('"');
        if items.all(|item| is_token(item) || quoted(item)) {
            return Ok(Self::from_header(text));
        }
        Err(InvalidHeaderSet(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_one_whatever_their_case() {
        let mut set: HeaderSet = ["a", "B", "A"].into_iter().collect();
        assert_eq!(set.to_header(), "a, B");
        assert_eq!(set.find("b"), Some(1));
        assert!(set.remove("A") && !set.remove("a"));
        assert_eq!(set, HeaderSet::from_header("b, b"));
        assert_eq!(HeaderSet::from_header("b, B").len(), 1);
    }

    #[test]
    fn strict_text_is_tokens_and_strings() {
        assert_eq!(
            "a, \"b c\"".parse::<HeaderSet>().unwrap().to_string(),
            "a, \"b c\""
        );
        for text in ["a b", "a, \"b", "a=\"b\""] {
            assert!(text.parse::<HeaderSet>().is_err(), "{text}");
        }
    }
}
