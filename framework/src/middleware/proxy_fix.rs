//! What a trusted proxy says of the client.

use std::net::IpAddr;
use std::net::SocketAddr;

use http::HeaderValue;

use super::Middleware;
use super::Next;
use crate::request::Request;
use crate::response::Response;

/// Believes what so many proxies in front say of the client: Werkzeug's `ProxyFix`.
///
/// Each number says how many proxies set the field; the value so many places from the right is
/// taken. Set only what your proxies set: a client can write the fields, too, and a number that
/// is too high lets it.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::{Layer, ProxyFix};
/// use rustzeug::prelude::*;
///
/// # struct App;
/// # #[application]
/// # impl App {}
/// // One proxy, which sets X-Forwarded-For, -Proto and -Host.
/// let app = App.with(ProxyFix::new().x_for(1).x_proto(1).x_host(1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyFix {
    x_for: usize,
    x_proto: usize,
    x_host: usize,
    x_port: usize,
    x_prefix: usize,
}

impl Default for ProxyFix {
    fn default() -> Self {
        Self::new()
    }
}

impl ProxyFix {
    /// Believes one proxy in `X-Forwarded-For` and `X-Forwarded-Proto`, as Werkzeug.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            x_for: 1,
            x_proto: 1,
            x_host: 0,
            x_port: 0,
            x_prefix: 0,
        }
    }

    /// Proxies that set `X-Forwarded-For`; 0 ignores it.
    #[must_use]
    pub const fn x_for(mut self, proxies: usize) -> Self {
        self.x_for = proxies;
        self
    }

    /// Proxies that set `X-Forwarded-Proto`; 0 ignores it.
    #[must_use]
    pub const fn x_proto(mut self, proxies: usize) -> Self {
        self.x_proto = proxies;
        self
    }

    /// Proxies that set `X-Forwarded-Host`; 0 ignores it.
    #[must_use]
    pub const fn x_host(mut self, proxies: usize) -> Self {
        self.x_host = proxies;
        self
    }

    /// Proxies that set `X-Forwarded-Port`; 0 ignores it.
    #[must_use]
    pub const fn x_port(mut self, proxies: usize) -> Self {
        self.x_port = proxies;
        self
    }

    /// Proxies that set `X-Forwarded-Prefix`; 0 ignores it.
    #[must_use]
    pub const fn x_prefix(mut self, proxies: usize) -> Self {
        self.x_prefix = proxies;
        self
    }

    /// The value that the outermost trusted proxy wrote.
    fn trusted(request: &Request, name: &str, proxies: usize) -> Option<String> {
        if proxies == 0 {
            return None;
        }
        let all = request
            .headers()
            .get_list(name)
            .collect::<Vec<_>>()
            .join(",");
        let values = all.split(',').map(str::trim).collect::<Vec<_>>();
        let value = values
            .len()
            .checked_sub(proxies)
            .and_then(|place| values.get(place))?;
        (!value.is_empty()).then(|| (*value).to_owned())
    }

    /// Corrects the request.
    pub(crate) fn fix(&self, request: &mut Request) {
        let mut connection = *request.connection();
        if let Some(client) = Self::trusted(request, "x-forwarded-for", self.x_for) {
            connection.peer = address(&client);
        }
        if let Some(proto) = Self::trusted(request, "x-forwarded-proto", self.x_proto) {
            connection.scheme = if proto.eq_ignore_ascii_case("https") {
                "https"
            } else {
                "http"
            };
        }
        let host = Self::trusted(request, "x-forwarded-host", self.x_host);
        let port = Self::trusted(request, "x-forwarded-port", self.x_port);
        let prefix = Self::trusted(request, "x-forwarded-prefix", self.x_prefix);
        request.set_connection(connection);
        if let Some(host) = host {
            set_host(request, &host);
        }
        if let Some(port) = port {
            let host = request.header("host").unwrap_or_default();
            let name = without_port(host);
            if !name.is_empty() {
                let host = format!("{name}:{port}");
                set_host(request, &host);
            }
        }
        if let Some(prefix) = prefix {
            let path = request.path().to_owned();
            request.set_paths(&prefix, &path);
        }
    }
}

/// An address, with or without a port; what is no address (`unknown`) is nobody's.
fn address(text: &str) -> Option<SocketAddr> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address);
    }
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, 0))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, _)) if !name.contains(':') || name.ends_with(']') => name,
        _ => host,
    }
}

fn set_host(request: &mut Request, host: &str) {
    if let Ok(value) = HeaderValue::from_str(host) {
        request.headers_mut().set(http::header::HOST, value);
    }
}

impl Middleware for ProxyFix {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        self.fix(request);
        next.run(request).await
    }
}
