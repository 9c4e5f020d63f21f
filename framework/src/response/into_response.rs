//! Everything a handler may return.

use std::borrow::Cow;
use std::convert::Infallible;

use bytes::Bytes;
use http::HeaderName;
use http::HeaderValue;
use http::StatusCode;
use serde::Serialize;

use super::Response;
use super::response::TEXT;
use crate::body::Body;
use crate::datastructures::Constant;
use crate::exceptions::ExceptionKind;
use crate::exceptions::HttpException;
use crate::exceptions::InternalServerError;

/// Everything a handler may return.
///
/// Text and bytes are answered with status 200, a tuple puts a status or fields before them, a
/// [`Result`] answers whichever it holds.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// let response = (StatusCode::CREATED, "made").into_response();
/// assert_eq!(response.status(), StatusCode::CREATED);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a handler",
    label = "not something a client can be answered with",
    note = "return text, bytes, `Html`, `Json`, `Response`, a status, a tuple `(status, body)`, or a `Result` of these",
    note = "for a file: `send_file(…).respond(request)`",
    note = "for a type of your own: implement `rustzeug::IntoResponse`, or return `Json(value)`"
)]
pub trait IntoResponse {
    /// Makes the response.
    fn into_response(self) -> Response;
}

/// Text of the type `text/html; charset=utf-8`.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// let response = Html("<p>hello").into_response();
/// assert_eq!(response.headers().get("content-type"), Some("text/html; charset=utf-8"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "made and taken apart by its users"
)]
pub struct Html<T>(pub T);

/// A value as `application/json`; as a parameter, the JSON body of the request.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// let response = Json([1, 2]).into_response();
/// assert_eq!(response.body().as_bytes(), Some(&b"[1,2]"[..]));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "made and taken apart by its users"
)]
pub struct Json<T>(pub T);

static HTML: Constant = Constant::content_type("content-type: text/html; charset=utf-8\r\n");
pub(super) static JSON: Constant = Constant::content_type("content-type: application/json\r\n");
static BYTES: Constant = Constant::content_type("content-type: application/octet-stream\r\n");

impl IntoResponse for Response {
    #[inline]
    fn into_response(self) -> Response {
        self
    }
}

/// Text: `text/plain; charset=utf-8`.
macro_rules! text {
    ($($kind:ty),*) => { $(
        impl IntoResponse for $kind {
            #[inline]
            fn into_response(self) -> Response {
                Response::of(&TEXT, self)
            }
        }
        impl IntoResponse for Html<$kind> {
            #[inline]
            fn into_response(self) -> Response {
                Response::of(&HTML, self.0)
            }
        }
    )* };
}

/// Bytes: `application/octet-stream`.
macro_rules! bytes {
    ($($kind:ty),*) => { $(
        impl IntoResponse for $kind {
            #[inline]
            fn into_response(self) -> Response {
                Response::of(&BYTES, self)
            }
        }
    )* };
}

text!(&'static str, String);
bytes!(&'static [u8], Vec<u8>, Bytes);

impl IntoResponse for Cow<'static, str> {
    fn into_response(self) -> Response {
        match self {
            Cow::Borrowed(text) => text.into_response(),
            Cow::Owned(text) => text.into_response(),
        }
    }
}

impl<const N: usize> IntoResponse for &'static [u8; N] {
    fn into_response(self) -> Response {
        Response::of(&BYTES, &self[..])
    }
}

impl IntoResponse for () {
    fn into_response(self) -> Response {
        Response::empty()
    }
}

impl IntoResponse for Body {
    fn into_response(self) -> Response {
        Response::of(&BYTES, self)
    }
}

impl IntoResponse for StatusCode {
    fn into_response(self) -> Response {
        Response::empty().with_status(self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    /// A value that cannot be serialised (a map whose keys are no text, a failing `Serialize`)
    /// answers 500.
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(text) => Response::of(&JSON, text),
            Err(error) => InternalServerError.with_source(error).into_response(),
        }
    }
}

impl<T: IntoResponse> IntoResponse for (StatusCode, T) {
    fn into_response(self) -> Response {
        self.1.into_response().with_status(self.0)
    }
}

impl<T: IntoResponse> IntoResponse for (u16, T) {
    /// A number that is no status answers 500: the handler's mistake.
    fn into_response(self) -> Response {
        match StatusCode::from_u16(self.0) {
            Ok(status) => self.1.into_response().with_status(status),
            Err(error) => InternalServerError.with_source(error).into_response(),
        }
    }
}

impl<T: IntoResponse, const N: usize> IntoResponse for ([(HeaderName, &'static str); N], T) {
    fn into_response(self) -> Response {
        (StatusCode::OK, self.0, self.1).into_response()
    }
}

impl<T: IntoResponse, const N: usize> IntoResponse
    for (StatusCode, [(HeaderName, &'static str); N], T)
{
    fn into_response(self) -> Response {
        let mut response = self.2.into_response();
        if self.0 != StatusCode::OK {
            response.set_status(self.0);
        }
        for (name, value) in self.1 {
            response
                .headers_mut()
                .set(name, HeaderValue::from_static(value));
        }
        response
    }
}

impl<T: IntoResponse, E: IntoResponse> IntoResponse for Result<T, E> {
    fn into_response(self) -> Response {
        match self {
            Ok(value) => value.into_response(),
            Err(error) => error.into_response(),
        }
    }
}

impl IntoResponse for Infallible {
    fn into_response(self) -> Response {
        match self {}
    }
}

#[diagnostic::do_not_recommend]
impl<K: ExceptionKind> IntoResponse for K {
    fn into_response(self) -> Response {
        super::render(self.into(), None)
    }
}

impl IntoResponse for HttpException {
    fn into_response(self) -> Response {
        super::render(self, None)
    }
}
