//! Where requests are passed on to, and what is said there.

use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::Uri;
use http::uri::Authority;
use http::uri::PathAndQuery;

use crate::application::StartError;

/// A server that requests are passed on to, and how: one of the targets of
/// [`HttpProxy`](super::HttpProxy).
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::ProxyTarget;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let target = ProxyTarget::new("http://127.0.0.1:5001/")?
///     .remove_prefix()
///     .header("x-from", "front");
/// assert!(ProxyTarget::new("ftp://example.com/").is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ProxyTarget {
    authority: Authority,
    /// The target's own path, without a slash at its end.
    path: String,
    remove_prefix: bool,
    host: Host,
    headers: HeaderMap,
    pub(super) forwarded: bool,
}

/// What `Host` says to the target.
#[derive(Clone, Debug)]
enum Host {
    /// The target's own.
    Auto,
    /// What the client asked for.
    Client,
    Given(HeaderValue),
}

impl ProxyTarget {
    /// A target by its URL.
    ///
    /// # Errors
    ///
    /// Text that is no URL, or not one of `http`.
    pub fn new(url: &str) -> Result<Self, StartError> {
        let wrong = |why: &str| StartError::new(format!("requests cannot go to `{url}`: {why}"));
        let uri: Uri = url.parse().map_err(|_| wrong("it is no URL"))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err(wrong("TLS towards targets is not supported yet")),
            _ => return Err(wrong("the scheme is not `http`")),
        }
        let authority = uri.authority().ok_or_else(|| wrong("it has no host"))?;
        if authority.as_str().contains('@') || uri.query().is_some() {
            return Err(wrong("user names and queries have no meaning there"));
        }
        Ok(Self {
            authority: authority.clone(),
            path: uri.path().trim_end_matches('/').to_owned(),
            remove_prefix: false,
            host: Host::Auto,
            headers: HeaderMap::new(),
            forwarded: true,
        })
    }

    /// Takes the prefix off the path, and puts the path of the target's URL in its place.
    /// Otherwise the path stays as the client asked for it.
    #[must_use]
    pub fn remove_prefix(mut self) -> Self {
        self.remove_prefix = true;
        self
    }

    /// Passes on the `Host` that the client asked for, instead of the target's own.
    #[must_use]
    pub fn keep_host(mut self) -> Self {
        self.host = Host::Client;
        self
    }

    /// Says another `Host`.
    #[must_use]
    pub fn host(mut self, host: &'static str) -> Self {
        self.host = Host::Given(HeaderValue::from_static(host));
        self
    }

    /// Adds a field to each request, in place of what the client sent of that name.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
        self
    }

    /// Passes `X-Forwarded-*` on as it came. Otherwise the client's address is added to
    /// `X-Forwarded-For`, and `-Proto`, `-Host` and, where a prefix was taken off, `-Prefix` say
    /// what was asked for here: what [`ProxyFix`](super::super::ProxyFix) with a count of one
    /// believes. What the client says of these, of `-Port` and in `Forwarded` is taken off.
    #[must_use]
    pub fn without_forwarded(mut self) -> Self {
        self.forwarded = false;
        self
    }

    /// The URL of a request: `prefix` ends with a slash, `path` is what the client sent, encoded.
    pub(super) fn uri(&self, prefix: &str, path: &str, query: &str) -> Result<Uri, http::Error> {
        let path = if self.remove_prefix {
            let rest = path.strip_prefix(prefix).unwrap_or_default();
            format!("{}/{}", self.path, rest.trim_start_matches('/'))
        } else {
            path.to_owned()
        };
        let text = match query {
            "" => path,
            query => format!("{path}?{query}"),
        };
        Uri::builder()
            .scheme("http")
            .authority(self.authority.clone())
            .path_and_query(PathAndQuery::try_from(text)?)
            .build()
    }

    /// Sets what the target is told beside what the client said.
    pub(super) fn apply(&self, headers: &mut HeaderMap, client_host: Option<HeaderValue>) {
        let host = match (&self.host, client_host) {
            (Host::Given(host), _) => Some(host.clone()),
            (Host::Client, Some(host)) => Some(host),
            // A part of a URL that was read is a valid value.
            _ => HeaderValue::from_str(self.authority.as_str()).ok(),
        };
        if let Some(host) = host {
            headers.insert(http::header::HOST, host);
        }
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
    }

    pub(super) fn removes_prefix(&self) -> bool {
        self.remove_prefix
    }
}
