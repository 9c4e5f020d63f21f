//! The files of a form.

use std::future::Future;
use std::future::ready;
use std::ops::Deref;

use super::Extracted;
use super::FromRequest;
use super::has_no_body;
use crate::datastructures::MultiDict;
use crate::exceptions::HttpException;
use crate::exceptions::UnsupportedMediaType;
use crate::grammar::media_type;
use crate::request::FileStorage;
use crate::request::Request;

/// The files of a multipart form: by the names of their fields, in order.
///
/// They were read before the handler runs: small ones are in memory, large ones in a temporary file
/// that goes with the request. Text fields of the same form are in [`Form`](super::Form), which may
/// stand beside it. Another content type is 415, a malformed form is 400, one beyond the limits is
/// 413. `Option<Files>` is `None` where there is no body.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// struct Album;
///
/// #[application]
/// impl Album {
///     #[route("/photos", methods = ["POST"], limits(max_content_length = 50_000_000))]
///     fn add(&self, files: Files<'_>) -> Result<String> {
///         for photo in files.get_list("photo") {
///             photo.save(format!("/srv/{}", secure_filename(photo.filename())))?;
///         }
///         Ok(format!("{} photos", files.len()))
///     }
/// }
/// # use rustzeug::security::secure_filename;
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Files<'r> {
    files: &'r MultiDict<String, FileStorage>,
}

impl Deref for Files<'_> {
    type Target = MultiDict<String, FileStorage>;

    fn deref(&self) -> &Self::Target {
        self.files
    }
}

impl<'r, A: ?Sized> FromRequest<'r, A> for Files<'r> {
    type Error = HttpException;

    const IS_READY: bool = true;

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let future: Extracted<Self> = ready(files(request).map(|files| Self { files }));
        future
    }

    fn is_absent(request: &'r Request, _: &'r A) -> bool {
        has_no_body(request)
    }
}

fn files(request: &Request) -> Result<&MultiDict<String, FileStorage>, HttpException> {
    let content_type = request.header("content-type").unwrap_or_default();
    if !media_type::is_of(content_type, "multipart/form-data") {
        return Err(UnsupportedMediaType
            .with_description("Files come in a form whose type is `multipart/form-data`."));
    }
    let form = request.form_data()?;
    match form.error() {
        Some(error) => Err(error.to_exception()),
        None => Ok(form.files()),
    }
}
