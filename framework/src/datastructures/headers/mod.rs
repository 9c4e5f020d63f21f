//! The fields of a request or response, in order.
//!
//! # Examples
//!
//! ```
//! use rustzeug::datastructures::Headers;
//!
//! let mut headers = Headers::new();
//! headers.add("vary", "accept");
//! assert!(headers.contains("Vary"));
//! ```

use std::fmt;
use std::str::FromStr;

use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;

mod constant;
mod convert;
mod families;
mod iter;
mod write;

pub(crate) use constant::Constant;
pub use convert::IntoHeaderName;
pub use convert::IntoHeaderValue;
pub use convert::InvalidHeader;
pub use convert::TryIntoHeaderName;
pub use convert::TryIntoHeaderValue;
pub use families::is_entity_header;
pub use families::is_hop_by_hop_header;
pub use iter::IntoIter;
pub use iter::Iter;

/// The fields of a request or response, in order, with repeated names.
///
/// Names are compared without regard to case. A response has few fields, so they are kept in a
/// list that is searched from the front; a response of text, HTML, JSON or bytes that says nothing
/// but its type needs no allocation.
///
/// [`set`](Self::set) and [`add`](Self::add) take what cannot be wrong: names and values of the
/// `http` crate, numbers, and literals. Text that is made at run time goes through
/// [`try_set`](Self::try_set) and [`try_add`](Self::try_add), which refuse line ends and other
/// control characters: a client's text cannot start a field of its own.
///
/// # Examples
///
/// ```
/// use http::header::{CONTENT_TYPE, HeaderValue};
/// use rustzeug::datastructures::Headers;
///
/// let mut headers = Headers::new();
/// headers.set(CONTENT_TYPE, HeaderValue::from_static("text/html"));
/// headers.set("x-count", 42);
/// headers.try_add("x-user", format!("{} {}", "Ada", "L."))?;
/// assert_eq!(headers.get("Content-Type"), Some("text/html"));
/// assert_eq!(headers.get_as::<u32>("X-Count"), Some(42));
/// assert!(headers.try_add("x-user", "a\r\nSet-Cookie: b").is_err());
/// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
/// ```
#[derive(Clone, Default)]
pub struct Headers {
    /// The first field, where it is one of those that most responses begin with.
    constant: Option<&'static Constant>,
    /// What follows. Not inline: each place would be moved and dropped with every response, and
    /// those that use it allocate for their values, too.
    fields: Vec<(HeaderName, HeaderValue)>,
}

impl Headers {
    /// Makes an empty list.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// assert!(Headers::new().is_empty());
    /// ```
    #[inline]
    pub const fn new() -> Self {
        Self {
            constant: None,
            fields: Vec::new(),
        }
    }

    /// Makes a list of one field.
    #[inline]
    pub(crate) const fn of(constant: &'static Constant) -> Self {
        Self {
            constant: Some(constant),
            fields: Vec::new(),
        }
    }

    /// The first field, if it is a constant one, and the others.
    #[inline]
    pub(crate) fn parts(&self) -> (Option<&'static Constant>, &[(HeaderName, HeaderValue)]) {
        (self.constant, &self.fields)
    }

    /// All fields as a list, to be changed.
    fn list(&mut self) -> &mut Vec<(HeaderName, HeaderValue)> {
        if let Some(constant) = self.constant.take() {
            self.fields.insert(0, constant.field.clone());
        }
        &mut self.fields
    }

    /// Makes an empty list with room for `capacity` fields.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let headers = Headers::with_capacity(16);
    /// assert!(headers.is_empty());
    /// ```
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            constant: None,
            fields: Vec::with_capacity(capacity),
        }
    }

    /// Returns the first value of a name as text.
    ///
    /// `None` where there is none, and where the first is not UTF-8.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("x-a", "1");
    /// assert_eq!(headers.get("X-A"), Some("1"));
    /// ```
    #[inline]
    pub fn get(&self, name: impl AsRef<str>) -> Option<&str> {
        std::str::from_utf8(self.get_value(name)?.as_bytes()).ok()
    }

    /// Returns the first value of a name.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("x-a", "1");
    /// assert!(headers.get_value("x-a").is_some_and(|value| value == "1"));
    /// ```
    #[inline]
    pub fn get_value(&self, name: impl AsRef<str>) -> Option<&HeaderValue> {
        let name = name.as_ref();
        let mut fields = self.iter();
        let found = fields.find(|(other, _)| is_name(other, name))?;
        Some(found.1)
    }

    /// Returns the first value of a name as another type; `None` also where it does not convert.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("age", "17");
    /// assert_eq!(headers.get_as::<u64>("age"), Some(17));
    /// ```
    pub fn get_as<T: FromStr>(&self, name: impl AsRef<str>) -> Option<T> {
        self.get(name)?.parse().ok()
    }

    /// Iterates over the values of a name.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("x-a", "1");
    /// headers.add("x-a", "2");
    /// assert_eq!(headers.get_all("x-a").count(), 2);
    /// ```
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a HeaderValue> {
        self.iter()
            .filter(move |(other, _)| is_name(other, name))
            .map(|(_, value)| value)
    }

    /// Iterates over the values of a name that are text.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("x-a", "1");
    /// headers.add("x-a", "2");
    /// assert!(headers.get_list("x-a").eq(["1", "2"]));
    /// ```
    pub fn get_list<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.get_all(name)
            .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// Returns whether there is a field of that name.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("x-a", "1");
    /// assert!(headers.contains("X-A"));
    /// ```
    #[inline]
    pub fn contains(&self, name: impl AsRef<str>) -> bool {
        self.get_value(name).is_some()
    }

    /// Iterates over all fields.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("x-a", "1");
    /// for (name, value) in headers.iter() {
    ///     assert_eq!((name.as_str(), value.as_bytes()), ("x-a", &b"1"[..]));
    /// }
    /// ```
    #[inline]
    pub fn iter(&self) -> Iter<'_> {
        Iter::new(self)
    }

    /// Returns the number of fields.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// headers.add("x-a", "1");
    /// headers.add("x-a", "2");
    /// assert_eq!(headers.len(), 2);
    /// ```
    #[inline]
    pub fn len(&self) -> usize {
        usize::from(self.constant.is_some()) + self.fields.len()
    }

    /// Returns whether there are no fields.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// assert!(headers.is_empty());
    /// headers.add("x-a", "1");
    /// assert!(!headers.is_empty());
    /// ```
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.constant.is_none() && self.fields.is_empty()
    }
}

#[inline]
fn is_name(name: &HeaderName, text: &str) -> bool {
    name.as_str().eq_ignore_ascii_case(text)
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

/// As on the wire: a line for each field, and an empty line.
impl fmt::Display for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in self {
            let value = String::from_utf8_lossy(value.as_bytes());
            write!(f, "{name}: {value}\r\n")?;
        }
        f.write_str("\r\n")
    }
}

/// Names with the same values in the same order are equal, in whatever order the names are.
impl PartialEq for Headers {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter().all(|(name, _)| {
                let name = name.as_str();
                self.get_all(name).eq(other.get_all(name))
            })
    }
}

impl Eq for Headers {}

impl FromIterator<(HeaderName, HeaderValue)> for Headers {
    fn from_iter<I: IntoIterator<Item = (HeaderName, HeaderValue)>>(fields: I) -> Self {
        Self {
            constant: None,
            fields: fields.into_iter().collect(),
        }
    }
}

impl Extend<(HeaderName, HeaderValue)> for Headers {
    fn extend<I: IntoIterator<Item = (HeaderName, HeaderValue)>>(&mut self, fields: I) {
        self.fields.extend(fields);
    }
}

impl From<HeaderMap> for Headers {
    fn from(map: HeaderMap) -> Self {
        let mut headers = Self::with_capacity(map.len());
        // The map names a field only at its first value.
        let mut last = None;
        for (name, value) in map {
            last = name.or(last);
            if let Some(name) = &last {
                headers.fields.push((name.clone(), value));
            }
        }
        headers
    }
}

impl From<Headers> for HeaderMap {
    fn from(headers: Headers) -> Self {
        let mut map = Self::with_capacity(headers.len());
        for (name, value) in headers {
            map.append(name, value);
        }
        map
    }
}

#[cfg(test)]
mod tests;
