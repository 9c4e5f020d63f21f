//! `SameSite`.

use std::fmt;

use super::InvalidCookie;
use super::Kind;

/// Which requests of other sites carry a cookie.
///
/// # Examples
///
/// ```
/// # use rustzeug::datastructures::{Cookie, SameSite};
/// assert_eq!("lax".parse(), Ok(SameSite::Lax));
/// assert_eq!(SameSite::Strict.to_string(), "Strict");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "RFC 6265bis knows these three, for good"
)]
pub enum SameSite {
    /// None but those that the user starts by following a link.
    Lax,
    /// All; needs `Secure`.
    None,
    /// None.
    Strict,
}

impl SameSite {
    /// Returns the word of the header.
    ///
    /// ```
    /// # use rustzeug::datastructures::{Cookie, SameSite};
    /// assert_eq!(SameSite::Lax.as_str(), "Lax");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lax => "Lax",
            Self::None => "None",
            Self::Strict => "Strict",
        }
    }
}

impl fmt::Display for SameSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for SameSite {
    type Err = InvalidCookie;

    /// Reads one of the three words in any case.
    fn from_str(text: &str) -> Result<Self, InvalidCookie> {
        [Self::Lax, Self::None, Self::Strict]
            .into_iter()
            .find(|same_site| same_site.as_str().eq_ignore_ascii_case(text))
            .ok_or(InvalidCookie(Kind::SameSite))
    }
}
