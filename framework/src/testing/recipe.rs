//! Everything a request is made of, kept so that it can be made again for a redirect.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::Method;

use super::error::BuildRequestError;
use super::error::Kind;
use crate::body::Incoming;
use crate::datastructures::Headers;
use crate::grammar::percent;
use crate::grammar::url;
use crate::protocol::h1::Head;
use crate::request::ConnectionInfo;
use crate::request::Extensions;
use crate::request::Request;
use crate::request::RequestLimits;

/// A request that can be made any number of times.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    pub(super) method: Method,
    pub(super) scheme: &'static str,
    pub(super) host: String,
    /// Where the application is mounted, encoded, without a slash at its end.
    pub(super) script_root: String,
    /// Within the application, encoded, with a slash in front.
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: Headers,
    pub(super) body: Option<Bytes>,
    /// A body that comes piece by piece, instead.
    pub(super) pieces: Option<Vec<Bytes>>,
    pub(super) peer: Option<SocketAddr>,
    pub(super) limits: Option<RequestLimits>,
    pub(super) extensions: Vec<Leave>,
}

/// Leaves a value with a request, any number of times.
#[derive(Clone)]
pub(super) struct Leave(pub(super) Arc<dyn Fn(&Extensions) + Send + Sync>);

impl fmt::Debug for Leave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Leave")
    }
}

impl Recipe {
    pub(super) fn new() -> Self {
        Self {
            method: Method::GET,
            scheme: "http",
            host: "localhost".to_owned(),
            script_root: String::new(),
            path: "/".to_owned(),
            query: String::new(),
            headers: Headers::new(),
            body: None,
            pieces: None,
            peer: None,
            limits: None,
            extensions: Vec::new(),
        }
    }

    /// Takes scheme, host and script root from a URL.
    pub(super) fn set_base_url(&mut self, base: &str) -> Result<(), BuildRequestError> {
        let encoded = url::iri_to_uri(base).map_err(|e| Kind::Url(base.to_owned(), e))?;
        let parts = url::split_url(&encoded).map_err(|e| Kind::Url(base.to_owned(), e))?;
        let scheme = match &*parts.scheme {
            "http" => "http",
            "https" => "https",
            "ws" => "ws",
            "wss" => "wss",
            _ => return Err(Kind::BaseUrl(base.to_owned()).into()),
        };
        if parts.netloc.is_empty() || !parts.query.is_empty() || !parts.fragment.is_empty() {
            return Err(Kind::BaseUrl(base.to_owned()).into());
        }
        self.scheme = scheme;
        self.host = parts.netloc.into_owned();
        self.script_root = parts.path.trim_end_matches('/').to_owned();
        Ok(())
    }

    /// The URL as an address bar shows it.
    pub(super) fn url(&self) -> String {
        format!("{}://{}{}", self.scheme, self.host, self.target())
    }

    /// The path from the root of the host, encoded.
    pub(super) fn full_path(&self) -> String {
        format!("{}{}", self.script_root, self.path)
    }

    /// The name of the host, without its port.
    pub(super) fn server_name(&self) -> &str {
        match self.host.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or(rest),
            None => self.host.split(':').next().unwrap_or_default(),
        }
    }

    /// Makes the request; `cookies` is what a jar adds to what the caller set.
    pub(super) fn request(&self, cookies: Option<&str>) -> Result<Request, BuildRequestError> {
        let mut headers = self.headers.clone();
        if !headers.contains("host") {
            put(&mut headers, "host", &self.host)?;
        }
        if let Some(body) = &self.body
            && !headers.contains("content-length")
            && !headers.contains("transfer-encoding")
        {
            put(&mut headers, "content-length", &body.len().to_string())?;
        }
        if let Some(cookies) = cookies {
            let all = match headers.get("cookie") {
                Some(own) => format!("{own}; {cookies}"),
                None => cookies.to_owned(),
            };
            put(&mut headers, "cookie", &all)?;
        }
        let fields = headers.iter().map(|(name, value)| {
            let name: &[u8] = name.as_ref();
            (name, value.as_bytes())
        });
        let head = Head::from_parts(self.method.clone(), &self.target(), fields)?;
        let body = match (&self.body, &self.pieces) {
            (Some(body), _) => Incoming::buffered(body.clone()),
            (None, Some(pieces)) => Incoming::pieces(pieces.iter().cloned()),
            (None, None) => Incoming::empty(),
        };
        let mut request = Request::new(head, body);
        request.set_connection(ConnectionInfo {
            peer: self.peer,
            local: None,
            scheme: self.scheme,
        });
        for Leave(leave) in &self.extensions {
            leave(request.extensions());
        }
        if let Some(limits) = self.limits {
            request.set_limits(limits);
        }
        if !self.script_root.is_empty() {
            let root = percent::decode_path(self.script_root.as_bytes());
            let path = percent::decode_path(self.path.as_bytes());
            request.set_paths(&root, &path);
        }
        Ok(request)
    }

    /// What stands in the request line.
    fn target(&self) -> String {
        let mut target = self.full_path();
        if !self.query.is_empty() {
            target.push('?');
            target.push_str(&self.query);
        }
        target
    }
}

/// Sets a field, or says which one cannot be.
pub(super) fn put(headers: &mut Headers, name: &str, value: &str) -> Result<(), BuildRequestError> {
    let set = headers.try_set(name, value);
    set.map_err(|error| Kind::Header(name.to_owned(), error).into())
}
