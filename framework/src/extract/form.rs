//! The form, read into a type.

use std::future::Future;
use std::future::ready;
use std::ops::Deref;

use rustzeug_routing::Value;
use rustzeug_routing::query_encode;
use serde::de::DeserializeOwned;

use super::Extracted;
use super::FromRequest;
use super::has_no_body;
use crate::exceptions::BadRequest;
use crate::exceptions::HttpException;
use crate::exceptions::UnsupportedMediaType;
use crate::request::Request;

/// The form of the body, read into `T` with serde; urlencoded or multipart.
///
/// A name that stands several times fills a `Vec`. Another content type is 415, fields that do not
/// fit are 400, a body beyond the limits is 413. `Option<Form<T>>` is `None` where there is no
/// body.
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

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let future: Extracted<Self> = ready(read(request).map(Form));
        future
    }

    fn is_absent(request: &'r Request, _: &'r A) -> bool {
        has_no_body(request)
    }
}

fn read<T: DeserializeOwned>(request: &Request) -> Result<T, HttpException> {
    let content_type = request.header("content-type").unwrap_or("");
    let media_type = content_type.split(';').next().unwrap_or("").trim();
    let is_form = FORMS
        .iter()
        .any(|form| media_type.eq_ignore_ascii_case(form));
    if !is_form {
        let got = match media_type {
            "" => "no Content-Type".to_owned(),
            other => format!("Content-Type '{other}'"),
        };
        let text = format!("A form was expected, but the request has {got}.");
        return Err(UnsupportedMediaType.with_description(text));
    }
    let form = request.form()?;
    let pairs: Vec<(&str, Value)> = form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().into()))
        .collect();
    let text = query_encode(pairs.iter().map(|(name, value)| (*name, value)));
    serde_html_form::from_str(&text).map_err(|error| BadRequest.with_source(error))
}

const FORMS: [&str; 2] = ["application/x-www-form-urlencoded", "multipart/form-data"];
