//! Several applications under one roof.

use std::fmt;

use crate::application::Application;
use crate::application::Description;
use crate::application::IntoApplication;
use crate::application::Reply;
use crate::application::StartError;
use crate::grammar::forwarded::split_mount;
use crate::request::Request;

/// Sends requests to applications by the beginning of their path: Werkzeug's
/// `DispatcherMiddleware`.
///
/// The longest mount that fits wins; the application sees the path below it, and
/// [`script_root`](Request::script_root) says where it is. Applications mounted so know nothing of
/// each other; parts of one application are mounted with `#[mount]`, which `url_for!` understands.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::Dispatcher;
/// use rustzeug::prelude::*;
///
/// # struct Site;
/// # #[application]
/// # impl Site {}
/// # struct Api;
/// # #[application]
/// # impl Api {}
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let app = Dispatcher::new(Site)?.mount("/api", Api)?;
/// # Ok(())
/// # }
/// ```
pub struct Dispatcher {
    default: Box<dyn Application>,
    mounts: Vec<(String, Box<dyn Application>)>,
}

impl Dispatcher {
    /// Makes a dispatcher of the application that answers what no mount does.
    ///
    /// # Errors
    ///
    /// An application that cannot start.
    pub fn new(default: impl IntoApplication) -> Result<Self, StartError> {
        Ok(Self {
            default: Box::new(default.into_application()?),
            mounts: Vec::new(),
        })
    }

    /// Mounts an application under a prefix such as `/api`.
    ///
    /// # Errors
    ///
    /// An application that cannot start, or a prefix that does not begin with a slash, ends with
    /// one, or is taken.
    pub fn mount(mut self, prefix: &str, app: impl IntoApplication) -> Result<Self, StartError> {
        if !prefix.starts_with('/') || prefix.ends_with('/') {
            let text = format!("a mount begins with a slash and does not end with one: `{prefix}`");
            return Err(StartError::new(text));
        }
        if self.mounts.iter().any(|(taken, _)| taken == prefix) {
            return Err(StartError::new(format!(
                "two applications are mounted at `{prefix}`"
            )));
        }
        self.mounts
            .push((prefix.to_owned(), Box::new(app.into_application()?)));
        Ok(self)
    }

    fn find(&self, prefix: &str) -> Option<&dyn Application> {
        self.mounts
            .iter()
            .find(|(mount, _)| mount == prefix)
            .map(|(_, app)| &**app)
    }
}

impl Application for Dispatcher {
    fn call<'a>(&'a self, request: &'a mut Request) -> Reply<'a> {
        let split = split_mount(request.path(), |prefix| self.find(prefix).is_some());
        let Some((prefix, rest)) = split else {
            return self.default.call(request);
        };
        let Some(app) = self.find(prefix) else {
            return self.default.call(request);
        };
        let root = format!("{}{prefix}", request.script_root());
        let path = if rest.is_empty() {
            "/".to_owned()
        } else {
            rest.to_owned()
        };
        request.set_paths(&root, &path);
        app.call(request)
    }

    fn describe(&self) -> Description {
        let mut description = self.default.describe();
        for (prefix, app) in &self.mounts {
            description.add_below(prefix, app.describe());
        }
        description
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mounts = self
            .mounts
            .iter()
            .map(|(prefix, _)| prefix)
            .collect::<Vec<_>>();
        f.debug_struct("Dispatcher")
            .field("mounts", &mounts)
            .finish_non_exhaustive()
    }
}
