//! Limits of requests that an application or a rule has of its own.

use crate::request::Request;

/// Limits that replace those of the server, or of the application around.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitsDef {
    /// In each: `None` says nothing, `Some(None)` says that there is no limit.
    max_content_length: Option<Option<u64>>,
    max_form_memory_size: Option<Option<u64>>,
    max_form_parts: Option<Option<usize>>,
}

impl LimitsDef {
    /// Says nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            max_content_length: None,
            max_form_memory_size: None,
            max_form_parts: None,
        }
    }

    /// Bytes of a body.
    #[must_use]
    pub const fn max_content_length(mut self, bytes: Option<u64>) -> Self {
        self.max_content_length = Some(bytes);
        self
    }

    /// Bytes of a form field that is no file.
    #[must_use]
    pub const fn max_form_memory_size(mut self, bytes: Option<u64>) -> Self {
        self.max_form_memory_size = Some(bytes);
        self
    }

    /// Parts of a multipart form.
    #[must_use]
    pub const fn max_form_parts(mut self, parts: Option<usize>) -> Self {
        self.max_form_parts = Some(parts);
        self
    }

    /// Changes the limits of a request whose body was not read yet.
    pub fn apply(&self, request: &mut Request) {
        let mut limits = *request.limits();
        limits.max_content_length = self.max_content_length.unwrap_or(limits.max_content_length);
        limits.max_form_memory_size = self
            .max_form_memory_size
            .unwrap_or(limits.max_form_memory_size);
        limits.max_form_parts = self.max_form_parts.unwrap_or(limits.max_form_parts);
        request.set_limits(limits);
    }

    /// These, and where they say nothing those of what is around.
    pub(super) fn within(self, outer: Self) -> Self {
        Self {
            max_content_length: self.max_content_length.or(outer.max_content_length),
            max_form_memory_size: self.max_form_memory_size.or(outer.max_form_memory_size),
            max_form_parts: self.max_form_parts.or(outer.max_form_parts),
        }
    }
}
