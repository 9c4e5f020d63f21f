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

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt;
use std::hash::BuildHasher as _;
use std::hash::Hash;
use std::hash::RandomState;
use std::str::FromStr;

use smallvec::SmallVec;
use smallvec::smallvec;

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
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
            index: None,
        }
    }

    /// Makes an empty dictionary with room for `capacity` keys.
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            entries: Vec::with_capacity(capacity),
            index: None,
        }
    }

    /// Returns the number of keys.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.index = None;
    }

    /// Iterates over the keys.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.entries.iter().map(|entry| &entry.key)
    }

    /// Iterates over the first value of each key.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().filter_map(|entry| entry.values.first())
    }

    /// Iterates over the values of each key.
    pub fn list_values(&self) -> impl Iterator<Item = &[V]> {
        self.entries.iter().map(|entry| entry.values.as_slice())
    }

    /// Iterates over each key with its first value.
    pub fn items(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries
            .iter()
            .filter_map(|entry| Some((&entry.key, entry.values.first()?)))
    }

    /// Iterates over each key with all its values.
    pub fn lists(&self) -> impl Iterator<Item = (&K, &[V])> {
        self.entries
            .iter()
            .map(|entry| (&entry.key, entry.values.as_slice()))
    }

    /// Iterates over all pairs: a key comes once for each of its values.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            entries: self.entries.iter(),
            current: None,
        }
    }

    /// Removes the last key; returns it with its first value.
    ///
    /// `None` where there are no keys, and where the last had no value.
    pub fn pop_item(&mut self) -> Option<(K, V)> {
        let (key, values) = self.pop_item_list()?;
        Some((key, values.into_iter().next()?))
    }

    /// Removes the last key; returns it with all its values.
    pub fn pop_item_list(&mut self) -> Option<(K, Vec<V>)> {
        let entry = self.entries.pop()?;
        self.index = None;
        Some((entry.key, entry.values.into_vec()))
    }

    /// Copies each key with its first value into a map of the standard library.
    pub fn to_dict(&self) -> HashMap<K, V>
    where
        K: Clone + Eq + Hash,
        V: Clone,
    {
        let clone = |(key, value): (&K, &V)| (key.clone(), value.clone());
        self.items().map(clone).collect()
    }

    /// Turns every key and value into another type.
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

impl<K: Eq + Hash, V> MultiDict<K, V> {
    /// Returns the first value of a key; text comes as `&str`.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::MultiDict;
    ///
    /// let mut args: MultiDict = MultiDict::new();
    /// args.add("name", "Ada");
    /// assert_eq!(args.get("name").unwrap_or("World"), "Ada");
    /// ```
    pub fn get<Q>(&self, key: &Q) -> Option<&V::View>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
        V: DictValue,
    {
        self.first(key).map(V::view)
    }

    /// Returns the first value of a key as it is held.
    pub fn first<Q>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.get_list(key).first()
    }

    /// Returns the first value of a key as another type; `None` also where it does not convert.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::MultiDict;
    ///
    /// let args = MultiDict::from([("page", "2"), ("sort", "up")]);
    /// assert_eq!(args.get_as::<u32, _>("page"), Some(2));
    /// assert_eq!(args.get_as::<u32, _>("sort"), None);
    /// ```
    pub fn get_as<T, Q>(&self, key: &Q) -> Option<T>
    where
        T: FromStr,
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
        V: AsRef<str>,
    {
        self.first(key)?.as_ref().parse().ok()
    }

    /// Returns all values of a key; none where there is no such key.
    pub fn get_list<Q>(&self, key: &Q) -> &[V]
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        match self.position(key).and_then(|at| self.entries.get(at)) {
            Some(entry) => &entry.values,
            None => &[],
        }
    }

    /// Returns the values of a key that convert to another type.
    pub fn get_list_as<T, Q>(&self, key: &Q) -> Vec<T>
    where
        T: FromStr,
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
        V: AsRef<str>,
    {
        let values = self.get_list(key).iter();
        values
            .filter_map(|value| value.as_ref().parse().ok())
            .collect()
    }

    /// Returns whether there is such a key.
    pub fn contains<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.position(key).is_some()
    }

    /// Adds a value to those of a key.
    pub fn add(&mut self, key: impl Into<K>, value: impl Into<V>) {
        let (key, value) = (key.into(), value.into());
        match self.entry(&key) {
            Some(values) => values.push(value),
            None => self.push(key, smallvec![value]),
        }
    }

    /// Replaces the values of a key with one.
    pub fn set(&mut self, key: impl Into<K>, value: impl Into<V>) {
        let (key, value) = (key.into(), value.into());
        match self.entry(&key) {
            Some(values) => *values = smallvec![value],
            None => self.push(key, smallvec![value]),
        }
    }

    /// Replaces the values of a key; the key stays even if there are none.
    pub fn set_list(&mut self, key: impl Into<K>, values: impl IntoIterator<Item = V>) {
        let key = key.into();
        let new = values.into_iter().collect();
        match self.entry(&key) {
            Some(values) => *values = new,
            None => self.push(key, new),
        }
    }

    /// Returns the first value of a key, after adding `value` if it has none.
    pub fn set_default(&mut self, key: impl Into<K>, value: impl Into<V>) -> &V {
        let values = self.values_of(key.into());
        if values.is_empty() {
            values.push(value.into());
        }
        &values[0]
    }

    /// Returns the values of a key, after adding the key with `values` if it is missing.
    pub fn set_list_default(
        &mut self,
        key: impl Into<K>,
        values: impl IntoIterator<Item = V>,
    ) -> &[V] {
        let key = key.into();
        if !self.contains(&key) {
            self.set_list(key, values);
            return self.entries.last().map_or(&[], |entry| &entry.values);
        }
        self.get_list(&key)
    }

    /// Adds each pair, keeping the values there are.
    pub fn update<A, B>(&mut self, pairs: impl IntoIterator<Item = (A, B)>)
    where
        A: Into<K>,
        B: Into<V>,
    {
        for (key, value) in pairs {
            self.add(key, value);
        }
    }

    /// Removes a key and returns its first value; the others are lost.
    pub fn pop<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.pop_list(key).into_iter().next()
    }

    /// Removes a key and returns its values.
    pub fn pop_list<Q>(&mut self, key: &Q) -> Vec<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let Some(at) = self.position(key) else {
            return Vec::new();
        };
        self.index = None;
        self.entries.remove(at).values.into_vec()
    }

    fn entry(&mut self, key: &K) -> Option<&mut SmallVec<[V; 1]>> {
        let at = self.position(key)?;
        self.entries.get_mut(at).map(|entry| &mut entry.values)
    }

    fn values_of(&mut self, key: K) -> &mut SmallVec<[V; 1]> {
        let at = self.position(&key).unwrap_or_else(|| {
            self.push(key, SmallVec::new());
            self.entries.len() - 1
        });
        &mut self.entries[at].values
    }

    fn position<Q>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let is_key = |entry: &Entry<K, V>| entry.key.borrow() == key;
        let Some(index) = &self.index else {
            return self.entries.iter().position(is_key);
        };
        let places = index.places.get(&index.hasher.hash_one(key))?;
        let mut places = places.iter().copied();
        places.find(|at| self.entries.get(*at).is_some_and(is_key))
    }

    /// Adds a key that is not there yet.
    fn push(&mut self, key: K, values: SmallVec<[V; 1]>) {
        let at = self.entries.len();
        if let Some(index) = &mut self.index {
            index.insert(&key, at);
        }
        self.entries.push(Entry { key, values });
        if self.index.is_none() && self.entries.len() > MOST_UNINDEXED {
            let mut index = Index {
                hasher: RandomState::new(),
                places: HashMap::with_capacity(2 * self.entries.len()),
            };
            for (at, entry) in self.entries.iter().enumerate() {
                index.insert(&entry.key, at);
            }
            self.index = Some(index);
        }
    }
}

impl Index {
    fn insert<K: Hash>(&mut self, key: &K, at: usize) {
        let hash = self.hasher.hash_one(key);
        self.places.entry(hash).or_default().push(at);
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
