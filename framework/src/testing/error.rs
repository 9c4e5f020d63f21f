//! What can be wrong with a call before and after the application sees it.

use std::error::Error;
use std::fmt;

use http::StatusCode;
use http::header::InvalidHeaderValue;

use crate::body::BodyError;
use crate::datastructures::InvalidHeader;
use crate::grammar::url::InvalidUrl;
use crate::protocol::h1::Refusal;

/// Why [`EnvironBuilder::build`](super::EnvironBuilder::build) makes no request.
///
/// # Examples
///
/// ```
/// use rustzeug::testing::EnvironBuilder;
///
/// let error = EnvironBuilder::new("/").header("a b", "c").build().err();
/// let text = error.map(|error| error.to_string());
/// assert_eq!(text.as_deref(), Some("the field `a b` cannot be sent"));
/// ```
#[derive(Debug)]
pub struct BuildRequestError {
    kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    BaseUrl(String),
    BodyAndForm,
    FileType(InvalidHeaderValue),
    Header(String, InvalidHeader),
    Json(serde_json::Error),
    QueryTwice,
    Refused(Refusal),
    Url(String, InvalidUrl),
}

impl From<Kind> for BuildRequestError {
    fn from(kind: Kind) -> Self {
        Self { kind }
    }
}

impl From<Refusal> for BuildRequestError {
    fn from(refusal: Refusal) -> Self {
        Kind::Refused(refusal).into()
    }
}

impl fmt::Display for BuildRequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::BaseUrl(url) => write!(
                f,
                "`{url}` is no base URL: it is http:// or https://, a host, and at most a path"
            ),
            Kind::BodyAndForm => {
                f.write_str("a body was given in two ways: as bytes or JSON, in pieces, as a form")
            }
            Kind::FileType(_) => f.write_str("the type of a file cannot be sent"),
            Kind::Header(name, _) => write!(f, "the field `{name}` cannot be sent"),
            Kind::Json(_) => f.write_str("the value cannot be written as JSON"),
            Kind::QueryTwice => {
                f.write_str("a query was given in two ways: in the path, and as arguments")
            }
            Kind::Refused(_) => f.write_str("no server would accept the request"),
            Kind::Url(url, _) => write!(f, "`{url}` is no URL"),
        }
    }
}

impl Error for BuildRequestError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            Kind::FileType(error) => Some(error),
            Kind::Header(_, error) => Some(error),
            Kind::Json(error) => Some(error),
            Kind::Refused(error) => Some(error),
            Kind::Url(_, error) => Some(error),
            Kind::BaseUrl(_) | Kind::BodyAndForm | Kind::QueryTwice => None,
        }
    }
}

/// Why [`Call::try_send`](super::Call::try_send) has no response.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
/// use rustzeug::testing::Client;
///
/// #[application]
/// fn application() -> Redirect {
///     redirect("/")
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sent = Client::new(application)?.get("/").follow_redirects().try_send();
/// let text = sent.err().map(|error| error.to_string());
/// assert_eq!(text.as_deref(), Some("a loop: status 302 led to `/` before"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct CallError {
    kind: CallKind,
}

#[derive(Debug)]
pub(super) enum CallKind {
    Body(BodyError),
    Build(BuildRequestError),
    External(String),
    Loop { status: u16, location: String },
    Subdomain(String),
}

impl CallError {
    /// Whether a redirect led to where it had led before.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> Redirect {
    ///     redirect("/")
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sent = Client::new(application)?.get("/").follow_redirects().try_send();
    /// assert!(sent.is_err_and(|error| error.is_redirect_loop()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_redirect_loop(&self) -> bool {
        matches!(self.kind, CallKind::Loop { .. })
    }

    /// Whether a redirect led to another host.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> Redirect {
    ///     redirect("https://example.com/")
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sent = Client::new(application)?.get("/").follow_redirects().try_send();
    /// assert!(sent.is_err_and(|error| error.is_external_redirect()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_external_redirect(&self) -> bool {
        matches!(self.kind, CallKind::External(_) | CallKind::Subdomain(_))
    }

    /// Whether the body of the response ended in an error; a client on a socket would have seen
    /// the connection cut.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::Incoming;
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> Response {
    ///     let mut pieces = Incoming::pieces([Bytes::from("abc")]);
    ///     pieces.set_limit(Some(1));
    ///     Response::new(Body::stream(pieces))
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sent = Client::new(application)?.get("/").try_send();
    /// assert!(sent.is_err_and(|error| error.is_body_error()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_body_error(&self) -> bool {
        matches!(self.kind, CallKind::Body(_))
    }
}

impl CallError {
    pub(super) fn redirect_loop(status: StatusCode, location: String) -> Self {
        CallKind::Loop {
            status: status.as_u16(),
            location,
        }
        .into()
    }

    /// The text with the texts of all causes.
    pub(super) fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut source = self.source();
        while let Some(error) = source {
            text.push_str(": ");
            text.push_str(&error.to_string());
            source = error.source();
        }
        text
    }
}

impl From<CallKind> for CallError {
    fn from(kind: CallKind) -> Self {
        Self { kind }
    }
}

impl From<BuildRequestError> for CallError {
    fn from(error: BuildRequestError) -> Self {
        CallKind::Build(error).into()
    }
}

impl From<BodyError> for CallError {
    fn from(error: BodyError) -> Self {
        CallKind::Body(error).into()
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            CallKind::Body(_) => f.write_str("the body of the response ended too early"),
            CallKind::Build(_) => f.write_str("the request could not be made"),
            CallKind::External(host) => write!(
                f,
                "a redirect leads to another host, `{host}`: there is only one application here"
            ),
            CallKind::Loop { status, location } => {
                write!(f, "a loop: status {status} led to `{location}` before")
            }
            CallKind::Subdomain(host) => write!(
                f,
                "a redirect leads to the subdomain `{host}`; allow that with \
                 `Client::allow_subdomain_redirects`"
            ),
        }
    }
}

impl Error for CallError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            CallKind::Body(error) => Some(error),
            CallKind::Build(error) => Some(error),
            CallKind::External(_) | CallKind::Loop { .. } | CallKind::Subdomain(_) => None,
        }
    }
}
