//! The text of an exception's answer.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::HttpException;

impl HttpException {
    /// Returns the page that people see.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::exceptions::Gone;
    ///
    /// assert_eq!(
    ///     Gone.with_description("Sold & gone.").body(),
    ///     "<!doctype html>\n<html lang=en>\n<title>410 Gone</title>\n<h1>Gone</h1>\n\
    ///      <p>Sold &amp; gone.</p>\n",
    /// );
    /// ```
    pub fn body(&self) -> String {
        let name = escape_html(self.name());
        let description = escape_html(self.description()).replace('\n', "<br>");
        format!(
            "<!doctype html>\n<html lang=en>\n<title>{} {name}</title>\n<h1>{name}</h1>\n\
             <p>{description}</p>\n",
            self.code(),
        )
    }

    /// Returns the same for programs: `application/problem+json` (RFC 9457).
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::exceptions::Gone;
    ///
    /// assert_eq!(
    ///     Gone.with_description("Sold.").problem_json(),
    ///     r#"{"title":"Gone","status":410,"detail":"Sold."}"#,
    /// );
    /// ```
    pub fn problem_json(&self) -> String {
        let mut out = String::from("{\"title\":");
        push_json(&mut out, self.name());
        let _ = write!(out, ",\"status\":{}", self.code());
        if !self.description().is_empty() {
            out.push_str(",\"detail\":");
            push_json(&mut out, self.description());
        }
        for (name, value) in self.members() {
            out.push(',');
            push_json(&mut out, name);
            let _ = write!(out, ":{value}");
        }
        out.push('}');
        out
    }
}

/// Replaces the five characters that mean something in HTML, in text and quoted attributes.
///
/// # Examples
///
/// ```
/// use rustzeug::exceptions::escape_html;
///
/// assert_eq!(escape_html("<a href='x'>"), "&lt;a href=&#39;x&#39;&gt;");
/// ```
pub fn escape_html(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(char),
        }
    }
    Cow::Owned(out)
}

fn push_json(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\0'..=' ' if char != ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            _ => out.push(char),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use crate::exceptions::BadRequest;

    #[test]
    fn texts_are_escaped() {
        let error = BadRequest.with_description("<\"&\">\n\u{1}\\");
        assert!(
            error
                .body()
                .ends_with("<p>&lt;&#34;&amp;&#34;&gt;<br>\u{1}\\</p>\n")
        );
        let json: serde_json::Value = serde_json::from_str(&error.problem_json()).unwrap();
        assert_eq!(json["detail"], "<\"&\">\n\u{1}\\");
    }
}
