//! `User-Agent`.

use std::fmt;
use std::str::FromStr;

use super::invalid::invalid;

/// The text with which a client introduces itself.
///
/// It is kept as it is: what browsers write there is made to mislead. Parse it with a crate made
/// for that, if at all.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::UserAgent;
///
/// let agent = UserAgent::from_header("curl/8.5.0");
/// assert!(agent.as_str().starts_with("curl/"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct UserAgent {
    text: String,
}

impl UserAgent {
    /// Takes a header's text.
    ///
    /// ```
    /// # use rustzeug::datastructures::UserAgent;
    /// assert_eq!(UserAgent::from_header("curl/8").as_str(), "curl/8");
    /// ```
    pub fn from_header(header: &str) -> Self {
        Self {
            text: header.to_owned(),
        }
    }

    /// Returns the text.
    ///
    /// ```
    /// # use rustzeug::datastructures::UserAgent;
    /// assert_eq!(UserAgent::from_header("curl/8").as_str(), "curl/8");
    /// ```
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Writes the header.
    ///
    /// ```
    /// # use rustzeug::datastructures::UserAgent;
    /// assert_eq!(UserAgent::from_header("curl/8").to_header(), "curl/8");
    /// ```
    pub fn to_header(&self) -> String {
        self.text.clone()
    }
}

impl fmt::Display for UserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for UserAgent {
    type Err = InvalidUserAgent;

    /// Takes text that a field can hold and that says something.
    fn from_str(text: &str) -> Result<Self, InvalidUserAgent> {
        if text.trim().is_empty() || text.contains(|c: char| c.is_control() && c != '\t') {
            return Err(InvalidUserAgent(()));
        }
        Ok(Self::from_header(text))
    }
}

invalid! {
    /// Text with which no client introduces itself.
    InvalidUserAgent: "expected a product, such as `curl/8.5.0`"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strict_text_says_something() {
        assert!("curl/8.5.0".parse::<UserAgent>().is_ok());
        for text in ["", " ", "a\nb", "a\0"] {
            assert!(text.parse::<UserAgent>().is_err(), "{text:?}");
        }
    }
}
