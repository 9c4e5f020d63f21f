//! `If-Match` and `If-None-Match`: sets of entity tags.

use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;

use sha1::Digest as _;
use sha1::Sha1;

use super::invalid::invalid;
use crate::grammar::etag::split_etags;
use crate::grammar::etag::unquote_etag;
use crate::grammar::token;

/// Returns an entity tag for data: its SHA-1 in hexadecimal digits, not quoted.
///
/// SHA-1 tells versions apart; nothing here relies on it against forgery.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::generate_etag;
///
/// assert_eq!(generate_etag(b""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
/// ```
pub fn generate_etag(data: &[u8]) -> String {
    let mut out = String::with_capacity(40);
    for byte in Sha1::digest(data) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// A set of entity tags: strong ones, weak ones, or `*` for whatever there is.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::ETags;
///
/// let tags = ETags::from_header("\"a\", W/\"b\"");
/// assert!(tags.contains("a") && tags.contains_weak("b") && !tags.contains("b"));
/// assert!(ETags::from_header("*").contains("anything"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ETags {
    strong: Vec<String>,
    weak: Vec<String>,
    star: bool,
}

impl ETags {
    /// Makes a set.
    ///
    /// ```
    /// # use rustzeug::datastructures::ETags;
    /// assert_eq!(ETags::new(["a"], ["b"]).to_header(), "\"a\", W/\"b\"");
    /// ```
    pub fn new<T: Into<String>>(
        strong: impl IntoIterator<Item = T>,
        weak: impl IntoIterator<Item = T>,
    ) -> Self {
        let mut tags = Self::default();
        for tag in strong {
            insert(&mut tags.strong, tag.into());
        }
        for tag in weak {
            insert(&mut tags.weak, tag.into());
        }
        tags
    }

    /// Makes the set of everything.
    ///
    /// ```
    /// # use rustzeug::datastructures::ETags;
    /// assert!(ETags::star().contains("anything"));
    /// ```
    pub fn star() -> Self {
        Self {
            star: true,
            ..Self::default()
        }
    }

    /// Parses a header; what is no tag is skipped.
    ///
    /// ```
    /// # use rustzeug::datastructures::ETags;
    /// let tags = ETags::from_header("\"a\", W/\"b\"");
    /// assert!(tags.is_strong("a") && tags.is_weak("b"));
    /// ```
    pub fn from_header(header: &str) -> Self {
        if header == "*" {
            return Self::star();
        }
        let (weak, strong): (Vec<_>, Vec<_>) = split_etags(header).partition(|(_, weak)| *weak);
        let tags = |tags: Vec<(&str, bool)>| {
            // A set keeps a hostile list of many tags from costing quadratic time.
            let mut seen = std::collections::HashSet::new();
            let fresh = tags.into_iter().filter(|(tag, _)| seen.insert(*tag));
            fresh.map(|(tag, _)| tag.to_owned()).collect()
        };
        Self {
            strong: tags(strong),
            weak: tags(weak),
            star: false,
        }
    }

    /// Writes the header.
    ///
    /// ```
    /// # use rustzeug::datastructures::ETags;
    /// let tags = ETags::from_header("\"a\", W/\"b\"");
    /// assert_eq!(tags.to_header(), "\"a\", W/\"b\"");
    /// ```
    pub fn to_header(&self) -> String {
        if self.star {
            return "*".to_owned();
        }
        let strong = self.strong.iter().map(|tag| format!("\"{tag}\""));
        let weak = self.weak.iter().map(|tag| format!("W/\"{tag}\""));
        strong.chain(weak).collect::<Vec<_>>().join(", ")
    }

    /// Returns whether this is `*`.
    ///
    /// ```
    /// # use rustzeug::datastructures::ETags;
    /// let tags = ETags::from_header("\"a\", W/\"b\"");
    /// assert!(!tags.is_star());
    /// ```
    pub fn is_star(&self) -> bool {
        self.star
    }

    /// Returns whether there is no tag and no `*`.
    ///
    /// ```
    /// # use rustzeug::datastructures::ETags;
    /// let tags = ETags::from_header("\"a\", W/\"b\"");
    /// assert!(!tags.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        !self.star && self.strong.is_empty() && self.weak.is_empty()
    }

    /// Returns whether a tag is among the strong ones.
    ///
    /// ```
    /// # use rustzeug::datastructures::ETags;
    /// let tags = ETags::from_header("\"a\", W/\"b\"");
    /// assert!(tags.is_strong("a") && !tags.is_strong("b"));
    /// ```
    pub fn is_strong(&self, etag: &str) -> bool {
        self.strong.iter().any(|tag| tag == etag)
    }

    /// Returns whether a tag is among the weak ones.
    ///
    /// ```
    /// # use rustzeug::datastructures::ETags;
    /// let tags = ETags::from_header("\"a\", W/\"b\"");
    /// assert!(tags.is_weak("b") && !tags.is_weak("a"));
    /// ```
    pub fn is_weak(&self, etag: &str) -> bool {
        self.weak.iter().any(|tag| tag == etag)
    }

    /// Returns whether a tag is in the set by strong comparison: among the strong ones, or `*`.
    ///
    /// ```
    /// # use rustzeug::datastructures::ETags;
    /// let tags = ETags::from_header("\"a\", W/\"b\"");
    /// assert!(tags.contains("a") && !tags.contains("b"));
    /// ```
    pub fn contains(&self, etag: &str) -> bool {
        self.star || self.is_strong(etag)
    }

    /// Returns whether a tag is in the set by weak comparison: among any, or `*`.
    ///
    /// ```
    /// # use rustzeug::datastructures::ETags;
    /// let tags = ETags::from_header("\"a\", W/\"b\"");
    /// assert!(tags.contains_weak("a") && tags.contains_weak("b"));
    /// ```
    pub fn contains_weak(&self, etag: &str) -> bool {
        self.is_weak(etag) || self.contains(etag)
    }

    /// Returns whether a tag as headers write it is in the set: a weak one by weak comparison, a
    /// strong one by strong comparison.
    ///
    /// ```
    /// # use rustzeug::datastructures::ETags;
    /// let tags = ETags::from_header("\"a\", W/\"b\"");
    /// assert!(tags.contains_raw("W/\"b\"") && !tags.contains_raw("\"b\""));
    /// ```
    pub fn contains_raw(&self, etag: &str) -> bool {
        match unquote_etag(etag) {
            Some((etag, true)) => self.contains_weak(etag),
            Some((etag, false)) => self.contains(etag),
            None => self.star,
        }
    }

    /// Iterates over the strong tags.
    ///
    /// ```
    /// # use rustzeug::datastructures::ETags;
    /// let tags = ETags::from_header("\"a\", W/\"b\"");
    /// assert!(tags.strong().eq(["a"]));
    /// ```
    pub fn strong(&self) -> impl Iterator<Item = &str> {
        self.strong.iter().map(String::as_str)
    }

    /// Iterates over the weak tags.
    ///
    /// ```
    /// # use rustzeug::datastructures::ETags;
    /// let tags = ETags::from_header("\"a\", W/\"b\"");
    /// assert!(tags.weak().eq(["b"]));
    /// ```
    pub fn weak(&self) -> impl Iterator<Item = &str> {
        self.weak.iter().map(String::as_str)
    }
}

fn insert(tags: &mut Vec<String>, tag: String) {
    if !tags.contains(&tag) {
        tags.push(tag);
    }
}

impl fmt::Display for ETags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_header())
    }
}

invalid! {
    /// Text that is no list of entity tags.
    InvalidETags: "expected `*` or quoted entity tags, separated by commas"
}

impl FromStr for ETags {
    type Err = InvalidETags;

    /// Reads `*` or a list of quoted tags.
    fn from_str(text: &str) -> Result<Self, InvalidETags> {
        let text = token::trim(text);
        if text == "*" || is_list(text) {
            return Ok(Self::from_header(text));
        }
        Err(InvalidETags(()))
    }
}

/// Returns whether text is a list of at least one quoted tag, with nothing in between.
fn is_list(text: &str) -> bool {
    let mut rest = text;
    loop {
        let tag = token::trim_start(rest);
        let tag = tag.strip_prefix("W/").unwrap_or(tag);
        let Some((_, after)) = tag.strip_prefix('"').and_then(|tag| tag.split_once('"')) else {
            return false;
        };
        let after = token::trim_start(after);
        match after.strip_prefix(',') {
            Some(after) => rest = after,
            None => return after.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared() {
        let tags = ETags::from_header("\"a\", W/\"b\", \"a\"");
        assert_eq!(tags.to_header(), "\"a\", W/\"b\"");
        for (raw, want) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\"", false),
            ("W/b", true),
        ] {
            assert_eq!(tags.contains_raw(raw), want, "{raw}");
        }
        assert!(ETags::star().contains_raw("") && !tags.contains_raw(""));
        assert_eq!(ETags::new(["a"], ["b"]), tags);
        assert!(ETags::from_header("").is_empty());
    }

    #[test]
    fn strict_text_is_quoted() {
        for text in ["*", "\"a\"", "\"a, b\" ,W/\"c\"", " \"\" "] {
            assert!(text.parse::<ETags>().is_ok(), "{text}");
        }
        for text in ["", "a", "\"a", "\"a\" b", "\"a\"x, \"b\"", ","] {
            assert!(text.parse::<ETags>().is_err(), "{text}");
        }
    }
}
