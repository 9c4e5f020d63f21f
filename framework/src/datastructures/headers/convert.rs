//! What may be a name and a value.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use bytes::Bytes;
use http::HeaderName;
use http::HeaderValue;

/// What is a field's name without doubt: a [`HeaderName`], or a literal.
///
/// # Examples
///
/// ```
/// # use rustzeug::datastructures::Headers;
/// let mut headers = Headers::new();
/// headers.set("x-a", "a literal");
/// headers.set(rustzeug::http::header::AGE, 17);
/// ```
pub trait IntoHeaderName: sealed::Name {
    /// Returns the name.
    ///
    /// # Panics
    ///
    /// If a literal is no token.
    fn into_header_name(self) -> HeaderName;
}

/// What is a field's value without doubt: a [`HeaderValue`], a number, or a literal.
///
/// # Examples
///
/// ```
/// # use rustzeug::datastructures::Headers;
/// let mut headers = Headers::new();
/// headers.set("x-a", "a literal");
/// headers.set("x-n", 17);
/// assert_eq!(headers.get("x-n"), Some("17"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` may be no value of a field",
    label = "a number, a `HeaderValue` or a literal is expected",
    note = "text that is made while the program runs may hold a line break: `Headers::try_set` and \
            `Headers::try_add` tell of it"
)]
pub trait IntoHeaderValue: sealed::Value {
    /// Returns the value.
    ///
    /// # Panics
    ///
    /// If a literal holds a control character other than a tab.
    fn into_header_value(self) -> HeaderValue;
}

/// What may turn out to be a field's name: text, too.
///
/// # Examples
///
/// ```
/// # use rustzeug::datastructures::Headers;
/// let mut headers = Headers::new();
/// assert!(headers.try_set(String::from("x-a"), "1").is_ok());
/// assert!(headers.try_set("no token", "1").is_err());
/// ```
pub trait TryIntoHeaderName: sealed::TryName {
    /// Returns the name.
    ///
    /// # Errors
    ///
    /// If it is no token.
    fn try_into_header_name(self) -> Result<HeaderName, InvalidHeader>;
}

/// What may turn out to be a field's value: text, too.
///
/// # Examples
///
/// ```
/// # use rustzeug::datastructures::Headers;
/// let mut headers = Headers::new();
/// assert!(headers.try_set("x-a", String::from("ü")).is_ok());
/// assert!(headers.try_set("x-a", "two\nlines").is_err());
/// ```
pub trait TryIntoHeaderValue: sealed::TryValue {
    /// Returns the value.
    ///
    /// # Errors
    ///
    /// If it holds a control character other than a tab.
    fn try_into_header_value(self) -> Result<HeaderValue, InvalidHeader>;
}

/// Text that is no name or no value of a field.
///
/// # Examples
///
/// ```
/// # use rustzeug::datastructures::Headers;
/// let mut headers = Headers::new();
/// let error = headers.try_set("x-a", "two\nlines").unwrap_err();
/// assert!(!error.is_name());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidHeader(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Name,
    Value,
}

impl InvalidHeader {
    /// Returns whether it is the name that is wrong, and not the value.
    ///
    /// ```
    /// # use rustzeug::datastructures::Headers;
    /// let mut headers = Headers::new();
    /// assert!(headers.try_set("no token", "1").unwrap_err().is_name());
    /// ```
    pub fn is_name(&self) -> bool {
        self.0 == Kind::Name
    }
}

impl fmt::Display for InvalidHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Name => "invalid header name: expected a token",
            Kind::Value => "invalid header value: control characters are not allowed",
        })
    }
}

impl Error for InvalidHeader {}

impl IntoHeaderName for HeaderName {
    #[inline]
    fn into_header_name(self) -> HeaderName {
        self
    }
}

impl IntoHeaderName for &HeaderName {
    #[inline]
    fn into_header_name(self) -> HeaderName {
        self.clone()
    }
}

impl IntoHeaderName for &'static str {
    fn into_header_name(self) -> HeaderName {
        HeaderName::from_bytes(self.as_bytes()).expect("a literal that is a header name")
    }
}

impl IntoHeaderValue for HeaderValue {
    #[inline]
    fn into_header_value(self) -> HeaderValue {
        self
    }
}

impl IntoHeaderValue for &HeaderValue {
    #[inline]
    fn into_header_value(self) -> HeaderValue {
        self.clone()
    }
}

impl IntoHeaderValue for &'static str {
    fn into_header_value(self) -> HeaderValue {
        match HeaderValue::from_maybe_shared(Bytes::from_static(self.as_bytes())) {
            Ok(value) => value,
            Err(_) => invalid_literal(self),
        }
    }
}

#[cold]
#[expect(
    clippy::panic,
    reason = "documented: a literal is checked when it is used first"
)]
fn invalid_literal(text: &str) -> ! {
    panic!("invalid header value: {text:?}")
}

impl TryIntoHeaderName for HeaderName {
    fn try_into_header_name(self) -> Result<HeaderName, InvalidHeader> {
        Ok(self)
    }
}

impl TryIntoHeaderName for &HeaderName {
    fn try_into_header_name(self) -> Result<HeaderName, InvalidHeader> {
        Ok(self.clone())
    }
}

impl TryIntoHeaderName for &str {
    fn try_into_header_name(self) -> Result<HeaderName, InvalidHeader> {
        HeaderName::from_bytes(self.as_bytes()).map_err(|_| InvalidHeader(Kind::Name))
    }
}

impl TryIntoHeaderName for &String {
    fn try_into_header_name(self) -> Result<HeaderName, InvalidHeader> {
        self.as_str().try_into_header_name()
    }
}

impl TryIntoHeaderName for String {
    fn try_into_header_name(self) -> Result<HeaderName, InvalidHeader> {
        self.as_str().try_into_header_name()
    }
}

impl TryIntoHeaderValue for HeaderValue {
    fn try_into_header_value(self) -> Result<HeaderValue, InvalidHeader> {
        Ok(self)
    }
}

impl TryIntoHeaderValue for &HeaderValue {
    fn try_into_header_value(self) -> Result<HeaderValue, InvalidHeader> {
        Ok(self.clone())
    }
}

impl TryIntoHeaderValue for &[u8] {
    fn try_into_header_value(self) -> Result<HeaderValue, InvalidHeader> {
        HeaderValue::from_bytes(self).map_err(|_| InvalidHeader(Kind::Value))
    }
}

impl TryIntoHeaderValue for Bytes {
    fn try_into_header_value(self) -> Result<HeaderValue, InvalidHeader> {
        HeaderValue::from_maybe_shared(self).map_err(|_| InvalidHeader(Kind::Value))
    }
}

impl TryIntoHeaderValue for &str {
    fn try_into_header_value(self) -> Result<HeaderValue, InvalidHeader> {
        self.as_bytes().try_into_header_value()
    }
}

impl TryIntoHeaderValue for &String {
    fn try_into_header_value(self) -> Result<HeaderValue, InvalidHeader> {
        self.as_bytes().try_into_header_value()
    }
}

impl TryIntoHeaderValue for String {
    fn try_into_header_value(self) -> Result<HeaderValue, InvalidHeader> {
        Bytes::from(self).try_into_header_value()
    }
}

impl TryIntoHeaderValue for Cow<'_, str> {
    fn try_into_header_value(self) -> Result<HeaderValue, InvalidHeader> {
        match self {
            Cow::Borrowed(text) => text.try_into_header_value(),
            Cow::Owned(text) => text.try_into_header_value(),
        }
    }
}

#[expect(unnameable_types, reason = "nobody else may implement the traits")]
mod sealed {
    pub trait Name {}
    pub trait Value {}
    pub trait TryName {}
    pub trait TryValue {}
}

macro_rules! seal {
    ($kind:ident: $($type:ty),+) => {
        $(impl sealed::$kind for $type {})+
    };
}

seal!(Name: HeaderName, &HeaderName, &'static str);
seal!(Value: HeaderValue, &HeaderValue, &'static str);
seal!(TryName: HeaderName, &HeaderName, &str, &String, String);
seal!(TryValue: HeaderValue, &HeaderValue, &[u8], Bytes, &str, &String, String, Cow<'_, str>);

macro_rules! numbers {
    ($($type:ty),+) => {
        $(
            impl sealed::Value for $type {}
            impl sealed::TryValue for $type {}

            impl IntoHeaderValue for $type {
                fn into_header_value(self) -> HeaderValue {
                    HeaderValue::from(self)
                }
            }

            impl TryIntoHeaderValue for $type {
                fn try_into_header_value(self) -> Result<HeaderValue, InvalidHeader> {
                    Ok(HeaderValue::from(self))
                }
            }
        )+
    };
}

numbers!(u16, u32, u64, usize, i16, i32, i64, isize);
