//! The rule that matched a request.

use std::any::Any;
use std::sync::Arc;

use rustzeug_routing::Captures;

/// The rule that matched a request, and where its variables are in the path.
///
/// Werkzeug's `request.url_rule`, `request.endpoint` and `request.view_args`.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
/// use rustzeug::testing::Client;
///
/// struct Shop;
///
/// #[application]
/// impl Shop {
///     #[route("/item/<int:id>")]
///     async fn item(&self, request: &Request, id: u32) -> String {
///         format!("{} by {}, {id}", request.route().endpoint(), request.route().rule())
///     }
/// }
///
/// # fn main() -> Result<(), StartError> {
/// assert_eq!(Client::new(Shop)?.get("/item/7").send().text(), "item by /item/<int:id>, 7");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// Spans of the URL variables; memory that is used again for each request.
    pub(crate) captures: Captures,
    /// What those of the host are spans of: the host or the subdomain.
    pub(crate) host: String,
    pub(crate) rule: &'static str,
    pub(crate) endpoint: &'static str,
    /// The number of the application that answers, in the order of `dispatch`.
    pub(crate) level: usize,
    /// What `dispatch` builds URLs with; kept when the request is used again, so that the count
    /// of its owners, which all workers share, is seldom touched.
    pub(crate) site: Option<Arc<dyn Any + Send + Sync>>,
}

impl Route {
    /// The text of the rule, with the prefixes of its mounts; empty where none matched.
    ///
    /// ```
    /// assert_eq!(rustzeug::request::Route::default().rule(), "");
    /// ```
    #[must_use]
    pub fn rule(&self) -> &str {
        self.rule
    }

    /// The endpoint: the handler's name, after the names of the mounts that lead to it
    /// (`admin.user`); empty where no rule matched.
    ///
    /// ```
    /// assert_eq!(rustzeug::request::Route::default().endpoint(), "");
    /// ```
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.endpoint
    }
}
