//! A header field, named by a type.

use std::fmt;
use std::future::Future;
use std::future::ready;
use std::marker::PhantomData;
use std::ops::Deref;

use super::Extracted;
use super::FromRequest;
use crate::exceptions::BadRequest;
use crate::exceptions::HttpException;
use crate::request::Request;

/// The value of a header field; `F` says which. It derefs to the text.
///
/// A request without the field, or with one that is not text, is answered with 400;
/// `Option<Header<'_, F>>` is `None` where the field is missing.
///
/// # Examples
///
/// ```
/// use rustzeug::extract::{Header, HeaderField, UserAgent};
/// use rustzeug::prelude::*;
///
/// /// A field of one's own.
/// struct ApiKey;
///
/// impl HeaderField for ApiKey {
///     const NAME: &'static str = "X-Api-Key";
/// }
///
/// struct Site;
///
/// #[application]
/// impl Site {
///     #[route("/")]
///     async fn index(
///         &self,
///         key: Header<'_, ApiKey>,
///         agent: Option<Header<'_, UserAgent>>,
///     ) -> String {
///         format!("{} with {}", key.len(), agent.map_or("?", |agent| agent.value()))
///     }
/// }
/// # fn main() {}
/// ```
pub struct Header<'r, F> {
    value: &'r str,
    field: PhantomData<fn() -> F>,
}

/// A type that stands for a header field.
///
/// # Examples
///
/// ```
/// use rustzeug::extract::{FromRequest, Header, HeaderField};
/// use rustzeug::testing::EnvironBuilder;
///
/// /// Which try of the client this is.
/// struct Try;
///
/// impl HeaderField for Try {
///     const NAME: &'static str = "X-Try";
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let request = EnvironBuilder::new("/").header("x-try", "2").build()?;
/// let field = Header::<Try>::from_request(&request, &()).await?;
/// assert_eq!(field.parse(), Ok(2));
/// # Ok::<_, rustzeug::HttpException>(())
/// # })?;
/// # Ok::<_, rustzeug::HttpException>(())
/// ```
pub trait HeaderField {
    /// The name, in any case.
    const NAME: &'static str;
}

impl<'r, F> Header<'r, F> {
    /// The text of the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::extract::{FromRequest, Header, UserAgent};
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let request = EnvironBuilder::new("/").header("User-Agent", "curl/8").build()?;
    /// let agent = Header::<UserAgent>::from_request(&request, &()).await?;
    /// assert_eq!(agent.value(), "curl/8");
    /// # Ok::<_, rustzeug::HttpException>(())
    /// # })?;
    /// # Ok::<_, rustzeug::HttpException>(())
    /// ```
    #[must_use]
    pub fn value(&self) -> &'r str {
        self.value
    }
}

impl<F> Deref for Header<'_, F> {
    type Target = str;

    fn deref(&self) -> &str {
        self.value
    }
}

impl<'r, A: ?Sized, F: HeaderField> FromRequest<'r, A> for Header<'r, F> {
    type Error = HttpException;

    const IS_READY: bool = true;

    fn from_request(
        request: &'r Request,
        _: &'r A,
    ) -> impl Future<Output = Result<Self, HttpException>> + Send {
        let future: Extracted<Self> = ready(match request.header(F::NAME) {
            Some(value) => Ok(Header {
                value,
                field: PhantomData,
            }),
            None => {
                let text = format!("The request needs the header field '{}'.", F::NAME);
                Err(BadRequest.with_description(text))
            }
        });
        future
    }

    fn is_absent(request: &'r Request, _: &'r A) -> bool {
        request.header_bytes(F::NAME).is_none()
    }
}

impl<F> Clone for Header<'_, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F> Copy for Header<'_, F> {}

impl<F: HeaderField> fmt::Debug for Header<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", F::NAME, self.value)
    }
}

macro_rules! fields {
    ($($name:ident $text:literal)*) => { $(
        #[doc = concat!("The field `", $text, "`.")]
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::extract::HeaderField;
        ///
        #[doc = concat!("assert_eq!(rustzeug::extract::", stringify!($name), "::NAME, \"", $text, "\");")]
        /// ```
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub struct $name;

        impl HeaderField for $name {
            const NAME: &'static str = $text;
        }
    )* };
}

fields! {
    Accept "Accept"
    AcceptLanguage "Accept-Language"
    Authorization "Authorization"
    ContentType "Content-Type"
    Origin "Origin"
    Referer "Referer"
    UserAgent "User-Agent"
}
