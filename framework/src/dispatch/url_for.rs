//! URLs of endpoints, checked by the compiler and finished by a request.

use std::any::type_name;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;

use rustzeug_routing::BuildError;
use rustzeug_routing::BuildOptions;
use rustzeug_routing::MapAdapter;
use rustzeug_routing::Value;

use super::options::adapter;
use super::site::LevelInfo;
use super::site::SiteMap;
use crate::request::Request;
use crate::request::Route;

/// The URL of an endpoint of the application `A`: made by [`url_for!`](crate::url_for), made text
/// by [`Request::url_for`].
///
/// An application does not know where it is mounted, a request does; so a wrong prefix is
/// impossible.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// struct Blog;
///
/// #[application]
/// impl Blog {
///     #[route("/archive/<int:year>")]
///     async fn archive(&self, year: u16) -> String {
///         format!("posts of {year}")
///     }
///
///     #[route("/")]
///     async fn index(&self, request: &Request) -> Result<Redirect> {
///         let archive = request.url_for(&url_for!(Blog::archive { year: 2024 }, page = 2))?;
///         Ok(redirect(archive))
///     }
/// }
/// # fn main() {}
/// ```
pub struct UrlFor<A: ?Sized> {
    endpoint: String,
    values: UrlValues,
    external: bool,
    anchor: Option<String>,
    app: PhantomData<fn(&A)>,
}

/// Values for a URL.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UrlValues(Vec<(&'static str, Value)>);

/// Why a URL cannot be made.
#[derive(Debug)]
pub struct UrlError {
    text: String,
    source: Option<BuildError>,
}

/// The variables of an endpoint.
pub trait UrlArgs {
    /// Puts the values in.
    fn values(&self, values: &mut UrlValues);
}

/// An application has an endpoint; the number stands for its name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no endpoint of this name",
    label = "no such handler in `{Self}`",
    note = "an endpoint is a function of the `#[application]` that carries `#[route]`"
)]
pub trait Endpoint<const NAME: u64> {
    /// Its variables.
    type Args<'a>: UrlArgs;
    /// Its name.
    const NAME: &'static str;
}

/// An application has a mount; the number stands for its name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no mount of this name",
    label = "no such `#[mount]` in `{Self}`",
    note = "write the names of mounts between the application and the endpoint: \
            `url_for!(Site::admin::user {{ id: 7 }})`"
)]
pub trait Mount<const NAME: u64> {
    /// The application that is mounted.
    type App;
}

/// The variables of an endpoint that has none.
#[derive(Debug)]
#[allow(
    clippy::exhaustive_structs,
    reason = "written by macros of the same version"
)]
pub struct NoArgs<'a> {
    /// As in the variables of other endpoints.
    pub __borrow: PhantomData<&'a ()>,
}

impl UrlArgs for NoArgs<'_> {
    fn values(&self, _: &mut UrlValues) {}
}

impl UrlValues {
    /// Adds a value.
    pub fn push(&mut self, name: &'static str, value: Value) {
        self.0.push((name, value));
    }
}

impl<A: ?Sized> UrlFor<A> {
    /// Used by `url_for!`.
    #[doc(hidden)]
    pub fn new(mounts: &[&str], endpoint: &str, args: &impl UrlArgs) -> Self {
        let mut values = UrlValues::default();
        args.values(&mut values);
        let mut name = String::new();
        for mount in mounts {
            name.push_str(mount);
            name.push('.');
        }
        name.push_str(endpoint);
        Self {
            endpoint: name,
            values,
            external: false,
            anchor: None,
            app: PhantomData,
        }
    }

    /// Adds an argument of the query.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.push(name, value.into());
        self
    }

    /// Adds what stands after `#`.
    #[must_use]
    pub fn anchor(mut self, anchor: impl Into<String>) -> Self {
        self.anchor = Some(anchor.into());
        self
    }

    /// Asks for scheme and host as well.
    #[must_use]
    pub fn external(mut self) -> Self {
        self.external = true;
        self
    }

    /// The text below the root, outside a request.
    pub(super) fn build_at_root(&self, site: &SiteMap) -> Result<String, BuildError> {
        let name = site.server_name.as_deref();
        let adapter = name.and_then(|name| site.map.bind(name).ok());
        let adapter =
            adapter.unwrap_or_else(|| site.map.bind("localhost").expect("`localhost` is a host"));
        self.build(&adapter, &self.endpoint, Vec::new())
    }

    fn build(
        &self,
        adapter: &MapAdapter<'_>,
        endpoint: &str,
        prefix: Vec<(String, Value)>,
    ) -> Result<String, BuildError> {
        let mut options = BuildOptions::new();
        options.force_external = self.external;
        let own = self
            .values
            .0
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        let mut url = adapter.build_with(endpoint, prefix.into_iter().chain(own), &options)?;
        if let Some(anchor) = &self.anchor {
            url.push('#');
            rustzeug_routing::path_quote_into(anchor, &mut url);
        }
        Ok(url)
    }
}

impl Request {
    /// The text of a URL: with the prefix under which its application is mounted, and the script
    /// root.
    ///
    /// Prefixes with variables get the values they have in this request.
    ///
    /// # Errors
    ///
    /// A value that its converter refuses; an application that this request's application does
    /// not hold, or holds at several places.
    pub fn url_for<A: ?Sized>(&self, url: &UrlFor<A>) -> Result<String, UrlError> {
        let site = self
            .route()
            .site
            .as_ref()
            .and_then(|site| site.downcast_ref::<SiteMap>());
        let Some(site) = site else {
            return Err(UrlError::new(
                "no `#[application]` answers this request".to_owned(),
            ));
        };
        let level = level_for(site, type_name::<A>(), self.endpoint_prefix())?;
        let Some(adapter) = adapter(site, self) else {
            return Err(UrlError::new(format!("`{}` is no host", self.host())));
        };
        let endpoint = format!("{}{}", level.endpoints, url.endpoint);
        let mut prefix = self.prefix_values(site, level);
        // What is given stands for what this request has.
        prefix.retain(|(name, _)| !url.values.0.iter().any(|(given, _)| given == name));
        url.build(&adapter, &endpoint, prefix)
            .map_err(|error| UrlError {
                text: format!("the URL of `{endpoint}` cannot be built"),
                source: Some(error),
            })
    }

    /// `admin.users.` of `admin.users.show`.
    fn endpoint_prefix(&self) -> &str {
        let endpoint = self.route().endpoint();
        endpoint.rfind('.').map_or("", |dot| &endpoint[..=dot])
    }

    /// What the variables of a prefix are in this request, as far as it has them.
    fn prefix_values(&self, site: &SiteMap, level: &LevelInfo) -> Vec<(String, Value)> {
        let here = self.endpoint_prefix();
        let Some(current) = site.levels.iter().find(|known| known.endpoints == here) else {
            return Vec::new();
        };
        let Route { captures, host, .. } = self.route();
        let mine = current.variables.iter().enumerate();
        let mine = mine.map(|(index, variable)| (captures.hosts() + index, variable));
        let hosts = current.host_variables.iter().enumerate();
        let wanted = level.variables.iter().chain(&level.host_variables);
        mine.chain(hosts)
            .filter(|(_, (name, _))| wanted.clone().any(|(known, _)| known == name))
            .filter_map(|(index, (name, kind))| {
                let text = captures.get_with_host(index, host, self.path());
                Some((name.clone(), kind.parse(text)?))
            })
            .collect()
    }
}

/// Where an application is: on the way of this request, or at its only place.
fn level_for<'s>(site: &'s SiteMap, app: &str, here: &str) -> Result<&'s LevelInfo, UrlError> {
    let all = || site.levels.iter().filter(|level| level.app == app);
    let near = all().filter(|level| here.starts_with(&level.endpoints));
    if let Some(level) = near.max_by_key(|level| level.endpoints.len()) {
        return Ok(level);
    }
    let mut all = all();
    match (all.next(), all.next()) {
        (Some(level), None) => Ok(level),
        (None, _) => Err(UrlError::new(format!(
            "`{app}` is not mounted in `{}`, which answers this request",
            site.levels[0].app
        ))),
        (Some(first), Some(second)) => Err(UrlError::new(format!(
            "`{app}` is mounted at `{}` and at `{}`: name the way, \
             `url_for!(Root::mount::endpoint)`",
            first.prefix, second.prefix
        ))),
    }
}

impl UrlError {
    fn new(text: String) -> Self {
        Self { text, source: None }
    }
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for UrlError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}

impl<A: ?Sized> Clone for UrlFor<A> {
    fn clone(&self) -> Self {
        Self {
            endpoint: self.endpoint.clone(),
            values: self.values.clone(),
            external: self.external,
            anchor: self.anchor.clone(),
            app: PhantomData,
        }
    }
}

impl<A: ?Sized> fmt::Debug for UrlFor<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UrlFor")
            .field("app", &type_name::<A>())
            .field("endpoint", &self.endpoint)
            .field("values", &self.values)
            .finish_non_exhaustive()
    }
}
