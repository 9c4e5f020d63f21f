//! The rule that matched a request.

use std::any::Any;
use std::sync::Arc;

use rustzeug_routing::Captures;

/// The rule that matched a request, and where its variables are in the path.
///
/// Werkzeug's `request.url_rule`, `request.endpoint` and `request.view_args`.
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// Spans of the URL variables; memory that is used again for each request.
    pub(crate) captures: Captures,
    /// What those of the host are spans of: the host or the subdomain.
    pub(crate) host: String,
    pub(crate) rule: &'static str,
    pub(crate) endpoint: &'static str,
    /// What `dispatch` builds URLs with; kept when the request is used again, so that the count
    /// of its owners, which all workers share, is seldom touched.
    pub(crate) site: Option<Arc<dyn Any + Send + Sync>>,
}

impl Route {
    /// The text of the rule, with the prefixes of its mounts; empty where none matched.
    #[must_use]
    pub fn rule(&self) -> &str {
        self.rule
    }

    /// The endpoint: the handler's name, after the names of the mounts that lead to it
    /// (`admin.user`); empty where no rule matched.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.endpoint
    }
}
