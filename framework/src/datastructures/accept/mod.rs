//! `Accept` and its family: what the client would like, and how much.
//!
//! # Examples
//!
//! ```
//! use rustzeug::datastructures::LanguageAccept;
//!
//! let accept = LanguageAccept::from_header("de-AT, en;q=0.5");
//! assert_eq!(accept.best_match(["en", "de"]), Some("en"));
//! assert_eq!(accept.best_match(["de"]), Some("de"));
//! ```

use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use super::invalid::invalid;
use crate::grammar::list::parse_list_header;
use crate::grammar::list::split_list;
use crate::grammar::options::dump_options_header;
use crate::grammar::options::parse_options_header;
use crate::grammar::token;

mod charsets;
mod rules;

pub use rules::Charsets;
pub use rules::Languages;
pub use rules::MediaTypes;
pub use rules::Rules;
pub use rules::Words;

/// An `Accept` header: values and their quality, the most specific and best first.
///
/// `R` says how an offer is compared with what the client wrote: [`MimeAccept`],
/// [`LanguageAccept`] and [`CharsetAccept`] are this type with other rules.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::MimeAccept;
///
/// let accept = MimeAccept::from_header("text/html, application/json;q=0.5, */*;q=0.1");
/// assert_eq!(accept.quality("application/json"), 0.5);
/// assert_eq!(accept.best_match(["application/json", "image/png"]), Some("application/json"));
/// assert_eq!(accept.best(), Some("text/html"));
/// ```
pub struct Accept<R = Words> {
    /// Invariant: by specificity and quality, descending; equals as they came.
    items: Vec<(String, f64)>,
    rules: PhantomData<fn() -> R>,
}

/// `Accept`: media types, with `text/*` and `*/*`, and parameters that must be equal.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::MimeAccept;
///
/// let accept = MimeAccept::from_header("text/*;q=0.5");
/// assert_eq!(accept.quality("text/plain"), 0.5);
/// ```
pub type MimeAccept = Accept<MediaTypes>;

/// `Accept-Language`: tags without regard to case, `-` or `_`; `en-US` falls back to `en`.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::LanguageAccept;
///
/// let accept = LanguageAccept::from_header("de-AT, en;q=0.8");
/// assert_eq!(accept.best_match(["fr", "de"]), Some("de"));
/// ```
pub type LanguageAccept = Accept<Languages>;

/// `Accept-Charset`: names of encodings, whatever they are called: `utf8` is `UTF-8`.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::CharsetAccept;
///
/// let accept = CharsetAccept::from_header("utf8, latin1;q=0.5");
/// assert_eq!(accept.quality("UTF-8"), 1.0);
/// ```
pub type CharsetAccept = Accept<Charsets>;

impl<R: Rules> Accept<R> {
    /// Makes a header of values and their qualities from 0 to 1.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::new([("text/plain", 0.5), ("text/html", 1.0)]);
    /// assert_eq!(accept.to_header(), "text/html,text/plain;q=0.5");
    /// ```
    pub fn new<T: Into<String>>(items: impl IntoIterator<Item = (T, f64)>) -> Self {
        let items = items
            .into_iter()
            .map(|(value, quality)| (value.into(), quality));
        let mut ranked: Vec<_> = items
            .map(|(value, quality)| (rank::<R>(&value), value, quality))
            .collect();
        // Stable: where nothing else decides, the client's order does.
        ranked.sort_by(|(a_rank, a, a_quality), (b_rank, b, b_quality)| {
            let rank = match b_rank.cmp(a_rank) {
                Ordering::Equal if a_rank & LAST_PART != 0 => {
                    R::specificity(b).cmp(R::specificity(a))
                }
                rank => rank,
            };
            rank.then(b_quality.total_cmp(a_quality))
        });
        let items = ranked.into_iter();
        Self {
            items: items.map(|(_, value, quality)| (value, quality)).collect(),
            rules: PhantomData,
        }
    }

    /// Parses a header; items with a quality that is no number from 0 to 1 are dropped.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::from_header("text/html, application/json;q=0.5");
    /// assert_eq!(accept.len(), 2);
    /// ```
    pub fn from_header(header: &str) -> Self {
        let items = parse_list_header(header);
        Self::new(items.iter().filter_map(|item| parse_item(item)))
    }

    /// Writes the header, in the order held.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::from_header("text/html, application/json;q=0.5");
    /// assert_eq!(accept.to_header(), "text/html,application/json;q=0.5");
    /// ```
    pub fn to_header(&self) -> String {
        let items = self.items.iter().map(|(value, quality)| {
            if *quality == 1.0 {
                value.clone()
            } else if *quality > 0.0 && *quality < SMALLEST_PRINTED {
                // Debug would write an exponent.
                format!("{value};q={quality}")
            } else {
                format!("{value};q={quality:?}")
            }
        });
        items.collect::<Vec<_>>().join(",")
    }

    /// Returns the quality that the client gives an offer; 0 if it does not accept it.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::from_header("text/html, application/json;q=0.5");
    /// assert_eq!(accept.quality("application/json"), 0.5);
    /// assert_eq!(accept.quality("image/png"), 0.0);
    /// ```
    pub fn quality(&self, offer: &str) -> f64 {
        self.find_item(offer).map_or(0.0, |(_, quality)| quality)
    }

    /// Returns whether the client names an offer, if only with quality 0.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::from_header("text/html, application/json;q=0.5");
    /// assert!(accept.contains("text/html") && !accept.contains("image/png"));
    /// ```
    pub fn contains(&self, offer: &str) -> bool {
        self.find_item(offer).is_some()
    }

    /// Returns the place of the value that an offer matches.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::from_header("text/html, application/json;q=0.5");
    /// assert_eq!(accept.find("application/json"), Some(1));
    /// ```
    pub fn find(&self, offer: &str) -> Option<usize> {
        self.items
            .iter()
            .position(|(item, _)| R::matches(offer, item))
    }

    /// Returns the offer that the client likes best; among equals the more specific, then the
    /// first. `None` if it accepts none.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::from_header("text/html, application/json;q=0.5");
    /// assert_eq!(accept.best_match(["application/json", "text/html"]), Some("text/html"));
    /// assert_eq!(accept.best_match(["image/png"]), None);
    /// ```
    pub fn best_match<'o>(&self, offers: impl IntoIterator<Item = &'o str>) -> Option<&'o str> {
        let offers: Vec<&str> = offers.into_iter().collect();
        R::best_match(self, &offers)
    }

    /// Returns the first value.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::from_header("text/html, application/json;q=0.5");
    /// assert_eq!(accept.best(), Some("text/html"));
    /// ```
    pub fn best(&self) -> Option<&str> {
        self.items.first().map(|(value, _)| value.as_str())
    }

    /// Iterates over values and qualities.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::from_header("text/html, application/json;q=0.5");
    /// assert!(accept.iter().eq([("text/html", 1.0), ("application/json", 0.5)]));
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.items
            .iter()
            .map(|(value, quality)| (value.as_str(), *quality))
    }

    /// Iterates over the values.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::from_header("text/html, application/json;q=0.5");
    /// assert!(accept.values().eq(["text/html", "application/json"]));
    /// ```
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.items.iter().map(|(value, _)| value.as_str())
    }

    /// Returns the number of values.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::from_header("text/html, application/json;q=0.5");
    /// assert_eq!(accept.len(), 2);
    /// ```
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns whether there are no values: the client did not say, so that all is welcome.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::from_header("text/html, application/json;q=0.5");
    /// assert!(!accept.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    fn find_item(&self, offer: &str) -> Option<(&str, f64)> {
        self.iter().find(|(item, _)| R::matches(offer, item))
    }

    /// The best match without fallbacks.
    fn direct_match<'o>(&self, offers: &[&'o str]) -> Option<&'o str> {
        let mut best: Option<(&str, &str, f64)> = None;
        for offer in offers {
            let Some((item, quality)) = self.find_item(offer) else {
                continue;
            };
            if quality <= 0.0 {
                continue;
            }
            let better = best.is_none_or(|(_, other, other_quality)| {
                quality > other_quality
                    || quality == other_quality && R::specificity(item).gt(R::specificity(other))
            });
            if better {
                best = Some((offer, item, quality));
            }
        }
        best.map(|(offer, _, _)| offer)
    }
}

impl Accept<MediaTypes> {
    /// Returns whether the client accepts HTML, or XHTML.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::from_header("text/html, application/json;q=0.5");
    /// assert!(accept.accept_html());
    /// ```
    pub fn accept_html(&self) -> bool {
        self.contains("text/html") || self.accept_xhtml()
    }

    /// Returns whether the client accepts XHTML, or any XML.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::from_header("text/html, application/json;q=0.5");
    /// assert!(!accept.accept_xhtml());
    /// ```
    pub fn accept_xhtml(&self) -> bool {
        self.contains("application/xhtml+xml") || self.contains("application/xml")
    }

    /// Returns whether the client accepts JSON.
    ///
    /// ```
    /// # use rustzeug::datastructures::MimeAccept;
    /// let accept = MimeAccept::from_header("text/html, application/json;q=0.5");
    /// assert!(accept.accept_json());
    /// ```
    pub fn accept_json(&self) -> bool {
        self.contains("application/json")
    }
}

/// Reads one value with its quality; the other parameters stay with the value.
fn parse_item(item: &str) -> Option<(String, f64)> {
    if let Some((value, quality)) = plain_item(item) {
        return Some((value.to_owned(), parse_quality(quality)?));
    }
    let (value, mut params) = parse_options_header(item);
    let quality = match params.remove("q") {
        Some(text) => parse_quality(token::trim(&text))?,
        None => 1.0,
    };
    if params.is_empty() {
        return Some((value.to_owned(), quality));
    }
    let params = params.iter().map(|(key, value)| (key, Some(value)));
    Some((dump_options_header(Some(value), params), quality))
}

/// Splits `text/html` and `text/html;q=0.8`, which is nearly all there is; `None` for what has to be
/// looked at more closely.
fn plain_item(item: &str) -> Option<(&str, &str)> {
    let Some((value, params)) = item.split_once(';') else {
        return Some((token::trim(item), "1"));
    };
    let quality = token::trim(params).strip_prefix("q=")?;
    let is_number = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    let is_plain = !quality.is_empty() && quality.bytes().all(is_number);
    is_plain.then_some((token::trim(value), quality))
}

fn parse_quality(text: &str) -> Option<f64> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.strip_prefix('-').unwrap_or(text);
    let valid = match number.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(number),
    };
    let quality: f64 = valid.then(|| text.parse().ok())??;
    (0.0..=1.0).contains(&quality).then_some(quality)
}

/// The specificity of a value as a number of the same order, two bits a part: none, `*`, another.
/// Beyond the last part that has room the parts themselves decide.
fn rank<R: Rules>(value: &str) -> u64 {
    let parts = R::specificity(value).zip((0..32).rev());
    parts.fold(0, |rank, (is_specific, place)| {
        rank | (1 + u64::from(is_specific)) << (2 * place)
    })
}

/// The bits of the 32nd part.
const LAST_PART: u64 = 0b11;

impl<R> Clone for Accept<R> {
    fn clone(&self) -> Self {
        Self {
            items: self.items.clone(),
            rules: PhantomData,
        }
    }
}

impl<R> Default for Accept<R> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            rules: PhantomData,
        }
    }
}

impl<R> fmt::Debug for Accept<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Accept").field(&self.items).finish()
    }
}

impl<R> PartialEq for Accept<R> {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

impl<R: Rules> fmt::Display for Accept<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_header())
    }
}

invalid! {
    /// Text that is no `Accept` or one of its family.
    InvalidAccept: "expected values with qualities from 0 to 1, separated by commas"
}

impl<R: Rules> FromStr for Accept<R> {
    type Err = InvalidAccept;

    /// Reads a header in which every item is a word or a media type, with parameters that can be
    /// written again.
    fn from_str(text: &str) -> Result<Self, InvalidAccept> {
        let accept = Self::from_header(text);
        let items: Vec<&str> = split_list(text).ok_or(InvalidAccept(()))?.collect();
        let valid = items.len() == accept.len()
            && !items.iter().any(|item| item.starts_with('"'))
            && accept.values().all(is_plain)
            && Self::from_header(&accept.to_header()) == accept;
        if valid {
            Ok(accept)
        } else {
            Err(InvalidAccept(()))
        }
    }
}

/// Returns whether a value is a token, or two with a slash, whatever its parameters.
fn is_plain(value: &str) -> bool {
    let value = value.split(';').next().unwrap_or(value);
    value.splitn(2, '/').all(token::is_token)
}

/// Below it `{:?}` writes floats with an exponent, which headers do not have.
const SMALLEST_PRINTED: f64 = 1e-4;

#[cfg(test)]
mod tests;
