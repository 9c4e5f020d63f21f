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
use smallvec::SmallVec;

mod convert;
mod families;
mod iter;

pub use convert::IntoHeaderName;
pub use convert::IntoHeaderValue;
pub use convert::InvalidHeader;
pub use convert::TryIntoHeaderName;
pub use convert::TryIntoHeaderValue;
pub use families::is_entity_header;
pub use families::is_hop_by_hop_header;
pub use iter::IntoIter;
pub use iter::Iter;

use crate::grammar::options::dump_options_header;

/// The fields of a request or response, in order, with repeated names.
///
/// Names are compared without regard to case. A response has few fields, so they are kept in a
/// list that is searched from the front; one field fits without an allocation.
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
    fields: SmallVec<[(HeaderName, HeaderValue); 1]>,
}

impl Headers {
    /// Makes an empty list.
    #[inline]
    pub const fn new() -> Self {
        Self {
            fields: SmallVec::new_const(),
        }
    }

    /// Makes an empty list with room for `capacity` fields.
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            fields: SmallVec::with_capacity(capacity),
        }
    }

    /// Replaces all fields of a name with one, at the first one's place.
    ///
    /// # Panics
    ///
    /// If a literal is no valid name or value.
    #[inline]
    pub fn set(&mut self, name: impl IntoHeaderName, value: impl IntoHeaderValue) {
        self.replace(name.into_header_name(), value.into_header_value());
    }

    /// Adds a field, keeping those of the same name.
    ///
    /// # Panics
    ///
    /// If a literal is no valid name or value.
    #[inline]
    pub fn add(&mut self, name: impl IntoHeaderName, value: impl IntoHeaderValue) {
        let field = (name.into_header_name(), value.into_header_value());
        self.fields.push(field);
    }

    /// Adds a field unless there is one of that name; returns the first value.
    ///
    /// # Panics
    ///
    /// If a literal is no valid name or value.
    pub fn set_default(
        &mut self,
        name: impl IntoHeaderName,
        value: impl IntoHeaderValue,
    ) -> &HeaderValue {
        let name = name.into_header_name();
        let at = self.position(name.as_str()).unwrap_or_else(|| {
            self.fields.push((name, value.into_header_value()));
            self.fields.len() - 1
        });
        &self.fields[at].1
    }

    /// As [`set`](Self::set), for text that is made at run time.
    ///
    /// # Errors
    ///
    /// If the name is no token, or the value holds a control character other than a tab.
    pub fn try_set(
        &mut self,
        name: impl TryIntoHeaderName,
        value: impl TryIntoHeaderValue,
    ) -> Result<(), InvalidHeader> {
        self.replace(name.try_into_header_name()?, value.try_into_header_value()?);
        Ok(())
    }

    /// As [`add`](Self::add), for text that is made at run time.
    ///
    /// # Errors
    ///
    /// If the name is no token, or the value holds a control character other than a tab.
    pub fn try_add(
        &mut self,
        name: impl TryIntoHeaderName,
        value: impl TryIntoHeaderValue,
    ) -> Result<(), InvalidHeader> {
        let field = (name.try_into_header_name()?, value.try_into_header_value()?);
        self.fields.push(field);
        Ok(())
    }

    /// Replaces all fields of a name with several; removes them if there are no values.
    ///
    /// # Errors
    ///
    /// If the name is no token, or a value holds a control character; nothing is changed then.
    pub fn try_set_list<V: TryIntoHeaderValue>(
        &mut self,
        name: impl TryIntoHeaderName,
        values: impl IntoIterator<Item = V>,
    ) -> Result<(), InvalidHeader> {
        let name = name.try_into_header_name()?;
        let values = values.into_iter().map(V::try_into_header_value);
        let values: Vec<HeaderValue> = values.collect::<Result<_, _>>()?;
        let mut values = values.into_iter();
        match values.next() {
            Some(first) => self.replace(name.clone(), first),
            None => drop(self.remove(&name)),
        }
        self.fields
            .extend(values.map(|value| (name.clone(), value)));
        Ok(())
    }

    /// Adds a field whose value has parameters, quoted where they must be.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::Headers;
    ///
    /// let mut headers = Headers::new();
    /// headers.try_add_params("content-disposition", "attachment", [("filename", "a b")])?;
    /// assert_eq!(headers.get("Content-Disposition"), Some("attachment; filename=\"a b\""));
    /// # Ok::<_, rustzeug::datastructures::InvalidHeader>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the name is no token, or the value holds a control character other than a tab.
    pub fn try_add_params<K: AsRef<str>, V: AsRef<str>>(
        &mut self,
        name: impl TryIntoHeaderName,
        value: &str,
        params: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), InvalidHeader> {
        let params = params.into_iter().map(|(key, value)| (key, Some(value)));
        self.try_add(name, dump_options_header(Some(value), params))
    }

    /// As [`try_add_params`](Self::try_add_params), but replaces the fields of that name.
    ///
    /// # Errors
    ///
    /// If the name is no token, or the value holds a control character other than a tab.
    pub fn try_set_params<K: AsRef<str>, V: AsRef<str>>(
        &mut self,
        name: impl TryIntoHeaderName,
        value: &str,
        params: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), InvalidHeader> {
        let params = params.into_iter().map(|(key, value)| (key, Some(value)));
        self.try_set(name, dump_options_header(Some(value), params))
    }

    /// As [`set_default`](Self::set_default), for text that is made at run time.
    ///
    /// # Errors
    ///
    /// If the name is no token, or the value is needed and holds a control character.
    pub fn try_set_default(
        &mut self,
        name: impl TryIntoHeaderName,
        value: impl TryIntoHeaderValue,
    ) -> Result<&HeaderValue, InvalidHeader> {
        let name = name.try_into_header_name()?;
        let at = match self.position(name.as_str()) {
            Some(at) => at,
            None => {
                self.fields.push((name, value.try_into_header_value()?));
                self.fields.len() - 1
            }
        };
        Ok(&self.fields[at].1)
    }

    /// Removes all fields of a name; returns the first value.
    pub fn remove(&mut self, name: impl AsRef<str>) -> Option<HeaderValue> {
        let name = name.as_ref();
        let at = self.position(name)?;
        let (_, value) = self.fields.remove(at);
        self.fields.retain(|(other, _)| !is_name(other, name));
        Some(value)
    }

    /// Removes the last field.
    pub fn pop_item(&mut self) -> Option<(HeaderName, HeaderValue)> {
        self.fields.pop()
    }

    /// Keeps the fields for which `keep` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&HeaderName, &HeaderValue) -> bool) {
        self.fields.retain(|(name, value)| keep(name, value));
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.fields.clear();
    }

    /// Replaces the fields of each name that `others` has with those of `others`.
    pub fn update(&mut self, others: impl IntoIterator<Item = (HeaderName, HeaderValue)>) {
        let others: Self = others.into_iter().collect();
        let mut seen: Vec<&HeaderName> = Vec::new();
        for (name, value) in &others {
            if seen.contains(&name) {
                self.fields.push((name.clone(), value.clone()));
            } else {
                seen.push(name);
                self.replace(name.clone(), value.clone());
            }
        }
    }

    /// Returns the first value of a name as text.
    ///
    /// `None` where there is none, and where the first is not UTF-8.
    #[inline]
    pub fn get(&self, name: impl AsRef<str>) -> Option<&str> {
        std::str::from_utf8(self.get_value(name)?.as_bytes()).ok()
    }

    /// Returns the first value of a name.
    #[inline]
    pub fn get_value(&self, name: impl AsRef<str>) -> Option<&HeaderValue> {
        let at = self.position(name.as_ref())?;
        self.fields.get(at).map(|(_, value)| value)
    }

    /// Returns the first value of a name as another type; `None` also where it does not convert.
    pub fn get_as<T: FromStr>(&self, name: impl AsRef<str>) -> Option<T> {
        self.get(name)?.parse().ok()
    }

    /// Iterates over the values of a name.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a HeaderValue> {
        self.iter()
            .filter(move |(other, _)| is_name(other, name))
            .map(|(_, value)| value)
    }

    /// Iterates over the values of a name that are text.
    pub fn get_list<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.get_all(name)
            .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// Returns whether there is a field of that name.
    #[inline]
    pub fn contains(&self, name: impl AsRef<str>) -> bool {
        self.position(name.as_ref()).is_some()
    }

    /// Iterates over all fields.
    #[inline]
    pub fn iter(&self) -> Iter<'_> {
        Iter::new(&self.fields)
    }

    /// Returns the number of fields.
    #[inline]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Returns whether there are no fields.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    fn replace(&mut self, name: HeaderName, value: HeaderValue) {
        let is_same = |(other, _): &(HeaderName, HeaderValue)| *other == name;
        let Some(at) = self.fields.iter().position(is_same) else {
            self.fields.push((name, value));
            return;
        };
        let mut index = 0;
        self.fields.retain(|field| {
            index += 1;
            index <= at + 1 || field.0 != name
        });
        self.fields[at] = (name, value);
    }

    #[inline]
    fn position(&self, name: &str) -> Option<usize> {
        self.fields
            .iter()
            .position(|(other, _)| is_name(other, name))
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
