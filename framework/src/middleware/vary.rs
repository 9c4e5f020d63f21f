//! `Vary`, where a middleware's answer depends on a field of the request.

use http::HeaderValue;
use http::header;

use crate::response::Response;

/// Says that a response depends on a field.
///
/// Most responses depend on nothing yet: then nothing is read and nothing allocated.
pub(super) fn vary(response: &mut Response, name: &'static str) {
    if !response.headers().contains(header::VARY) {
        let value = HeaderValue::from_static(name);
        response.headers_mut().add(header::VARY, value);
    } else if !response.vary().contains("*") {
        // What the application has set may be no list; then it stays as it is.
        let _unchanged = response.add_vary(name);
    }
}
