//! Who is at the other end, and how much is taken from there.

use std::net::SocketAddr;

/// Who is at the other end.
///
/// # Examples
///
/// ```
/// use rustzeug::request::ConnectionInfo;
///
/// assert_eq!(ConnectionInfo::default().scheme, "http");
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ConnectionInfo {
    /// The client's address; `None` where there is none (Unix sockets, tests).
    pub peer: Option<SocketAddr>,
    /// The address the client connected to, where whoever made the request said it: our server
    /// does not ask the system for it on each connection.
    pub local: Option<SocketAddr>,
    /// `http` or `https`.
    pub scheme: &'static str,
}

impl Default for ConnectionInfo {
    fn default() -> Self {
        Self {
            peer: None,
            local: None,
            scheme: "http",
        }
    }
}

/// How much of a body is accepted.
///
/// Werkzeug's `max_content_length`, `max_form_memory_size` and `max_form_parts`.
///
/// # Examples
///
/// ```
/// use rustzeug::request::RequestLimits;
///
/// let mut limits = RequestLimits::default();
/// assert_eq!(limits.max_form_parts, Some(1_000));
/// limits.max_content_length = None;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestLimits {
    /// Bytes of a body; beyond: 413. `None`: no limit, for handlers that stream.
    pub max_content_length: Option<u64>,
    /// Bytes of each field of a multipart form that is not a file; beyond: 413.
    pub max_form_memory_size: Option<u64>,
    /// Parts of a multipart form; beyond: 413.
    pub max_form_parts: Option<usize>,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            max_content_length: Some(2 * 1024 * 1024),
            max_form_memory_size: Some(500_000),
            max_form_parts: Some(1_000),
        }
    }
}
