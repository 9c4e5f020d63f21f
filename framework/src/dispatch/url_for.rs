//! URLs of endpoints, checked by the compiler and finished by a request.

use std::any::type_name;
use std::borrow::Cow;
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
    /// The way from `A`: `admin.` for what is in its mount `admin`.
    mounts: String,
    handler: &'static str,
    values: UrlValues,
    form: UrlForm,
    app: PhantomData<fn(&A)>,
}

/// How a URL is written.
#[derive(Clone, Debug, Default)]
struct UrlForm {
    anchor: Option<String>,
    external: bool,
    method: Option<String>,
    scheme: Option<String>,
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
    /// The number again: what asks for it fails first, and alone, where there is no such endpoint.
    const NUMBER: u64 = NAME;
    /// Its variables.
    type Args<'a>: UrlArgs;
}

/// An application has the endpoint `static`: asked for by its name, so that the compiler can say how
/// to get one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no static folder",
    label = "no rule for static files in `{Self}`",
    note = "make a folder `static` beside `Cargo.toml` and compile this file again, or name one: \
            `#[application(static_folder = \"assets\")]`"
)]
pub trait StaticEndpoint {
    /// Stands for the name.
    const NUMBER: u64;
}

/// An application has a mount; the number stands for its name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no mount of this name",
    label = "no such `#[mount]` in `{Self}`",
    note = "write the names of mounts between the application and the endpoint: \
            `url_for!(Site::admin::user {{ id: 7 }})`"
)]
pub trait Mount<const NAME: u64> {
    /// The number again, as with an [`Endpoint`].
    const NUMBER: u64 = NAME;
    /// The application that is mounted; a view that is made for a request borrows for `'a`.
    type App<'a>: ?Sized;
    /// The variables of its prefix.
    type Args<'a>: UrlArgs;
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
    pub fn new(mounts: &[&str], handler: &'static str) -> Self {
        let mut way = String::new();
        for mount in mounts {
            way.push_str(mount);
            way.push('.');
        }
        Self {
            mounts: way,
            handler,
            values: UrlValues::default(),
            form: UrlForm::default(),
            app: PhantomData,
        }
    }

    /// Used by `url_for!`.
    #[doc(hidden)]
    #[must_use]
    pub fn args(mut self, args: &impl UrlArgs) -> Self {
        args.values(&mut self.values);
        self
    }

    /// Adds an argument of the query; a list repeats the name.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.push(name, value.into());
        self
    }

    /// Adds what stands after `#`.
    #[must_use]
    pub fn anchor(mut self, anchor: impl Into<String>) -> Self {
        self.form.anchor = Some(anchor.into());
        self
    }

    /// Asks for scheme and host as well.
    #[must_use]
    pub fn external(mut self) -> Self {
        self.form.external = true;
        self
    }

    /// Asks for this scheme, and with it for the host; a rule for WebSockets makes `ws` and `wss` of
    /// `http` and `https`.
    #[must_use]
    pub fn scheme(mut self, scheme: impl Into<String>) -> Self {
        self.form.scheme = Some(scheme.into());
        self
    }

    /// Asks for the URL that takes this method, where rules of one handler differ in it.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.form.method = Some(method.into());
        self
    }

    /// The text below the root, outside a request.
    pub(super) fn build_at_root(&self, site: &SiteMap) -> Result<String, BuildError> {
        let endpoint = site.endpoint(&self.mounts, self.handler);
        self.form
            .build(&root_adapter(site), &endpoint, self.values())
    }

    fn values(&self) -> Vec<(String, Value)> {
        let values = self.values.0.iter();
        values
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    }
}

/// The host of the site, as far as it is known outside a request.
fn root_adapter(site: &SiteMap) -> MapAdapter<'_> {
    let name = site.server_name.as_deref();
    let adapter = name.and_then(|name| site.map.bind(name).ok());
    adapter.unwrap_or_else(|| site.map.bind("localhost").expect("`localhost` is a host"))
}

impl UrlForm {
    fn build(
        &self,
        adapter: &MapAdapter<'_>,
        endpoint: &str,
        values: Vec<(String, Value)>,
    ) -> Result<String, BuildError> {
        let mut options = BuildOptions::new();
        options.force_external = self.external || self.scheme.is_some();
        options.method.clone_from(&self.method);
        options.url_scheme.clone_from(&self.scheme);
        let mut url = adapter.build_with(endpoint, values, &options)?;
        if let Some(anchor) = &self.anchor {
            url.push('#');
            rustzeug_routing::path_quote_into(anchor, &mut url);
        }
        Ok(url)
    }

    /// Takes `_anchor`, `_external`, `_method` and `_scheme` out of the values, as Flask does.
    fn take_from(values: &mut Vec<(String, Value)>) -> Self {
        let mut form = Self::default();
        values.retain(|(name, value)| {
            let text = || Some(value.to_string()).filter(|_| *value != Value::None);
            match &**name {
                "_anchor" => form.anchor = text(),
                "_external" => form.external = !matches!(value, Value::Bool(false) | Value::None),
                "_method" => form.method = text(),
                "_scheme" => form.scheme = text(),
                _ => return true,
            }
            false
        });
        form
    }
}

impl SiteMap {
    /// The full name of a handler's endpoint; what is not there is not found when it is built.
    fn endpoint(&self, level: &str, handler: &str) -> Cow<'static, str> {
        let entry = self
            .entries
            .iter()
            .find(|entry| entry.handler == handler && self.levels[entry.level].endpoints == level);
        // A mounted application without a folder of its own has the site's.
        let is_roots = || {
            let mut levels = self.levels.iter();
            let level = levels.find(|known| known.endpoints == level);
            handler == "static" && level.is_some_and(|level| level.definition.default_folder)
        };
        match entry {
            Some(entry) => Cow::Borrowed(entry.endpoint),
            None if is_roots() => Cow::Borrowed("static"),
            None => Cow::Owned(format!("{level}{handler}")),
        }
    }

    /// The URL of an endpoint by its full name, outside a request.
    pub(super) fn url_of(
        &self,
        endpoint: &str,
        mut values: Vec<(String, Value)>,
    ) -> Result<String, BuildError> {
        let form = UrlForm::take_from(&mut values);
        form.build(&root_adapter(self), endpoint, values)
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
        let site = self.site()?;
        let level = level_for(site, type_name::<A>(), &self.level(site).endpoints)?;
        let way = format!("{}{}", level.endpoints, url.mounts);
        let endpoint = site.endpoint(&way, url.handler);
        self.build_url(site, &endpoint, &url.form, url.values())
    }

    /// The text of the URL of an endpoint that is known by its name only when the program runs, as
    /// in a template: Flask's `url_for`.
    ///
    /// `endpoint` is the name of the handler, or what its rule says, with the names of the mounts
    /// before it: `admin.users.show`. With a dot in front it begins at the application that answers
    /// this request. Values that are no variables become the query; `_anchor`, `_external`,
    /// `_method` and `_scheme` are not values but say how the URL is written. Prefixes with
    /// variables get the values they have in this request.
    ///
    /// # Errors
    ///
    /// An endpoint that is not there (the error names the nearest), a variable without a value, a
    /// value that its converter refuses.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// struct Blog;
    ///
    /// #[application]
    /// impl Blog {
    ///     #[route("/archive/<int:year>")]
    ///     async fn archive(&self, request: &Request, year: u16) -> Result<String> {
    ///         let next = i128::from(year) + 1;
    ///         Ok(request.url_for_endpoint("archive", [("year", next), ("page", 2)])?)
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), StartError> {
    /// let client = Client::new(Blog)?;
    /// assert_eq!(client.get("/archive/2024").send().text(), "/archive/2025?page=2");
    /// # Ok(())
    /// # }
    /// ```
    pub fn url_for_endpoint<N: Into<String>, V: Into<Value>>(
        &self,
        endpoint: &str,
        values: impl IntoIterator<Item = (N, V)>,
    ) -> Result<String, UrlError> {
        let site = self.site()?;
        let values = values.into_iter();
        let mut values = values
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let form = UrlForm::take_from(&mut values);
        let endpoint = match endpoint.strip_prefix('.') {
            Some(own) => Cow::Owned(format!("{}{own}", self.level(site).endpoints)),
            None => Cow::Borrowed(endpoint),
        };
        self.build_url(site, &endpoint, &form, values)
    }

    fn site(&self) -> Result<&SiteMap, UrlError> {
        let site = self.route().site.as_ref();
        site.and_then(|site| site.downcast_ref::<SiteMap>())
            .ok_or_else(|| UrlError::new("no `#[application]` answers this request".to_owned()))
    }

    fn build_url(
        &self,
        site: &SiteMap,
        endpoint: &str,
        form: &UrlForm,
        given: Vec<(String, Value)>,
    ) -> Result<String, UrlError> {
        let Some(adapter) = adapter(site, self) else {
            return Err(UrlError::new(format!("`{}` is no host", self.host())));
        };
        let entry = site.entries.iter().find(|entry| entry.endpoint == endpoint);
        let mut values = match entry {
            Some(entry) => self.prefix_values(site, &site.levels[entry.level]),
            None => Vec::new(),
        };
        // What is given stands for what this request has.
        values.retain(|(name, _)| !given.iter().any(|(known, _)| known == name));
        values.extend(given);
        form.build(&adapter, endpoint, values)
            .map_err(|error| UrlError {
                text: format!("the URL of `{endpoint}` cannot be built"),
                source: Some(error),
            })
    }

    /// The application that answers this request.
    fn level<'s>(&self, site: &'s SiteMap) -> &'s LevelInfo {
        let level = site.levels.get(self.route().level);
        level.unwrap_or(&site.levels[0])
    }

    /// What the variables of a prefix are in this request, as far as it has them.
    fn prefix_values(&self, site: &SiteMap, level: &LevelInfo) -> Vec<(String, Value)> {
        let current = self.level(site);
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
            mounts: self.mounts.clone(),
            handler: self.handler,
            values: self.values.clone(),
            form: self.form.clone(),
            app: PhantomData,
        }
    }
}

impl<A: ?Sized> fmt::Debug for UrlFor<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UrlFor")
            .field("app", &type_name::<A>())
            .field("endpoint", &format_args!("{}{}", self.mounts, self.handler))
            .field("values", &self.values)
            .finish_non_exhaustive()
    }
}
