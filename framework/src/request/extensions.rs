//! Values that travel with a request, one of each type.

use std::any::Any;
use std::fmt;
use std::sync::OnceLock;

/// Values that travel with a request, found by their type: Flask's `g`, typed.
///
/// Values can be added through a shared reference, so a hook that sees `&Request` can leave one
/// for the handler. They are never moved or dropped before the request is, so references to them
/// stay good. A later value of a type hides the earlier one.
///
/// # Examples
///
/// ```
/// use rustzeug::request::Extensions;
///
/// #[derive(Debug, PartialEq)]
/// struct User(&'static str);
///
/// let extensions = Extensions::new();
/// assert_eq!(extensions.get::<User>(), None);
/// extensions.insert(User("ada"));
/// assert_eq!(extensions.get::<User>(), Some(&User("ada")));
/// ```
#[derive(Default)]
pub struct Extensions {
    first: OnceLock<Box<Node>>,
}

/// A list that only grows at its end: what makes it possible to hand out references.
struct Node {
    value: Box<dyn Any + Send + Sync>,
    next: OnceLock<Box<Self>>,
}

impl Extensions {
    /// No values.
    ///
    /// ```
    /// # use rustzeug::request::Extensions;
    /// let mut extensions = Extensions::new();
    /// assert!(extensions.get::<u8>().is_none());
    /// # extensions.clear();
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self {
            first: OnceLock::new(),
        }
    }

    /// Adds a value; `get` answers it from now on.
    ///
    /// ```
    /// # use rustzeug::request::Extensions;
    /// let mut extensions = Extensions::new();
    /// extensions.insert(1u8);
    /// extensions.insert(2u8);
    /// assert_eq!(extensions.get(), Some(&2u8));
    /// # extensions.clear();
    /// ```
    pub fn insert<T: Send + Sync + 'static>(&self, value: T) {
        let mut node = Box::new(Node {
            value: Box::new(value),
            next: OnceLock::new(),
        });
        let mut place = &self.first;
        loop {
            // Another thread may add at the same time: then ours goes after its.
            match place.set(node) {
                Ok(()) => return,
                Err(rejected) => node = rejected,
            }
            match place.get() {
                Some(taken) => place = &taken.next,
                None => return,
            }
        }
    }

    /// The last value of a type.
    ///
    /// ```
    /// # use rustzeug::request::Extensions;
    /// let mut extensions = Extensions::new();
    /// extensions.insert("text");
    /// assert_eq!(extensions.get::<&str>(), Some(&"text"));
    /// # extensions.clear();
    /// ```
    #[must_use]
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        let mut found = None;
        let mut place = &self.first;
        while let Some(node) = place.get() {
            found = node.value.downcast_ref().or(found);
            place = &node.next;
        }
        found
    }

    /// The last value of a type, to be changed.
    ///
    /// ```
    /// # use rustzeug::request::Extensions;
    /// let mut extensions = Extensions::new();
    /// extensions.insert(1u8);
    /// *extensions.get_mut::<u8>().expect("inserted above") += 1;
    /// assert_eq!(extensions.get(), Some(&2u8));
    /// ```
    pub fn get_mut<T: Send + Sync + 'static>(&mut self) -> Option<&mut T> {
        let mut found = None;
        let mut place = &mut self.first;
        while let Some(node) = place.get_mut() {
            let node = &mut **node;
            if let Some(value) = node.value.downcast_mut() {
                found = Some(value);
            }
            place = &mut node.next;
        }
        found
    }

    /// Forgets all values.
    ///
    /// ```
    /// # use rustzeug::request::Extensions;
    /// let mut extensions = Extensions::new();
    /// extensions.insert(1u8);
    /// extensions.clear();
    /// assert!(extensions.get::<u8>().is_none());
    /// ```
    pub fn clear(&mut self) {
        // Taken apart in a loop: dropping a long list must not recurse.
        let mut next = self.first.take();
        while let Some(mut node) = next {
            next = node.next.take();
        }
    }
}

impl Drop for Extensions {
    fn drop(&mut self) {
        if self.first.get().is_some() {
            self.clear();
        }
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extensions").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_a_type_wins_and_others_stay() {
        let mut extensions = Extensions::new();
        extensions.insert(1u8);
        extensions.insert("text");
        extensions.insert(2u8);
        assert_eq!(extensions.get::<u8>(), Some(&2));
        assert_eq!(extensions.get::<&str>(), Some(&"text"));
        if let Some(value) = extensions.get_mut::<u8>() {
            *value = 3;
        }
        assert_eq!(extensions.get::<u8>(), Some(&3));
        extensions.clear();
        assert_eq!(extensions.get::<u8>(), None);
    }

    #[test]
    fn a_long_list_is_dropped_without_recursion() {
        let extensions = Extensions::new();
        for n in 0..3_000u32 {
            extensions.insert(n);
        }
        assert_eq!(extensions.get::<u32>(), Some(&2_999));
    }
}
