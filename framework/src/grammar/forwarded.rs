//! What proxies say of a request: `X-Forwarded-For` and its family, and mounted prefixes.
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::forwarded;
//!
//! assert_eq!(forwarded::trusted_value("client, proxy", 2).as_deref(), Some("client"));
//! ```

use std::borrow::Cow;

use super::list::parse_list_header;

/// Returns the addresses from the client to the last proxy: `X-Forwarded-For` if there is one, or
/// else the peer's address.
///
/// A client can write the header, too: nothing of it is to be trusted.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::forwarded::access_route;
///
/// assert_eq!(access_route(Some("1.1.1.1, 2.2.2.2"), Some("9.9.9.9")), ["1.1.1.1", "2.2.2.2"]);
/// assert_eq!(access_route(None, Some("9.9.9.9")), ["9.9.9.9"]);
/// ```
pub fn access_route<'a>(
    forwarded_for: Option<&'a str>,
    remote_addr: Option<&'a str>,
) -> Vec<Cow<'a, str>> {
    match forwarded_for {
        Some(header) => parse_list_header(header),
        None => remote_addr.into_iter().map(Cow::Borrowed).collect(),
    }
}

/// Returns the value that the outermost of so many trusted proxies wrote into a list header.
///
/// `None` if none is trusted, or fewer values are there: then somebody went around a proxy.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::forwarded::trusted_value;
///
/// assert_eq!(trusted_value("1.1.1.1, 2.2.2.2", 1).as_deref(), Some("2.2.2.2"));
/// assert_eq!(trusted_value("1.1.1.1", 2), None);
/// ```
pub fn trusted_value(header: &str, proxies: usize) -> Option<Cow<'_, str>> {
    if proxies == 0 {
        return None;
    }
    let mut values = parse_list_header(header);
    let at = values.len().checked_sub(proxies)?;
    let value = values.swap_remove(at);
    (!value.is_empty()).then_some(value)
}

/// How many proxies set each field, counted from the server outwards; 0 ignores the field.
///
/// # Examples
///
/// ```
/// # use rustzeug::grammar::forwarded::{Origin, TrustedProxies};
/// let one = TrustedProxies { x_for: 1, ..TrustedProxies::default() };
/// assert_eq!(one.x_host, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "made by literals with `..Default::default()`"
)]
pub struct TrustedProxies {
    /// `X-Forwarded-For`.
    pub x_for: usize,
    /// `X-Forwarded-Proto`.
    pub x_proto: usize,
    /// `X-Forwarded-Host`.
    pub x_host: usize,
    /// `X-Forwarded-Port`.
    pub x_port: usize,
    /// `X-Forwarded-Prefix`.
    pub x_prefix: usize,
}

/// Where a request came from and went to, as a server sees it.
///
/// # Examples
///
/// ```
/// # use rustzeug::grammar::forwarded::{Origin, TrustedProxies};
/// let origin = Origin { scheme: "https".into(), ..Origin::default() };
/// assert_eq!(origin.host, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "made by literals with `..Default::default()`"
)]
pub struct Origin {
    /// The client's address.
    pub remote_addr: Option<String>,
    /// `http` or `https`.
    pub scheme: String,
    /// The `Host` field.
    pub host: Option<String>,
    /// The server's name.
    pub server_name: String,
    /// The server's port.
    pub server_port: String,
    /// Where the application is mounted.
    pub root_path: String,
}

impl TrustedProxies {
    /// Corrects an origin by what the trusted proxies say; `field` gives a field's values, joined
    /// by commas where it came more than once.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::grammar::forwarded::{Origin, TrustedProxies};
    ///
    /// let proxies = TrustedProxies { x_for: 1, x_host: 1, ..TrustedProxies::default() };
    /// let mut origin = Origin::default();
    /// proxies.correct(&mut origin, |name| match name {
    ///     "x-forwarded-for" => Some("1.2.3.4".into()),
    ///     "x-forwarded-host" => Some("example.com:8080".into()),
    ///     _ => None,
    /// });
    /// assert_eq!(origin.remote_addr.as_deref(), Some("1.2.3.4"));
    /// assert_eq!((&*origin.server_name, &*origin.server_port), ("example.com", "8080"));
    /// ```
    pub fn correct<'a>(&self, origin: &mut Origin, field: impl Fn(&str) -> Option<Cow<'a, str>>) {
        let value = |name, proxies| Some(trusted_value(&field(name)?, proxies)?.into_owned());
        if let Some(client) = value("x-forwarded-for", self.x_for) {
            origin.remote_addr = Some(client);
        }
        if let Some(scheme) = value("x-forwarded-proto", self.x_proto) {
            origin.scheme = scheme;
        }
        if let Some(host) = value("x-forwarded-host", self.x_host) {
            match split_port(&host) {
                (name, Some(port)) => {
                    origin.server_name = name.to_owned();
                    origin.server_port = port.to_owned();
                }
                (name, None) => origin.server_name = name.to_owned(),
            }
            origin.host = Some(host);
        }
        if let Some(port) = value("x-forwarded-port", self.x_port) {
            if let Some(host) = origin.host.as_deref().filter(|host| !host.is_empty()) {
                origin.host = Some(format!("{}:{port}", split_port(host).0));
            }
            origin.server_port = port;
        }
        if let Some(prefix) = value("x-forwarded-prefix", self.x_prefix) {
            origin.root_path = prefix;
        }
    }
}

/// Splits a path at the longest prefix that something is mounted at: prefix and rest.
///
/// Prefixes end where segments end. `None` where nothing is mounted at any.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::forwarded::split_mount;
///
/// let is_mounted = |prefix: &str| prefix == "/a" || prefix == "/a/b";
/// assert_eq!(split_mount("/a/b/c", is_mounted), Some(("/a/b", "/c")));
/// assert_eq!(split_mount("/ab", is_mounted), None);
/// ```
pub fn split_mount(path: &str, is_mounted: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let mut prefix = path;
    loop {
        if is_mounted(prefix) {
            return Some((prefix, path.strip_prefix(prefix)?));
        }
        prefix = prefix.rsplit_once('/')?.0;
    }
}

/// Splits a port off a host; a colon inside brackets is an IPv6 address's.
fn split_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !host.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_from_the_right() {
        for (header, proxies, want) in [
            ("a", 0, None),
            ("", 1, None),
            ("a, b, c", 1, Some("c")),
            ("a, b, c", 3, Some("a")),
            ("a, b, c", 4, None),
            ("a, , b", 2, Some("a")),
            ("\"[::1]:80\", b", 2, Some("[::1]:80")),
            ("\"\"", 1, None),
        ] {
            assert_eq!(
                trusted_value(header, proxies).as_deref(),
                want,
                "{header} {proxies}"
            );
        }
    }

    #[test]
    fn ports_replace_ports() {
        let proxies = TrustedProxies {
            x_port: 1,
            ..TrustedProxies::default()
        };
        for (host, want) in [
            ("a", "a:5"),
            ("a:80", "a:5"),
            ("[::1]", "[::1]:5"),
            ("[::1]:80", "[::1]:5"),
        ] {
            let mut origin = Origin {
                host: Some(host.to_owned()),
                ..Origin::default()
            };
            proxies.correct(&mut origin, |_| Some("5".into()));
            assert_eq!(origin.host.as_deref(), Some(want));
        }
    }

    #[test]
    fn mounts_are_found() {
        for (path, want) in [
            ("/a", Some(("/a", ""))),
            ("/a/", Some(("/a", "/"))),
            ("/ab", None),
            ("/x/a", None),
            ("", None),
            ("a", None),
        ] {
            assert_eq!(split_mount(path, |prefix| prefix == "/a"), want, "{path}");
        }
        assert_eq!(split_mount("/x", str::is_empty), Some(("", "/x")));
    }
}
