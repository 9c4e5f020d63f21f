//! An application and its routing table, ready to answer.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use http::Method;
use rustzeug_routing::BuildError;
use rustzeug_routing::Methods;
use rustzeug_routing::Outcome;
use rustzeug_routing::Table;
use rustzeug_routing::Value;
use smallvec::SmallVec;

use super::Args;
use super::Routes;
use super::UrlFor;
use super::options;
use super::site::AppType;
use super::site::Entry;
use super::site::SiteMap;
use super::site::SiteTable;
use super::trip::Leaf;
use super::trip::Trip;
use super::trip::is_ready;
use crate::application::Application;
use crate::application::Description;
use crate::application::Reply;
use crate::application::StartError;
use crate::application::matched;
use crate::request::Request;
use crate::response::Response;

/// An application bound to its routing table: what `#[application]` makes of a type when it is
/// served.
///
/// # Examples
///
/// ```
/// use rustzeug::dispatch::Bound;
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
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let bound = Bound::new(Blog)?;
/// assert_eq!(bound.url_for(&url_for!(Blog::archive { year: 2024 }))?, "/archive/2024");
/// # Ok(())
/// # }
/// ```
pub struct Bound<T> {
    app: T,
    site: Arc<SiteMap>,
}

impl<T: Routes + 'static> Bound<T> {
    /// Binds an application to the table of its rules and those of its mounts.
    ///
    /// # Errors
    ///
    /// Rules of different applications that can never match, converters of one name and
    /// different types, an application mounted in itself: all at once.
    pub fn new(app: T) -> Result<Self, StartError> {
        Ok(Self {
            app,
            site: Arc::new(SiteMap::new(AppType::of::<T>())?),
        })
    }

    /// The application.
    #[must_use]
    pub fn app(&self) -> &T {
        &self.app
    }

    /// Sets the host of the site, with the port if it is not the scheme's: Flask's `SERVER_NAME`.
    ///
    /// What a request's host has in front of it is the subdomain that rules are found by; a request
    /// to any other host finds none. With `host_matching` it changes nothing that is found.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::dispatch::Bound;
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// struct Site;
    ///
    /// #[application]
    /// impl Site {
    ///     #[route("/")]
    ///     async fn index(&self) -> &'static str {
    ///         "site"
    ///     }
    ///
    ///     #[route("/", subdomain = "api")]
    ///     async fn api(&self) -> &'static str {
    ///         "api"
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), StartError> {
    /// let client = Client::new(Bound::new(Site)?.server_name("example.com"))?;
    /// let get = |host| client.get("/").base_url(host).send();
    /// assert_eq!(get("http://example.com").text(), "site");
    /// assert_eq!(get("http://api.example.com").text(), "api");
    /// assert_eq!(get("http://www.example.com").status(), 404);
    /// assert_eq!(get("http://other.org").status(), 404);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        if let Some(site) = Arc::get_mut(&mut self.site) {
            site.set_server_name(name.into());
        }
        self
    }

    /// The text of a URL, outside a request: a path below the root.
    ///
    /// # Errors
    ///
    /// A value that its converter refuses.
    pub fn url_for(&self, url: &UrlFor<T>) -> Result<String, BuildError> {
        url.build_at_root(&self.site)
    }

    /// The text of the URL of an endpoint that is known by its full name only when the program
    /// runs; as [`Request::url_for_endpoint`], outside a request.
    ///
    /// # Errors
    ///
    /// An endpoint that is not there, a variable without a value, a value that its converter
    /// refuses.
    pub fn url_for_endpoint<N: Into<String>, V: Into<Value>>(
        &self,
        endpoint: &str,
        values: impl IntoIterator<Item = (N, V)>,
    ) -> Result<String, BuildError> {
        let values = values.into_iter();
        let values = values.map(|(name, value)| (name.into(), value.into()));
        self.site.url_of(endpoint, values.collect())
    }

    /// The table that was made at compile time, where there is one, else the one in `built`.
    #[inline]
    fn table<'a>(&'a self, built: &'a mut Option<Table<'a>>) -> &'a Table<'a> {
        match &self.site.table {
            SiteTable::Made(table) => table,
            SiteTable::Built(table) => built.insert(table.as_table()),
        }
    }

    /// A rule takes the request.
    #[inline]
    fn found<'a>(&'a self, entry: &'a Entry, request: &'a mut Request) -> Reply<'a> {
        if let Some(limits) = &entry.limits {
            limits.apply(request);
        }
        let needs = entry.needs;
        if entry.level == 0 && !T::DEFINITION.hooks.any() && is_ready(request, needs) {
            let request: &'a Request = request;
            return self.app.route(entry.index, request, Args::new(request, 0));
        }
        let leaf = Leaf::Rule {
            index: entry.index,
            needs,
        };
        self.set_out(entry.level, leaf, request)
    }

    /// No rule takes the request.
    #[cold]
    fn missed<'a>(&'a self, response: Response, request: &'a mut Request) -> Reply<'a> {
        let (path, _, route) = request.route_parts();
        let level = self.site.level_of(&route.host, path, &mut route.captures);
        if !level.definition.hooks.any() && !T::DEFINITION.hooks.any() && level.steps.len() < 2 {
            return Reply::Ready(response);
        }
        let mut levels = self.site.levels.iter();
        let level = levels.position(|known| std::ptr::eq(known, level));
        route.level = level.unwrap_or(0);
        let level = route.level;
        self.set_out(level, Leaf::Answer(response), request)
    }

    fn set_out<'a>(&'a self, level: usize, leaf: Leaf, request: &'a mut Request) -> Reply<'a> {
        let mounts = &self.site.levels[level].steps;
        let trip = Trip {
            request,
            chain: SmallVec::new(),
            mounts,
            leaf,
            variables: 0,
        };
        trip.go(&self.app)
    }
}

impl<T: Routes + 'static> Application for Bound<T> {
    fn call<'a>(&'a self, request: &'a mut Request) -> Reply<'a> {
        let mut built = None;
        let table = self.table(&mut built);
        let websocket = self.site.has_websockets && is_websocket(request);
        let host = self
            .site
            .has_hosts
            .then(|| options::host(&self.site, request));
        let (path, method, route) = request.route_parts();
        keep_site(&mut route.site, &self.site);
        let method = methods(table, method);
        let outcome = match &host {
            None => table.find(path, method, websocket, &mut route.captures),
            Some(host) => table.find_host(host, path, method, websocket, &mut route.captures),
        };
        if let Some(host) = host {
            route.host = host;
        }
        if let Outcome::Found(rule) = outcome {
            let entry = &self.site.entries[rule as usize];
            route.rule = entry.rule;
            route.endpoint = entry.endpoint;
            route.level = entry.level;
            matched(entry.rule, entry.endpoint);
            if entry.may_redirect
                && let Err(error) = options::matched(&self.site, request)
            {
                let response = options::refused(error, request);
                return self.missed(response, request);
            }
            return self.found(entry, request);
        }
        let response = options::answer(&outcome, table, &self.site, request);
        self.missed(response, request)
    }

    fn describe(&self) -> Description {
        self.site.describe()
    }
}

/// The two methods that nearly all requests have cost a comparison, not a look at their text.
#[inline]
fn methods(table: &Table<'_>, method: &Method) -> Methods {
    if *method == Method::GET {
        Methods::GET
    } else if *method == Method::POST {
        Methods::POST
    } else {
        table.method(method.as_str())
    }
}

/// Leaves the site where `url_for` finds it; a request that is used again mostly has it already.
#[inline]
fn keep_site(place: &mut Option<Arc<dyn Any + Send + Sync>>, site: &Arc<SiteMap>) {
    let same = place
        .as_ref()
        .is_some_and(|known| std::ptr::addr_eq(Arc::as_ptr(known), Arc::as_ptr(site)));
    if !same {
        *place = Some(site.clone());
    }
}

fn is_websocket(request: &Request) -> bool {
    let has = |name, word: &str| {
        request
            .header(name)
            .is_some_and(|value| value.to_ascii_lowercase().contains(word))
    };
    has("upgrade", "websocket") && has("connection", "upgrade")
}

impl<T> fmt::Debug for Bound<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound")
            .field("rules", &self.site.entries.len())
            .finish_non_exhaustive()
    }
}
