//! Why a request is refused before any application sees it.

use std::error::Error;
use std::fmt;

/// Why a request is refused before any application sees it.
///
/// After a refusal nothing further on the connection can be trusted: the caller answers
/// [`status`](Self::status) and closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    kind: Kind,
}

/// Each with its status and text in [`Kind::answer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    BadChunk,
    BadContentLength,
    BadField,
    BadHost,
    BadLine,
    BadMethod,
    BadTarget,
    BadTrailer,
    BadVersion,
    BareLineFeed,
    Connect,
    EncodingAndLength,
    EncodingNotLast,
    EncodingOn10,
    Expectation,
    FieldsTooLarge,
    HostMissing,
    HostTwice,
    MethodTooLong,
    TargetTooLong,
    UnknownEncoding,
    Version,
}

impl Refusal {
    pub(super) const fn new(kind: Kind) -> Self {
        Self { kind }
    }

    /// The status code to answer.
    #[must_use]
    pub const fn status(self) -> u16 {
        self.kind.answer().0
    }

    /// What is wrong, in one line.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        self.kind.answer().1
    }
}

impl Kind {
    const fn answer(self) -> (u16, &'static str) {
        match self {
            Self::BadChunk => (400, "malformed chunk"),
            Self::BadContentLength => (400, "invalid Content-Length"),
            Self::BadField => (400, "malformed header field"),
            Self::BadHost => (400, "invalid Host"),
            Self::BadLine => (400, "malformed request line"),
            Self::BadMethod => (400, "malformed method"),
            Self::BadTarget => (400, "malformed request target"),
            Self::BadTrailer => (400, "malformed trailer field"),
            Self::BadVersion => (400, "malformed HTTP version"),
            Self::BareLineFeed => (400, "line without carriage return"),
            Self::Connect => (501, "CONNECT is not supported"),
            Self::EncodingAndLength => (400, "both Transfer-Encoding and Content-Length"),
            Self::EncodingNotLast => (400, "chunked is not the last transfer coding"),
            Self::EncodingOn10 => (400, "Transfer-Encoding in an HTTP/1.0 request"),
            Self::Expectation => (417, "unknown expectation"),
            Self::FieldsTooLarge => (431, "request header fields too large"),
            Self::HostMissing => (400, "no Host in an HTTP/1.1 request"),
            Self::HostTwice => (400, "more than one Host"),
            Self::MethodTooLong => (501, "unknown method"),
            Self::TargetTooLong => (414, "request target too long"),
            Self::UnknownEncoding => (501, "unknown transfer coding"),
            Self::Version => (505, "HTTP version not supported"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl Error for Refusal {}
