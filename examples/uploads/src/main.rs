//! Uploads: of a form into temporary files, and of any size as they come.
//!
//! Run with `cargo run -p uploads` and open <http://127.0.0.1:8000/>, or
//!
//! ```sh
//! curl -F "file=@film.mp4" http://127.0.0.1:8000/files
//! curl -F "file=@film.mp4" http://127.0.0.1:8000/stream
//! ```
//!
//! What is kept goes to the folder that the variable `UPLOADS` names; without it nothing is kept.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::io;
use std::io::Read as _;
use std::path::PathBuf;

use rustzeug::prelude::*;
use rustzeug::request::FileStorage;
use rustzeug::security::secure_filename;
use sha2::Digest as _;
use sha2::Sha256;

/// Five gigabytes; what is larger is refused with 413 before it is sent.
const LARGEST: u64 = 5 * 1024 * 1024 * 1024;

struct Uploads {
    folder: Option<PathBuf>,
}

#[application(limits(max_content_length = LARGEST))]
impl Uploads {
    #[route("/")]
    fn index(&self) -> Html<&'static str> {
        Html(PAGE)
    }

    /// The form was read before: small files are in memory, large ones in a temporary file that
    /// goes with the request. A plain `fn` may block, so it may read and copy them.
    #[route("/files", methods = ["POST"])]
    fn files(&self, files: Files<'_>) -> Result<String> {
        let mut out = String::new();
        for (_, file) in files.iter() {
            // A field of the page that was left empty comes as a file without a name.
            if file.filename().is_empty() {
                continue;
            }
            if let Some(folder) = &self.folder {
                file.save(folder.join(safe_name(file)))?;
            }
            line(&mut out, &sha256(file)?, file.len(), file.filename());
        }
        Ok(out)
    }

    /// The parts as they come: nothing is kept here, neither in memory nor on disk.
    #[route("/stream", methods = ["POST"])]
    async fn stream(&self, mut parts: Multipart) -> Result<String> {
        let mut out = String::new();
        while let Some(mut part) = parts.next_part().await? {
            let Some(filename) = part.filename().map(str::to_owned) else {
                continue;
            };
            let (mut hash, mut length) = (Sha256::new(), 0);
            while let Some(piece) = part.chunk().await? {
                hash.update(&piece);
                length += piece.len() as u64;
            }
            line(&mut out, &hex(&hash.finalize()), length, &filename);
        }
        Ok(out)
    }

    /// A body that is no form: `curl -T film.mp4 http://127.0.0.1:8000/raw`.
    #[route("/raw", methods = ["PUT"])]
    async fn raw(&self, mut body: BodyStream) -> Result<String> {
        let (mut hash, mut length) = (Sha256::new(), 0);
        while let Some(piece) = body.next().await {
            let piece = piece?;
            hash.update(&piece);
            length += piece.len() as u64;
        }
        let mut out = String::new();
        line(&mut out, &hex(&hash.finalize()), length, "-");
        Ok(out)
    }
}

/// What a client calls a file may be a path: it is made a plain name, or is refused.
fn safe_name(file: &FileStorage) -> String {
    match secure_filename(file.filename()) {
        name if name.is_empty() => "unnamed".to_owned(),
        name => name,
    }
}

fn sha256(file: &FileStorage) -> io::Result<String> {
    let (mut reader, mut hash) = (file.reader(), Sha256::new());
    let mut buffer = [0; 64 * 1024];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            n => hash.update(&buffer[..n]),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As `sha256sum` writes it, with the length.
fn line(out: &mut String, hash: &str, length: u64, name: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{hash} {length} {name}");
}

const PAGE: &str = "<!doctype html>
<html lang=en>
<title>Uploads</title>
<form action=/files method=post enctype=multipart/form-data>
<input type=file name=file multiple> <button>Upload</button>
</form>
";

#[rustzeug::main]
async fn main() -> Uploads {
    Uploads {
        folder: std::env::var_os("UPLOADS").map(PathBuf::from),
    }
}
