//! What a trusted proxy says of the client.

use std::borrow::Cow;
use std::net::IpAddr;
use std::net::SocketAddr;

use super::Middleware;
use super::Next;
use crate::application::Reply;
use crate::grammar::forwarded::Origin;
use crate::grammar::forwarded::TrustedProxies;
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
    proxies: TrustedProxies,
}

impl Default for ProxyFix {
    fn default() -> Self {
        Self::new()
    }
}

impl ProxyFix {
    /// Believes one proxy in `X-Forwarded-For` and `X-Forwarded-Proto`, as Werkzeug does.
    #[must_use]
    pub const fn new() -> Self {
        let proxies = TrustedProxies {
            x_for: 1,
            x_proto: 1,
            x_host: 0,
            x_port: 0,
            x_prefix: 0,
        };
        Self { proxies }
    }

    /// Proxies that set `X-Forwarded-For`; 0 ignores it.
    #[must_use]
    pub const fn x_for(mut self, proxies: usize) -> Self {
        self.proxies.x_for = proxies;
        self
    }

    /// Proxies that set `X-Forwarded-Proto`; 0 ignores it.
    #[must_use]
    pub const fn x_proto(mut self, proxies: usize) -> Self {
        self.proxies.x_proto = proxies;
        self
    }

    /// Proxies that set `X-Forwarded-Host`; 0 ignores it.
    #[must_use]
    pub const fn x_host(mut self, proxies: usize) -> Self {
        self.proxies.x_host = proxies;
        self
    }

    /// Proxies that set `X-Forwarded-Port`; 0 ignores it.
    #[must_use]
    pub const fn x_port(mut self, proxies: usize) -> Self {
        self.proxies.x_port = proxies;
        self
    }

    /// Proxies that set `X-Forwarded-Prefix`; 0 ignores it.
    #[must_use]
    pub const fn x_prefix(mut self, proxies: usize) -> Self {
        self.proxies.x_prefix = proxies;
        self
    }

    /// Whether a proxy that is believed says anything: a request that came another way costs a
    /// look at its fields.
    fn says_anything(&self, request: &Request) -> bool {
        let proxies = &self.proxies;
        [
            ("x-forwarded-for", proxies.x_for),
            ("x-forwarded-proto", proxies.x_proto),
            ("x-forwarded-host", proxies.x_host),
            ("x-forwarded-port", proxies.x_port),
            ("x-forwarded-prefix", proxies.x_prefix),
        ]
        .iter()
        .any(|(name, count)| *count > 0 && request.header(name).is_some())
    }

    /// Corrects the request.
    fn correct(&self, request: &mut Request) {
        if !self.says_anything(request) {
            return;
        }
        let mut connection = *request.connection();
        let local = connection.local;
        let mut origin = Origin {
            remote_addr: connection.peer.map(|peer| peer.ip().to_string()),
            scheme: connection.scheme.to_owned(),
            host: request.headers().get("host").map(str::to_owned),
            server_name: local.map_or_else(String::new, |local| local.ip().to_string()),
            server_port: local.map_or_else(String::new, |local| local.port().to_string()),
            root_path: request.script_root().to_owned(),
        };
        let before = (origin.host.clone(), origin.root_path.clone());
        // A client may send a field twice; together they are one list (RFC 9110 section 5.3).
        self.proxies.correct(&mut origin, |name| {
            let values = request.headers().get_list(name).collect::<Vec<_>>();
            (!values.is_empty()).then(|| Cow::Owned(values.join(",")))
        });
        connection.peer = match (connection.peer, &origin.remote_addr) {
            (Some(peer), Some(told)) if peer.ip().to_string() == *told => Some(peer),
            (_, told) => told.as_deref().and_then(address),
        };
        connection.scheme = match origin.scheme.to_ascii_lowercase().as_str() {
            "https" => "https",
            "wss" => "wss",
            "ws" => "ws",
            _ => "http",
        };
        request.set_connection(connection);
        if origin.host != before.0
            && let Some(host) = &origin.host
        {
            // What is no valid field value is not believed.
            let _refused = request
                .headers_mut()
                .try_set(http::header::HOST, host.as_str());
        }
        if origin.root_path != before.1 {
            let path = request.path().to_owned();
            request.set_paths(&origin.root_path, &path);
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

impl Middleware for ProxyFix {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        self.reply(request, next).await
    }

    fn reply<'a>(&'a self, request: &'a mut Request, next: Next<'a>) -> Reply<'a> {
        self.correct(request);
        next.run(request)
    }
}
