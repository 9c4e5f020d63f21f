//! The differences from Werkzeug that we chose, by suite and tag; COMPATIBILITY.md has the prose.

/// Returns why an answer that carries one of these tags may differ; it still counts as failed.
///
/// # Examples
///
/// ```
/// use rustzeug_tests::replay::differences::reason;
///
/// assert!(reason("routing_match", &["unicode_digits".to_owned()]).is_some());
/// assert!(reason("routing_match", &[]).is_none());
/// ```
pub fn reason(suite: &str, tags: &[String]) -> Option<&'static str> {
    let listed = |(of, tag, _): &&(&str, &str, &str)| {
        (*of == suite || *of == "*") && tags.iter().any(|given| given == tag)
    };
    REASONS.iter().find(listed).map(|(_, _, reason)| *reason)
}

/// Returns whether FORMAT.md says that another answer is as good as the recorded one.
pub fn is_accepted(suite: &str, tags: &[String]) -> bool {
    suite == "forms"
        && tags
            .iter()
            .any(|tag| tag == "ambiguous_chunking" || tag == "read_size_limit")
}

/// Suite (`*` for all), tag, reason.
const REASONS: &[(&str, &str, &str)] = &[
    ("*", "bigint", "numbers beyond 64 bits"),
    ("*", "py_bool", "booleans are `true` and `false`"),
    ("*", "py_int_underscore", "Python's `int` takes `1_0`"),
    ("*", "unicode_digits", "Python's digits are any script's"),
];
