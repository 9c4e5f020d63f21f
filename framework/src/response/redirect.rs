//! Sending a client elsewhere.

use http::StatusCode;
use http::header;

use super::IntoResponse;
use super::Response;
use crate::datastructures::Headers;
use crate::exceptions::escape_html;
use crate::grammar::url;

/// Sends the client elsewhere: Werkzeug's `redirect`.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// let response = redirect("/new").into_response();
/// assert_eq!(response.status(), StatusCode::FOUND);
/// assert_eq!(response.headers().get("location"), Some("/new"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    location: String,
    status: StatusCode,
}

/// Sends the client to `location` with status 302; an IRI is turned into a URI.
#[must_use]
pub fn redirect(location: impl AsRef<str>) -> Redirect {
    let location = location.as_ref();
    // What no URL can be made of is sent as it is, if a field may carry it.
    let location = url::iri_to_uri(location).unwrap_or_else(|_| location.to_owned());
    Redirect {
        location,
        status: StatusCode::FOUND,
    }
}

impl Redirect {
    /// Status 301: for good, and a POST may become a GET.
    #[must_use]
    pub fn moved_permanently(mut self) -> Self {
        self.status = StatusCode::MOVED_PERMANENTLY;
        self
    }

    /// Status 303: look at the other place with GET; what follows a successful POST.
    #[must_use]
    pub fn see_other(mut self) -> Self {
        self.status = StatusCode::SEE_OTHER;
        self
    }

    /// Status 307: for now, with the same method and body.
    #[must_use]
    pub fn temporary(mut self) -> Self {
        self.status = StatusCode::TEMPORARY_REDIRECT;
        self
    }

    /// Status 308: for good, with the same method and body.
    #[must_use]
    pub fn permanent(mut self) -> Self {
        self.status = StatusCode::PERMANENT_REDIRECT;
        self
    }

    /// Where to.
    #[must_use]
    pub fn location(&self) -> &str {
        &self.location
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        let shown = escape_html(&self.location);
        let mut body = String::with_capacity(200 + 2 * shown.len());
        body.push_str(
            "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n\
             <h1>Redirecting...</h1>\n<p>You should be redirected automatically to the target \
             URL: <a href=\"",
        );
        body.push_str(&shown);
        body.push_str("\">");
        body.push_str(&shown);
        body.push_str("</a>. If not, click the link.\n");
        let mut response = super::Html(body).into_response();
        response.set_status(self.status);
        set_location(response.headers_mut(), &self.location);
        response
    }
}

/// `iri_to_uri` leaves nothing that a field value does not allow; what is refused all the same
/// is left out, because a redirect without a place is better than a split response.
fn set_location(headers: &mut Headers, location: &str) {
    let _refused = headers.try_set(header::LOCATION, location);
}
