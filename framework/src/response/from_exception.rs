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
#[must_use]
pub fn render(exception: HttpException, request: Option<&Request>) -> Response {
    let mut response = if request.is_some_and(prefers_json) {
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

/// Whether JSON is named and HTML is not.
fn prefers_json(request: &Request) -> bool {
    let Some(accept) = request.header(header::ACCEPT.as_str()) else {
        return false;
    };
    accept.contains("json") && !accept.contains("html")
}
