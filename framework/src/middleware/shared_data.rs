//! Files for everybody: Werkzeug's `SharedDataMiddleware`.

use std::fmt;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use http::HeaderValue;
use http::Method;
use http::StatusCode;
use http::header;

use super::Middleware;
use super::Next;
use super::embedded::EmbeddedDir;
use super::wildcard;
use crate::application::Reply;
use crate::exceptions::HttpException;
use crate::request::Request;
use crate::response::IntoResponse;
use crate::response::Response;
use crate::response::SendFile;
use crate::response::guess_mimetype;
use crate::response::send_file;
use crate::response::send_from_directory;

/// Answers with files of directories or of the program itself, before the application is asked:
/// Werkzeug's `SharedDataMiddleware`.
///
/// Requests for what is not there go on to the application, also below an exported prefix, and so
/// do methods other than GET and HEAD. Conditional requests and ranges are answered; clients and
/// caches may keep a file for twelve hours, unless [`cache_timeout`](Self::cache_timeout) or
/// [`without_cache`](Self::without_cache) say otherwise.
///
/// Whether a file is there is found out on a worker thread, and only for paths below an exported
/// prefix. With the prefix `/` that is every GET: fine for a small site, a prefix of its own is
/// cheaper.
///
/// A path cannot lead out of a directory by its own text (`..`, `//`, `\`, NUL). Symbolic links
/// are followed wherever they lead, and so is whatever happens to lie in the directory (`.git`,
/// `.env`, a copy that an editor left): export a directory that holds nothing else, or
/// [`disallow`](Self::disallow) what it must hold.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::{Layer, SharedData};
/// use rustzeug::prelude::*;
///
/// # struct App;
/// # #[application]
/// # impl App {}
/// let files = SharedData::new()
///     .directory("/shared", "shared")
///     .file("/favicon.ico", "shared/icons/favicon.ico")
///     .disallow("*.bak")
///     .disallow(".*");
/// let app = App.with(files);
/// ```
///
/// # Compatibility
///
/// A file that is exported by itself is answered at its path alone, not below it. Ranges,
/// `Content-Encoding` of packed files, and several `disallow`s are ours.
#[derive(Clone)]
pub struct SharedData {
    exports: Vec<(String, Export)>,
    disallow: Vec<String>,
    cache: Option<Duration>,
    fallback_mimetype: String,
}

#[derive(Clone, Debug)]
enum Export {
    Directory(PathBuf),
    File(PathBuf),
    Embedded(EmbeddedDir),
}

/// What a path leads to, before any file was looked at.
enum Found<'a> {
    Directory(&'a Path, &'a str),
    File(&'a Path),
    Embedded(&'a EmbeddedDir, &'a str),
}

/// What is known of a request before any disk was asked.
enum AtOnce {
    Answer(Response),
    Look,
    Nothing,
}

impl SharedData {
    /// Exports nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            exports: Vec::new(),
            disallow: Vec::new(),
            cache: Some(CACHE_TIMEOUT),
            fallback_mimetype: "application/octet-stream".to_owned(),
        }
    }

    /// Exports what is in a directory, below a prefix. Of several exports, the first that has the
    /// file answers.
    #[must_use]
    pub fn directory(self, prefix: &str, directory: impl Into<PathBuf>) -> Self {
        self.export(prefix, Export::Directory(directory.into()))
    }

    /// Exports a single file, at a path.
    #[must_use]
    pub fn file(self, path: &str, file: impl Into<PathBuf>) -> Self {
        self.export(path, Export::File(file.into()))
    }

    /// Exports files that are part of the program, below a prefix; made by
    /// [`embed!`](crate::embed).
    #[must_use]
    pub fn embedded(self, prefix: &str, files: EmbeddedDir) -> Self {
        self.export(prefix, Export::Embedded(files))
    }

    /// Keeps files from being answered whose name, or that of a directory they are in below the
    /// export, has this pattern: `*` is any text, `?` any character, `[a-z]` one of them, `[!a-z]`
    /// none of them. Requests for them go on to the application.
    #[must_use]
    pub fn disallow(mut self, pattern: impl Into<String>) -> Self {
        self.disallow.push(pattern.into());
        self
    }

    /// How long clients and caches may keep a file without asking; twelve hours by default.
    #[must_use]
    pub fn cache_timeout(mut self, timeout: Duration) -> Self {
        self.cache = Some(timeout);
        self
    }

    /// Says nothing of caching but `public`, and sends no entity tag.
    #[must_use]
    pub fn without_cache(mut self) -> Self {
        self.cache = None;
        self
    }

    /// The media type of files whose name tells none; `application/octet-stream` by default.
    #[must_use]
    pub fn fallback_mimetype(mut self, mimetype: impl Into<String>) -> Self {
        self.fallback_mimetype = mimetype.into();
        self
    }

    fn export(mut self, prefix: &str, export: Export) -> Self {
        let prefix = format!("/{}", prefix.trim_matches('/'));
        self.exports.push((prefix, export));
        self
    }

    /// The exports that a path may mean, the first one first.
    fn candidates<'a>(&'a self, path: &'a str) -> impl Iterator<Item = Found<'a>> {
        self.exports.iter().filter_map(move |(prefix, export)| {
            let rest = path.strip_prefix(prefix.trim_end_matches('/'))?;
            match export {
                Export::File(file) => rest.is_empty().then_some(Found::File(file)),
                Export::Directory(directory) => {
                    let name = rest.strip_prefix('/').filter(|name| self.allows(name))?;
                    Some(Found::Directory(directory, name))
                }
                Export::Embedded(files) => {
                    let name = rest.strip_prefix('/').filter(|name| self.allows(name))?;
                    Some(Found::Embedded(files, name))
                }
            }
        })
    }

    fn allows(&self, name: &str) -> bool {
        // Every segment: a pattern keeps folders as well, and no detour leads around it.
        name.split('/').all(|segment| {
            let mut disallow = self.disallow.iter();
            !matches!(segment, "" | "." | "..")
                && !disallow.any(|pattern| wildcard::matches(pattern, segment))
        })
    }

    /// What can be said without a look at a disk.
    fn at_once(&self, request: &Request) -> AtOnce {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return AtOnce::Nothing;
        }
        for found in self.candidates(request.path()) {
            let Found::Embedded(files, name) = found else {
                return AtOnce::Look;
            };
            let file = files.get(name);
            if let Some(response) = file.and_then(|file| self.respond(file, name, request)) {
                return AtOnce::Answer(response);
            }
        }
        AtOnce::Nothing
    }

    /// The first file that is there; may block.
    fn find(&self, path: &str, request: &Request) -> Option<Response> {
        self.candidates(path).find_map(|found| {
            let (file, name) = match found {
                Found::File(file) => (send_file(file), file.file_name()?.to_str()?),
                Found::Directory(directory, name) => (send_from_directory(directory, name), name),
                Found::Embedded(files, name) => (files.get(name)?, name),
            };
            self.respond(file, name, request)
        })
    }

    fn respond(&self, file: SendFile, name: &str, request: &Request) -> Option<Response> {
        let mut file = file;
        if guess_mimetype(name).is_none() {
            file = file.mimetype(self.fallback_mimetype.clone());
        }
        file = match self.cache {
            Some(timeout) => file.max_age(timeout),
            None => file.without_etag(),
        };
        let mut response = match file.respond(request) {
            Ok(response) => response,
            Err(error) if is_missing(&error) => return None,
            Err(error) => error.into_response(),
        };
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_DISPOSITION);
        if self.cache.is_none() {
            headers.set(header::CACHE_CONTROL, HeaderValue::from_static("public"));
        }
        Some(response)
    }
}

/// Not there: then it is the application's turn. A range that is not there is an answer, and so
/// is a file that may not be read.
fn is_missing(error: &HttpException) -> bool {
    let exported = error.downcast_ref::<io::Error>();
    error.status() == StatusCode::NOT_FOUND
        || exported.is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

impl Middleware for SharedData {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        let mut found = None;
        {
            let (found, request) = (&mut found, &*request);
            // Opening a file may wait for a disk; what a worker finds is handed over here.
            let look = move || {
                *found = self.find(request.path(), request);
                Response::empty()
            };
            Reply::blocking(look).await;
        }
        match found {
            Some(response) => response,
            None => next.run(request).await,
        }
    }

    fn reply<'a>(&'a self, request: &'a mut Request, next: Next<'a>) -> Reply<'a> {
        match self.at_once(request) {
            AtOnce::Answer(response) => Reply::Ready(response),
            AtOnce::Nothing => next.run(request),
            AtOnce::Look => Reply::future(self.handle(request, next)),
        }
    }
}

impl Default for SharedData {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SharedData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedData")
            .field("exports", &self.exports)
            .field("disallow", &self.disallow)
            .finish_non_exhaustive()
    }
}

/// Werkzeug's `cache_timeout`.
const CACHE_TIMEOUT: Duration = Duration::from_secs(60 * 60 * 12);
