//! `path`: text that may hold slashes.

/// Whether a variable `path` takes the text: no slash in front, no line break after the first
/// character.
#[inline]
pub(crate) fn is_path(text: &[u8]) -> bool {
    match text {
        [first, rest @ ..] => *first != b'/' && !rest.contains(&b'\n'),
        [] => false,
    }
}
