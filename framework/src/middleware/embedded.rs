//! Files that are part of the program.

use std::sync::LazyLock;

use bytes::Bytes;

use crate::datastructures::generate_etag;
use crate::response::SendFile;

/// The files of a directory, as part of the program; made by [`embed!`](crate::embed).
///
/// What is asked for is one of the names or is not there: nothing is looked for on a disk.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::EmbeddedDir;
///
/// static FILES: EmbeddedDir = EmbeddedDir::new(&[("css/page.css", b"p { margin: 0 }")]);
///
/// assert!(FILES.get("css/page.css").is_some());
/// assert!(FILES.get("../css/page.css").is_none());
/// assert_eq!(FILES.names().collect::<Vec<_>>(), ["css/page.css"]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedDir {
    /// Names with slashes, sorted.
    files: &'static [(&'static str, &'static [u8])],
}

impl EmbeddedDir {
    /// Makes a directory of names and contents; the names must be sorted.
    ///
    /// # Panics
    ///
    /// At compile time where it is a constant: names that are not sorted.
    #[must_use]
    pub const fn new(files: &'static [(&'static str, &'static [u8])]) -> Self {
        let mut index = 1;
        while index < files.len() {
            let (before, name) = (files[index - 1].0.as_bytes(), files[index].0.as_bytes());
            assert!(is_before(before, name), "the names are not sorted");
            index += 1;
        }
        Self { files }
    }

    /// The file of a name, ready to be sent, with an entity tag of its content.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<SendFile> {
        let bytes = self.bytes(name)?;
        let base = name.rsplit('/').next().unwrap_or(name);
        Some(
            SendFile::from_bytes(Bytes::from_static(bytes))
                .download_name(base)
                .etag(etag(bytes)),
        )
    }

    /// The content of a file.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<&'static [u8]> {
        let at = self.files.binary_search_by(|(known, _)| (*known).cmp(name));
        at.ok().and_then(|at| self.files.get(at)).map(|file| file.1)
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.files.iter().map(|(name, _)| *name)
    }
}

/// The tag of content that never changes, made once.
fn etag(bytes: &'static [u8]) -> String {
    use std::collections::HashMap;
    use std::sync::Mutex;
    use std::sync::PoisonError;

    // By address: two files of the same content may share it, and then have the same tag.
    static TAGS: LazyLock<Mutex<HashMap<(usize, usize), String>>> = LazyLock::new(Mutex::default);
    let mut tags = TAGS.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (bytes.as_ptr().addr(), bytes.len());
    tags.entry(key)
        .or_insert_with(|| generate_etag(bytes))
        .clone()
}

const fn is_before(a: &[u8], b: &[u8]) -> bool {
    let mut index = 0;
    while index < a.len() && index < b.len() {
        if a[index] != b[index] {
            return a[index] < b[index];
        }
        index += 1;
    }
    a.len() < b.len()
}
