//! Where the bytes of a file come from.

use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::time::SystemTime;

use bytes::Bytes;

use crate::body::Body;
use crate::body::FileSlice;
use crate::exceptions::HttpException;
use crate::exceptions::NotFound;
use crate::response::open_files;

#[derive(Clone, Debug)]
pub(super) enum Source {
    Path(PathBuf),
    /// A path that a client chose: what is not there is 404, not the program's mistake.
    Asked(PathBuf),
    /// A path that leads out of its directory.
    Outside,
    Bytes(Bytes),
}

/// A file that was opened, and what it says of itself.
pub(super) struct Opened {
    pub(super) body: Body,
    pub(super) length: u64,
    pub(super) modified: Option<SystemTime>,
}

impl Source {
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) | Self::Asked(path) => Some(path),
            Self::Outside | Self::Bytes(_) => None,
        }
    }

    pub(super) fn open(&self) -> Result<Opened, HttpException> {
        match self {
            Self::Path(path) => open(path).map_err(HttpException::from),
            Self::Asked(path) => open(path).map_err(|error| {
                if is_missing(&error) {
                    NotFound.with_source(error)
                } else {
                    error.into()
                }
            }),
            Self::Outside => Err(NotFound.into()),
            Self::Bytes(bytes) => Ok(Opened {
                length: bytes.len() as u64,
                body: bytes.clone().into(),
                modified: None,
            }),
        }
    }
}

fn open(path: &Path) -> io::Result<Opened> {
    let (file, metadata) = open_files::open(path)?;
    let length = metadata.len();
    let body = match length {
        0 => Body::empty(),
        _ => Body::file(FileSlice::new(file, 0, length)),
    };
    Ok(Opened {
        body,
        length,
        modified: metadata.modified().ok(),
    })
}

/// Whether an error says that a path names no file, as a client's path may.
fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::IsADirectory
            | io::ErrorKind::InvalidFilename
            // A path with a NUL.
            | io::ErrorKind::InvalidInput
    )
}

/// A tag that changes when the file does: its time to the nanosecond, its length, its path.
pub(super) fn file_etag(path: &Path, modified: SystemTime, length: u64) -> String {
    let nanos = match modified.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => since.as_nanos(),
        Err(before) => before.duration().as_nanos(),
    };
    let path = adler32(path.as_os_str().as_encoded_bytes());
    format!("{nanos:x}-{length:x}-{path:x}")
}

/// Adler-32 (RFC 1950 section 8.2): tells paths apart; nothing relies on it against forgery.
fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}
