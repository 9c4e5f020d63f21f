//! The JSON body, read into a type.

use std::future::Future;
use std::future::ready;

use serde::de::DeserializeOwned;
use serde::de::IgnoredAny;

use super::Extracted;
use super::FromRequest;
use super::Misfit;
use super::fields;
use super::has_no_body;
use crate::exceptions::HttpException;
use crate::request::Request;
use crate::response::Json;

/// Another content type is 415; malformed JSON is 400, and so is what does not fit, with the way to
/// the value; a body beyond the limits is 413. `Option<Json<T>>` is `None` where there is no body.
impl<'r, A: ?Sized, T: DeserializeOwned + Send> FromRequest<'r, A> for Json<T> {
    type Error = HttpException;

    const IS_READY: bool = true;

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let future: Extracted<Self> = ready(read(request).map_err(HttpException::from));
        future
    }

    fn is_absent(request: &'r Request, _: &'r A) -> bool {
        has_no_body(request)
    }
}

/// Reads the document, or says what does not fit.
pub(super) fn read<T: DeserializeOwned>(request: &Request) -> Result<Json<T>, Misfit> {
    if !request.is_json() {
        request.json::<IgnoredAny>()?;
    }
    Ok(Json(fields::from_json(request.data()?)?))
}
