//! The fields, one after the other.

use std::mem;
use std::slice;
use std::vec;

use http::HeaderName;
use http::HeaderValue;

use super::Headers;

impl IntoIterator for Headers {
    type Item = (HeaderName, HeaderValue);
    type IntoIter = IntoIter;

    fn into_iter(mut self) -> Self::IntoIter {
        IntoIter {
            fields: mem::take(self.list()).into_iter(),
        }
    }
}

impl<'a> IntoIterator for &'a Headers {
    type Item = (&'a HeaderName, &'a HeaderValue);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The fields of [`Headers`], made by [`Headers::iter`].
///
/// # Examples
///
/// ```
/// # use rustzeug::datastructures::Headers;
/// let mut headers = Headers::new();
/// headers.add("x-a", "1");
/// assert_eq!(headers.iter().len(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    constant: Option<&'a (HeaderName, HeaderValue)>,
    fields: slice::Iter<'a, (HeaderName, HeaderValue)>,
}

impl<'a> Iter<'a> {
    #[inline]
    pub(super) fn new(headers: &'a Headers) -> Self {
        let (constant, fields) = headers.parts();
        Self {
            constant: constant.map(|constant| &constant.field),
            fields: fields.iter(),
        }
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a HeaderName, &'a HeaderValue);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let field = self.constant.take().or_else(|| self.fields.next());
        field.map(|(name, value)| (name, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = usize::from(self.constant.is_some()) + self.fields.len();
        (count, Some(count))
    }
}

impl ExactSizeIterator for Iter<'_> {}

/// The fields of [`Headers`], taken out.
///
/// # Examples
///
/// ```
/// # use rustzeug::datastructures::Headers;
/// let mut headers = Headers::new();
/// headers.add("x-a", "1");
/// let names: Vec<_> = headers.into_iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["x-a"]);
/// ```
#[derive(Debug)]
pub struct IntoIter {
    fields: vec::IntoIter<(HeaderName, HeaderValue)>,
}

impl Iterator for IntoIter {
    type Item = (HeaderName, HeaderValue);

    fn next(&mut self) -> Option<Self::Item> {
        self.fields.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.fields.size_hint()
    }
}
