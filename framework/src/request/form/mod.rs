//! Form bodies: fields and files.
//!
//! A form is read before the handler runs, within [`RequestLimits`](super::RequestLimits):
//! urlencoded ones whole, multipart ones as they arrive, so that a large upload passes through
//! little memory into temporary files. A handler that wants the parts as they come takes
//! [`Multipart`] instead.

mod collector;
mod error;
mod file_storage;
mod multipart_stream;
#[cfg(test)]
mod tests;

use std::pin::Pin;
use std::task::Context;
use std::task::Poll;

use bytes::Bytes;
use futures_core::Stream;

use super::Request;
use super::RequestLimits;
use crate::body::BodyError;
use crate::datastructures::CombinedMultiDict;
use crate::datastructures::MultiDict;
use crate::exceptions::HttpException;
use crate::grammar::media_type;
use crate::grammar::query;

pub(super) use collector::Collector;
pub use error::FormError;
pub use file_storage::FileReader;
pub use file_storage::FileStorage;
pub use multipart_stream::Multipart;
pub use multipart_stream::Part;

/// What a form body held.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// #[application]
/// fn greet(request: &Request) -> Result<String> {
///     let form = request.form_data()?;
///     let name = form.fields().get("name").unwrap_or("you");
///     Ok(format!("hello {name}, {} files", form.files().len()))
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Debug, Default)]
pub struct FormData {
    fields: MultiDict,
    files: MultiDict<String, FileStorage>,
    error: Option<FormError>,
}

impl FormData {
    /// The fields that are not files, in order, repeated ones kept.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::Method;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/")
    ///     .method(Method::POST)
    ///     .form([("tea", "green"), ("tea", "black")])
    ///     .build()?;
    /// let fields = request.form_data()?.fields();
    /// assert_eq!(fields.get_list("tea"), ["green", "black"]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn fields(&self) -> &MultiDict {
        &self.fields
    }

    /// The files, in order, repeated names kept.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::Method;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/")
    ///     .method(Method::POST)
    ///     .file("photo", "cat.png", "meow")
    ///     .build()?;
    /// let photo = request.form_data()?.files().get("photo");
    /// assert_eq!(photo.map(|file| file.len()), Some(4));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn files(&self) -> &MultiDict<String, FileStorage> {
        &self.files
    }

    /// Why the form is empty although there was a body: it was malformed. As in Werkzeug, that is
    /// no error by itself.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::Method;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/")
    ///     .method(Method::POST)
    ///     .content_type("multipart/form-data; boundary=b")
    ///     .body("no part at all")
    ///     .build()?;
    /// let form = request.form_data()?;
    /// assert!(form.fields().is_empty());
    /// assert!(form.error().is_some_and(|error| error.is_malformed()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn error(&self) -> Option<&FormError> {
        self.error.as_ref()
    }

    /// Reads a form of any source: Werkzeug's `parse_form_data`. The limits of fields and parts
    /// hold; that of the whole body is the stream's to keep. Other bodies give an empty form.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::Incoming;
    /// use rustzeug::request::{FormData, RequestLimits};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let kind = "application/x-www-form-urlencoded";
    /// let body = Incoming::pieces(["name=A".into(), "da&tea=green".into()]);
    /// let form = FormData::read(kind, body, &RequestLimits::default()).await?;
    /// assert_eq!(form.fields().get("name"), Some("Ada"));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A limit, a failed stream or disk. A malformed form is empty, and [`error`](Self::error)
    /// says why.
    ///
    /// # Cancel safety
    ///
    /// Dropped halfway, what was read is lost.
    pub async fn read<S>(
        content_type: &str,
        mut body: S,
        limits: &RequestLimits,
    ) -> Result<Self, FormError>
    where
        S: Stream<Item = Result<Bytes, BodyError>> + Unpin,
    {
        if Collector::is_for(content_type) {
            let mut collector = Collector::new(content_type, limits);
            let form = std::future::poll_fn(|cx| collector.poll(&mut body, cx)).await;
            return form.or_else(Self::or_malformed);
        }
        if !media_type::is_of(content_type, URLENCODED) {
            return Ok(Self::default());
        }
        let mut bytes = Vec::new();
        while let Some(piece) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_next(cx)).await {
            bytes.extend_from_slice(&piece?);
        }
        Ok(Self::urlencoded(&bytes))
    }

    fn urlencoded(bytes: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Self::malformed(FormError::not_text());
        };
        // Room for a usual form at once; what is larger grows as it is read.
        let likely = bytes.len() / USUAL_FIELD + 1;
        let mut fields = MultiDict::with_capacity(likely.min(USUAL_FIELDS));
        let pairs = query::decode_pairs(text);
        fields.extend(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())));
        Self {
            fields,
            ..Self::default()
        }
    }

    fn or_malformed(error: FormError) -> Result<Self, FormError> {
        if error.is_malformed() {
            Ok(Self::malformed(error))
        } else {
            Err(error)
        }
    }

    fn malformed(error: FormError) -> Self {
        Self {
            error: Some(error),
            ..Self::default()
        }
    }
}

impl Request {
    /// The fields of a form body; empty where the body is no form, or a malformed one.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    ///
    /// #[application]
    /// fn greet(request: &Request) -> Result<String> {
    ///     let name = request.form()?.get("name").or_400()?;
    ///     Ok(format!("hello {name}"))
    /// }
    /// # trait Or<T> { fn or_400(self) -> Result<T>; }
    /// # impl<T> Or<T> for Option<T> { fn or_400(self) -> Result<T> { self.or_status(400) } }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// 413 beyond a limit, and as [`data`](Self::data).
    pub fn form(&self) -> Result<&MultiDict, HttpException> {
        self.form_data().map(FormData::fields)
    }

    /// The files of a multipart form; empty where the body is none, or a malformed one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::Method;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/")
    ///     .method(Method::POST)
    ///     .file("photo", "cat.png", "meow")
    ///     .build()?;
    /// let photo = request.files()?.get("photo");
    /// assert_eq!(photo.map(|file| file.filename()), Some("cat.png"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`form`](Self::form).
    pub fn files(&self) -> Result<&MultiDict<String, FileStorage>, HttpException> {
        self.form_data().map(FormData::files)
    }

    /// The arguments of the query, and after them the fields of a form in a POST, PUT or PATCH.
    ///
    /// Who wrote which cannot be told: prefer [`args`](Self::args) or [`form`](Self::form).
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::Method;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/?tea=green")
    ///     .method(Method::POST)
    ///     .form([("tea", "black")])
    ///     .build()?;
    /// let values = request.values()?;
    /// assert_eq!(values.get_list("tea"), ["green", "black"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`form`](Self::form).
    pub fn values(&self) -> Result<CombinedMultiDict<'_>, HttpException> {
        let form = match self.method().as_str() {
            "POST" | "PUT" | "PATCH" => Some(self.form()?),
            _ => None,
        };
        Ok(CombinedMultiDict::new(
            std::iter::once(self.args()).chain(form),
        ))
    }

    /// Fields and files of a form body, and what was wrong with it if it was malformed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::Method;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/")
    ///     .method(Method::POST)
    ///     .form([("name", "Ada")])
    ///     .file("photo", "cat.png", "meow")
    ///     .build()?;
    /// let form = request.form_data()?;
    /// assert_eq!((form.fields().len(), form.files().len()), (1, 1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`form`](Self::form).
    pub fn form_data(&self) -> Result<&FormData, HttpException> {
        let form = self.lazy().form.get_or_init(|| self.parse_form());
        form.as_ref().map_err(FormError::to_exception)
    }

    /// A urlencoded form; a multipart one was read on its way in.
    fn parse_form(&self) -> Result<FormData, FormError> {
        // As nearly all forms say it; everything else is looked at as text.
        let is_usual = self.header_bytes("content-type") == Some(URLENCODED.as_bytes());
        let of_text = || self.header("content-type").unwrap_or_default();
        let content_type = if is_usual { URLENCODED } else { of_text() };
        if is_usual || media_type::is_of(content_type, URLENCODED) {
            return Ok(FormData::urlencoded(self.read_bytes()?));
        }
        if Collector::is_for(content_type) {
            // It was not read on its way in: there was no body, or somebody took it.
            self.read_bytes()?;
        }
        Ok(FormData::default())
    }

    /// Reads a multipart form as it arrives.
    pub(super) fn poll_form(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (lazy, body) = self.form_parts();
        let Some(collector) = &mut lazy.collector else {
            return Poll::Ready(());
        };
        let form = std::task::ready!(collector.poll(body, cx));
        lazy.collector = None;
        let form = form.or_else(FormData::or_malformed);
        let _first = lazy.form.set(form);
        Poll::Ready(())
    }
}

const USUAL_FIELDS: usize = 64;

/// Bytes of a name and its value.
const USUAL_FIELD: usize = 16;

const URLENCODED: &str = "application/x-www-form-urlencoded";
