//! A dictionary whose keys may have several values.
//!
//! # Examples
//!
//! ```
//! use rustzeug::datastructures::MultiDict;
//!
//! let dict = MultiDict::from([("a", 1), ("a", 2)]);
//! assert_eq!((dict.len(), dict.iter().count()), (1, 2));
//! ```

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::hash::RandomState;

use smallvec::SmallVec;

mod keyed;
mod value;

pub use value::DictValue;

/// A dictionary whose keys may have several values, in order of insertion.
///
/// Query strings, forms and cookies are one. The plain methods see the first value of a key, those
/// with `list` in their name see all of them. A key keeps the place where it was first added.
///
/// Keys are compared one by one while there are few of them, and looked up in a seeded hash table
/// beyond that, so that a hostile query string does not cost quadratic time.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::MultiDict;
///
/// let mut args = MultiDict::from([("page", "1"), ("tag", "a"), ("tag", "b")]);
/// assert_eq!(args.get("tag"), Some("a"));
/// assert_eq!(args.get_list("tag"), ["a", "b"]);
/// assert_eq!(args.get_as::<u32, _>("page"), Some(1));
/// args.set("tag", "c");
/// assert_eq!(args.len(), 2);
/// ```
#[derive(Clone)]
pub struct MultiDict<K = String, V = String> {
    entries: Vec<Entry<K, V>>,
    /// Invariant: `None`, or the places in `entries` of every key, by its hash.
    index: Option<Index>,
}

#[derive(Clone)]
struct Entry<K, V> {
    key: K,
    values: SmallVec<[V; 1]>,
}

#[derive(Clone)]
struct Index {
    hasher: RandomState,
    places: HashMap<u64, SmallVec<[usize; 1]>>,
}

impl<K, V> MultiDict<K, V> {
    /// Makes an empty dictionary.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let mut dict = MultiDict::new();
    /// dict.add("a", "1");
    /// dict.add("a", "2");
    /// assert_eq!(dict.get_list("a"), ["1", "2"]);
    /// # let _: MultiDict = dict;
    /// ```
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
            index: None,
        }
    }

    /// Makes an empty dictionary with room for `capacity` keys.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict: MultiDict = MultiDict::with_capacity(8);
    /// assert!(dict.is_empty());
    /// ```
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            entries: Vec::with_capacity(capacity),
            index: None,
        }
    }

    /// Returns the number of keys.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert_eq!(dict.len(), 2);
    /// ```
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there are no keys.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert!(!dict.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Removes everything.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let mut dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// dict.clear();
    /// assert!(dict.is_empty());
    /// ```
    pub fn clear(&mut self) {
        self.entries.clear();
        self.index = None;
    }

    /// Iterates over the keys.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert!(dict.keys().eq(&["a", "b"]));
    /// ```
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.entries.iter().map(|entry| &entry.key)
    }

    /// Iterates over the first value of each key.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert!(dict.values().eq(&[1, 2]));
    /// ```
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().filter_map(|entry| entry.values.first())
    }

    /// Iterates over the values of each key.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert!(dict.list_values().eq([&[1, 3][..], &[2]]));
    /// ```
    pub fn list_values(&self) -> impl Iterator<Item = &[V]> {
        self.entries.iter().map(|entry| entry.values.as_slice())
    }

    /// Iterates over each key with its first value.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert!(dict.items().eq([(&"a", &1), (&"b", &2)]));
    /// ```
    pub fn items(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries
            .iter()
            .filter_map(|entry| Some((&entry.key, entry.values.first()?)))
    }

    /// Iterates over each key with all its values.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert!(dict.lists().eq([(&"a", &[1, 3][..]), (&"b", &[2])]));
    /// ```
    pub fn lists(&self) -> impl Iterator<Item = (&K, &[V])> {
        self.entries
            .iter()
            .map(|entry| (&entry.key, entry.values.as_slice()))
    }

    /// Iterates over all pairs: a key comes once for each of its values.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert!(dict.iter().eq([(&"a", &1), (&"a", &3), (&"b", &2)]));
    /// ```
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            entries: self.entries.iter(),
            current: None,
        }
    }

    /// Removes the last key; returns it with its first value.
    ///
    /// `None` where there are no keys, and where the last had no value.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let mut dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert_eq!(dict.pop_item(), Some(("b", 2)));
    /// assert_eq!(dict.len(), 1);
    /// ```
    pub fn pop_item(&mut self) -> Option<(K, V)> {
        let (key, values) = self.pop_item_list()?;
        Some((key, values.into_iter().next()?))
    }

    /// Removes the last key; returns it with all its values.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let mut dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// dict.pop_item();
    /// assert_eq!(dict.pop_item_list(), Some(("a", vec![1, 3])));
    /// ```
    pub fn pop_item_list(&mut self) -> Option<(K, Vec<V>)> {
        let entry = self.entries.pop()?;
        self.index = None;
        Some((entry.key, entry.values.into_vec()))
    }

    /// Copies each key with its first value into a map of the standard library.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert_eq!(dict.to_dict()["a"], 1);
    /// ```
    pub fn to_dict(&self) -> HashMap<K, V>
    where
        K: Clone + Eq + Hash,
        V: Clone,
    {
        let clone = |(key, value): (&K, &V)| (key.clone(), value.clone());
        self.items().map(clone).collect()
    }

    /// Turns every key and value into another type.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// let dict = dict.map(str::to_uppercase, |n| n * 10);
    /// assert_eq!(dict.get_list("A"), [10, 30]);
    /// ```
    pub fn map<L, W>(self, key: impl Fn(K) -> L, value: impl Fn(V) -> W) -> MultiDict<L, W> {
        let entries = self.entries.into_iter().map(|entry| Entry {
            key: key(entry.key),
            values: entry.values.into_iter().map(&value).collect(),
        });
        MultiDict {
            entries: entries.collect(),
            index: None,
        }
    }
}

impl<K, V> Default for MultiDict<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for MultiDict<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// Keys with the same values in the same order are equal, in whatever order the keys are.
impl<K: Eq + Hash, V: PartialEq> PartialEq for MultiDict<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self
                .lists()
                .all(|(key, values)| other.contains(key) && other.get_list(key) == values)
    }
}

impl<K: Eq + Hash, V: Eq> Eq for MultiDict<K, V> {}

impl<K: Eq + Hash, V> FromIterator<(K, V)> for MultiDict<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut dict = Self::new();
        dict.update(pairs);
        dict
    }
}

impl<K: Eq + Hash, V> Extend<(K, V)> for MultiDict<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        self.update(pairs);
    }
}

impl<K: Eq + Hash, V, const N: usize> From<[(K, V); N]> for MultiDict<K, V> {
    fn from(pairs: [(K, V); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl<'a, K, V> IntoIterator for &'a MultiDict<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// All pairs of a [`MultiDict`], made by [`MultiDict::iter`].
///
/// # Examples
///
/// ```
/// # use rustzeug::datastructures::MultiDict;
/// let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
/// let mut pairs = dict.iter();
/// assert_eq!(pairs.next(), Some((&"a", &1)));
/// ```
#[derive(Clone)]
pub struct Iter<'a, K, V> {
    entries: std::slice::Iter<'a, Entry<K, V>>,
    current: Option<(&'a K, std::slice::Iter<'a, V>)>,
}

impl<K, V> fmt::Debug for Iter<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").finish_non_exhaustive()
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((key, values)) = &mut self.current
                && let Some(value) = values.next()
            {
                return Some((key, value));
            }
            let entry = self.entries.next()?;
            self.current = Some((&entry.key, entry.values.iter()));
        }
    }
}

/// Up to here comparing every key is faster than hashing one.
const MOST_UNINDEXED: usize = 16;

#[cfg(test)]
mod tests;
