//! The routes, by `async fn`.

use std::collections::BTreeMap;
use std::io;
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::stream;
use rustzeug::prelude::*;
use serde::Deserialize;
use serde::Serialize;
use sha2::Digest;
use sha2::Sha256;

pub(crate) struct Testbed {
    /// What `/file` sends; without it, [`OWN_FILE`].
    pub(crate) file: Option<PathBuf>,
}

#[derive(Serialize)]
pub(crate) struct Message {
    pub(crate) message: &'static str,
}

#[derive(Deserialize)]
pub(crate) struct Slow {
    /// Milliseconds.
    #[serde(default = "fifty")]
    pub(crate) ms: u64,
}

fn fifty() -> u64 {
    50
}

/// One part of an upload; a text field has no `filename`.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Part {
    name: String,
    filename: Option<String>,
    size: u64,
    sha256: String,
}

pub(crate) const HELLO: &str = "Hello, World!";

/// 100 KiB of a text that compresses as badly as most.
pub(crate) static OWN_FILE: [u8; 102_400] = {
    let line = b"The quick brown fox jumps over the lazy dog, 0123456789 times.\n";
    let mut bytes = [0; 102_400];
    let mut at = 0;
    while at < bytes.len() {
        bytes[at] = line[at % line.len()];
        at += 1;
    }
    bytes
};

#[application]
impl Testbed {
    #[route("/plaintext")]
    async fn plaintext(&self) -> &'static str {
        HELLO
    }

    #[route("/json")]
    async fn json(&self) -> Json<Message> {
        Json(Message { message: HELLO })
    }

    #[route("/users/<int:id>/posts/<slug>")]
    async fn post(&self, id: u64, slug: &str) -> String {
        format!("id={id} slug={slug}")
    }

    #[route("/echo", methods = ["POST"])]
    async fn echo(&self, body: Bytes) -> Bytes {
        body
    }

    #[route("/form", methods = ["POST"])]
    async fn form(&self, request: &Request) -> Result<String> {
        form_field(request)
    }

    #[route("/upload", methods = ["POST"])]
    async fn upload(&self, request: &Request) -> Result<Json<Vec<Part>>> {
        parts(request)
    }

    #[route("/headers")]
    async fn headers(&self, request: &Request) -> Json<BTreeMap<String, Vec<String>>> {
        Json(fields(request))
    }

    #[route("/slow")]
    async fn slow(&self, slow: Query<Slow>) -> &'static str {
        tokio::time::sleep(Duration::from_millis(slow.0.ms)).await;
        "ok"
    }

    #[route("/stream")]
    async fn stream(&self) -> Body {
        pieces()
    }

    #[route("/panic")]
    async fn panic(&self) -> &'static str {
        fail()
    }

    #[route("/file")]
    async fn file(&self, request: &Request) -> Result<Response> {
        file(self, request)
    }

    #[route("/ws")]
    async fn ws(&self) -> NotImplemented {
        NotImplemented
    }

    #[route("/about")]
    #[route("/contact")]
    #[route("/pricing")]
    #[route("/login")]
    #[route("/logout")]
    #[route("/signup")]
    #[route("/settings")]
    #[route("/settings/profile")]
    #[route("/settings/security")]
    #[route("/search")]
    #[route("/users")]
    #[route("/posts")]
    #[route("/tags")]
    #[route("/categories")]
    #[route("/orgs")]
    #[route("/admin")]
    #[route("/admin/users")]
    #[route("/admin/stats")]
    #[route("/api/v1/status")]
    async fn other(&self) -> &'static str {
        "other"
    }

    #[route("/users/<id>")]
    #[route("/users/<id>/followers")]
    #[route("/users/<id>/following")]
    #[route("/users/<id>/avatar")]
    #[route("/users/<id>/posts")]
    #[route("/posts/<id>")]
    #[route("/posts/<id>/comments")]
    #[route("/posts/<id>/likes")]
    #[route("/tags/<id>")]
    #[route("/tags/<id>/posts")]
    #[route("/categories/<id>")]
    #[route("/orgs/<id>")]
    #[route("/orgs/<id>/members")]
    #[route("/orgs/<id>/repos")]
    #[route("/api/v1/items/<id>")]
    async fn of_one(&self, id: &str) -> String {
        format!("other {id}")
    }

    #[route("/posts/<a>/comments/<b>")]
    #[route("/categories/<a>/<b>")]
    #[route("/repos/<a>/<b>")]
    #[route("/repos/<a>/<b>/issues")]
    #[route("/repos/<a>/<b>/pulls")]
    async fn of_two(&self, a: &str, b: &str) -> String {
        format!("other {a} {b}")
    }

    #[route("/repos/<a>/<b>/issues/<c>")]
    async fn of_three(&self, a: &str, b: &str, c: &str) -> String {
        format!("other {a} {b} {c}")
    }
}

/// The field `a`, or `email` where there is no `a`.
pub(crate) fn form_field(request: &Request) -> Result<String> {
    let form = request.form()?;
    let value = form.get("a").or_else(|| form.get("email"));
    Ok(value.unwrap_or_default().to_owned())
}

/// Text fields, then files; files are read piece by piece, wherever they were put.
pub(crate) fn parts(request: &Request) -> Result<Json<Vec<Part>>> {
    let mut parts = Vec::new();
    for (name, value) in request.form()?.iter() {
        parts.push(part(name, None, value.as_bytes())?);
    }
    for (name, file) in request.files()?.iter() {
        parts.push(part(name, Some(file.filename()), file.reader())?);
    }
    Ok(Json(parts))
}

fn part(name: &str, filename: Option<&str>, mut content: impl Read) -> io::Result<Part> {
    let (mut hash, mut size) = (Sha256::new(), 0);
    let mut block = [0; 16 * 1024];
    loop {
        let n = content.read(&mut block)?;
        if n == 0 {
            break;
        }
        hash.update(&block[..n]);
        size += n as u64;
    }
    Ok(Part {
        name: name.to_owned(),
        filename: filename.map(str::to_owned),
        size,
        sha256: hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    })
}

pub(crate) fn fields(request: &Request) -> BTreeMap<String, Vec<String>> {
    let mut fields = BTreeMap::<_, Vec<_>>::new();
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        fields
            .entry(name.as_str().to_owned())
            .or_default()
            .push(value);
    }
    fields
}

/// 64 pieces of 1 KiB.
pub(crate) fn pieces() -> Body {
    let piece = Bytes::from_static(&[b'x'; 1024]);
    Body::stream(stream::iter(
        (0..64).map(move |_| Ok::<_, io::Error>(piece.clone())),
    ))
}

#[allow(
    clippy::panic,
    reason = "what the route is for: the server must answer 500"
)]
pub(crate) fn fail() -> &'static str {
    panic!("asked to")
}

pub(crate) fn file(testbed: &Testbed, request: &Request) -> Result<Response> {
    match &testbed.file {
        Some(path) => send_file(path).respond(request),
        None => SendFile::from_bytes(&OWN_FILE[..])
            .mimetype("text/plain")
            .respond(request),
    }
}
