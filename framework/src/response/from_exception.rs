//! The one place where an exception becomes a response.

use http::HeaderValue;

use super::Response;
use crate::exceptions::HttpException;
use crate::request::Request;

/// Renders an exception: Werkzeug's page, or `application/problem+json` (RFC 9457) for a client
/// that would rather have JSON.
///
/// `request` is what the client prefers is read from; without one the answer is HTML.
#[must_use]
pub fn render(exception: HttpException, request: Option<&Request>) -> Response {
    render_as(exception, request.is_some_and(prefers_json))
}

/// As [`render`], for whoever asked the request before.
pub(crate) fn render_as(exception: HttpException, json: bool) -> Response {
    let mut response = if json {
        Response::typed(
            HeaderValue::from_static("application/problem+json"),
            exception.problem_json(),
        )
    } else {
        super::IntoResponse::into_response(super::Html(exception.body()))
    };
    response.set_status(exception.status());
    for (name, value) in exception.headers() {
        response.headers_mut().add(name.clone(), value.clone());
    }
    response.set_exception(exception);
    response
}

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
}
