//! Why a body could not be read or written to its end.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Why a body ended too early.
///
/// Cheap to clone: the same failure is told to each accessor that asks for the body.
///
/// # Examples
///
/// ```
/// use rustzeug::body::BodyError;
///
/// let error = BodyError::malformed("a bad chunk size");
/// assert!(error.is_malformed());
/// assert_eq!(error.to_string(), "the body is malformed: a bad chunk size");
/// ```
#[derive(Clone, Debug)]
pub struct BodyError {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// Longer than the limit, in bytes.
    TooLarge(u64),
    /// The peer closed the connection before the announced end.
    Disconnected,
    /// Nothing arrived for too long.
    TimedOut,
    /// The framing is broken: a bad chunk size, a bad trailer.
    Malformed(&'static str),
    /// The response was sent, so the connection reads no more of the body.
    Abandoned,
    /// Somebody else took the body as a stream.
    Taken,
    /// The producer of a streamed body failed.
    Other(Arc<dyn Error + Send + Sync>),
}

impl BodyError {
    /// The body is longer than `limit` bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::BodyError;
    ///
    /// let error = BodyError::too_large(10);
    /// assert_eq!(error.to_string(), "the body is longer than 10 bytes");
    /// ```
    #[must_use]
    pub fn too_large(limit: u64) -> Self {
        Self {
            kind: Kind::TooLarge(limit),
        }
    }

    /// The peer went away.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::BodyError;
    ///
    /// assert!(BodyError::disconnected().is_disconnected());
    /// ```
    #[must_use]
    pub fn disconnected() -> Self {
        Self {
            kind: Kind::Disconnected,
        }
    }

    /// Nothing arrived for too long.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::BodyError;
    ///
    /// let error = BodyError::timed_out();
    /// assert_eq!(error.to_string(), "the body did not arrive in time");
    /// ```
    #[must_use]
    pub fn timed_out() -> Self {
        Self {
            kind: Kind::TimedOut,
        }
    }

    /// The framing of the body is broken.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::BodyError;
    ///
    /// let error = BodyError::malformed("a bad trailer");
    /// assert_eq!(error.to_string(), "the body is malformed: a bad trailer");
    /// ```
    #[must_use]
    pub fn malformed(reason: &'static str) -> Self {
        Self {
            kind: Kind::Malformed(reason),
        }
    }

    /// The response was sent before the body was read.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::BodyError;
    ///
    /// let error = BodyError::abandoned();
    /// assert_eq!(error.to_string(), "the response was sent before the body was read");
    /// ```
    #[must_use]
    pub fn abandoned() -> Self {
        Self {
            kind: Kind::Abandoned,
        }
    }

    /// The body was taken as a stream before.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::BodyError;
    ///
    /// assert!(BodyError::taken().is_taken());
    /// ```
    #[must_use]
    pub fn taken() -> Self {
        Self { kind: Kind::Taken }
    }

    /// The producer of a streamed body failed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::error::Error;
    /// use rustzeug::body::BodyError;
    ///
    /// let error = BodyError::other("no such row");
    /// assert_eq!(error.source().map(|source| source.to_string()), Some("no such row".to_owned()));
    /// ```
    pub fn other(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: Kind::Other(Arc::from(source.into())),
        }
    }

    /// Whether the body is longer than its limit (413).
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::BodyError;
    ///
    /// assert!(BodyError::too_large(10).is_too_large());
    /// assert!(!BodyError::timed_out().is_too_large());
    /// ```
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        matches!(self.kind, Kind::TooLarge(_))
    }

    /// Whether the peer went away.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::BodyError;
    ///
    /// assert!(BodyError::disconnected().is_disconnected());
    /// assert!(!BodyError::abandoned().is_disconnected());
    /// ```
    #[must_use]
    pub fn is_disconnected(&self) -> bool {
        matches!(self.kind, Kind::Disconnected)
    }

    /// Whether nothing arrived for too long (408).
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::BodyError;
    ///
    /// assert!(BodyError::timed_out().is_timed_out());
    /// assert!(!BodyError::disconnected().is_timed_out());
    /// ```
    #[must_use]
    pub fn is_timed_out(&self) -> bool {
        matches!(self.kind, Kind::TimedOut)
    }

    /// Whether the framing is broken (400).
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::body::BodyError;
    ///
    /// assert!(BodyError::malformed("a bad chunk size").is_malformed());
    /// assert!(!BodyError::too_large(10).is_malformed());
    /// ```
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        matches!(self.kind, Kind::Malformed(_))
    }

    /// Whether the body was taken as a stream before.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// use rustzeug::body::Incoming;
    ///
    /// let mut body = Incoming::from(b"hello".to_vec());
    /// let _first = body.take();
    /// assert!(body.collect().await.is_err_and(|error| error.is_taken()));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn is_taken(&self) -> bool {
        matches!(self.kind, Kind::Taken)
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::TooLarge(limit) => write!(f, "the body is longer than {limit} bytes"),
            Kind::Disconnected => f.write_str("the peer closed the connection inside the body"),
            Kind::TimedOut => f.write_str("the body did not arrive in time"),
            Kind::Malformed(reason) => write!(f, "the body is malformed: {reason}"),
            Kind::Abandoned => f.write_str("the response was sent before the body was read"),
            Kind::Taken => f.write_str("the body was taken as a stream before"),
            Kind::Other(_) => f.write_str("the body could not be produced"),
        }
    }
}

impl Error for BodyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            Kind::Other(source) => Some(&**source),
            _ => None,
        }
    }
}
