//! JSON bodies.

use serde::de::DeserializeOwned;

use super::Request;
use crate::exceptions::BadRequest;
use crate::exceptions::HttpException;
use crate::exceptions::UnsupportedMediaType;
use crate::grammar::media_type;

impl Request {
    /// Whether the Content-Type is JSON: `application/json` or `application/*+json`.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.header("content-type").is_some_and(|value| {
            let essence = media_type::essence(value);
            essence.eq_ignore_ascii_case("application/json")
                || essence
                    .split_once('/')
                    .is_some_and(|(kind, sub)| {
                        kind.eq_ignore_ascii_case("application")
                            && sub.len() > 5
                            && sub
                                .get(sub.len() - 5..)
                                .is_some_and(|end| end.eq_ignore_ascii_case("+json"))
                    })
        })
    }

    /// Parses the body as JSON.
    ///
    /// # Errors
    ///
    /// 415 where the Content-Type is not JSON, 400 with the place where the text is malformed or
    /// does not fit `T`, 413 beyond the limit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, HttpException> {
        if !self.is_json() {
            return Err(UnsupportedMediaType
                .with_description(
                    "Did not attempt to load JSON data because the request Content-Type was not \
                     'application/json'.",
                )
                .into());
        }
        serde_json::from_slice(self.data()?).map_err(|error| {
            BadRequest
                .with_description(format!("Failed to decode JSON object: {error}"))
                .with_source(error)
        })
    }
}
