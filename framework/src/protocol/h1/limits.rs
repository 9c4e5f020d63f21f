//! How much of everything is accepted.

/// How much of everything a request head and the framing of a body may take.
///
/// # Examples
///
/// ```
/// use rustzeug::protocol::h1::Limits;
///
/// let limits = Limits::default();
/// assert_eq!(limits.head_size, 32 * 1024);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a whole head, request line included; at most 65,535. Beyond: 431.
    pub head_size: usize,
    /// Fields of a head; at most 100. Beyond: 431.
    pub fields: usize,
    /// Bytes of the request target. RFC 9112 section 3 asks for at least 8,000. Beyond: 414.
    pub target_size: usize,
    /// Bytes of all chunk extensions of one body. Nobody sends any; beyond: 400.
    pub chunk_extensions: usize,
    /// Bytes of all trailer fields of one body. Beyond: 431.
    pub trailers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_size: 32 * 1024,
            fields: Self::MOST_FIELDS,
            target_size: 8 * 1024,
            chunk_extensions: 4 * 1024,
            trailers: 8 * 1024,
        }
    }
}

impl Limits {
    /// More than anybody sends; what looks for a field goes through all of them.
    pub(super) const MOST_FIELDS: usize = 100;
}
