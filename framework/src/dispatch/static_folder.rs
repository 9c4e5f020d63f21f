//! The folder of `static_folder`.

use std::path::Path;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::exceptions::HttpException;
use crate::request::Request;
use crate::response::Response;
use crate::response::send_from_directory;

/// An application's static folder, found when the first file is asked for.
#[derive(Debug)]
pub struct StaticFolder {
    folder: &'static str,
    /// Where the application's `Cargo.toml` was when it was compiled.
    source: Option<&'static str>,
    found: OnceLock<PathBuf>,
}

impl StaticFolder {
    /// A folder, where the program runs or beside its sources.
    #[must_use]
    pub const fn new(folder: &'static str, source: Option<&'static str>) -> Self {
        Self {
            folder,
            source,
            found: OnceLock::new(),
        }
    }

    /// Answers with a file; may block.
    ///
    /// # Errors
    ///
    /// 404 for what is not there, and so on: see [`SendFile`](crate::response::SendFile).
    pub fn respond(&self, filename: &str, request: &Request) -> Result<Response, HttpException> {
        send_from_directory(self.path(), filename).respond(request)
    }

    fn path(&self) -> &Path {
        self.found.get_or_init(|| {
            let here = PathBuf::from(self.folder);
            match self.source {
                // What is deployed beside the program goes before what it was built from.
                Some(source) if !here.is_dir() => Path::new(source).join(here),
                _ => here,
            }
        })
    }
}
