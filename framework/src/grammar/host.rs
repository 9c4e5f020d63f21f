//! The host a request was made for, and the URL it was made to.
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::host;
//!
//! assert!(host::host_is_trusted("example.com:80", &["example.com"]));
//! ```

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use super::list::parse_list_header;
use super::number::plain_int;
use super::percent;
use super::url::InvalidUrl;
use super::url::encode_host;
use super::url::uri_to_iri;

/// Returns whether a `Host` value is made of a host's characters and, unless `trusted` is empty,
/// stands in that list.
///
/// A trusted name that starts with a dot stands for itself and every subdomain. Ports are ignored.
/// Names are compared as they are written; Unicode names of the list are encoded first.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::host::host_is_trusted;
///
/// assert!(host_is_trusted("www.example.com:8080", &[".example.com"]));
/// assert!(!host_is_trusted("example.org", &[".example.com"]));
/// assert!(!host_is_trusted("a/b", &[] as &[&str]));
/// ```
pub fn host_is_trusted<T: AsRef<str>>(host: &str, trusted: &[T]) -> bool {
    let Some(name) = valid_name(host) else {
        return false;
    };
    if trusted.is_empty() {
        return true;
    }
    for reference in trusted {
        let reference = reference.as_ref();
        let (reference, and_below) = match reference.strip_prefix('.') {
            Some(reference) => (reference, true),
            None => (reference, false),
        };
        let reference = reference.split(':').next().unwrap_or_default();
        let Ok(reference) = encode_host(reference) else {
            return false;
        };
        let below = || name.strip_suffix(&*reference)?.strip_suffix('.');
        if name == reference || and_below && below().is_some() {
            return true;
        }
    }
    false
}

/// Returns the host and port of a request, without the port that its scheme implies.
///
/// The `Host` header wins over the server's own address; an address without a port is a Unix
/// socket and gives nothing. Where there is no host, or one with invalid characters, the answer is
/// empty: such a request has no subdomain and no absolute URLs.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::host::request_host;
///
/// let trusted: &[&str] = &[];
/// assert_eq!(request_host("http", Some("example.com:80"), None, trusted)?, "example.com");
/// assert_eq!(request_host("http", None, Some(("::1", Some(8080))), trusted)?, "[::1]:8080");
/// assert_eq!(request_host("http", Some("a/b"), None, trusted)?, "");
/// # Ok::<_, rustzeug::grammar::host::UntrustedHost>(())
/// ```
///
/// # Errors
///
/// If there is a list of trusted hosts and the host is not in it.
pub fn request_host<'a, T: AsRef<str>>(
    scheme: &str,
    header: Option<&'a str>,
    server: Option<(&str, Option<u16>)>,
    trusted: &[T],
) -> Result<Cow<'a, str>, UntrustedHost> {
    let host = match (header, server) {
        (Some(header), _) => Cow::Borrowed(header),
        (None, Some((name, Some(port)))) if name.contains(':') && !name.starts_with('[') => {
            Cow::Owned(format!("[{name}]:{port}"))
        }
        (None, Some((name, Some(port)))) => Cow::Owned(format!("{name}:{port}")),
        _ => return Ok(Cow::Borrowed("")),
    };
    let implied = match scheme {
        "http" | "ws" => ":80",
        "https" | "wss" => ":443",
        _ => "",
    };
    let host = match host {
        Cow::Borrowed(host) => Cow::Borrowed(host.strip_suffix(implied).unwrap_or(host)),
        Cow::Owned(mut host) => {
            let length = host.strip_suffix(implied).map_or(host.len(), str::len);
            host.truncate(length);
            Cow::Owned(host)
        }
    };
    if host_is_trusted(&host, trusted) {
        Ok(host)
    } else if trusted.is_empty() {
        Ok(Cow::Borrowed(""))
    } else {
        Err(UntrustedHost {
            host: host.into_owned(),
        })
    }
}

/// Builds the URL of a request as an IRI, as far as its parts are given.
///
/// A part that is `None` ends the URL, and the parts after it are not looked at.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::host::current_url;
///
/// let url = current_url("http", "example.com", Some("/app"), Some("/ü"), Some(b"a=b"))?;
/// assert_eq!(url, "http://example.com/app/ü?a=b");
/// assert_eq!(current_url("http", "example.com", None, None, None)?, "http://example.com/");
/// # Ok::<_, rustzeug::grammar::url::InvalidUrl>(())
/// ```
///
/// # Errors
///
/// Where the host cannot be one.
pub fn current_url(
    scheme: &str,
    host: &str,
    root_path: Option<&str>,
    path: Option<&str>,
    query: Option<&[u8]>,
) -> Result<String, InvalidUrl> {
    let mut url = format!("{scheme}://{host}");
    if let Some(root_path) = root_path {
        let root_path = root_path.trim_end_matches('/');
        url.push_str(&percent::quote(root_path, percent::QUOTED_PATH));
    }
    url.push('/');
    if let (Some(_), Some(path)) = (root_path, path) {
        let path = path.trim_start_matches('/');
        url.push_str(&percent::quote(path, percent::QUOTED_PATH));
        if let Some(query) = query.filter(|query| !query.is_empty()) {
            url.push('?');
            url.extend(percent_encoding::percent_encode(
                query,
                percent::QUOTED_QUERY,
            ));
        }
    }
    uri_to_iri(&url)
}

/// Reads `Content-Length` as Werkzeug does: `None` if there is none or the body is chunked, 0 if
/// it is no number.
///
/// For values that have passed the server's own checks; the server itself refuses bad framing.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::host::content_length;
///
/// assert_eq!(content_length(Some("5"), None), Some(5));
/// assert_eq!(content_length(Some("5"), Some("gzip, chunked")), None);
/// assert_eq!(content_length(Some("-5"), None), Some(0));
/// ```
pub fn content_length(length: Option<&str>, transfer_encoding: Option<&str>) -> Option<u64> {
    let chunked = |coding: &Cow<'_, str>| coding.eq_ignore_ascii_case("chunked");
    if transfer_encoding.is_some_and(|codings| parse_list_header(codings).iter().any(chunked)) {
        return None;
    }
    Some(u64::try_from(plain_int(length?).unwrap_or(0)).unwrap_or(0))
}

/// A host that is not in the list of trusted hosts.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::host::request_host;
///
/// let error = request_host("http", Some("evil.org"), None, &["example.com"]).unwrap_err();
/// assert!(error.to_string().contains("evil.org"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UntrustedHost {
    host: String,
}

impl UntrustedHost {
    /// Returns the host that was asked for.
    ///
    /// ```
    /// use rustzeug::grammar::host::request_host;
    ///
    /// let error = request_host("http", Some("evil.org"), None, &["example.com"]).unwrap_err();
    /// assert_eq!(error.host(), "evil.org");
    /// ```
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl fmt::Display for UntrustedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "host {:?} is not trusted", self.host)
    }
}

impl Error for UntrustedHost {}

/// Returns the name of a `host:port` whose characters and port may be one.
fn valid_name(host: &str) -> Option<&str> {
    let (name, port) = if host.starts_with('[') {
        let end = host.find(']')?;
        let (name, rest) = host.split_at_checked(end + 1)?;
        let inner = name.strip_prefix('[')?.strip_suffix(']')?;
        let (first, after) = inner.split_once(':')?;
        let is_address = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
        let valid = first.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !after.is_empty()
            && after.bytes().all(is_address);
        if !valid {
            return None;
        }
        match rest.strip_prefix(':') {
            Some(port) => (name, Some(port)),
            None if rest.is_empty() => (name, None),
            None => return None,
        }
    } else {
        let (name, port) = match host.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (host, None),
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        if name.is_empty() || !name.bytes().all(is_name) {
            return None;
        }
        (name, port)
    };
    port.is_none_or(is_port).then_some(name)
}

fn is_port(port: &str) -> bool {
    !port.starts_with('0')
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::fuzz::fuzz;

    #[test]
    fn hosts_are_checked() {
        for (host, want) in [
            ("a", true),
            ("a.b-c:80", true),
            ("[::1]:80", true),
            ("[::1]", true),
            ("[]", false),
            ("[::1]80", false),
            ("", false),
            ("a:", false),
            ("a:0", false),
            ("a:080", false),
            ("a:65536", false),
            ("a:1:2", false),
            ("ü", false),
            ("a b", false),
        ] {
            assert_eq!(host_is_trusted(host, &[] as &[&str]), want, "{host}");
        }
    }

    #[test]
    fn hosts_are_trusted() {
        for (host, trusted, want) in [
            ("a.com", "a.com", true),
            ("a.com:80", "a.com:443", true),
            ("b.a.com", "a.com", false),
            ("b.a.com", ".a.com", true),
            ("ba.com", ".a.com", false),
            ("xn--n3h.net", "☃.net", true),
            ("A.com", "a.com", false),
        ] {
            assert_eq!(host_is_trusted(host, &[trusted]), want, "{host} {trusted}");
        }
    }

    #[test]
    fn untrusted_hosts_are_errors() {
        let error = request_host("http", Some("b:80"), None, &["a"]).unwrap_err();
        assert_eq!(error.to_string(), "host \"b\" is not trusted");
        assert!(request_host("http", None, Some(("/run/x", None)), &["a"]).is_ok());
    }

    #[test]
    fn random_text_is_survived() {
        fuzz(10, |text| {
            let _ = request_host("http", Some(text), None, &["a"]);
            let _ = current_url("http", text, Some(text), Some(text), Some(text.as_bytes()));
            let _ = content_length(Some(text), Some(text));
        });
    }
}
