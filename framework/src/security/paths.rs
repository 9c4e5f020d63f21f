//! File names and paths that come from clients.

use std::path::Path;
use std::path::PathBuf;

use icu_normalizer::DecomposingNormalizerBorrowed;

/// Joins a trusted directory and parts that a client chose, or gives `None` where the result would
/// lie outside.
///
/// The parts are separated by `/` whatever the system. Only names are looked at: a symbolic link
/// inside the directory may still lead out of it, so its content must be trusted.
///
/// # Examples
///
/// ```
/// use std::path::Path;
/// use rustzeug::security::safe_join;
///
/// assert_eq!(safe_join("/srv", &["a/b.txt"]).as_deref(), Some(Path::new("/srv/a/b.txt")));
/// assert_eq!(safe_join("/srv", &["a/../../b"]), None);
/// assert_eq!(safe_join("/srv", &["/etc/passwd"]), None);
/// ```
pub fn safe_join<P: AsRef<str>>(directory: impl AsRef<Path>, parts: &[P]) -> Option<PathBuf> {
    let directory = directory.as_ref();
    // Or else the first part would take the trusted directory's place.
    let mut path = if directory.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        directory.to_owned()
    };
    for part in parts {
        let part = part.as_ref();
        if part.is_empty() {
            continue;
        }
        path.push(safe_part(part)?);
    }
    Some(path)
}

/// Turns a client's name for a file into one that is safe on every file system.
///
/// Letters, digits and `._-` of ASCII are kept, other characters are replaced by what they are made
/// of or left out; separators and spaces become `_`. The result may be empty: then make up a name.
///
/// # Examples
///
/// ```
/// use rustzeug::security::secure_filename;
///
/// assert_eq!(secure_filename("My cool movie.mov"), "My_cool_movie.mov");
/// assert_eq!(secure_filename("../../../etc/passwd"), "etc_passwd");
/// assert_eq!(secure_filename("ümläut.txt"), "umlaut.txt");
/// ```
pub fn secure_filename(name: &str) -> String {
    let name = DecomposingNormalizerBorrowed::new_nfkd().normalize(name);
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for char in name.chars().filter(char::is_ascii) {
        let separates = char == '/' || cfg!(windows) && char == '\\';
        if separates || matches!(char, ' ' | '\t'..='\r' | '\x1c'..='\x1f') {
            gap = true;
            continue;
        }
        if gap && !out.is_empty() {
            out.push('_');
        }
        gap = false;
        if char.is_ascii_alphanumeric() || matches!(char, '_' | '.' | '-') {
            out.push(char);
        } else if out.is_empty() {
            // What is left out still stands between words.
            out.push('.');
        }
    }
    let out = out.trim_matches(['.', '_']);
    if cfg!(windows) && is_device(out) {
        return format!("_{out}");
    }
    out.to_owned()
}

/// Resolves the dots of a part; `None` if it leads out, or somewhere else entirely.
fn safe_part(part: &str) -> Option<String> {
    if part.starts_with('/') || cfg!(windows) && !is_safe_on_windows(part) {
        return None;
    }
    let mut names: Vec<&str> = Vec::new();
    for name in part.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop()?;
            }
            name => names.push(name),
        }
    }
    if names.is_empty() {
        return Some(".".to_owned());
    }
    Some(names.join("/"))
}

fn is_safe_on_windows(part: &str) -> bool {
    let is_drive = part.as_bytes().get(1) == Some(&b':');
    !part.contains('\\') && !is_drive && !part.split('/').any(is_device)
}

/// Names that are devices on Windows in every directory, whatever their extension or stream.
fn is_device(name: &str) -> bool {
    let stem = name.split([':', '.']).next().unwrap_or(name);
    let stem = stem.trim().to_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| rest.chars().count() == 1 && rest.contains(is_device_number))
    };
    matches!(
        stem.as_str(),
        "AUX" | "CON" | "CONIN$" | "CONOUT$" | "NUL" | "PRN"
    ) || numbered("COM")
        || numbered("LPT")
}

fn is_device_number(char: char) -> bool {
    matches!(char, '1'..='9' | '¹' | '²' | '³')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stay_inside() {
        for (directory, parts, want) in [
            ("/base", &["a", "", "b/"][..], Some("/base/a/b")),
            ("/base/", &["./a//b"], Some("/base/a/b")),
            ("/base", &["."], Some("/base/.")),
            ("/base", &["a/.."], Some("/base/.")),
            ("", &["a"], Some("./a")),
            ("", &[], Some(".")),
            ("base", &["..\\a", "~", "..."], Some("base/..\\a/~/...")),
            ("/base", &["a", ".."], None),
            ("/base", &["../base/a"], None),
            ("/base", &["a/../../base"], None),
            ("/base", &["/base"], None),
        ] {
            let path = safe_join(directory, parts);
            assert_eq!(
                path.as_deref(),
                want.map(Path::new),
                "{directory} {parts:?}"
            );
        }
    }

    #[test]
    fn windows_has_names_that_are_devices() {
        for (name, want) in [
            ("con", true),
            ("NUL.txt", true),
            ("nul:", true),
            ("COM1", true),
            ("lpt²", true),
            ("com0", false),
            ("com12", false),
            ("console", false),
            ("", false),
        ] {
            assert_eq!(is_device(name), want, "{name}");
        }
        assert!(!is_safe_on_windows("a\\b") && !is_safe_on_windows("C:/x"));
        assert!(!is_safe_on_windows("a/nul") && is_safe_on_windows("a/b"));
    }

    #[test]
    fn names_are_made_safe() {
        for (name, want) in [
            ("", ""),
            ("._", ""),
            ("a b  c", "a_b_c"),
            ("a\nb\0c", "a_bc"),
            ("ﬁle ½.txt", "file_12.txt"),
            ("ß.txt", "txt"),
            ("-rf", "-rf"),
            ("; a", "a"),
            ("a ;b", "a_b"),
            ("/. a", "a"),
        ] {
            assert_eq!(secure_filename(name), want, "{name:?}");
        }
    }
}
