//! Binding a map: to parts by hand, or to those of a request.

use super::BindError;
use super::Map;
use super::MapAdapter;
use super::host::get_host;
use crate::Value;
use crate::query_encode;

/// What a map is bound to. Only the server name is needed.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Bind;
/// use rustzeug_routing::Map;
/// use rustzeug_routing::Rule;
///
/// let map = Map::from_rules([Rule::new("/").endpoint("index")])?;
/// let urls = map.bind(Bind::new("Example.com").script_name("/app").url_scheme("https"))?;
/// assert_eq!(urls.server_name(), "example.com");
/// assert_eq!(urls.build("index", [("q", 1)])?, "/app/?q=1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Bind {
    pub(super) server_name: String,
    pub(super) script_name: String,
    pub(super) subdomain: Option<String>,
    pub(super) url_scheme: String,
    pub(super) default_method: String,
    pub(super) path_info: String,
    pub(super) query_args: QueryArgs,
}

/// The query that redirects keep: text as it came, or names and values.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum QueryArgs {
    /// There is none.
    #[default]
    None,
    /// Names and values, to be encoded.
    Pairs(Vec<(String, Value)>),
    /// A query string, used as it is.
    Text(String),
}

impl QueryArgs {
    /// Returns the query string; empty for none.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::QueryArgs;
    ///
    /// let query = QueryArgs::Pairs(vec![("a".into(), "b c".into())]);
    /// assert_eq!(query.to_text(), "a=b+c");
    /// ```
    pub fn to_text(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Pairs(pairs) => query_encode(pairs.iter().map(|(k, v)| (k.as_str(), v))),
            Self::Text(text) => text.clone(),
        }
    }
}

impl Bind {
    /// Binds to that host, with its port if it has one.
    pub fn new(server_name: impl Into<String>) -> Self {
        Self {
            server_name: server_name.into(),
            script_name: "/".to_owned(),
            subdomain: None,
            url_scheme: "http".to_owned(),
            default_method: "GET".to_owned(),
            path_info: "/".to_owned(),
            query_args: QueryArgs::None,
        }
    }

    /// Sets where the application is mounted.
    #[must_use]
    pub fn script_name(mut self, script_name: impl Into<String>) -> Self {
        self.script_name = script_name.into();
        self
    }

    /// Sets the subdomain; without it the map's default is used.
    #[must_use]
    pub fn subdomain(mut self, subdomain: impl Into<String>) -> Self {
        self.subdomain = Some(subdomain.into());
        self
    }

    /// Sets the scheme; with `ws` and `wss` only WebSocket rules match.
    #[must_use]
    pub fn url_scheme(mut self, url_scheme: impl Into<String>) -> Self {
        self.url_scheme = url_scheme.into();
        self
    }

    /// Sets the method that is used where none is given.
    #[must_use]
    pub fn default_method(mut self, method: impl Into<String>) -> Self {
        self.default_method = method.into();
        self
    }

    /// Sets the path that is used where none is given.
    #[must_use]
    pub fn path_info(mut self, path_info: impl Into<String>) -> Self {
        self.path_info = path_info.into();
        self
    }

    /// Sets the query that redirects keep.
    #[must_use]
    pub fn query_args(mut self, query_args: QueryArgs) -> Self {
        self.query_args = query_args;
        self
    }
}

impl From<&str> for Bind {
    fn from(server_name: &str) -> Self {
        Self::new(server_name)
    }
}

impl From<String> for Bind {
    fn from(server_name: String) -> Self {
        Self::new(server_name)
    }
}

/// The parts of a request that binding looks at; paths are percent-decoded.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::BindRequest;
/// use rustzeug_routing::Map;
/// use rustzeug_routing::MapOptions;
///
/// let map = Map::new(MapOptions::new());
/// let request = BindRequest {
///     host: Some("blog.example.com"),
///     path_info: "/news",
///     ..BindRequest::default()
/// };
/// let urls = map.bind_to_request(&request, Some("example.com"), None)?;
/// assert_eq!((urls.subdomain(), urls.path_info()), (Some("blog"), "/news"));
/// # Ok::<(), rustzeug_routing::BindError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BindRequest<'a> {
    /// The scheme, `http` or `https`.
    pub scheme: &'a str,
    /// The method.
    pub method: &'a str,
    /// The `Host` header.
    pub host: Option<&'a str>,
    /// The address of the server: looked at only if there is no `Host` header.
    pub server: Option<(&'a str, u16)>,
    /// The `Connection` header.
    pub connection: Option<&'a str>,
    /// The `Upgrade` header.
    pub upgrade: Option<&'a str>,
    /// Where the application is mounted.
    pub script_name: &'a str,
    /// The path behind it.
    pub path_info: &'a str,
    /// The query string as it came.
    pub query_string: &'a str,
}

impl Default for BindRequest<'_> {
    fn default() -> Self {
        Self {
            scheme: "http",
            method: "GET",
            host: None,
            server: None,
            connection: None,
            upgrade: None,
            script_name: "",
            path_info: "/",
            query_string: "",
        }
    }
}

impl Map {
    /// Binds the map to a host and the rest.
    ///
    /// # Errors
    ///
    /// A server name that is no host, or a subdomain although the map matches hosts.
    pub fn bind(&self, to: impl Into<Bind>) -> Result<MapAdapter<'_>, BindError> {
        let mut bind: Bind = to.into();
        if self.options.table.host_matching {
            if bind.subdomain.is_some() {
                return Err(BindError::SubdomainOfHost);
            }
        } else if bind.subdomain.is_none() {
            bind.subdomain = Some(self.options.table.default_subdomain.clone());
        }
        let name = bind.server_name.to_lowercase();
        // The port is not part of the name, and might make a label too long.
        let (host, port) = match name.find(':') {
            Some(colon) => name.split_at(colon),
            None => (&*name, ""),
        };
        bind.server_name = (self.idna)(host).ok_or(BindError::BadHost)? + port;
        if !bind.script_name.ends_with('/') {
            bind.script_name.push('/');
        }
        Ok(MapAdapter::new(self, bind))
    }

    /// Binds the map to a request.
    ///
    /// With a `server_name` the subdomain is what the request's host has before it; a host that
    /// does not end with it has the subdomain `<invalid>`, which no rule should match. Without,
    /// the request's host is the server name and there is no subdomain. A request that asks for an
    /// upgrade to `websocket` is bound to `ws` or `wss`.
    ///
    /// # Errors
    ///
    /// As [`bind`](Self::bind).
    pub fn bind_to_request(
        &self,
        request: &BindRequest<'_>,
        server_name: Option<&str>,
        subdomain: Option<&str>,
    ) -> Result<MapAdapter<'_>, BindError> {
        let server = request.server;
        let current = get_host(request.scheme, request.host, server).to_lowercase();
        let scheme = request.websocket_scheme().unwrap_or(request.scheme);
        let server_name = match server_name {
            None => current.clone(),
            Some(name) => {
                let name = name.to_lowercase();
                let standard = match scheme {
                    "http" | "ws" => ":80",
                    "https" | "wss" => ":443",
                    _ => "",
                };
                name.strip_suffix(standard).unwrap_or(&name).to_owned()
            }
        };
        let subdomain = match subdomain {
            Some(subdomain) => Some(subdomain.to_owned()),
            None if self.options.table.host_matching => None,
            None => Some(subdomain_of(&current, &server_name)),
        };
        self.bind(Bind {
            server_name,
            script_name: request.script_name.to_owned(),
            subdomain,
            url_scheme: scheme.to_owned(),
            default_method: request.method.to_owned(),
            path_info: request.path_info.to_owned(),
            query_args: QueryArgs::Text(request.query_string.to_owned()),
        })
    }
}

impl BindRequest<'_> {
    fn websocket_scheme(&self) -> Option<&'static str> {
        let connection = self.connection.unwrap_or("").to_lowercase();
        let space = [' ', '\t'];
        let upgrade = connection
            .split(',')
            .any(|token| token.trim_matches(space) == "upgrade");
        let websocket = self
            .upgrade
            .is_some_and(|to| to.eq_ignore_ascii_case("websocket"));
        (upgrade && websocket).then_some(if self.scheme == "https" { "wss" } else { "ws" })
    }
}

fn subdomain_of(current: &str, server_name: &str) -> String {
    let current: Vec<&str> = current.split('.').collect();
    let server: Vec<&str> = server_name.split('.').collect();
    match current.strip_suffix(&*server) {
        Some(before) => {
            let labels = before.iter().copied().filter(|label| !label.is_empty());
            labels.collect::<Vec<_>>().join(".")
        }
        None => "<invalid>".to_owned(),
    }
}
