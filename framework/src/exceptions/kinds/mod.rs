//! The kinds of exceptions: one table.

use std::borrow::Cow;

use http::StatusCode;

use super::HttpException;

mod fields;

pub use fields::MethodNotAllowed;
pub use fields::RequestedRangeNotSatisfiable;
pub use fields::RetryAfter;

/// A type that stands for a kind of exception: what [`HttpException::is`] asks for.
///
/// Implemented by the kinds alone.
///
/// # Examples
///
/// ```
/// # use rustzeug::exceptions::*;
/// fn count<K: ExceptionKind>(errors: &[HttpException]) -> usize {
///     errors.iter().filter(|error| error.is::<K>()).count()
/// }
/// assert_eq!(count::<NotFound>(&[NotFound.into(), Forbidden.into()]), 1);
/// ```
pub trait ExceptionKind: Into<HttpException> + sealed::Sealed {
    /// The kind that the type stands for.
    const KIND: Kind;
}

impl Kind {
    /// Returns whether this is `other`, or derived from it.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::exceptions::Kind;
    ///
    /// assert!(Kind::SecurityError.is(Kind::BadRequest));
    /// assert!(!Kind::BadRequest.is(Kind::SecurityError));
    /// ```
    pub fn is(self, other: Self) -> bool {
        self == other || self.parent() == Some(other)
    }

    /// Returns the kind that this is derived from.
    ///
    /// ```
    /// # use rustzeug::exceptions::*;
    /// assert_eq!(Kind::SecurityError.parent(), Some(Kind::BadRequest));
    /// ```
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::BadHost
            | Self::BadRequestKeyError
            | Self::ClientDisconnected
            | Self::SecurityError => Some(Self::BadRequest),
            _ => None,
        }
    }

    /// Returns the name of Werkzeug's class, which has other capitals in two cases.
    ///
    /// ```
    /// # use rustzeug::exceptions::*;
    /// assert_eq!(Kind::RequestUriTooLarge.class(), "RequestURITooLarge");
    /// ```
    pub const fn class(self) -> &'static str {
        match self {
            Self::HttpVersionNotSupported => "HTTPVersionNotSupported",
            Self::RequestUriTooLarge => "RequestURITooLarge",
            kind => kind.type_name(),
        }
    }

    /// Returns the kind of a status; derived kinds are never the answer.
    ///
    /// ```
    /// # use rustzeug::exceptions::*;
    /// assert_eq!(Kind::of(rustzeug::StatusCode::BAD_REQUEST), Some(Kind::BadRequest));
    /// assert_eq!(Kind::of(rustzeug::StatusCode::OK), None);
    /// ```
    pub fn of(status: StatusCode) -> Option<Self> {
        let is_it = |kind: &&Self| kind.status() == status && kind.parent().is_none();
        Self::ALL.iter().find(is_it).copied()
    }
}

/// One row a kind: the type, its status, its text.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $code:ident $(($shape:ident))?: $text:expr;)+) => {
        /// Which of Werkzeug's classes an exception is.
        ///
        /// # Examples
        ///
        /// ```
        /// # use rustzeug::exceptions::*;
        /// assert_eq!(HttpException::from(NotFound).kind(), Some(Kind::NotFound));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[$doc])* $name,)+
        }

        impl Kind {
            /// Every kind, by status.
            ///
            /// # Examples
            ///
            /// ```
            /// # use rustzeug::exceptions::*;
            /// assert!(Kind::ALL.contains(&Kind::ImATeapot));
            /// ```
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Returns the status.
            ///
            /// ```
            /// # use rustzeug::exceptions::*;
            /// assert_eq!(Kind::ImATeapot.status(), 418);
            /// ```
            pub const fn status(self) -> StatusCode {
                match self {
                    $(Self::$name => StatusCode::$code,)+
                }
            }

            /// Returns the text for people that an exception has unless it is given another.
            ///
            /// ```
            /// # use rustzeug::exceptions::*;
            /// assert!(Kind::ImATeapot.description().contains("teapot"));
            /// ```
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            const fn type_name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }
        }

        $(
            kinds!(@type $(($shape))? $(#[$doc])* $name);

            impl sealed::Sealed for $name {}

            impl ExceptionKind for $name {
                const KIND: Kind = Kind::$name;
            }

            impl $name {
                /// Makes the exception with another text for people.
                ///
                #[doc = concat!("```\nuse rustzeug::exceptions::", stringify!($name), ";\n")]
                #[doc = concat!("let error = ", stringify!($name), "::default().with_description(\"no\");")]
                /// assert_eq!(error.description(), "no");
                /// ```
                pub fn with_description(
                    self,
                    description: impl Into<Cow<'static, str>>,
                ) -> HttpException {
                    HttpException::from(self).with_description(description)
                }

                /// Makes the exception with the error that caused it.
                ///
                #[doc = concat!("```\nuse rustzeug::exceptions::", stringify!($name), ";\n")]
                #[doc = concat!("let error = ", stringify!($name), "::default().with_source(\"cause\");")]
                /// assert!(error.source().is_some());
                /// ```
                pub fn with_source(
                    self,
                    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
                ) -> HttpException {
                    HttpException::from(self).with_source(source)
                }
            }
        )+
    };
    (@type (fields) $(#[$doc:meta])* $name:ident) => {};
    (@type $(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// # Examples
        ///
        #[doc = concat!("```\nuse rustzeug::exceptions::{HttpException, ", stringify!($name), "};\n")]
        #[doc = concat!("let error = HttpException::from(", stringify!($name), ");")]
        #[doc = concat!("assert!(error.is::<", stringify!($name), ">());\n```")]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[expect(clippy::exhaustive_structs, reason = "a kind has nothing but its name")]
        pub struct $name;

        impl From<$name> for HttpException {
            fn from(_: $name) -> Self {
                Self::of_kind(Kind::$name)
            }
        }
    };
}

kinds! {
    /// 400: the client sent something that the server cannot handle.
    BadRequest BAD_REQUEST:
        "The browser (or proxy) sent a request that this server could not understand.";
    /// 400: a form or a query string lacks a key that was asked for.
    BadRequestKeyError BAD_REQUEST: Kind::BadRequest.description();
    /// 400: the client left before its request was whole.
    ClientDisconnected BAD_REQUEST: Kind::BadRequest.description();
    /// 400: something tried to get past a check, such as that of trusted hosts.
    SecurityError BAD_REQUEST: Kind::BadRequest.description();
    /// 400: the request's host is malformed.
    BadHost BAD_REQUEST: Kind::BadRequest.description();
    /// 401: the client must say who it is.
    Unauthorized UNAUTHORIZED:
        "The server could not verify that you are authorized to access the URL requested. You \
         either supplied the wrong credentials (e.g. a bad password), or your browser doesn't \
         understand how to supply the credentials required.";
    /// 403: the client is known, and may not.
    Forbidden FORBIDDEN:
        "You don't have the permission to access the requested resource. It is either \
         read-protected or not readable by the server.";
    /// 404: there is no such thing, and there was none.
    NotFound NOT_FOUND:
        "The requested URL was not found on the server. If you entered the URL manually please \
         check your spelling and try again.";
    /// 405: the thing is there, but not for this method.
    MethodNotAllowed METHOD_NOT_ALLOWED (fields):
        "The method is not allowed for the requested URL.";
    /// 406: nothing that the client accepts can be given.
    NotAcceptable NOT_ACCEPTABLE:
        "The resource identified by the request is only capable of generating response entities \
         which have content characteristics not acceptable according to the accept headers sent \
         in the request.";
    /// 408: the client took too long.
    RequestTimeout REQUEST_TIMEOUT:
        "The server closed the network connection because the browser didn't finish the request \
         within the specified time.";
    /// 409: the request does not fit the present state.
    Conflict CONFLICT:
        "A conflict happened while processing the request. The resource might have been modified \
         while the request was being processed.";
    /// 410: the thing was there and is gone for good.
    Gone GONE:
        "The requested URL is no longer available on this server and there is no forwarding \
         address. If you followed a link from a foreign page, please contact the author of this \
         page.";
    /// 411: the request has a body and does not say how long.
    LengthRequired LENGTH_REQUIRED:
        "A request with this method requires a valid <code>Content-Length</code> header.";
    /// 412: a condition of the request does not hold.
    PreconditionFailed PRECONDITION_FAILED:
        "The precondition on the request for the URL failed positive evaluation.";
    /// 413: the body is too long.
    RequestEntityTooLarge PAYLOAD_TOO_LARGE:
        "The data value transmitted exceeds the capacity limit.";
    /// 414: the URL is too long.
    RequestUriTooLarge URI_TOO_LONG:
        "The length of the requested URL exceeds the capacity limit for this server. The request \
         cannot be processed.";
    /// 415: the body is of a type that the server does not read.
    UnsupportedMediaType UNSUPPORTED_MEDIA_TYPE:
        "The server does not support the media type transmitted in the request.";
    /// 416: the client asked for a part that does not exist.
    RequestedRangeNotSatisfiable RANGE_NOT_SATISFIABLE (fields):
        "The server cannot provide the requested range.";
    /// 417: the server cannot do what `Expect` asks for.
    ExpectationFailed EXPECTATION_FAILED:
        "The server could not meet the requirements of the Expect header";
    /// 418: somebody tried to brew coffee with a teapot.
    ImATeapot IM_A_TEAPOT: "This server is a teapot, not a coffee machine";
    /// 421: the request came to a server that does not answer for this host.
    MisdirectedRequest MISDIRECTED_REQUEST: "The server is not able to produce a response.";
    /// 422: the request is well formed, but what it says is wrong.
    UnprocessableEntity UNPROCESSABLE_ENTITY:
        "The request was well-formed but was unable to be followed due to semantic errors.";
    /// 423: the thing is locked.
    Locked LOCKED: "The resource that is being accessed is locked.";
    /// 424: an action that this one depends on failed.
    FailedDependency FAILED_DEPENDENCY:
        "The method could not be performed on the resource because the requested action depended \
         on another action and that action failed.";
    /// 428: the request must have a condition, so that no update is lost.
    PreconditionRequired PRECONDITION_REQUIRED:
        "This request is required to be conditional; try using \"If-Match\" or \
         \"If-Unmodified-Since\".";
    /// 429: the client asks too often.
    TooManyRequests TOO_MANY_REQUESTS:
        "This user has exceeded an allotted request count. Try again later.";
    /// 431: the fields of the request are too large.
    RequestHeaderFieldsTooLarge REQUEST_HEADER_FIELDS_TOO_LARGE:
        "One or more header fields exceeds the maximum size.";
    /// 451: the law forbids the answer.
    UnavailableForLegalReasons UNAVAILABLE_FOR_LEGAL_REASONS: "Unavailable for legal reasons.";
    /// 500: something went wrong that is not the client's fault.
    InternalServerError INTERNAL_SERVER_ERROR:
        "The server encountered an internal error and was unable to complete your request. Either \
         the server is overloaded or there is an error in the application.";
    /// 501: the application does not know the action.
    NotImplemented NOT_IMPLEMENTED:
        "The server does not support the action requested by the browser.";
    /// 502: a server behind this one gave nonsense.
    BadGateway BAD_GATEWAY:
        "The proxy server received an invalid response from an upstream server.";
    /// 503: the server is overloaded or under repair.
    ServiceUnavailable SERVICE_UNAVAILABLE:
        "The server is temporarily unable to service your request due to maintenance downtime or \
         capacity problems. Please try again later.";
    /// 504: a server behind this one took too long.
    GatewayTimeout GATEWAY_TIMEOUT: "The connection to an upstream server timed out.";
    /// 505: the request's version of HTTP is unknown.
    HttpVersionNotSupported HTTP_VERSION_NOT_SUPPORTED:
        "The server does not support the HTTP protocol version used in the request.";
}

#[expect(unnameable_types, reason = "nobody else may implement the trait")]
mod sealed {
    pub trait Sealed {}
}

#[cfg(test)]
mod tests;
