//! Sending a client elsewhere.

use http::HeaderValue;
use http::StatusCode;
use http::header;

use super::IntoResponse;
use super::Response;
use super::finish::absolute;
use crate::exceptions::InternalServerError;
use crate::exceptions::escape_html;
use crate::grammar::percent;
use crate::grammar::url;
use crate::request::Request;

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
    /// As it was given, for people.
    shown: String,
    /// As it is sent: a URI; `None` where it is none.
    location: Option<String>,
    status: StatusCode,
}

/// Sends the client to `location` with status 302; an IRI is turned into a URI.
///
/// What no URL can be made of (line breaks, a port that is none) is answered 500: the
/// handler's mistake, or somebody's try to add fields to the response.
///
/// ```
/// # use rustzeug::prelude::*;
/// assert_eq!(redirect("/ü").location(), "/%C3%BC");
/// ```
#[must_use]
pub fn redirect(location: impl Into<String>) -> Redirect {
    let shown = location.into();
    let is_text = !shown.contains(['\r', '\n']);
    let location = url::iri_to_uri(&shown).ok().filter(|_| is_text);
    Redirect {
        shown,
        location,
        status: StatusCode::FOUND,
    }
}

/// Sends the client to the URL of its request with a slash after the path, with status 308: the
/// method and the body stay what they are.
///
/// The location is relative (`42/` for `/user/42`), so it is right under any prefix. The path must
/// not end with a slash already, or browsers would go round in circles.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
/// use rustzeug::response::append_slash_redirect;
///
/// #[application]
/// fn application(request: &Request) -> Redirect {
///     append_slash_redirect(request)
/// }
/// # fn main() {}
/// ```
#[must_use]
pub fn append_slash_redirect(request: &Request) -> Redirect {
    let path = request.path();
    let tail = path.rsplit_once('/').map_or(path, |(_, tail)| tail);
    // A colon in the first segment would make it a scheme, other delimiters end the path.
    let mut location = if tail.is_empty() {
        "./".to_owned()
    } else {
        format!("{}/", percent::quote_path(tail))
    };
    if location.contains(':') {
        location.insert_str(0, "./");
    }
    let query = request.query_string();
    if !query.is_empty() {
        location.push('?');
        location.push_str(query);
    }
    redirect(location).permanent()
}

impl Redirect {
    /// Status 301: for good, and a POST may become a GET.
    ///
    /// ```
    /// # use rustzeug::prelude::*;
    /// assert_eq!(redirect("/a").moved_permanently().into_response().status(), 301);
    /// ```
    #[must_use]
    pub fn moved_permanently(mut self) -> Self {
        self.status = StatusCode::MOVED_PERMANENTLY;
        self
    }

    /// Status 303: look at the other place with GET; what follows a successful POST.
    ///
    /// ```
    /// # use rustzeug::prelude::*;
    /// assert_eq!(redirect("/a").see_other().into_response().status(), 303);
    /// ```
    #[must_use]
    pub fn see_other(mut self) -> Self {
        self.status = StatusCode::SEE_OTHER;
        self
    }

    /// Status 307: for now, with the same method and body.
    ///
    /// ```
    /// # use rustzeug::prelude::*;
    /// assert_eq!(redirect("/a").temporary().into_response().status(), 307);
    /// ```
    #[must_use]
    pub fn temporary(mut self) -> Self {
        self.status = StatusCode::TEMPORARY_REDIRECT;
        self
    }

    /// Status 308: for good, with the same method and body.
    ///
    /// ```
    /// # use rustzeug::prelude::*;
    /// assert_eq!(redirect("/a").permanent().into_response().status(), 308);
    /// ```
    #[must_use]
    pub fn permanent(mut self) -> Self {
        self.status = StatusCode::PERMANENT_REDIRECT;
        self
    }

    /// Another status. Browsers follow 301, 302, 303, 307 and 308.
    ///
    /// ```
    /// # use rustzeug::prelude::*;
    /// let choices = redirect("/a").with_status(StatusCode::MULTIPLE_CHOICES);
    /// assert_eq!(choices.into_response().status(), 300);
    /// ```
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Makes the location absolute, as seen from a request: Werkzeug's
    /// `autocorrect_location_header`, for clients older than RFC 7231.
    ///
    /// ```
    /// # use rustzeug::prelude::*;
    /// # let request = rustzeug::testing::EnvironBuilder::new("http://example.com/a/b").build()?;
    /// assert_eq!(redirect("c").absolute(&request).location(), "http://example.com/a/c");
    /// # Ok::<_, rustzeug::testing::BuildRequestError>(())
    /// ```
    #[must_use]
    pub fn absolute(mut self, request: &Request) -> Self {
        let location = self.location.as_deref();
        self.location = location.and_then(|location| absolute(request, location));
        self
    }

    /// Where to.
    ///
    /// ```
    /// # use rustzeug::prelude::*;
    /// assert_eq!(redirect("/a").location(), "/a");
    /// ```
    #[must_use]
    pub fn location(&self) -> &str {
        self.location.as_deref().unwrap_or(&self.shown)
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        let location = self.location.as_deref().map(HeaderValue::from_str);
        let Some(Ok(location)) = location else {
            let error = format!("no URL to redirect to: {:?}", self.shown);
            return InternalServerError.with_source(error).into_response();
        };
        let shown = escape_html(&self.shown);
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
        response.headers_mut().set(header::LOCATION, location);
        response
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::body::Incoming;
    use crate::protocol::h1::Head;

    fn request(target: &str) -> Request {
        let fields = [(&b"host"[..], &b"example.com"[..])];
        let head = Head::from_parts(Method::GET, target, fields).unwrap();
        Request::new(head, Incoming::empty())
    }

    #[test]
    fn slashes_are_appended() {
        for (target, want) in [
            ("/user/42", "42/"),
            ("/user/42?a=b%20c", "42/?a=b%20c"),
            ("/", "./"),
            ("/a%20b%3F", "a%20b%3F/"),
            ("/a:b", "./a:b/"),
            ("/%C3%BC", "%C3%BC/"),
        ] {
            let redirect = append_slash_redirect(&request(target));
            assert_eq!(redirect.location(), want, "{target}");
            assert_eq!(redirect.into_response().status().as_u16(), 308);
        }
    }

    #[test]
    fn locations_are_urls() {
        for (location, want) in [
            ("/ü?ä=b", Some("/%C3%BC?%C3%A4=b")),
            ("//evil.com", Some("//evil.com")),
            ("", Some("")),
            ("/a\r\nSet-Cookie: x=y", None),
            ("http://example.com:99999/", None),
        ] {
            let response = redirect(location).into_response();
            assert_eq!(response.location(), want, "{location:?}");
            let status = if want.is_some() { 302 } else { 500 };
            assert_eq!(response.status().as_u16(), status, "{location:?}");
        }
    }

    #[test]
    fn locations_become_absolute() {
        let request = request("/a/b?c");
        for (location, want) in [
            ("d", "http://example.com/a/d"),
            ("/d", "http://example.com/d"),
            ("?d", "http://example.com/a/b?d"),
            ("https://other/x", "https://other/x"),
        ] {
            assert_eq!(redirect(location).absolute(&request).location(), want);
        }
    }
}
