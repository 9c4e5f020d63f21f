//! `User-Agent`.

use std::fmt;

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
