//! The fields, one after the other.

use http::HeaderName;
use http::HeaderValue;

use super::Headers;

impl IntoIterator for Headers {
    type Item = (HeaderName, HeaderValue);
    type IntoIter = IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        IntoIter {
            fields: self.fields.into_iter(),
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
    fields: std::slice::Iter<'a, (HeaderName, HeaderValue)>,
}

impl<'a> Iter<'a> {
    #[inline]
    pub(super) fn new(fields: &'a [(HeaderName, HeaderValue)]) -> Self {
        Self {
            fields: fields.iter(),
        }
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a HeaderName, &'a HeaderValue);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.fields.next().map(|(name, value)| (name, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.fields.size_hint()
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
    fields: smallvec::IntoIter<[(HeaderName, HeaderValue); 1]>,
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
