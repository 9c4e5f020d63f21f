//! Forms with files, as a browser sends them.

use std::fmt::Write as _;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use bytes::Bytes;

/// A file of a form.
#[derive(Clone, Debug)]
pub(super) struct File {
    field: String,
    filename: String,
    content_type: String,
    content: Bytes,
}

impl File {
    /// Makes a file whose type is guessed from its name.
    pub(super) fn new(field: String, filename: String, content: Bytes) -> Self {
        let guess = mime_guess::from_path(&filename).first_raw();
        let content_type = guess.unwrap_or("application/octet-stream").to_owned();
        Self {
            field,
            filename,
            content_type,
            content,
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
    let mut body = Vec::new();
    for (name, value) in fields {
        let name = quote(name);
        let head =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    for file in files {
        let (name, filename) = (quote(&file.field), quote(&file.filename));
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; \
             filename=\"{filename}\"\r\nContent-Type: {}\r\n\r\n",
            file.content_type
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&file.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (boundary, body)
}

/// As browsers do (WHATWG HTML, "multipart/form-data encoding algorithm"): quotes and line ends
/// are percent-encoded, everything else is sent as UTF-8.
fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' | '\r' | '\n' => {
                let _never_fails = write!(out, "%{:02X}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out
}
