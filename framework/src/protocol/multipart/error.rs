//! Why a multipart body could not be read.

use std::error::Error;
use std::fmt;

/// Why a multipart body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MultipartError {
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    BadBoundary,
    Cut,
    HeadersNotText,
    HeadersTooLarge,
    NoDisposition,
    TooManyParts,
}

impl MultipartError {
    pub(super) const fn new(kind: Kind) -> Self {
        Self { kind }
    }

    /// Whether a limit was exceeded (413); otherwise the body is malformed (400).
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        matches!(self.kind, Kind::HeadersTooLarge | Kind::TooManyParts)
    }
}

impl fmt::Display for MultipartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::BadBoundary => "the boundary is missing, too long, or not ASCII",
            Kind::Cut => "the body ends before its closing boundary",
            Kind::HeadersNotText => "the headers of a part are not UTF-8",
            Kind::HeadersTooLarge => "the headers of a part are too large",
            Kind::NoDisposition => "a part has no Content-Disposition",
            Kind::TooManyParts => "there are too many parts",
        })
    }
}

impl Error for MultipartError {}
