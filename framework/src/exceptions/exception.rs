//! The exception itself.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use http::StatusCode;
use serde_json::Value;

use super::kinds::ExceptionKind;
use super::kinds::Kind;
use crate::datastructures::Headers;
use crate::datastructures::headers::IntoHeaderName;
use crate::datastructures::headers::IntoHeaderValue;
use crate::grammar::status::status_name;

/// An error that is an answer: status, text for people, fields, and the cause if there is one.
///
/// It is one pointer wide, so `Result<T, HttpException>` is cheap to hand on.
///
/// # Examples
///
/// ```
/// use rustzeug::exceptions::{Forbidden, HttpException, NotFound};
///
/// let error: HttpException = NotFound.with_description("No such page.");
/// assert_eq!(error.code(), 404);
/// assert_eq!(error.name(), "Not Found");
/// assert!(error.is::<NotFound>() && !error.is::<Forbidden>());
///
/// let error = HttpException::from(std::io::Error::other("disk on fire"));
/// assert_eq!(error.code(), 500);
/// assert!(error.downcast_ref::<std::io::Error>().is_some());
/// ```
///
/// # Compatibility
///
/// Werkzeug's `HTTPException` may carry a ready-made response; ours is a value of its own, and a
/// handler returns responses as they are.
pub struct HttpException {
    inner: Box<Inner>,
}

struct Inner {
    status: StatusCode,
    kind: Option<Kind>,
    name: Option<Cow<'static, str>>,
    description: Cow<'static, str>,
    headers: Headers,
    /// What the answer says beyond the standard members, where it is JSON.
    members: Vec<(&'static str, Value)>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl HttpException {
    /// Makes an exception of a status, with the kind and the text that belong to it.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// let error = HttpException::new(rustzeug::StatusCode::NOT_FOUND);
    /// assert!(error.is::<NotFound>());
    /// ```
    pub fn new(status: StatusCode) -> Self {
        match Kind::of(status) {
            Some(kind) => Self::of_kind(kind),
            None => Self {
                inner: Box::new(Inner {
                    status,
                    kind: None,
                    name: None,
                    description: Cow::Borrowed(""),
                    headers: Headers::new(),
                    members: Vec::new(),
                    source: None,
                }),
            },
        }
    }

    pub(super) fn of_kind(kind: Kind) -> Self {
        Self {
            inner: Box::new(Inner {
                status: kind.status(),
                kind: Some(kind),
                name: None,
                description: Cow::Borrowed(kind.description()),
                headers: Headers::new(),
                members: Vec::new(),
                source: None,
            }),
        }
    }

    /// Sets the text for people.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// let error = HttpException::from(NotFound).with_description("No such tea.");
    /// assert_eq!(error.description(), "No such tea.");
    /// ```
    #[must_use]
    pub fn with_description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.inner.description = description.into();
        self
    }

    /// Sets the name that stands above the text, instead of the status's own.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// let error = HttpException::from(NotFound).with_name("Lost");
    /// assert_eq!(error.name(), "Lost");
    /// ```
    #[must_use]
    pub fn with_name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.inner.name = Some(name.into());
        self
    }

    /// Adds a field to the answer.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// let error = HttpException::from(NotFound).with_header("x-hint", "look elsewhere");
    /// assert_eq!(error.headers().get("x-hint"), Some("look elsewhere"));
    /// ```
    ///
    /// # Panics
    ///
    /// If a literal is no valid name or value.
    #[must_use]
    pub fn with_header(mut self, name: impl IntoHeaderName, value: impl IntoHeaderValue) -> Self {
        self.inner.headers.add(name, value);
        self
    }

    /// Adds a member to the answer for clients that ask for JSON (RFC 9457 section 3.2).
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::exceptions::Forbidden;
    ///
    /// let error = Forbidden.with_description("Out of credit.").with_member("balance", 30);
    /// assert_eq!(
    ///     error.problem_json(),
    ///     r#"{"title":"Forbidden","status":403,"detail":"Out of credit.","balance":30}"#,
    /// );
    /// ```
    #[must_use]
    pub fn with_member(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.inner.members.push((name, value.into()));
        self
    }

    /// Returns what the answer says beyond the standard members, where it is JSON.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::exceptions::Forbidden;
    /// let error = Forbidden.with_description("Out of credit.").with_member("balance", 30);
    /// let names: Vec<_> = error.members().map(|(name, _)| name).collect();
    /// assert_eq!(names, ["balance"]);
    /// ```
    pub fn members(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        let members = self.inner.members.iter();
        members.map(|(name, value)| (*name, value))
    }

    /// Sets the error that caused this one.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// let error = HttpException::from(NotFound).with_source("no such row");
    /// assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("no such row"));
    /// ```
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// Returns the status.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// assert_eq!(HttpException::from(NotFound).status(), 404);
    /// ```
    pub fn status(&self) -> StatusCode {
        self.inner.status
    }

    /// Returns the status as a number.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// assert_eq!(HttpException::from(NotFound).code(), 404);
    /// ```
    pub fn code(&self) -> u16 {
        self.inner.status.as_u16()
    }

    /// Returns which of Werkzeug's classes this is; `None` for a status that has none.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// assert_eq!(HttpException::from(NotFound).kind(), Some(Kind::NotFound));
    /// ```
    pub fn kind(&self) -> Option<Kind> {
        self.inner.kind
    }

    /// Returns whether this is of a kind, or of a kind derived from it: `SecurityError` is a
    /// `BadRequest`.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// let error = HttpException::from(rustzeug::exceptions::SecurityError);
    /// assert!(error.is::<rustzeug::exceptions::BadRequest>());
    /// ```
    pub fn is<K: ExceptionKind>(&self) -> bool {
        self.inner.kind.is_some_and(|kind| kind.is(K::KIND))
    }

    /// Returns the name of the status, such as `Not Found`.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// assert_eq!(HttpException::from(NotFound).name(), "Not Found");
    /// ```
    pub fn name(&self) -> &str {
        match &self.inner.name {
            Some(name) => name,
            None => status_name(self.code()).unwrap_or("Unknown Error"),
        }
    }

    /// Returns the text for people.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// assert!(HttpException::from(NotFound).description().starts_with("The requested URL"));
    /// ```
    pub fn description(&self) -> &str {
        &self.inner.description
    }

    /// Returns the fields of the answer, beside those of its body.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// assert!(HttpException::from(NotFound).headers().is_empty());
    /// ```
    pub fn headers(&self) -> &Headers {
        &self.inner.headers
    }

    /// Returns the fields of the answer, to change them.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// let mut error = HttpException::from(NotFound);
    /// error.headers_mut().set("x-hint", "1");
    /// assert_eq!(error.headers().len(), 1);
    /// ```
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.inner.headers
    }

    /// Returns the error that caused this one.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// let error = HttpException::from(std::io::Error::other("disk on fire"));
    /// assert!(error.source().is_some());
    /// ```
    pub fn source(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.inner.source.as_deref()
    }

    /// Takes the error that caused this one.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// let mut error = HttpException::from(std::io::Error::other("disk on fire"));
    /// assert!(error.take_source().is_some());
    /// assert!(error.source().is_none());
    /// ```
    pub fn take_source(&mut self) -> Option<Box<dyn Error + Send + Sync>> {
        self.inner.source.take()
    }

    /// Returns the error that caused this one, if it is an `E`; causes of causes are not looked
    /// at.
    ///
    /// ```
    /// # use rustzeug::exceptions::{HttpException, Kind, NotFound};
    /// let error = HttpException::from(std::io::Error::other("disk on fire"));
    /// assert!(error.downcast_ref::<std::io::Error>().is_some());
    /// ```
    pub fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        self.inner.source.as_ref()?.downcast_ref()
    }
}

/// The exception of a kind that is only known at run time.
impl From<Kind> for HttpException {
    fn from(kind: Kind) -> Self {
        Self::of_kind(kind)
    }
}

/// Any error becomes 500 Internal Server Error, with the error as its source.
///
/// Text does, too: `Err("no")?` is 500 with that message for the log. The client sees nothing of
/// it.
impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for HttpException {
    fn from(error: E) -> Self {
        Self::of_kind(Kind::InternalServerError).with_source(error)
    }
}

impl fmt::Debug for HttpException {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("HttpException");
        out.field("status", &self.code())
            .field("name", &self.name())
            .field("description", &self.description());
        if !self.headers().is_empty() {
            out.field("headers", self.headers());
        }
        if let Some(source) = self.source() {
            out.field("source", &source);
        }
        out.finish()
    }
}

impl fmt::Display for HttpException {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.name())?;
        if !self.description().is_empty() {
            write!(f, ": {}", self.description())?;
        }
        Ok(())
    }
}
