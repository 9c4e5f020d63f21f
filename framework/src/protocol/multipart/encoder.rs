//! Parts in, multipart bytes out.

use crate::datastructures::Headers;

/// Writes a multipart body, appending to a caller's buffer: for clients and tests.
///
/// A boundary must not occur in the data: the caller makes one that nobody can guess.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::Headers;
/// use rustzeug::protocol::multipart::Encoder;
///
/// let mut out = Vec::new();
/// let mut encoder = Encoder::new("x");
/// encoder.field("a", &Headers::new(), &mut out);
/// encoder.data(b"1", &mut out);
/// encoder.finish(&mut out);
/// let want = "\r\n--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n";
/// assert_eq!(out, want.as_bytes());
/// ```
///
/// # Compatibility
///
/// Quotes and line ends in names become `%22`, `%0D` and `%0A`, as browsers write them
/// (HTML, "multipart form data"); Werkzeug's encoder, which is for tests alone, writes them as
/// they are, and so cannot read them back: [`verbatim_names`](Self::verbatim_names) does the same.
#[derive(Clone, Debug)]
pub struct Encoder {
    boundary: String,
    verbatim: bool,
    /// The head of a part has no blank line after it yet.
    in_head: bool,
}

impl Encoder {
    /// Makes an encoder for a boundary.
    pub fn new(boundary: impl Into<String>) -> Self {
        Self {
            boundary: boundary.into(),
            verbatim: false,
            in_head: false,
        }
    }

    /// Writes names as they are, quotes and line ends included: what a careless client sends, to
    /// test a server with. Never for names that somebody else chose.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::Headers;
    /// use rustzeug::protocol::multipart::Encoder;
    ///
    /// let mut out = Vec::new();
    /// Encoder::new("x").verbatim_names().field("a\"b", &Headers::new(), &mut out);
    /// assert!(out.ends_with(b"name=\"a\"b\"\r\n"));
    /// ```
    #[must_use]
    pub fn verbatim_names(mut self) -> Self {
        self.verbatim = true;
        self
    }

    /// Begins a part that is a text field; a Content-Disposition among `headers` is left out.
    pub fn field(&mut self, name: &str, headers: &Headers, out: &mut Vec<u8>) {
        self.head(name, None, headers, out);
    }

    /// Begins a part that is a file.
    pub fn file(&mut self, name: &str, filename: &str, headers: &Headers, out: &mut Vec<u8>) {
        self.head(name, Some(filename), headers, out);
    }

    /// Adds bytes to the part.
    pub fn data(&mut self, data: &[u8], out: &mut Vec<u8>) {
        // Where there are no bytes at all, the delimiter brings the line end.
        if self.in_head && !data.is_empty() {
            self.in_head = false;
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(data);
    }

    /// Ends the body.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.delimiter(out);
        out.extend_from_slice(b"--\r\n");
    }

    fn head(&mut self, name: &str, filename: Option<&str>, headers: &Headers, out: &mut Vec<u8>) {
        self.delimiter(out);
        out.extend_from_slice(b"\r\nContent-Disposition: form-data; name=\"");
        self.push_name(name, out);
        if let Some(filename) = filename {
            out.extend_from_slice(b"\"; filename=\"");
            self.push_name(filename, out);
        }
        out.extend_from_slice(b"\"\r\n");
        for (name, value) in headers {
            if name == http::header::CONTENT_DISPOSITION {
                continue;
            }
            push_title(name.as_str(), out);
            out.extend_from_slice(b": ");
            out.extend_from_slice(value.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        self.in_head = true;
    }

    fn push_name(&self, name: &str, out: &mut Vec<u8>) {
        if self.verbatim {
            out.extend_from_slice(name.as_bytes());
        } else {
            push_escaped(name, out);
        }
    }

    fn delimiter(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\r\n--");
        out.extend_from_slice(self.boundary.as_bytes());
        self.in_head = false;
    }
}

/// The name of a field in quotes; browsers' way (HTML, "multipart/form-data encoding algorithm").
fn push_escaped(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"%22"),
            b'\r' => out.extend_from_slice(b"%0D"),
            b'\n' => out.extend_from_slice(b"%0A"),
            byte => out.push(byte),
        }
    }
}

/// `content-type` as `Content-Type`: some readers of mail-like heads are particular.
fn push_title(name: &str, out: &mut Vec<u8>) {
    let mut first = true;
    for byte in name.bytes() {
        out.push(if first {
            byte.to_ascii_uppercase()
        } else {
            byte
        });
        first = byte == b'-';
    }
}
