//! Fields that are known when the program is compiled.

use http::HeaderName;
use http::HeaderValue;
use http::header::CONTENT_TYPE;

/// A field that is known when the program is compiled: there is nothing to make, to move and to
/// drop, and its line is sent in one copy.
#[derive(Debug)]
pub(crate) struct Constant {
    pub(super) field: (HeaderName, HeaderValue),
    line: &'static str,
}

impl Constant {
    /// A Content-Type of its line, as it is sent.
    ///
    /// # Panics
    ///
    /// While the program is compiled, on anything else.
    #[must_use]
    pub(crate) const fn content_type(line: &'static str) -> Self {
        let (name, rest) = line.split_at("content-type: ".len());
        let (value, end) = rest.split_at(rest.len() - "\r\n".len());
        assert!(name.as_bytes()[0] == b'c' && end.as_bytes()[0] == b'\r');
        Self {
            field: (CONTENT_TYPE, HeaderValue::from_static(value)),
            line,
        }
    }

    /// Name, value and line end.
    #[inline]
    pub(crate) const fn line(&self) -> &'static str {
        self.line
    }
}
