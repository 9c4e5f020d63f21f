//! A multipart body, part by part.

use std::future::Future;
use std::future::ready;

use super::Extracted;
use super::FromRequest;
use super::StreamSlot;
use crate::exceptions::HttpException;
use crate::request::Multipart;
use crate::request::Request;

/// The parts of a multipart form as they come, before any of it was read: for uploads that go
/// somewhere else than to a temporary file. `Form`, `Files`, `Json` and the like cannot be used
/// beside it.
///
/// Another content type is 415, a boundary that is missing is 400. `Option<Multipart>` is `None`
/// where the request has no Content-Type.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// struct Drop;
///
/// #[application]
/// impl Drop {
///     #[route("/", methods = ["POST"], limits(max_content_length = 5_000_000_000))]
///     async fn upload(&self, mut parts: Multipart) -> Result<String> {
///         let mut bytes = 0;
///         while let Some(mut part) = parts.next_part().await? {
///             while let Some(piece) = part.chunk().await? {
///                 bytes += piece.len();
///             }
///         }
///         Ok(format!("{bytes} bytes"))
///     }
/// }
/// # fn main() {}
/// ```
impl<'r, A: ?Sized> FromRequest<'r, A> for Multipart {
    type Error = HttpException;

    const IS_READY: bool = true;

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let future: Extracted<Self> = ready(StreamSlot::take(request).and_then(|body| {
            let content_type = request.header("content-type").unwrap_or_default();
            Self::new(content_type, body, request.limits())
        }));
        future
    }

    fn is_absent(request: &'r Request, _: &'r A) -> bool {
        request.header_bytes("content-type").is_none()
    }
}
