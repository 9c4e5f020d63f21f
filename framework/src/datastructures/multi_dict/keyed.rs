//! What needs to find a key.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::hash::Hash;
use std::hash::RandomState;
use std::str::FromStr;

use smallvec::SmallVec;
use smallvec::smallvec;

use super::DictValue;
use super::Entry;
use super::Index;
use super::MOST_UNINDEXED;
use super::MultiDict;

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
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert_eq!(dict.first("a"), Some(&1));
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert_eq!(dict.get_list("a"), [1, 3]);
    /// assert!(dict.get_list("c").is_empty());
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict = MultiDict::from([("n", "1"), ("n", "x"), ("n", "3")]);
    /// assert_eq!(dict.get_list_as::<u8, _>("n"), [1, 3]);
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert!(dict.contains("a") && !dict.contains("c"));
    /// ```
    pub fn contains<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.position(key).is_some()
    }

    /// Adds a value to those of a key.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let mut dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// dict.add("b", 4);
    /// assert_eq!(dict.get_list("b"), [2, 4]);
    /// ```
    pub fn add(&mut self, key: impl Into<K>, value: impl Into<V>) {
        let (key, value) = (key.into(), value.into());
        match self.entry(&key) {
            Some(values) => values.push(value),
            None => self.push(key, smallvec![value]),
        }
    }

    /// Replaces the values of a key with one.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let mut dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// dict.set("a", 9);
    /// assert_eq!(dict.get_list("a"), [9]);
    /// ```
    pub fn set(&mut self, key: impl Into<K>, value: impl Into<V>) {
        let (key, value) = (key.into(), value.into());
        match self.entry(&key) {
            Some(values) => *values = smallvec![value],
            None => self.push(key, smallvec![value]),
        }
    }

    /// Replaces the values of a key; the key stays even if there are none.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let mut dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// dict.set_list("b", [7, 8]);
    /// assert_eq!(dict.get_list("b"), [7, 8]);
    /// ```
    pub fn set_list(&mut self, key: impl Into<K>, values: impl IntoIterator<Item = V>) {
        let key = key.into();
        let new = values.into_iter().collect();
        match self.entry(&key) {
            Some(values) => *values = new,
            None => self.push(key, new),
        }
    }

    /// Returns the first value of a key, after adding `value` if it has none.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let mut dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert_eq!(*dict.set_default("a", 9), 1);
    /// assert_eq!(*dict.set_default("c", 9), 9);
    /// ```
    pub fn set_default(&mut self, key: impl Into<K>, value: impl Into<V>) -> &V {
        let values = self.values_of(key.into());
        if values.is_empty() {
            values.push(value.into());
        }
        &values[0]
    }

    /// Returns the values of a key, after adding the key with `values` if it is missing.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let mut dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert_eq!(dict.set_list_default("a", [9]), [1, 3]);
    /// assert_eq!(dict.set_list_default("c", [9, 9]), [9, 9]);
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let mut dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// dict.update([("a", 5), ("c", 6)]);
    /// assert_eq!(dict.get_list("a"), [1, 3, 5]);
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let mut dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert_eq!(dict.pop("a"), Some(1));
    /// assert!(!dict.contains("a"));
    /// ```
    pub fn pop<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.pop_list(key).into_iter().next()
    }

    /// Removes a key and returns its values.
    ///
    /// ```
    /// # use rustzeug::datastructures::MultiDict;
    /// let mut dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    /// assert_eq!(dict.pop_list("a"), [1, 3]);
    /// ```
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
