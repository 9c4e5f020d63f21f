//! Files that were sent and stay open, so that sending one again costs a look, not an opening.
//!
//! The look (`stat` by the path) is made each time: a file that was changed, replaced, locked away
//! or deleted is never answered from here. What is kept is a descriptor, which sees the bytes that
//! the file has now.

use std::collections::HashMap;
use std::fs;
use std::fs::File;
use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

/// Opens a regular file, or finds it open.
pub(super) fn open(path: &Path) -> io::Result<(Arc<File>, Metadata)> {
    let now = match regular(path) {
        Ok(metadata) => metadata,
        Err(error) => {
            forget(path);
            return Err(error);
        }
    };
    if let Some(file) = find(path, &now) {
        return Ok((file, now));
    }
    let file = match File::open(path) {
        // Ours may be those that are missing.
        Err(error) if is_out_of_descriptors(&error) => {
            files().kept.clear();
            File::open(path)?
        }
        opened => opened?,
    };
    // Asked again of what was opened: another file may be there by now.
    let metadata = file.metadata()?;
    let file = Arc::new(file);
    keep(path, &file, &metadata);
    Ok((file, metadata))
}

/// What a path names, if that is a regular file.
fn regular(path: &Path) -> io::Result<Metadata> {
    // Asked before it is opened: opening a pipe would wait for somebody to write to it.
    let metadata = fs::metadata(path)?;
    if metadata.is_file() {
        Ok(metadata)
    } else {
        Err(io::Error::new(
            io::ErrorKind::IsADirectory,
            "not a regular file",
        ))
    }
}

/// The open files of the process; those that nobody asks for any more are closed in time.
#[derive(Default)]
struct OpenFiles {
    kept: HashMap<PathBuf, Kept>,
    /// How often anybody looked.
    looks: u64,
}

struct Kept {
    file: Arc<File>,
    identity: Identity,
    /// The look that found it last.
    used: u64,
}

fn files() -> MutexGuard<'static, OpenFiles> {
    static FILES: LazyLock<Mutex<OpenFiles>> = LazyLock::new(Mutex::default);
    FILES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn find(path: &Path, now: &Metadata) -> Option<Arc<File>> {
    let identity = Identity::of(now)?;
    let mut files = files();
    files.looks += 1;
    let looks = files.looks;
    if looks.is_multiple_of(LOOKS) {
        files.kept.retain(|_, kept| looks - kept.used < LOOKS);
    }
    let kept = files.kept.get_mut(path)?;
    if kept.identity != identity {
        files.kept.remove(path);
        return None;
    }
    kept.used = looks;
    Some(kept.file.clone())
}

fn keep(path: &Path, file: &Arc<File>, metadata: &Metadata) {
    let Some(identity) = Identity::of(metadata) else {
        return;
    };
    let mut files = files();
    if files.kept.len() >= MOST {
        let oldest = files.kept.iter().min_by_key(|(_, kept)| kept.used);
        if let Some(oldest) = oldest.map(|(path, _)| path.clone()) {
            files.kept.remove(&oldest);
        }
    }
    let kept = Kept {
        file: file.clone(),
        identity,
        used: files.looks,
    };
    files.kept.insert(path.to_owned(), kept);
}

fn forget(path: &Path) {
    files().kept.remove(path);
}

/// What differs as soon as a path names another file, or the file was touched in any way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Identity {
    #[cfg(unix)]
    #[allow(
        clippy::unnecessary_wraps,
        reason = "elsewhere there is nothing to tell files by"
    )]
    fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;

        Some(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    /// A file cannot be told from another that took its place: nothing is kept. Windows would not
    /// let anybody delete an open file, either.
    #[cfg(not(unix))]
    fn of(_metadata: &Metadata) -> Option<Self> {
        None
    }
}

#[cfg(unix)]
fn is_out_of_descriptors(error: &io::Error) -> bool {
    let codes = [rustix::io::Errno::MFILE, rustix::io::Errno::NFILE];
    let code = error.raw_os_error();
    code.is_some_and(|code| codes.iter().any(|errno| errno.raw_os_error() == code))
}

#[cfg(not(unix))]
fn is_out_of_descriptors(_error: &io::Error) -> bool {
    false
}

/// Files kept open.
const MOST: usize = 128;

/// A file that so many looks did not find is closed.
const LOOKS: u64 = 4_096;

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read;

    use super::*;

    fn text(file: &File) -> String {
        use std::os::unix::fs::FileExt;

        let mut bytes = vec![0; 64];
        let n = file.read_at(&mut bytes, 0).unwrap_or_default();
        String::from_utf8_lossy(&bytes[..n]).into_owned()
    }

    #[test]
    fn a_file_is_opened_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "one").unwrap();
        let (first, _) = open(&path).unwrap();
        let (second, metadata) = open(&path).unwrap();
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(metadata.len(), 3);
    }

    #[test]
    fn what_was_changed_replaced_or_deleted_is_seen_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let other = folder.path().join("b");
        fs::write(&path, "one").unwrap();
        let (first, _) = open(&path).unwrap();
        fs::write(&path, "longer").unwrap();
        let (changed, metadata) = open(&path).unwrap();
        assert_eq!((metadata.len(), &*text(&changed)), (6, "longer"));
        fs::write(&other, "of the same").unwrap();
        fs::rename(&other, &path).unwrap();
        let (replaced, metadata) = open(&path).unwrap();
        assert_eq!((metadata.len(), &*text(&replaced)), (11, "of the same"));
        assert!(!Arc::ptr_eq(&first, &replaced));
        fs::remove_file(&path).unwrap();
        let kind = open(&path).map_err(|error| error.kind()).map(drop);
        assert_eq!(kind, Err(io::ErrorKind::NotFound));
        assert!(!files().kept.contains_key(&path));
    }

    #[test]
    fn no_more_than_so_many_stay_open() {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..MOST + 20 {
            let path = folder.path().join(n.to_string());
            fs::write(&path, "x").unwrap();
            let (file, _) = open(&path).unwrap();
            let mut read = String::new();
            (&*file).read_to_string(&mut read).unwrap();
            assert_eq!(read, "x");
        }
        assert!(files().kept.len() <= MOST);
    }

    #[test]
    fn directories_are_no_files() {
        let folder = tempfile::tempdir().unwrap();
        let kind = open(folder.path()).map_err(|error| error.kind()).map(drop);
        assert_eq!(kind, Err(io::ErrorKind::IsADirectory));
    }
}
