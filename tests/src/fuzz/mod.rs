//! What must hold whatever bytes come: one function a target.
//!
//! Each runs in two places: in `tests/fuzz` with coverage to guide it, and in every `cargo test`
//! with seeded random input ([`seeded`]). A broken promise is a panic.

mod accept;
mod authorization;
mod cookies;
mod forms;
mod headers;
mod range;
mod routing;
pub mod seeded;
mod urls;
mod wire;

use std::borrow::Cow;

/// A target: what must hold of these bytes.
pub type Target = fn(&[u8]);

/// Every target and its name.
pub const TARGETS: &[(&str, Target)] = &[
    ("accept", accept::accept),
    ("authorization", authorization::authorization),
    ("cookies", cookies::cookies),
    ("h1_body", wire::h1_body),
    ("h1_head", wire::h1_head),
    ("headers", headers::headers),
    ("match_path", routing::match_path),
    ("multipart", forms::multipart),
    ("range", range::range),
    ("rule_parse", routing::rule_parse),
    ("urlencoded", forms::urlencoded),
    ("urls", urls::urls),
];

/// Finds a target by its name.
///
/// # Examples
///
/// ```
/// use rustzeug_tests::fuzz;
///
/// assert!(fuzz::target("cookies").is_some());
/// assert!(fuzz::target("").is_none());
/// ```
pub fn target(name: &str) -> Option<Target> {
    let found = TARGETS.iter().find(|(known, _)| *known == name);
    found.map(|(_, target)| *target)
}

/// The input as text; what is not UTF-8 becomes U+FFFD.
fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// A number from the first two bytes, and the rest.
fn number(data: &[u8]) -> (usize, &[u8]) {
    match data {
        [high, low, rest @ ..] => (usize::from(*high) << 8 | usize::from(*low), rest),
        _ => (0, data),
    }
}

/// The input cut in two, at a place that its first two bytes say.
fn cut(data: &[u8]) -> (&[u8], [&[u8]; 2]) {
    let (at, rest) = number(data);
    let (front, back) = rest.split_at(at.min(rest.len()));
    (rest, [front, back])
}

/// The input cut in two at its first line end; lines so far apart stay text in a corpus.
fn lines(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}
