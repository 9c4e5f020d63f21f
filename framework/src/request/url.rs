//! The URL of a request, its parts, and its query arguments.

use super::Request;
use crate::datastructures::MultiDict;
use crate::grammar::query;

impl Request {
    /// The path within the application, percent-decoded, with one leading slash.
    ///
    /// Bytes that are not UTF-8 become U+FFFD, as in Werkzeug.
    #[must_use]
    #[inline]
    pub fn path(&self) -> &str {
        match self.path_override() {
            Some(path) => path,
            None => self.head().path(),
        }
    }

    /// The request target as it was received: path and query, undecoded.
    #[must_use]
    #[inline]
    pub fn target(&self) -> &str {
        self.head().target()
    }

    /// The query as it was received, without the question mark.
    #[must_use]
    #[inline]
    pub fn query_string(&self) -> &str {
        self.head().query()
    }

    /// The path and, where there is one, the query after a question mark.
    #[must_use]
    pub fn full_path(&self) -> String {
        format!("{}?{}", self.path(), self.query_string())
    }

    /// The query arguments, decoded, in order, repeated ones kept.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), rustzeug::testing::BuildRequestError> {
    /// let request = EnvironBuilder::new("/search?q=tea&tag=a&tag=b").build()?;
    /// assert_eq!(request.args().get("q"), Some("tea"));
    /// assert_eq!(request.args().get_list("tag"), ["a", "b"]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn args(&self) -> &MultiDict {
        self.lazy().args.get_or_init(|| {
            query::decode_pairs(self.query_string())
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect()
        })
    }

    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.connection().scheme
    }

    /// Whether the request came over TLS, as far as is known here or from a trusted proxy.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        matches!(self.scheme(), "https" | "wss")
    }

    /// The host the client asked, with its port unless that is the scheme's own; empty where it
    /// did not say.
    #[must_use]
    pub fn host(&self) -> &str {
        let host = self.asked_host().unwrap_or("");
        let default = if self.is_secure() { ":443" } else { ":80" };
        host.strip_suffix(default).unwrap_or(host)
    }

    /// The path under which the application is mounted, without a slash at its end; empty at
    /// the root.
    #[must_use]
    pub fn script_root(&self) -> &str {
        self.root_path()
    }
}
