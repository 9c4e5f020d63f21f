//! Fields that belong together.

use super::Headers;

impl Headers {
    /// Removes the fields that describe a body (RFC 2616 section 7.1), but for those `allowed`.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::Headers;
    ///
    /// let mut headers = Headers::new();
    /// headers.set("content-type", "text/html");
    /// headers.set("expires", "0");
    /// headers.set("etag", "\"1\"");
    /// headers.remove_entity_headers(&["expires", "content-location"]);
    /// assert!(!headers.contains("content-type"));
    /// assert_eq!(headers.len(), 2);
    /// ```
    pub fn remove_entity_headers(&mut self, allowed: &[&str]) {
        self.retain(|name, _| {
            let name = name.as_str();
            !is_entity_header(name) || allowed.iter().any(|other| other.eq_ignore_ascii_case(name))
        });
    }

    /// Removes the fields that are between two neighbours only (RFC 9110 section 7.6.1), those
    /// that `Connection` names included.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::Headers;
    ///
    /// let mut headers = Headers::new();
    /// headers.set("connection", "close, x-mine");
    /// headers.set("x-mine", "1");
    /// headers.set("x-yours", "2");
    /// headers.remove_hop_by_hop_headers();
    /// assert_eq!(headers.to_string(), "x-yours: 2\r\n\r\n");
    /// ```
    pub fn remove_hop_by_hop_headers(&mut self) {
        let named: Vec<String> = self
            .get_list("connection")
            .flat_map(|value| value.split(','))
            .map(|name| name.trim().to_ascii_lowercase())
            .collect();
        self.retain(|name, _| {
            let name = name.as_str();
            !is_hop_by_hop_header(name) && !named.iter().any(|other| other == name)
        });
    }
}

/// Returns whether a field describes a body.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::headers::is_entity_header;
///
/// assert!(is_entity_header("Content-Type") && !is_entity_header("ETag"));
/// ```
pub fn is_entity_header(name: &str) -> bool {
    ENTITY.iter().any(|other| other.eq_ignore_ascii_case(name))
}

/// Returns whether a field is between two neighbours only and must not be passed on.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::headers::is_hop_by_hop_header;
///
/// assert!(is_hop_by_hop_header("Transfer-Encoding"));
/// ```
pub fn is_hop_by_hop_header(name: &str) -> bool {
    HOP_BY_HOP
        .iter()
        .any(|other| other.eq_ignore_ascii_case(name))
}

const ENTITY: &[&str] = &[
    "allow",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-md5",
    "content-range",
    "content-type",
    "expires",
    "last-modified",
];
const HOP_BY_HOP: &[&str] = &[
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
