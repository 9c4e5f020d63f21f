//! Several dictionaries read as one.

use std::borrow::Borrow;
use std::hash::Hash;
use std::str::FromStr;

use super::DictValue;
use super::MultiDict;

/// Several [`MultiDict`]s read as one, as `Request::values` is query string and form.
///
/// The first dictionary that has a key gives its value; lists are the values of all of them.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::{CombinedMultiDict, MultiDict};
///
/// let form = MultiDict::from([("a", "1")]);
/// let args = MultiDict::from([("a", "2"), ("b", "3")]);
/// let values = CombinedMultiDict::new([&args, &form]);
/// assert_eq!(values.get("a"), Some("2"));
/// assert_eq!(values.get_list("a"), [&"2", &"1"]);
/// assert_eq!(values.len(), 2);
/// ```
#[derive(Clone, Debug)]
pub struct CombinedMultiDict<'a, K = String, V = String> {
    dicts: Vec<&'a MultiDict<K, V>>,
}

impl<'a, K: Eq + Hash, V> CombinedMultiDict<'a, K, V> {
    /// Combines dictionaries; the first wins.
    ///
    /// ```
    /// # use rustzeug::datastructures::{CombinedMultiDict, MultiDict};
    /// # let args = MultiDict::from([("a", "x"), ("b", "2")]);
    /// # let form = MultiDict::from([("a", "1")]);
    /// let both = CombinedMultiDict::new([&args, &form]);
    /// assert_eq!(both.len(), 2);
    /// ```
    pub fn new(dicts: impl IntoIterator<Item = &'a MultiDict<K, V>>) -> Self {
        Self {
            dicts: dicts.into_iter().collect(),
        }
    }

    /// Returns the first value of a key; text comes as `&str`.
    ///
    /// ```
    /// # use rustzeug::datastructures::{CombinedMultiDict, MultiDict};
    /// # let args = MultiDict::from([("a", "x"), ("b", "2")]);
    /// # let form = MultiDict::from([("a", "1")]);
    /// let both = CombinedMultiDict::new([&args, &form]);
    /// assert_eq!(both.get("a"), Some("x"));
    /// ```
    pub fn get<Q>(&self, key: &Q) -> Option<&'a V::View>
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
    /// # use rustzeug::datastructures::{CombinedMultiDict, MultiDict};
    /// # let args = MultiDict::from([("a", "x"), ("b", "2")]);
    /// # let form = MultiDict::from([("a", "1")]);
    /// let both = CombinedMultiDict::new([&args, &form]);
    /// assert_eq!(both.first("a"), Some(&"x"));
    /// ```
    pub fn first<Q>(&self, key: &Q) -> Option<&'a V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.dicts.iter().find_map(|dict| dict.first(key))
    }

    /// Returns the first value of a key that converts to another type: where one dictionary's
    /// value does not, the next is asked.
    ///
    /// ```
    /// # use rustzeug::datastructures::{CombinedMultiDict, MultiDict};
    /// # let args = MultiDict::from([("a", "x"), ("b", "2")]);
    /// # let form = MultiDict::from([("a", "1")]);
    /// let both = CombinedMultiDict::new([&args, &form]);
    /// // The first `a` is no number.
    /// assert_eq!(both.get_as::<u8, _>("a"), Some(1));
    /// ```
    pub fn get_as<T, Q>(&self, key: &Q) -> Option<T>
    where
        T: FromStr,
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
        V: AsRef<str>,
    {
        self.dicts.iter().find_map(|dict| dict.get_as(key))
    }

    /// Returns all values of a key.
    ///
    /// ```
    /// # use rustzeug::datastructures::{CombinedMultiDict, MultiDict};
    /// # let args = MultiDict::from([("a", "x"), ("b", "2")]);
    /// # let form = MultiDict::from([("a", "1")]);
    /// let both = CombinedMultiDict::new([&args, &form]);
    /// assert_eq!(both.get_list("a"), [&"x", &"1"]);
    /// ```
    pub fn get_list<Q>(&self, key: &Q) -> Vec<&'a V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.dicts
            .iter()
            .flat_map(|dict| dict.get_list(key))
            .collect()
    }

    /// Returns whether there is such a key.
    ///
    /// ```
    /// # use rustzeug::datastructures::{CombinedMultiDict, MultiDict};
    /// # let args = MultiDict::from([("a", "x"), ("b", "2")]);
    /// # let form = MultiDict::from([("a", "1")]);
    /// let both = CombinedMultiDict::new([&args, &form]);
    /// assert!(both.contains("b") && !both.contains("c"));
    /// ```
    pub fn contains<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.dicts.iter().any(|dict| dict.contains(key))
    }

    /// Iterates over the keys, each once.
    ///
    /// ```
    /// # use rustzeug::datastructures::{CombinedMultiDict, MultiDict};
    /// # let args = MultiDict::from([("a", "x"), ("b", "2")]);
    /// # let form = MultiDict::from([("a", "1")]);
    /// let both = CombinedMultiDict::new([&args, &form]);
    /// assert!(both.keys().eq(&["a", "b"]));
    /// ```
    pub fn keys(&self) -> impl Iterator<Item = &'a K> {
        self.dicts.iter().enumerate().flat_map(move |(at, dict)| {
            let before = self.dicts.iter().take(at);
            dict.keys()
                .filter(move |key| !before.clone().any(|dict| dict.contains(*key)))
        })
    }

    /// Iterates over each key with its first value.
    ///
    /// ```
    /// # use rustzeug::datastructures::{CombinedMultiDict, MultiDict};
    /// # let args = MultiDict::from([("a", "x"), ("b", "2")]);
    /// # let form = MultiDict::from([("a", "1")]);
    /// let both = CombinedMultiDict::new([&args, &form]);
    /// assert!(both.items().eq([(&"a", &"x"), (&"b", &"2")]));
    /// ```
    pub fn items(&self) -> impl Iterator<Item = (&'a K, &'a V)> {
        self.keys().filter_map(|key| Some((key, self.first(key)?)))
    }

    /// Iterates over each key with all its values.
    ///
    /// ```
    /// # use rustzeug::datastructures::{CombinedMultiDict, MultiDict};
    /// # let args = MultiDict::from([("a", "x"), ("b", "2")]);
    /// # let form = MultiDict::from([("a", "1")]);
    /// let both = CombinedMultiDict::new([&args, &form]);
    /// assert_eq!(both.lists().next(), Some((&"a", vec![&"x", &"1"])));
    /// ```
    pub fn lists(&self) -> impl Iterator<Item = (&'a K, Vec<&'a V>)> {
        self.keys().map(|key| (key, self.get_list(key)))
    }

    /// Iterates over all pairs of each dictionary in turn.
    ///
    /// ```
    /// # use rustzeug::datastructures::{CombinedMultiDict, MultiDict};
    /// # let args = MultiDict::from([("a", "x"), ("b", "2")]);
    /// # let form = MultiDict::from([("a", "1")]);
    /// let both = CombinedMultiDict::new([&args, &form]);
    /// assert_eq!(both.iter().count(), 3);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&'a K, &'a V)> {
        self.dicts.iter().flat_map(|dict| dict.iter())
    }

    /// Returns the number of keys.
    ///
    /// ```
    /// # use rustzeug::datastructures::{CombinedMultiDict, MultiDict};
    /// # let args = MultiDict::from([("a", "x"), ("b", "2")]);
    /// # let form = MultiDict::from([("a", "1")]);
    /// let both = CombinedMultiDict::new([&args, &form]);
    /// assert_eq!(both.len(), 2);
    /// ```
    pub fn len(&self) -> usize {
        self.keys().count()
    }

    /// Returns whether there are no keys.
    ///
    /// ```
    /// # use rustzeug::datastructures::{CombinedMultiDict, MultiDict};
    /// # let args = MultiDict::from([("a", "x"), ("b", "2")]);
    /// # let form = MultiDict::from([("a", "1")]);
    /// let both = CombinedMultiDict::new([&args, &form]);
    /// assert!(!both.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.dicts.iter().all(|dict| dict.is_empty())
    }

    /// Copies everything into one dictionary.
    ///
    /// ```
    /// # use rustzeug::datastructures::{CombinedMultiDict, MultiDict};
    /// # let args = MultiDict::from([("a", "x"), ("b", "2")]);
    /// # let form = MultiDict::from([("a", "1")]);
    /// let both = CombinedMultiDict::new([&args, &form]);
    /// assert_eq!(both.to_multi_dict().get_list("a"), ["x", "1"]);
    /// ```
    pub fn to_multi_dict(&self) -> MultiDict<K, V>
    where
        K: Clone,
        V: Clone,
    {
        let pairs = self.iter();
        pairs.map(|(k, v)| (k.clone(), v.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dictionaries_are_read_as_one() {
        let first = MultiDict::from([("a", "x"), ("a", "1")]);
        let second = MultiDict::from([("b", "2"), ("a", "3")]);
        let both = CombinedMultiDict::new([&first, &second]);
        assert_eq!(both.get_as::<i32, _>("a"), Some(3));
        assert_eq!(both.keys().collect::<Vec<_>>(), [&"a", &"b"]);
        assert_eq!(
            both.items().collect::<Vec<_>>(),
            [(&"a", &"x"), (&"b", &"2")]
        );
        assert_eq!(both.lists().next(), Some((&"a", vec![&"x", &"1", &"3"])));
        assert_eq!(both.to_multi_dict().get_list("a"), ["x", "1", "3"]);
        assert!(!both.is_empty() && !both.contains("c"));
    }
}
