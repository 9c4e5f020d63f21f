//! A piece of an open file.

use std::fs::File;
use std::io;
use std::sync::Arc;

/// A piece of an open file: what [`Body::file`](super::Body::file) sends.
///
/// The descriptor is shared, the position is not: many responses may send pieces of one file at
/// a time.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use std::sync::Arc;
/// use rustzeug::Body;
/// use rustzeug::body::FileSlice;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut file = tempfile::tempfile()?;
/// file.write_all(b"hello")?;
/// let body = Body::file(FileSlice::new(Arc::new(file), 1, 3));
/// assert_eq!(body.len(), Some(3));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FileSlice {
    /// The open file.
    pub(crate) file: Arc<File>,
    /// Where the piece begins, in bytes from the start of the file.
    pub(crate) offset: u64,
    /// How long it is, in bytes.
    pub(crate) length: u64,
}

impl FileSlice {
    /// Makes a piece of `length` bytes from `offset` on. Neither is checked against the file:
    /// when it turns out shorter, the response is cut and the connection closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use rustzeug::body::FileSlice;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let file = Arc::new(tempfile::tempfile()?);
    /// let (head, rest) = (FileSlice::new(file.clone(), 0, 4), FileSlice::new(file, 4, 96));
    /// assert_eq!(head.len() + rest.len(), 100);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn new(file: Arc<File>, offset: u64, length: u64) -> Self {
        Self {
            file,
            offset,
            length,
        }
    }

    /// How many bytes it holds.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use rustzeug::body::FileSlice;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let file = Arc::new(tempfile::tempfile()?);
    /// assert_eq!(FileSlice::new(file, 10, 5).len(), 5);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether it holds nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use rustzeug::body::FileSlice;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let file = Arc::new(tempfile::tempfile()?);
    /// assert!(FileSlice::new(file.clone(), 10, 0).is_empty());
    /// assert!(!FileSlice::new(file, 10, 5).is_empty());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The piece of this piece that `start..end` names, cut to what there is.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use rustzeug::body::FileSlice;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let file = Arc::new(tempfile::tempfile()?);
    /// let piece = FileSlice::new(file, 10, 5);
    /// assert_eq!(piece.slice(1, 3).len(), 2);
    /// assert_eq!(piece.slice(3, 100).len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn slice(&self, start: u64, end: u64) -> Self {
        let end = end.min(self.length);
        let start = start.min(end);
        Self {
            file: self.file.clone(),
            offset: self.offset + start,
            length: end - start,
        }
    }

    /// Reads at most `buffer.len()` bytes from `position` of the piece on; does not move any
    /// cursor.
    ///
    /// # Errors
    ///
    /// What the file answers; an early end of the file is `UnexpectedEof`.
    pub(crate) fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        let left = self.length.saturating_sub(position);
        let want = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let Some(buffer) = buffer.get_mut(..want) else {
            return Ok(0);
        };
        #[cfg(unix)]
        let n = std::os::unix::fs::FileExt::read_at(&*self.file, buffer, self.offset + position)?;
        #[cfg(windows)]
        let n =
            std::os::windows::fs::FileExt::seek_read(&*self.file, buffer, self.offset + position)?;
        if n == 0 && want > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(n)
    }

    /// Reads the whole piece into memory.
    pub(crate) fn read(&self) -> io::Result<Vec<u8>> {
        let length = usize::try_from(self.length).map_err(|_| io::ErrorKind::OutOfMemory)?;
        let mut bytes = vec![0; length];
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            filled += self.read_at(rest, filled as u64)?;
        }
        Ok(bytes)
    }
}
