//! How an offer is compared with what the client wrote.

use super::Accept;
use super::charsets::canonical;
use crate::grammar::token::is_blank;

/// How the offers of an [`Accept`] are compared; the rules are types without values.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::accept::{Accept, Languages};
///
/// let accept: Accept<Languages> = Accept::from_header("de");
/// assert_eq!(accept.quality("DE"), 1.0);
/// ```
pub trait Rules: Sized + sealed::Sealed {
    /// Returns how specific a value is, part for part: `true` for what is no `*`.
    #[doc(hidden)]
    fn specificity(value: &str) -> impl Iterator<Item = bool> {
        std::iter::once(value != "*")
    }

    /// Returns whether an offer is what the client means by `item`.
    #[doc(hidden)]
    fn matches(offer: &str, item: &str) -> bool;

    /// Returns the best offer, with the fallbacks of the kind.
    #[doc(hidden)]
    fn best_match<'o>(accept: &Accept<Self>, offers: &[&'o str]) -> Option<&'o str> {
        accept.direct_match(offers)
    }
}

/// Words without regard to case, and `*`.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::accept::{Accept, Words};
///
/// assert_eq!(Accept::<Words>::from_header("gzip").quality("GZIP"), 1.0);
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a name for rules, without values")]
pub enum Words {}

/// The rules of [`MimeAccept`](super::MimeAccept).
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::accept::{Accept, MediaTypes};
///
/// assert_eq!(Accept::<MediaTypes>::from_header("text/*").quality("text/html"), 1.0);
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a name for rules, without values")]
pub enum MediaTypes {}

/// The rules of [`LanguageAccept`](super::LanguageAccept).
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::accept::{Accept, Languages};
///
/// assert_eq!(Accept::<Languages>::from_header("en").best_match(["en-GB"]), Some("en-GB"));
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a name for rules, without values")]
pub enum Languages {}

/// The rules of [`CharsetAccept`](super::CharsetAccept).
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::accept::{Accept, Charsets};
///
/// assert_eq!(Accept::<Charsets>::from_header("utf8").quality("utf-8"), 1.0);
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a name for rules, without values")]
pub enum Charsets {}

impl Rules for Words {
    fn matches(offer: &str, item: &str) -> bool {
        item == "*" || same(offer, item)
    }
}

impl Rules for MediaTypes {
    fn specificity(value: &str) -> impl Iterator<Item = bool> {
        media_parts(value).map(|part| part != "*")
    }

    /// An offer that is no media type matches nothing.
    fn matches(offer: &str, item: &str) -> bool {
        let is_media_type = |text: &str| text.bytes().any(|byte| byte == b'/');
        if !is_media_type(item) || !is_media_type(offer) {
            return false;
        }
        let (mut offer, mut item) = (media_parts(offer), media_parts(item));
        let mut pair = || (offer.next().unwrap_or(""), item.next().unwrap_or(""));
        let ((offer_type, item_type), (offer_subtype, item_subtype)) = (pair(), pair());
        // `*/x` is nothing, whoever says it.
        if offer_type == "*" && offer_subtype != "*" || item_type == "*" && item_subtype != "*" {
            return false;
        }
        if item_type == "*" || offer_type == "*" {
            return true;
        }
        if !same(offer_type, item_type) {
            return false;
        }
        if item_subtype == "*" || offer_subtype == "*" {
            return true;
        }
        same(offer_subtype, item_subtype) && {
            let (first, second) = (offer.next(), item.next());
            if first.is_none() && second.is_none() {
                return true;
            }
            let (mut offer, mut item) = (
                first.into_iter().chain(offer),
                second.into_iter().chain(item),
            );
            let sorted = |params: &mut dyn Iterator<Item = &str>| {
                let mut params: Vec<_> = params.map(str::to_lowercase).collect();
                params.sort_unstable();
                params
            };
            sorted(&mut offer) == sorted(&mut item)
        }
    }
}

impl Rules for Languages {
    fn matches(offer: &str, item: &str) -> bool {
        item == "*" || {
            let (mut offer, mut item) = (offer.split(['-', '_']), item.split(['-', '_']));
            loop {
                match (offer.next(), item.next()) {
                    (None, None) => return true,
                    (Some(a), Some(b)) if same(a, b) => {}
                    _ => return false,
                }
            }
        }
    }

    /// `en-US` matches the offer `en`, and `en` the offer `en-US`, if nothing matches as it is.
    fn best_match<'o>(accept: &Accept<Self>, offers: &[&'o str]) -> Option<&'o str> {
        if let Some(offer) = accept.direct_match(offers) {
            return Some(offer);
        }
        let primary = |tag: &'o str| tag.split(['-', '_']).next().unwrap_or(tag);
        let items = accept.iter().map(|(tag, quality)| {
            let tag = tag.split(['-', '_']).next().unwrap_or(tag);
            (tag, quality)
        });
        if let Some(offer) = Accept::<Words>::new(items).direct_match(offers) {
            return Some(offer);
        }
        let primaries: Vec<&str> = offers.iter().map(|offer| primary(offer)).collect();
        let best = accept.direct_match(&primaries)?;
        offers.iter().find(|offer| offer.starts_with(best)).copied()
    }
}

impl Rules for Charsets {
    fn matches(offer: &str, item: &str) -> bool {
        item == "*" || same(offer, item) || canonical(offer) == canonical(item)
    }
}

/// Splits `type/subtype; a=b` at its separators, which are ASCII: so bytes will do.
fn media_parts(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let text = rest?;
        let is_separator = |byte: u8| byte == b'/' || byte == b';';
        let Some(at) = text.bytes().position(is_separator) else {
            rest = None;
            return Some(text);
        };
        let (part, after) = text.split_at_checked(at)?;
        if let Some(after) = after.strip_prefix('/') {
            rest = Some(after);
            return Some(part);
        }
        rest = after
            .strip_prefix(';')
            .map(|after| after.trim_start_matches(is_blank));
        Some(part.trim_end_matches(is_blank))
    })
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
        || !(a.is_ascii() && b.is_ascii()) && a.to_lowercase() == b.to_lowercase()
}

#[expect(unnameable_types, reason = "nobody else may implement the trait")]
mod sealed {
    pub trait Sealed {}

    impl Sealed for super::Words {}
    impl Sealed for super::MediaTypes {}
    impl Sealed for super::Languages {}
    impl Sealed for super::Charsets {}
}
