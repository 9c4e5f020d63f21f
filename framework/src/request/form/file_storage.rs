//! An uploaded file.

use std::fmt;
use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::path::Path;

use bytes::Bytes;

use crate::body::Body;
use crate::body::Spooled;
use crate::datastructures::DictValue;
use crate::datastructures::Headers;
use crate::grammar::media_type;
use crate::grammar::options::Params;
use crate::grammar::options::parse_options_header;

/// An uploaded file: Werkzeug's `FileStorage`.
///
/// A small one is in memory, a large one in a temporary file that goes when the last clone does.
/// Clones share the content.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
/// use rustzeug::security::secure_filename;
///
/// #[application]
/// fn upload(request: &Request) -> Result<String> {
///     let file = request.files()?.get("photo").or_status(400)?;
///     let name = secure_filename(file.filename());
///     let length = file.save(format!("/srv/photos/{name}"))?;
///     Ok(format!("{length} bytes"))
/// }
/// # use rustzeug::exceptions::OrAbort as _;
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct FileStorage {
    name: String,
    filename: String,
    headers: Headers,
    content: Spooled,
}

impl FileStorage {
    pub(super) fn new(name: String, filename: String, headers: Headers, content: Spooled) -> Self {
        Self {
            name,
            filename,
            headers,
            content,
        }
    }

    /// Makes one of bytes: for tests and clients.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::request::FileStorage;
    ///
    /// let file = FileStorage::from_bytes("photo", "cat.png", "meow");
    /// assert_eq!((file.name(), file.filename(), file.len()), ("photo", "cat.png", 4));
    /// ```
    pub fn from_bytes(
        name: impl Into<String>,
        filename: impl Into<String>,
        bytes: impl Into<Bytes>,
    ) -> Self {
        let content = Spooled::Memory(bytes.into());
        Self::new(name.into(), filename.into(), Headers::new(), content)
    }

    /// The name of the form field.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::request::FileStorage;
    /// let file = FileStorage::from_bytes("photo", "cat.png", "meow");
    /// assert_eq!(file.name(), "photo");
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the client calls the file. Anything at all may stand there: pass it through
    /// [`secure_filename`](crate::security::secure_filename) before it names a file of yours.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::request::FileStorage;
    /// # use rustzeug::security::secure_filename;
    /// let file = FileStorage::from_bytes("photo", "../../cat.png", "meow");
    /// assert_eq!(file.filename(), "../../cat.png");
    /// assert_eq!(secure_filename(file.filename()), "cat.png");
    /// ```
    #[must_use]
    pub fn filename(&self) -> &str {
        &self.filename
    }

    /// The header fields of the part.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::request::FileStorage;
    /// let file = FileStorage::from_bytes("photo", "cat.png", "meow");
    /// assert!(file.headers().is_empty());
    /// ```
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The header fields of the part, to be changed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::request::FileStorage;
    /// let mut file = FileStorage::from_bytes("photo", "cat.png", "meow");
    /// file.headers_mut().set("content-type", "image/png");
    /// assert_eq!(file.content_type(), Some("image/png"));
    /// ```
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.headers
    }

    /// The media type as the client says it; a claim, not a fact.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> rustzeug::Result<()> {
    /// let request = EnvironBuilder::new("/").file("photo", "cat.png", "meow").build()?;
    /// let file = request.files()?.get("photo");
    /// assert_eq!(file.and_then(|file| file.content_type()), Some("image/png"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.headers.get("content-type")
    }

    /// The media type without its parameters, in lower case; empty where there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::request::FileStorage;
    /// let mut file = FileStorage::from_bytes("notes", "notes.txt", "tea");
    /// file.headers_mut().set("content-type", "Text/Plain; charset=utf-8");
    /// assert_eq!(file.mimetype(), "text/plain");
    /// ```
    #[must_use]
    pub fn mimetype(&self) -> String {
        media_type::mimetype(self.content_type().unwrap_or_default())
    }

    /// The parameters of the media type.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::request::FileStorage;
    /// let mut file = FileStorage::from_bytes("notes", "notes.txt", "tea");
    /// file.headers_mut().set("content-type", "Text/Plain; charset=utf-8");
    /// assert_eq!(file.mimetype_params().get("charset"), Some("utf-8"));
    /// ```
    #[must_use]
    pub fn mimetype_params(&self) -> Params<'_> {
        parse_options_header(self.content_type().unwrap_or_default()).1
    }

    /// How many bytes there are.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::request::FileStorage;
    /// let file = FileStorage::from_bytes("photo", "cat.png", "meow");
    /// assert_eq!(file.len(), 4);
    /// ```
    #[must_use]
    pub fn len(&self) -> u64 {
        match &self.content {
            Spooled::Memory(bytes) => bytes.len() as u64,
            Spooled::File(file) => file.len(),
        }
    }

    /// Whether there are no bytes: also what a browser sends for a field left empty, with an
    /// empty name.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::request::FileStorage;
    /// assert!(FileStorage::from_bytes("photo", "", "").is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it is in memory, and not in a temporary file.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::request::FileStorage;
    /// let file = FileStorage::from_bytes("photo", "cat.png", "meow");
    /// assert!(file.is_in_memory());
    /// ```
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        matches!(self.content, Spooled::Memory(_))
    }

    /// All bytes; reads them from the temporary file where they are there.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::request::FileStorage;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let file = FileStorage::from_bytes("photo", "cat.png", "meow");
    /// assert_eq!(file.bytes()?, "meow");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What the temporary file fails with.
    pub fn bytes(&self) -> io::Result<Bytes> {
        match &self.content {
            Spooled::Memory(bytes) => Ok(bytes.clone()),
            Spooled::File(file) => file.read().map(Bytes::from),
        }
    }

    /// A reader of its own, from the beginning.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::BufRead as _;
    /// use std::io::BufReader;
    /// use rustzeug::request::FileStorage;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let file = FileStorage::from_bytes("table", "a.csv", "1,2\n3,4\n");
    /// assert_eq!(BufReader::new(file.reader()).lines().count(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn reader(&self) -> FileReader {
        FileReader {
            content: self.content.clone(),
            position: 0,
        }
    }

    /// The bytes as a response body, without a copy.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::request::FileStorage;
    /// # use rustzeug::Response;
    /// let file = FileStorage::from_bytes("photo", "cat.png", "meow");
    /// let response = Response::new(file.body());
    /// assert_eq!(response.body().as_bytes(), Some(&b"meow"[..]));
    /// ```
    #[must_use]
    pub fn body(&self) -> Body {
        match &self.content {
            Spooled::Memory(bytes) => bytes.clone().into(),
            Spooled::File(file) => Body::file(file.clone()),
        }
    }

    /// Writes it to a file, in place of what is there; returns the number of bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::request::FileStorage;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let directory = tempfile::tempdir()?;
    /// let path = directory.path().join("cat.png");
    /// let file = FileStorage::from_bytes("photo", "cat.png", "meow");
    /// assert_eq!(file.save(&path)?, 4);
    /// assert_eq!(std::fs::read(&path)?, b"meow");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What either file fails with.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<u64> {
        io::copy(&mut self.reader(), &mut File::create(path)?)
    }

    /// As [`save`](Self::save), for an `async fn`: a thread for blocking work does it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use rustzeug::request::FileStorage;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let directory = tempfile::tempdir()?;
    /// let path = directory.path().join("cat.png");
    /// let file = FileStorage::from_bytes("photo", "cat.png", "meow");
    /// assert_eq!(file.save_async(&path).await?, 4);
    /// assert_eq!(std::fs::read(&path)?, b"meow");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`save`](Self::save).
    ///
    /// # Cancel safety
    ///
    /// Dropped halfway, the file is written to its end all the same.
    pub async fn save_async(&self, path: impl AsRef<Path>) -> io::Result<u64> {
        let (mut reader, path) = (self.reader(), path.as_ref().to_owned());
        let copy = move || io::copy(&mut reader, &mut File::create(path)?);
        tokio::task::spawn_blocking(copy)
            .await
            .map_err(io::Error::other)?
    }
}

/// So that `files.get("name")` is a `&FileStorage`.
impl DictValue for FileStorage {
    type View = Self;

    fn view(&self) -> &Self {
        self
    }
}

impl fmt::Debug for FileStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStorage")
            .field("name", &self.name)
            .field("filename", &self.filename)
            .field("content_type", &self.content_type())
            .field("len", &self.len())
            .finish()
    }
}

/// Reads an uploaded file; made by [`FileStorage::reader`].
///
/// # Examples
///
/// ```
/// use std::io::{Read as _, Seek as _, SeekFrom};
/// use rustzeug::request::FileStorage;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut reader = FileStorage::from_bytes("log", "a.txt", "one two").reader();
/// reader.seek(SeekFrom::Start(4))?;
/// let mut rest = String::new();
/// reader.read_to_string(&mut rest)?;
/// assert_eq!(rest, "two");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FileReader {
    content: Spooled,
    position: u64,
}

impl FileReader {
    fn len(&self) -> u64 {
        match &self.content {
            Spooled::Memory(bytes) => bytes.len() as u64,
            Spooled::File(file) => file.len(),
        }
    }
}

impl Read for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = match &self.content {
            Spooled::Memory(bytes) => {
                let at = usize::try_from(self.position).unwrap_or(usize::MAX);
                let rest = bytes.get(at..).unwrap_or_default();
                let n = rest.len().min(buffer.len());
                buffer[..n].copy_from_slice(&rest[..n]);
                n
            }
            Spooled::File(file) if self.position >= file.len() => 0,
            Spooled::File(file) => file.read_at(buffer, self.position)?,
        };
        self.position += n as u64;
        Ok(n)
    }
}

impl Seek for FileReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.len().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
