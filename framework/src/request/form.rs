//! Form bodies: fields and files.

use super::Request;
use super::request::body_exception;
use crate::body::BodyError;
use crate::datastructures::MultiDict;
use crate::exceptions::HttpException;
use crate::grammar::media_type;
use crate::grammar::query;

/// The fields of a form.
#[derive(Clone, Debug, Default)]
pub struct FormData {
    fields: MultiDict,
}

impl FormData {
    /// The fields that are not files, in order, repeated ones kept.
    #[must_use]
    pub fn fields(&self) -> &MultiDict {
        &self.fields
    }
}

impl Request {
    /// The fields of a form body; empty where the body is no form.
    ///
    /// # Errors
    ///
    /// As [`data`](Self::data).
    pub fn form(&self) -> Result<&MultiDict, HttpException> {
        let form = self.lazy().form.get_or_init(|| self.parse_form());
        form.as_ref().map(FormData::fields).map_err(body_exception)
    }

    fn parse_form(&self) -> Result<FormData, BodyError> {
        let content_type = self.header("content-type").unwrap_or("");
        let mut form = FormData::default();
        if media_type::mimetype(content_type) == "application/x-www-form-urlencoded" {
            let bytes = self.read_bytes()?;
            let limit = self.limits().max_form_memory_size;
            if let Some(limit) = limit.filter(|limit| bytes.len() as u64 > *limit) {
                return Err(BodyError::too_large(limit));
            }
            let text = String::from_utf8_lossy(bytes);
            form.fields = query::decode_pairs(&text)
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect();
        }
        Ok(form)
    }
}
