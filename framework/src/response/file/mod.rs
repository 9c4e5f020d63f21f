//! Sending files: Werkzeug's `send_file` and `send_from_directory`.

mod source;

use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::SystemTime;

use bytes::Bytes;
use http::HeaderValue;
use http::header;

use source::Opened;
use source::Source;
use source::file_etag;

use super::Conditional;
use super::Response;
use super::media;
use crate::body::Body;
use crate::clock;
use crate::datastructures::InvalidHeader;
use crate::datastructures::ResponseCacheControl;
use crate::exceptions::HttpException;
use crate::grammar::media_type;
use crate::request::Request;
use crate::security::safe_join;

/// A file to send, and how: Werkzeug's `send_file`.
///
/// Made by [`send_file`] and [`send_from_directory`], answered with [`respond`](Self::respond).
/// The media type comes from the name, the entity tag and `Last-Modified` from the file; ranges
/// and conditions of the request are honoured; the kernel sends the bytes where it can.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
/// use rustzeug::response::send_from_directory;
///
/// #[application]
/// impl Site {
///     #[route("/static/<path:name>")]
///     fn file(&self, name: &str, request: &Request) -> Result<Response> {
///         send_from_directory("static", name).respond(request)
///     }
/// }
/// # struct Site;
/// # fn main() {}
/// ```
#[derive(Clone, Debug)]
pub struct SendFile {
    source: Source,
    mimetype: Option<String>,
    download_name: Option<String>,
    as_attachment: bool,
    etag: Tag,
    last_modified: Option<SystemTime>,
    max_age: Option<i64>,
    /// `None`: the whole file, whatever is asked.
    conditional: Option<Conditional>,
}

#[derive(Clone, Debug)]
enum Tag {
    FromFile,
    Given(String),
    None,
}

/// Sends a file whose path the program chose.
///
/// A path that comes from a client belongs to [`send_from_directory`].
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
/// use rustzeug::response::send_file;
///
/// #[application]
/// fn report(request: &Request) -> Result<Response> {
///     send_file("reports/2026.pdf").as_attachment().respond(request)
/// }
/// # fn main() {}
/// ```
pub fn send_file(path: impl Into<PathBuf>) -> SendFile {
    SendFile::new(Source::Path(path.into()))
}

/// Sends a file from within a directory, by a path that a client chose.
///
/// A path that would lead out of the directory, and what is not there or no regular file, is
/// answered 404. Symbolic links are followed: the directory's content must be trusted.
///
/// ```
/// # use rustzeug::testing::EnvironBuilder;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use rustzeug::send_from_directory;
///
/// let request = EnvironBuilder::new("/").build()?;
/// let refused = send_from_directory("static", "../secrets.txt").respond(&request);
/// assert_eq!(refused.unwrap_err().code(), 404);
/// # Ok(())
/// # }
/// ```
pub fn send_from_directory(directory: impl AsRef<Path>, path: &str) -> SendFile {
    match safe_join(directory, &[path]) {
        Some(path) => SendFile::new(Source::Asked(path)),
        None => SendFile::new(Source::Outside),
    }
}

impl SendFile {
    /// Sends bytes as a file. Without a name or a media type, [`respond`](Self::respond) fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::response::SendFile;
    ///
    /// #[application]
    /// fn export(request: &Request) -> Result<Response> {
    ///     SendFile::from_bytes("a,b\n1,2\n").download_name("table.csv").as_attachment().respond(request)
    /// }
    /// # fn main() {}
    /// ```
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(Source::Bytes(bytes.into()))
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            mimetype: None,
            download_name: None,
            as_attachment: false,
            etag: Tag::FromFile,
            last_modified: None,
            max_age: None,
            conditional: Some(Conditional::new().ranges()),
        }
    }

    /// Sets the media type, instead of what the name says; text gets its charset added.
    ///
    /// ```
    /// # use rustzeug::response::SendFile;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let request = EnvironBuilder::new("/").build()?;
    /// let file = SendFile::from_bytes("a,b\n").download_name("t.csv").mimetype("text/plain");
    /// let response = file.respond(&request).map_err(|error| error.to_string())?;
    /// assert_eq!(response.mimetype(), "text/plain");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn mimetype(mut self, mimetype: impl Into<String>) -> Self {
        self.mimetype = Some(mimetype.into());
        self
    }

    /// Sets the name under which browsers save it, and which tells the media type. Any text: it
    /// is sent as RFC 6266 says.
    ///
    /// ```
    /// # use rustzeug::response::SendFile;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let request = EnvironBuilder::new("/").build()?;
    /// let file = SendFile::from_bytes("a,b\n").download_name("tée.csv");
    /// let response = file.respond(&request).map_err(|error| error.to_string())?;
    /// assert_eq!(
    ///     response.headers().get("content-disposition"),
    ///     Some("inline; filename=tee.csv; filename*=UTF-8''t%C3%A9e.csv"),
    /// );
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn download_name(mut self, name: impl Into<String>) -> Self {
        self.download_name = Some(name.into());
        self
    }

    /// Asks browsers to save it instead of showing it.
    ///
    /// ```
    /// # use rustzeug::response::SendFile;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let request = EnvironBuilder::new("/").build()?;
    /// let file = SendFile::from_bytes("a,b\n").download_name("t.csv").as_attachment();
    /// let response = file.respond(&request).map_err(|error| error.to_string())?;
    /// assert_eq!(response.headers().get("content-disposition"), Some("attachment; filename=t.csv"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn as_attachment(mut self) -> Self {
        self.as_attachment = true;
        self
    }

    /// Sets the entity tag, not quoted, instead of one made of the file's time and length.
    ///
    /// ```
    /// # use rustzeug::response::SendFile;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let request = EnvironBuilder::new("/").build()?;
    /// let file = SendFile::from_bytes("a,b\n").download_name("t.csv").etag("v1");
    /// let response = file.respond(&request).map_err(|error| error.to_string())?;
    /// assert_eq!(response.etag(), Some(("v1", false)));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn etag(mut self, etag: impl Into<String>) -> Self {
        self.etag = Tag::Given(etag.into());
        self
    }

    /// Sends no entity tag.
    ///
    /// ```
    /// # use rustzeug::response::SendFile;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let request = EnvironBuilder::new("/").build()?;
    /// let file = SendFile::from_bytes("a,b\n").download_name("t.csv").without_etag();
    /// let response = file.respond(&request).map_err(|error| error.to_string())?;
    /// assert_eq!(response.etag(), None);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn without_etag(mut self) -> Self {
        self.etag = Tag::None;
        self
    }

    /// Sets `Last-Modified`, instead of the file's own time.
    ///
    /// ```
    /// # use rustzeug::response::SendFile;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let request = EnvironBuilder::new("/").build()?;
    /// let file = SendFile::from_bytes("a,b\n").download_name("t.csv").last_modified(std::time::SystemTime::UNIX_EPOCH);
    /// let response = file.respond(&request).map_err(|error| error.to_string())?;
    /// assert_eq!(response.last_modified(), Some(std::time::SystemTime::UNIX_EPOCH));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn last_modified(mut self, date: SystemTime) -> Self {
        self.last_modified = Some(date);
        self
    }

    /// Sets how long clients and caches may keep it without asking; otherwise they must ask each
    /// time, which a 304 answers.
    ///
    /// ```
    /// # use rustzeug::response::SendFile;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let request = EnvironBuilder::new("/").build()?;
    /// let file = SendFile::from_bytes("a,b\n").download_name("t.csv").max_age(std::time::Duration::from_secs(60));
    /// let response = file.respond(&request).map_err(|error| error.to_string())?;
    /// assert_eq!(response.cache_control().max_age(), Some(60));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn max_age(self, age: Duration) -> Self {
        self.max_age_seconds(i64::try_from(age.as_secs()).unwrap_or(i64::MAX))
    }

    /// As [`max_age`](Self::max_age), in seconds; zero or less: ask each time.
    ///
    /// ```
    /// # use rustzeug::response::SendFile;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let request = EnvironBuilder::new("/").build()?;
    /// let file = SendFile::from_bytes("a,b\n").download_name("t.csv").max_age_seconds(0);
    /// let response = file.respond(&request).map_err(|error| error.to_string())?;
    /// assert_eq!(response.headers().get("cache-control"), Some("no-cache, max-age=0"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn max_age_seconds(mut self, seconds: i64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Answers with the whole file, whatever conditions and ranges the request has.
    ///
    /// ```
    /// # use rustzeug::response::SendFile;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let request = EnvironBuilder::new("/").build()?;
    /// let file = SendFile::from_bytes("a,b\n").download_name("t.csv").unconditional();
    /// let response = file.respond(&request).map_err(|error| error.to_string())?;
    /// assert!(!response.headers().contains("accept-ranges"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn unconditional(mut self) -> Self {
        self.conditional = None;
        self
    }

    /// Answers conditions and ranges in another way than by RFC 9110.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::response::Conditional;
    ///
    /// #[application]
    /// fn film(request: &Request) -> Result<Response> {
    ///     send_file("film.mp4").conditional(Conditional::werkzeug()).respond(request)
    /// }
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn conditional(mut self, conditional: Conditional) -> Self {
        self.conditional = Some(match conditional.has_ranges() {
            true => conditional,
            false => conditional.ranges(),
        });
        self
    }

    /// Opens the file and answers.
    ///
    /// Opening blocks for a moment: right for a plain `fn`. In an `async fn` use
    /// [`respond_async`](Self::respond_async).
    ///
    /// ```
    /// # use rustzeug::response::SendFile;
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let request = EnvironBuilder::new("/").build()?;
    /// let file = SendFile::from_bytes("a,b\n").download_name("t.csv");
    /// let response = file.respond(&request).map_err(|error| error.to_string())?;
    /// assert_eq!(response.mimetype(), "text/csv");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 404 where a client asked for what is not there, 416 for a range that is not, 500 where the
    /// program's own path cannot be opened, or a name is needed and missing.
    pub fn respond(self, request: &Request) -> Result<Response, HttpException> {
        let opened = self.source.open()?;
        self.finish(opened, request)
    }

    /// As [`respond`](Self::respond); a thread for blocking work opens the file.
    ///
    /// ```
    /// use rustzeug::prelude::*;
    ///
    /// #[application]
    /// async fn report(request: &Request) -> Result<Response> {
    ///     send_file("report.pdf").respond_async(request).await
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// As [`respond`](Self::respond).
    ///
    /// # Cancel safety
    ///
    /// Dropping it loses nothing; the file is opened and closed again.
    pub async fn respond_async(self, request: &Request) -> Result<Response, HttpException> {
        let opened = match &self.source {
            Source::Bytes(_) | Source::Outside => self.source.open()?,
            Source::Path(_) | Source::Asked(_) => {
                let source = self.source.clone();
                tokio::task::spawn_blocking(move || source.open()).await??
            }
        };
        self.finish(opened, request)
    }

    fn finish(self, opened: Opened, request: &Request) -> Result<Response, HttpException> {
        let name = self.download_name.as_deref();
        let name = name.or_else(|| self.source.path()?.file_name()?.to_str());
        let mut response = self.typed(name, opened.body)?;
        if let Some(name) = name {
            response.set_content_disposition(self.disposition(), name);
        } else if self.as_attachment {
            return Err("no name for an attachment: set `download_name`".into());
        }
        if let Some(date) = self.last_modified.or(opened.modified) {
            response.set_last_modified(date);
        }
        self.set_age(&mut response)?;
        match &self.etag {
            Tag::Given(etag) => response.set_etag(etag)?,
            Tag::FromFile => {
                if let (Some(path), Some(modified)) = (self.source.path(), opened.modified) {
                    response.set_etag(&file_etag(path, modified, opened.length))?;
                }
            }
            Tag::None => {}
        }
        match &self.conditional {
            Some(conditional) => response.make_conditional_with(
                request,
                &conditional.clone().complete_length(opened.length),
            ),
            None => Ok(response),
        }
    }

    /// The response with its media type, and its coding if the name tells of one. An attachment
    /// is saved as it is, so nothing is said of its coding: a browser would unpack it.
    fn typed(&self, name: Option<&str>, body: Body) -> Result<Response, HttpException> {
        let guess = name.map(media::guess);
        let mimetype = match (&self.mimetype, guess) {
            (Some(mimetype), _) => mimetype,
            (None, Some(guess)) => guess.mimetype.unwrap_or("application/octet-stream"),
            (None, None) => {
                return Err("no media type: set `download_name` or `mimetype`".into());
            }
        };
        let content_type = HeaderValue::try_from(media_type::content_type(mimetype, "utf-8"))?;
        let mut response = Response::typed(content_type, body);
        if let (None, false, Some(encoding)) = (
            &self.mimetype,
            self.as_attachment,
            guess.and_then(|guess| guess.encoding),
        ) {
            let encoding = HeaderValue::from_static(encoding);
            response
                .headers_mut()
                .set(header::CONTENT_ENCODING, encoding);
        }
        Ok(response)
    }

    fn disposition(&self) -> &'static str {
        if self.as_attachment {
            "attachment"
        } else {
            "inline"
        }
    }

    fn set_age(&self, response: &mut Response) -> Result<(), InvalidHeader> {
        let mut cache = ResponseCacheControl::new();
        match self.max_age {
            Some(age) if age > 0 => cache.set_public(true),
            _ => cache.set_no_cache(Some("")),
        }
        if let Some(age) = self.max_age {
            cache.set_max_age(age);
            let expires = Duration::from_secs(age.unsigned_abs());
            let expires = if age < 0 {
                clock::now().checked_sub(expires)
            } else {
                clock::now().checked_add(expires)
            };
            if let Some(expires) = expires {
                response.set_expires(expires);
            }
        }
        response.set_cache_control(&cache)
    }
}
