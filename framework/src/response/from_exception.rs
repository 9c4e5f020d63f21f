//! The one place where an exception becomes a response.

use http::HeaderValue;
use http::header;

use super::Response;
use crate::exceptions::HttpException;
use crate::request::Request;

/// Renders an exception: Werkzeug's page, or `application/problem+json` (RFC 9457) for a client
/// that would rather have JSON.
///
/// `request` is what the client prefers is read from; without one the answer is HTML.
///
/// ```
/// use rustzeug::exceptions::NotFound;
/// use rustzeug::response::render;
///
/// let page = render(NotFound.into(), None);
/// assert_eq!((page.status().as_u16(), page.mimetype()), (404, "text/html".to_owned()));
/// ```
#[must_use]
pub fn render(exception: HttpException, request: Option<&Request>) -> Response {
    render_as(exception, request.is_some_and(prefers_json))
}

/// As [`render`], for whoever asked the request before.
pub(crate) fn render_as(exception: HttpException, is_json: bool) -> Response {
    let mut response = if is_json {
        Response::typed(PROBLEM, exception.problem_json())
    } else {
        super::IntoResponse::into_response(super::Html(exception.body()))
    };
    response.set_status(exception.status());
    for (name, value) in exception.headers() {
        response.headers_mut().add(name.clone(), value.clone());
    }
    response.set_exception(exception, !is_json);
    response
}

impl Response {
    /// Renders the exception again where the page was made before anybody knew that the client
    /// would rather have JSON. Whoever has the request and sends the response calls it.
    ///
    /// What was changed since stays: a body of somebody's own, and one that is packed already.
    #[inline]
    pub(crate) fn suit(&mut self, request: &Request) {
        if self.is_page() {
            self.suit_page(request);
        }
    }

    #[cold]
    fn suit_page(&mut self, request: &Request) {
        if self.headers().contains(header::CONTENT_ENCODING) || !prefers_json(request) {
            return;
        }
        if let Some(problem) = self.exception().map(HttpException::problem_json) {
            self.headers_mut().set(header::CONTENT_TYPE, PROBLEM);
            self.set_body(problem);
        }
    }
}

const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Whether the client would rather have JSON than HTML; whoever takes anything gets HTML.
pub(crate) fn prefers_json(request: &Request) -> bool {
    // Most requests that go wrong are a browser's: one look at the text settles them.
    if !request
        .header("accept")
        .is_some_and(|accept| accept.contains("json"))
    {
        return false;
    }
    let accept = request.accept_mimetypes();
    let json = accept.quality("application/json");
    json.max(accept.quality("application/problem+json")) > accept.quality("text/html")
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::body::Incoming;
    use crate::exceptions::NotFound;
    use crate::protocol::h1::Head;

    #[test]
    fn the_client_chooses_between_html_and_json() {
        for (accept, json) in [
            ("", false),
            ("*/*", false),
            ("text/html, application/json;q=0.9", false),
            ("application/json, text/html;q=0.9", true),
            ("application/json", true),
            ("application/problem+json, */*;q=0.1", true),
            ("application/json, */*", false),
        ] {
            let fields = [(&b"accept"[..], accept.as_bytes())];
            let head = Head::from_parts(Method::GET, "/", fields).unwrap();
            let request = Request::new(head, Incoming::empty());
            let response = render(NotFound.into(), Some(&request));
            assert_eq!(response.is_json(), json, "{accept}");
            assert_eq!(response.status().as_u16(), 404);
        }
    }

    #[test]
    fn a_page_made_too_early_is_made_again() {
        let fields = [(&b"accept"[..], &b"application/json"[..])];
        let head = Head::from_parts(Method::GET, "/", fields).unwrap();
        let request = Request::new(head, Incoming::empty());
        let mut page = render(NotFound.into(), None);
        page.headers_mut().set("x-a", "1");
        page.suit(&request);
        assert_eq!(
            page.content_type(),
            Some("application/problem+json"),
            "{page:?}"
        );
        assert_eq!(page.headers().get("x-a"), Some("1"));
        assert_eq!(page.status().as_u16(), 404);
        // What somebody made of it stays.
        let mut own = render(NotFound.into(), None);
        own.set_body("lost");
        own.suit(&request);
        assert_eq!(own.body().as_bytes(), Some(&b"lost"[..]));
        let mut packed = render(NotFound.into(), None);
        packed.headers_mut().set("content-encoding", "gzip");
        packed.suit(&request);
        assert!(!packed.is_json());
    }
}
