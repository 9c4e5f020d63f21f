//! The media type of a file, told by its name.

/// What a name tells of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Guess {
    pub(super) mimetype: Option<&'static str>,
    pub(super) encoding: Option<&'static str>,
}

/// Guesses the media type and the content coding of a file name: `a.tar.gz` is a `tar`, packed
/// by `gzip`.
pub(super) fn guess(name: &str) -> Guess {
    let (stem, extension) = split(name);
    if let Some((_, inner, encoding)) = find(&SHORT, extension, |(short, ..)| short) {
        return Guess {
            mimetype: by_extension(inner),
            encoding: Some(encoding),
        };
    }
    match find(&ENCODINGS, extension, |(extension, _)| extension) {
        Some((_, encoding)) => Guess {
            mimetype: by_extension(split(stem).1),
            encoding: Some(encoding),
        },
        None => Guess {
            mimetype: by_extension(extension),
            encoding: None,
        },
    }
}

/// Guesses the media type of a file by its name; what packs it is not looked at.
///
/// # Examples
///
/// ```
/// use rustzeug::response::guess_mimetype;
///
/// assert_eq!(guess_mimetype("a.png"), Some("image/png"));
/// assert_eq!(guess_mimetype("a.tar.gz"), Some("application/x-tar"));
/// assert_eq!(guess_mimetype("a"), None);
/// ```
#[must_use]
pub fn guess_mimetype(name: &str) -> Option<&'static str> {
    guess(name).mimetype
}

/// The name without its extension, and the extension without its point. A name that begins with
/// its only point has none.
fn split(name: &str) -> (&str, &str) {
    let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.trim_start_matches('.').is_empty() => (stem, extension),
        _ => (name, ""),
    }
}

fn find<T: Copy>(table: &[T], extension: &str, key: impl Fn(&T) -> &'static str) -> Option<T> {
    let is_it = |row: &&T| key(row).eq_ignore_ascii_case(extension);
    table.iter().find(is_it).copied()
}

fn by_extension(extension: &str) -> Option<&'static str> {
    if let Some((_, mimetype)) = find(&OURS, extension, |(extension, _)| extension) {
        return Some(mimetype);
    }
    mime_guess::from_ext(extension).first_raw()
}

/// Where the table of the crate is older than what is registered.
const OURS: [(&str, &str); 9] = [
    ("avif", "image/avif"),
    ("ico", "image/vnd.microsoft.icon"),
    ("js", "text/javascript"),
    ("md", "text/markdown"),
    ("mjs", "text/javascript"),
    ("wasm", "application/wasm"),
    ("webmanifest", "application/manifest+json"),
    ("webp", "image/webp"),
    ("zip", "application/zip"),
];

const ENCODINGS: [(&str, &str); 6] = [
    ("br", "br"),
    ("bz2", "bzip2"),
    ("gz", "gzip"),
    ("xz", "xz"),
    ("z", "compress"),
    ("zst", "zstd"),
];

/// One extension for two.
const SHORT: [(&str, &str, &str); 6] = [
    ("svgz", "svg", "gzip"),
    ("taz", "tar", "gzip"),
    ("tbz2", "tar", "bzip2"),
    ("tgz", "tar", "gzip"),
    ("txz", "tar", "xz"),
    ("tz", "tar", "gzip"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_types() {
        for (name, mimetype, encoding) in [
            ("x.txt", Some("text/plain"), None),
            ("x.JPG", Some("image/jpeg"), None),
            ("x.js", Some("text/javascript"), None),
            ("a.b/noext", None, None),
            (".txt", None, None),
            ("x.", None, None),
            ("x.tar.gz", Some("application/x-tar"), Some("gzip")),
            ("x.tgz", Some("application/x-tar"), Some("gzip")),
            ("x.svgz", Some("image/svg+xml"), Some("gzip")),
            ("x.gz", None, Some("gzip")),
        ] {
            assert_eq!(guess(name), Guess { mimetype, encoding }, "{name}");
        }
    }
}
