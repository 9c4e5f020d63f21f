//! The JSON body, read into a type.

use std::future::Future;
use std::future::ready;

use serde::de::DeserializeOwned;

use super::Extracted;
use super::FromRequest;
use super::has_no_body;
use crate::exceptions::HttpException;
use crate::request::Request;
use crate::response::Json;

/// Another content type is 415, malformed JSON or one that does not fit is 400, a body beyond the
/// limits is 413. `Option<Json<T>>` is `None` where there is no body.
impl<'r, A: ?Sized, T: DeserializeOwned + Send> FromRequest<'r, A> for Json<T> {
    type Error = HttpException;

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let future: Extracted<Self> = ready(request.json().map(Json));
        future
    }

    fn is_absent(request: &'r Request, _: &'r A) -> bool {
        has_no_body(request)
    }
}
