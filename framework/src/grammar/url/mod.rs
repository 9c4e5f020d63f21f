//! URLs: their parts, joining, and the way between IRIs (RFC 3987) and URIs (RFC 3986).
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::url;
//!
//! assert_eq!(url::join("http://example.com/a", "b")?, "http://example.com/b");
//! # Ok::<_, url::InvalidUrl>(())
//! ```

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::fmt::Write as _;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::percent;

mod domain;
mod join;

pub use domain::decode_host;
pub use domain::encode_host;
pub use join::join;

/// Turns an IRI into a URI: everything that is not ASCII, and every unsafe character, is quoted,
/// and the host becomes Punycode.
///
/// What is quoted already stays so.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::url::iri_to_uri;
///
/// let uri = iri_to_uri("http://☃.net/påth?q=èry%DF")?;
/// assert_eq!(uri, "http://xn--n3h.net/p%C3%A5th?q=%C3%A8ry%DF");
/// # Ok::<_, rustzeug::grammar::url::InvalidUrl>(())
/// ```
///
/// # Errors
///
/// Where the text's host or port cannot be one.
///
/// # Compatibility
///
/// Hosts are encoded by UTS 46 as browsers do it: `ß` stays itself, where Werkzeug makes `ss` of it.
pub fn iri_to_uri(iri: &str) -> Result<String, InvalidUrl> {
    let parts = split_url(iri)?;
    let authority = parts.authority()?;
    let host = match &authority.host {
        Some(host) => encode_host(host)?,
        None => Cow::Borrowed(""),
    };
    let quote_user = |text| percent::quote(text, percent::QUOTED_USER);
    Ok(UrlParts {
        netloc: authority.netloc(&host, quote_user).into(),
        path: percent::quote(&parts.path, percent::QUOTED_PATH),
        query: percent::quote(&parts.query, percent::QUOTED_QUERY),
        fragment: percent::quote(&parts.fragment, percent::QUOTED_FRAGMENT),
        scheme: parts.scheme.clone(),
    }
    .to_string())
}

/// Turns a URI into an IRI to show to people: what is UTF-8 and means nothing special where it
/// stands is unquoted, and the host is decoded from Punycode.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::url::uri_to_iri;
///
/// let iri = uri_to_iri("http://xn--n3h.net/p%C3%A5th?q=%C3%A8ry%DF")?;
/// assert_eq!(iri, "http://☃.net/påth?q=èry%DF");
/// # Ok::<_, rustzeug::grammar::url::InvalidUrl>(())
/// ```
///
/// # Errors
///
/// Where the text's host or port cannot be one.
pub fn uri_to_iri(uri: &str) -> Result<String, InvalidUrl> {
    let parts = split_url(uri)?;
    let authority = parts.authority()?;
    let host = authority.host.as_deref().map(decode_host);
    let unquote_user = |text| unquote(text, b":@/?#");
    Ok(UrlParts {
        netloc: authority
            .netloc(&host.unwrap_or_default(), unquote_user)
            .into(),
        path: unquote(&parts.path, b"/?#"),
        query: unquote(&parts.query, b"&=+#"),
        fragment: unquote(&parts.fragment, b""),
        scheme: parts.scheme.clone(),
    }
    .to_string())
}

/// Splits a URL, or a reference relative to one, into its five parts.
///
/// Control characters and spaces before it, and tabs and line ends within it, are dropped.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::url::split_url;
///
/// let parts = split_url("http://user@example.com:80/a?b#c")?;
/// assert_eq!(parts.netloc, "user@example.com:80");
/// assert_eq!(parts.authority()?.port, Some(80));
/// # Ok::<_, rustzeug::grammar::url::InvalidUrl>(())
/// ```
///
/// # Errors
///
/// Where brackets hold no IPv6 address, or where normalising the host would move its end.
pub fn split_url(url: &str) -> Result<UrlParts<'_>, InvalidUrl> {
    let url = url.trim_start_matches(|char| char <= ' ');
    if url.contains(is_dropped) {
        let clean: String = url.chars().filter(|char| !is_dropped(*char)).collect();
        return split_clean(&clean).map(UrlParts::into_owned);
    }
    split_clean(url)
}

/// Returns the reference that adds a slash to a path, relative to it; the query is kept.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::url::append_slash;
///
/// assert_eq!(append_slash("/user/42", "q=1"), "42/?q=1");
/// assert_eq!(append_slash("/", ""), "./");
/// ```
pub fn append_slash(path: &str, query: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    let mut out = if last.is_empty() { "." } else { last }.to_owned();
    out.push('/');
    if !query.is_empty() {
        out.push('?');
        out.push_str(query);
    }
    out
}

/// The five parts of a URL, made by [`split_url`]; written again by `to_string`.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::url::split_url;
///
/// let mut parts = split_url("http://example.com/a?b#c")?;
/// parts.query = "".into();
/// assert_eq!(parts.to_string(), "http://example.com/a#c");
/// # Ok::<_, rustzeug::grammar::url::InvalidUrl>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a URL has these five parts, for good"
)]
pub struct UrlParts<'a> {
    /// Before `:`, in lower case; empty for a relative reference.
    pub scheme: Cow<'a, str>,
    /// After `//`: user information, host and port.
    pub netloc: Cow<'a, str>,
    /// From the first `/`.
    pub path: Cow<'a, str>,
    /// After `?`.
    pub query: Cow<'a, str>,
    /// After `#`.
    pub fragment: Cow<'a, str>,
}

impl UrlParts<'_> {
    /// Takes the network location apart.
    ///
    /// ```
    /// use rustzeug::grammar::url::split_url;
    ///
    /// let parts = split_url("http://user@example.com:80/")?;
    /// assert_eq!(parts.authority()?.port, Some(80));
    /// # Ok::<_, rustzeug::grammar::url::InvalidUrl>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the port is no number up to 65535.
    pub fn authority(&self) -> Result<Authority<'_>, InvalidUrl> {
        let (user, rest) = match self.netloc.rsplit_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, &*self.netloc),
        };
        let (username, password) = match user.map(|user| user.split_once(':')) {
            Some(Some((name, password))) => (Some(name), Some(password)),
            Some(None) => (user, None),
            None => (None, None),
        };
        let (host, port) = match rest.split_once('[') {
            Some((_, bracketed)) => {
                let (host, rest) = bracketed.split_once(']').unwrap_or((bracketed, ""));
                (host, rest.split_once(':').map_or("", |(_, port)| port))
            }
            None => rest.split_once(':').unwrap_or((rest, "")),
        };
        let port = match port {
            "" => None,
            port if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(port.parse().map_err(|_| InvalidUrl(Kind::Port))?)
            }
            _ => return Err(InvalidUrl(Kind::Port)),
        };
        // The zone of a scoped IPv6 address keeps its case.
        let (name, zone) = host
            .split_at_checked(host.find('%').unwrap_or(host.len()))
            .unwrap_or((host, ""));
        Ok(Authority {
            username,
            password,
            host: (!host.is_empty()).then(|| name.to_lowercase() + zone),
            port,
        })
    }

    fn into_owned(self) -> UrlParts<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        UrlParts {
            scheme: own(self.scheme),
            netloc: own(self.netloc),
            path: own(self.path),
            query: own(self.query),
            fragment: own(self.fragment),
        }
    }
}

impl fmt::Display for UrlParts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.scheme.is_empty() {
            write!(f, "{}:", self.scheme)?;
        }
        let has_authority = !self.netloc.is_empty()
            // Or else the path would be read as an authority: `////evil` must not become `//evil`.
            || self.path.starts_with("//")
            || !self.scheme.is_empty() && USES_NETLOC.contains(&&*self.scheme);
        if has_authority {
            write!(f, "//{}", self.netloc)?;
            if !self.path.is_empty() && !self.path.starts_with('/') {
                f.write_str("/")?;
            }
        }
        f.write_str(&self.path)?;
        if !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        if !self.fragment.is_empty() {
            write!(f, "#{}", self.fragment)?;
        }
        Ok(())
    }
}

/// Who and where: the parts of a network location.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::url::split_url;
///
/// let parts = split_url("http://user@example.com:80/")?;
/// assert_eq!(parts.authority()?.username, Some("user"));
/// # Ok::<_, rustzeug::grammar::url::InvalidUrl>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "RFC 3986 section 3.2 names these parts, for good"
)]
pub struct Authority<'a> {
    /// Before the first `:` of the user information.
    pub username: Option<&'a str>,
    /// After it.
    pub password: Option<&'a str>,
    /// In lower case, without the brackets of an IPv6 address; `None` if empty.
    pub host: Option<String>,
    /// `None` if missing or empty.
    pub port: Option<u16>,
}

impl Authority<'_> {
    fn netloc<'a>(&'a self, host: &str, user: impl Fn(&'a str) -> Cow<'a, str>) -> String {
        let mut out = String::with_capacity(host.len() + 8);
        if let Some(username) = self.username {
            out.push_str(&user(username));
            if let Some(password) = self.password {
                out.push(':');
                out.push_str(&user(password));
            }
            out.push('@');
        }
        if host.contains(':') {
            let _ = write!(out, "[{host}]");
        } else {
            out.push_str(host);
        }
        if let Some(port) = self.port {
            let _ = write!(out, ":{port}");
        }
        out
    }
}

/// Text that is no URL, because its host or its port cannot be one.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::url::split_url;
///
/// let parts = split_url("http://example.com:99999/")?;
/// assert!(parts.authority().is_err());
/// # Ok::<_, rustzeug::grammar::url::InvalidUrl>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidUrl(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Brackets,
    Host,
    Port,
}

impl fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Brackets => "expected an IPv6 address in the brackets of the host",
            Kind::Host => "the host is not a domain name",
            Kind::Port => "expected a port from 0 to 65535",
        })
    }
}

impl Error for InvalidUrl {}

fn split_clean(url: &str) -> Result<UrlParts<'_>, InvalidUrl> {
    let (scheme, rest) = split_scheme(url);
    let mut parts = UrlParts {
        scheme,
        ..UrlParts::default()
    };
    let mut rest = rest;
    if let Some(after) = rest.strip_prefix("//") {
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        let (netloc, path) = after.split_at_checked(end).unwrap_or((after, ""));
        check_netloc(netloc)?;
        parts.netloc = Cow::Borrowed(netloc);
        rest = path;
    }
    if let Some((before, fragment)) = rest.split_once('#') {
        parts.fragment = Cow::Borrowed(fragment);
        rest = before;
    }
    if let Some((before, query)) = rest.split_once('?') {
        parts.query = Cow::Borrowed(query);
        rest = before;
    }
    parts.path = Cow::Borrowed(rest);
    Ok(parts)
}

fn split_scheme(url: &str) -> (Cow<'_, str>, &str) {
    let is_scheme = |text: &str| {
        text.starts_with(|char: char| char.is_ascii_alphabetic())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    };
    match url.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => {
            if scheme.bytes().any(|byte| byte.is_ascii_uppercase()) {
                return (Cow::Owned(scheme.to_ascii_lowercase()), rest);
            }
            (Cow::Borrowed(scheme), rest)
        }
        _ => (Cow::Borrowed(""), url),
    }
}

fn check_netloc(netloc: &str) -> Result<(), InvalidUrl> {
    if netloc.contains('[') != netloc.contains(']') {
        return Err(InvalidUrl(Kind::Brackets));
    }
    if let Some((_, after)) = netloc.split_once('[') {
        let host = after.split_once(']').map_or(after, |(host, _)| host);
        if !is_bracketed_host(host) {
            return Err(InvalidUrl(Kind::Brackets));
        }
    }
    // Characters like U+2100 become `a/c` when a resolver normalises them: the host would end
    // elsewhere than it seems to (CVE-2019-9636).
    if !netloc.is_ascii() {
        let bare = netloc.replace(['@', ':', '#', '?'], "");
        let normal = ComposingNormalizerBorrowed::new_nfkc().normalize(&bare);
        if normal != bare && normal.contains(['/', '?', '#', '@', ':']) {
            return Err(InvalidUrl(Kind::Host));
        }
    }
    Ok(())
}

/// Returns whether text may stand in brackets: an IPv6 address, or RFC 3986's `IPvFuture`.
fn is_bracketed_host(host: &str) -> bool {
    if let Some(future) = host.strip_prefix('v') {
        return future.split_once('.').is_some_and(|(version, address)| {
            !version.is_empty()
                && version.bytes().all(|byte| byte.is_ascii_hexdigit())
                && !address.is_empty()
        });
    }
    let (address, zone) = match host.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (host, None),
    };
    zone.is_none_or(|zone| !zone.is_empty() && !zone.contains('%'))
        && address.parse::<core::net::Ipv6Addr>().is_ok()
}

fn unquote<'a>(text: &'a str, reserved: &'static [u8]) -> Cow<'a, str> {
    // Controls, space, `%` and DEL would not survive where URLs are written.
    percent::decode_except(text, |byte| {
        matches!(byte, 0..=0x20 | b'%' | 0x7f) || reserved.contains(&byte)
    })
}

fn is_dropped(char: char) -> bool {
    matches!(char, '\t' | '\r' | '\n')
}

/// Schemes whose URLs have an authority even where it is empty.
const USES_NETLOC: &[&str] = &[
    "",
    "ftp",
    "http",
    "gopher",
    "nntp",
    "telnet",
    "imap",
    "wais",
    "file",
    "mms",
    "https",
    "shttp",
    "snews",
    "prospero",
    "rtsp",
    "rtsps",
    "rtspu",
    "rsync",
    "svn",
    "svn+ssh",
    "sftp",
    "nfs",
    "git",
    "git+ssh",
    "ws",
    "wss",
    "itms-services",
];
#[cfg(test)]
mod tests;
