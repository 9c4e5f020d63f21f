//! The form, read into a type.

use std::future::Future;
use std::future::ready;
use std::ops::Deref;

use serde::de::DeserializeOwned;

use super::Extracted;
use super::FromRequest;
use super::Misfit;
use super::fields;
use super::has_no_body;
use crate::exceptions::BadRequest;
use crate::exceptions::HttpException;
use crate::exceptions::UnsupportedMediaType;
use crate::grammar::media_type;
use crate::grammar::query;
use crate::request::Request;

/// The form of the body, read into `T` with serde; urlencoded or multipart.
///
/// A name that stands several times fills a `Vec`, one that may be left out is an `Option` or
/// `#[serde(default)]`. Another content type is 415; a field that does not fit is 400, with its
/// name; a body beyond the limits is 413. `Option<Form<T>>` is `None` where there is no body. The
/// files of a multipart form are in [`Files`](super::Files).
///
/// # Examples
///
/// ```
/// use rustzeug::extract::Form;
/// use rustzeug::prelude::*;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Login {
///     name: String,
/// }
///
/// struct Site;
///
/// #[application]
/// impl Site {
///     #[route("/login", methods = ["POST"])]
///     async fn login(&self, Form(login): Form<Login>) -> String {
///         format!("hello {}", login.name)
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "made and taken apart by its users"
)]
pub struct Form<T>(pub T);

impl<T> Deref for Form<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'r, A: ?Sized, T: DeserializeOwned + Send> FromRequest<'r, A> for Form<T> {
    type Error = HttpException;

    const IS_READY: bool = true;

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let future: Extracted<Self> = ready(Self::read(request).map_err(HttpException::from));
        future
    }

    fn is_absent(request: &'r Request, _: &'r A) -> bool {
        has_no_body(request)
    }
}

impl<T: DeserializeOwned> Form<T> {
    /// Reads the form, or says what does not fit.
    pub(super) fn read(request: &Request) -> Result<Self, Misfit> {
        let content_type = request.header("content-type").unwrap_or("");
        let value = if media_type::is_of(content_type, URLENCODED) {
            let text = std::str::from_utf8(request.data()?);
            let text = text.map_err(|error| BadRequest.with_source(error))?;
            fields::from_pairs(text)?
        } else if media_type::is_of(content_type, MULTIPART) {
            let form = request.form_data()?;
            if let Some(error) = form.error() {
                return Err(error.to_exception().into());
            }
            // Text for the one reader of fields; what is in memory twice is small by its limit.
            fields::from_pairs(&query::encode(form.fields()))?
        } else {
            return Err(no_form(content_type).into());
        };
        Ok(Self(value))
    }
}

fn no_form(content_type: &str) -> HttpException {
    let media_type = content_type.split(';').next().unwrap_or("").trim();
    let got = match media_type {
        "" => "no Content-Type".to_owned(),
        other => format!("Content-Type '{other}'"),
    };
    let text = format!("A form was expected, but the request has {got}.");
    UnsupportedMediaType.with_description(text)
}

const MULTIPART: &str = "multipart/form-data";
const URLENCODED: &str = "application/x-www-form-urlencoded";
