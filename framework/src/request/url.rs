//! The URL of a request, its parts, and its query arguments.

use std::borrow::Cow;

use super::Request;
use crate::datastructures::MultiDict;
use crate::exceptions::HttpException;
use crate::exceptions::SecurityError;
use crate::grammar::host;
use crate::grammar::list::parse_list_header;
use crate::grammar::percent;
use crate::grammar::query;

impl Request {
    /// The path within the application, percent-decoded, with one leading slash.
    ///
    /// Bytes that are not UTF-8 become U+FFFD, as in Werkzeug.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("http://example.com/a%20b?c=d").build()?;
    /// assert_eq!(request.path(), "/a b");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn path(&self) -> &str {
        match self.path_override() {
            Some(path) => path,
            None => self.head().path(),
        }
    }

    /// The request target as it was received: path and query, undecoded.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("http://example.com/a%20b?c=d").build()?;
    /// assert_eq!(request.target(), "/a%20b?c=d");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn target(&self) -> &str {
        self.head().target()
    }

    /// The query as it was received, without the question mark.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("http://example.com/a%20b?c=d").build()?;
    /// assert_eq!(request.query_string(), "c=d");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn query_string(&self) -> &str {
        match self.lazy_if_any().and_then(|lazy| lazy.query.as_deref()) {
            Some(query) => query,
            None => self.head().query(),
        }
    }

    /// The path and the query, with a question mark in between also where there is no query.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("http://example.com/a%20b?c=d").build()?;
    /// assert_eq!(request.full_path(), "/a b?c=d");
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("http://example.com/a%20b?c=d").build()?;
    /// assert_eq!(request.scheme(), "http");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.connection().scheme
    }

    /// Whether the request came over TLS, as far as is known here or from a trusted proxy.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("https://example.com/").build()?;
    /// assert!(request.is_secure());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_secure(&self) -> bool {
        matches!(self.scheme(), "https" | "wss")
    }

    /// The host the client asked, with its port unless that is the scheme's own.
    ///
    /// Where the client did not say (HTTP/1.0), it is the local address of
    /// [`ConnectionInfo`](crate::request::ConnectionInfo) if that is known; where it is not, or the
    /// client said something that cannot be a host, it is empty.
    ///
    /// A client can say whatever it likes. Where the host leads to anything but a guess, such as a
    /// link in an e-mail, ask [`check_host`](Self::check_host).
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("http://example.com/a%20b?c=d").build()?;
    /// assert_eq!(request.host(), "example.com");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn host(&self) -> Cow<'_, str> {
        let trusted: &[&str] = &[];
        self.host_among(trusted).unwrap_or_default()
    }

    /// The host, if it is one of those that the application answers for: Werkzeug's
    /// `trusted_hosts`. A name that begins with a dot stands for all below it, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    ///
    /// fn only_ours(request: &Request) -> Result<()> {
    ///     request.check_host(&["example.com", ".example.org"])?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// 400 ([`SecurityError`]) for another host, or one that cannot be a host.
    pub fn check_host<T: AsRef<str>>(&self, trusted: &[T]) -> Result<Cow<'_, str>, HttpException> {
        match self.host_among(trusted) {
            Ok(host) if !host.is_empty() => Ok(host),
            Ok(_) => Err(SecurityError.with_description("The host cannot be one.")),
            Err(error) => Err(SecurityError.with_source(error)),
        }
    }

    fn host_among<T: AsRef<str>>(
        &self,
        trusted: &[T],
    ) -> Result<Cow<'_, str>, host::UntrustedHost> {
        let local = self.connection().local;
        let name = local.map(|local| local.ip().to_string());
        let server = match (&name, local) {
            (Some(name), Some(local)) => Some((name.as_str(), Some(local.port()))),
            _ => None,
        };
        host::request_host(self.scheme(), self.asked_host(), server, trusted)
    }

    /// The path under which the application is mounted, without a slash at its end; empty at
    /// the root.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("http://example.com/a%20b?c=d").build()?;
    /// assert_eq!(request.script_root(), "");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn script_root(&self) -> &str {
        self.root_path()
    }

    /// The URL of the request: scheme, host, root path, path, query. An IRI, for people; a URI is
    /// made of it by [`iri_to_uri`](crate::grammar::url::iri_to_uri).
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), rustzeug::testing::BuildRequestError> {
    /// let request = EnvironBuilder::new("http://example.com/a/b?c=d").build()?;
    /// assert_eq!(request.url(), "http://example.com/a/b?c=d");
    /// assert_eq!(request.base_url(), "http://example.com/a/b");
    /// assert_eq!(request.root_url(), "http://example.com/");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn url(&self) -> String {
        let query = self.query_string().as_bytes();
        self.url_of(Some(self.root_path()), Some(self.path()), Some(query))
    }

    /// The URL of the request without its query.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("http://example.com/a%20b?c=d").build()?;
    /// assert_eq!(request.base_url(), "http://example.com/a%20b");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn base_url(&self) -> String {
        self.url_of(Some(self.root_path()), Some(self.path()), None)
    }

    /// The URL of the application: scheme, host, root path. Ends with a slash.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("http://example.com/a%20b?c=d").build()?;
    /// assert_eq!(request.root_url(), "http://example.com/");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn root_url(&self) -> String {
        self.url_of(Some(self.root_path()), None, None)
    }

    /// The URL of the host: scheme and host. Ends with a slash.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("http://example.com/a%20b?c=d").build()?;
    /// assert_eq!(request.host_url(), "http://example.com/");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn host_url(&self) -> String {
        self.url_of(None, None, None)
    }

    fn url_of(&self, root: Option<&str>, path: Option<&str>, query: Option<&[u8]>) -> String {
        let host = self.host();
        // A host that is no host is empty by now; an empty one always makes a URL.
        host::current_url(self.scheme(), &host, root, path, query)
            .or_else(|_| host::current_url(self.scheme(), "", root, path, query))
            .unwrap_or_default()
    }

    /// The addresses the request came by, the client's first: those of `X-Forwarded-For`, or the
    /// peer's alone.
    ///
    /// The field is what the client or a proxy wrote, and cannot be trusted by itself: behind
    /// proxies use the middleware `ProxyFix` and [`remote_addr`](Self::remote_addr).
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").header("X-Forwarded-For", "1.1.1.1, 2.2.2.2").build()?;
    /// assert_eq!(request.access_route(), ["1.1.1.1", "2.2.2.2"]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn access_route(&self) -> Vec<String> {
        match self.header_list("x-forwarded-for") {
            Some(route) => {
                let items = parse_list_header(&route);
                items.into_iter().map(Cow::into_owned).collect()
            }
            None => self.remote_addr().iter().map(ToString::to_string).collect(),
        }
    }

    /// The path as it was received, percent-encoded, without the query.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("http://example.com/a%20b?c=d").build()?;
    /// assert_eq!(request.raw_path(), "/a%20b");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn raw_path(&self) -> Cow<'_, str> {
        match self.path_override() {
            Some(path) => percent::quote_path(path),
            None => Cow::Borrowed(self.head().raw_path()),
        }
    }
}
