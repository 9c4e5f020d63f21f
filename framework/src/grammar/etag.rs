//! Entity tags (RFC 9110 section 8.8.3).
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::etag;
//!
//! assert_eq!(etag::split_etags("\"a\", W/\"b\"").count(), 2);
//! ```

use super::token;

/// Writes an entity tag, or `None` if the tag holds a quote, which no tag can.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::etag::quote_etag;
///
/// assert_eq!(quote_etag("v1", true).as_deref(), Some("W/\"v1\""));
/// assert_eq!(quote_etag("\"", false), None);
/// ```
pub fn quote_etag(etag: &str, weak: bool) -> Option<String> {
    let mark = if weak { "W/" } else { "" };
    (!etag.contains('"')).then(|| format!("{mark}\"{etag}\""))
}

/// Reads an entity tag and whether it is weak; `None` for nothing.
///
/// Quotes may be missing.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::etag::unquote_etag;
///
/// assert_eq!(unquote_etag("W/\"v1\""), Some(("v1", true)));
/// assert_eq!(unquote_etag("v1"), Some(("v1", false)));
/// ```
pub fn unquote_etag(text: &str) -> Option<(&str, bool)> {
    if text.is_empty() {
        return None;
    }
    let (tag, weak) = split_weak(text);
    let inner = match tag {
        "\"" => Some(""),
        _ => tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')),
    };
    Some((inner.unwrap_or(tag), weak))
}

/// Splits a list of entity tags; what is no tag is skipped up to the next comma.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::etag::split_etags;
///
/// let tags: Vec<_> = split_etags("\"a,b\", W/\"c\", \"d\"x, e").collect();
/// assert_eq!(tags, [("a,b", false), ("c", true), ("e", false)]);
/// ```
pub fn split_etags(header: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = Some(header);
    std::iter::from_fn(move || {
        loop {
            let text = rest.filter(|rest| !rest.is_empty())?;
            if let Some((tag, weak, after)) = next_etag(text) {
                rest = after;
                return Some((tag, weak));
            }
            rest = text.split_once(',').map(|(_, rest)| rest);
        }
    })
}

fn next_etag(text: &str) -> Option<(&str, bool, Option<&str>)> {
    let text = token::trim_start(text);
    let (tag, weak) = match split_weak(text) {
        // A mark with no tag after it is a tag itself.
        (tag, true) if tag.is_empty() || tag.starts_with([' ', '\t', ',']) => (text, false),
        split => split,
    };
    let quoted = tag.strip_prefix('"').and_then(|tag| tag.split_once('"'));
    let (tag, after) = match quoted {
        Some(split) => split,
        None => {
            let stop = |char| token::is_blank(char) || matches!(char, '"' | ',');
            let end = tag.find(stop).unwrap_or(tag.len());
            let (tag, after) = tag.split_at_checked(end)?;
            if tag.is_empty() {
                return None;
            }
            (tag, after)
        }
    };
    let after = token::trim_start(after);
    if after.is_empty() {
        return Some((tag, weak, None));
    }
    Some((tag, weak, Some(after.strip_prefix(',')?)))
}

fn split_weak(text: &str) -> (&str, bool) {
    let weak = text.strip_prefix("W/").or_else(|| text.strip_prefix("w/"));
    weak.map_or((text, false), |tag| (tag, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::fuzz::fuzz;

    #[test]
    fn tags_are_unquoted() {
        for (text, want) in [
            ("", None),
            ("\"abc\"", Some(("abc", false))),
            ("w/\"abc\"", Some(("abc", true))),
            ("W/abc", Some(("abc", true))),
            ("\"\"", Some(("", false))),
            ("\"", Some(("", false))),
            ("W/\"", Some(("", true))),
            ("a\"", Some(("a\"", false))),
        ] {
            assert_eq!(unquote_etag(text), want, "{text}");
        }
    }

    #[test]
    fn lists_are_split() {
        let cases: &[(&str, &[(&str, bool)])] = &[
            ("", &[]),
            (",,", &[]),
            ("\"\", \"a\"", &[("", false), ("a", false)]),
            (
                "\"a\" , w/b,W/",
                &[("a", false), ("b", true), ("W/", false)],
            ),
            ("\"a\"\"b\", \"c\"", &[("c", false)]),
            ("\"a, b", &[("b", false)]),
            ("W/ \"a\", \"b\"", &[("b", false)]),
        ];
        for (header, want) in cases {
            assert_eq!(split_etags(header).collect::<Vec<_>>(), *want, "{header}");
        }
    }

    #[test]
    fn random_text_is_survived() {
        fuzz(12, |text| {
            let _ = (unquote_etag(text), split_etags(text).count());
        });
    }
}
