//! `Content-Disposition`: shown or saved, and under which name.

use http::header;
use icu_normalizer::DecomposingNormalizerBorrowed;

use super::Response;
use super::headers::ascii;
use crate::grammar::options::dump_options_header;

impl Response {
    /// Sets how a browser presents the body: `inline` or `attachment`, and the name for saving.
    ///
    /// Any name can be sent: what is not ASCII goes as `filename*` (RFC 6266, RFC 8187), beside a
    /// plainer `filename` for old clients.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Response;
    ///
    /// let mut response = Response::new("text");
    /// response.set_content_disposition("attachment", "Grüße.txt");
    /// let want = "attachment; filename=Grue.txt; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt";
    /// assert_eq!(response.headers().get("content-disposition"), Some(want));
    /// ```
    pub fn set_content_disposition(&mut self, kind: &'static str, filename: &str) {
        let value = if filename.is_ascii() && !filename.contains(|c: char| c.is_ascii_control()) {
            dump_options_header(Some(kind), [("filename", Some(filename))])
        } else {
            let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize(filename);
            let plain: String = plain.chars().filter(is_plain).collect();
            let full = format!("UTF-8''{}", quote_attribute(filename));
            dump_options_header(
                Some(kind),
                [("filename", Some(plain)), ("filename*", Some(full))],
            )
        };
        self.headers_mut()
            .set(header::CONTENT_DISPOSITION, ascii(value));
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what `filter` calls")]
fn is_plain(c: &char) -> bool {
    c.is_ascii() && !c.is_ascii_control()
}

/// Percent-encodes all but `attr-char` (RFC 8187 section 3.2.1).
fn quote_attribute(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend(
                [byte >> 4, byte & 15]
                    .map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)])),
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_can_be_sent() {
        for (name, want) in [
            ("a.txt", "inline; filename=a.txt"),
            ("a \"b\".txt", "inline; filename=\"a \\\"b\\\".txt\""),
            ("é", "inline; filename=e; filename*=UTF-8''%C3%A9"),
            ("a\r\nb", "inline; filename=ab; filename*=UTF-8''a%0D%0Ab"),
            (
                "日本",
                "inline; filename=\"\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC",
            ),
        ] {
            let mut response = Response::empty();
            response.set_content_disposition("inline", name);
            let field = response.headers().get("content-disposition");
            assert_eq!(field, Some(want), "{name:?}");
        }
    }
}
