//! Forms with files, as a browser sends them.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;

use crate::datastructures::Headers;
use crate::protocol::multipart::Encoder;

/// A file of a form.
#[derive(Clone, Debug)]
pub(super) struct File {
    field: String,
    filename: String,
    content_type: HeaderValue,
    content: Bytes,
}

impl File {
    /// Makes a file whose type is guessed from its name.
    pub(super) fn new(field: String, filename: String, content: Bytes) -> Self {
        let guess = mime_guess::from_path(&filename).first_raw();
        let content_type = guess.unwrap_or("application/octet-stream");
        let content_type = HeaderValue::from_static(content_type);
        Self {
            field,
            filename,
            content_type,
            content,
        }
    }

    /// Makes a file of a type.
    pub(super) fn of_type(self, content_type: HeaderValue) -> Self {
        Self {
            content_type,
            ..self
        }
    }
}

/// Writes fields and files as `multipart/form-data`; returns the boundary and the body.
///
/// The boundary is not a secret and not checked against the contents: not for production code.
pub(super) fn encode_multipart(fields: &[(String, String)], files: &[File]) -> (String, Vec<u8>) {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let boundary = format!("---------------RustzeugFormPart_{number}");
    let mut encoder = Encoder::new(boundary.as_str());
    let mut body = Vec::new();
    for (name, value) in fields {
        encoder.field(name, &Headers::new(), &mut body);
        encoder.data(value.as_bytes(), &mut body);
    }
    for file in files {
        let mut headers = Headers::new();
        headers.set(CONTENT_TYPE, file.content_type.clone());
        encoder.file(&file.field, &file.filename, &headers, &mut body);
        encoder.data(&file.content, &mut body);
    }
    encoder.finish(&mut body);
    (boundary, body)
}
