#![allow(clippy::print_stderr, reason = "says what was measured")]

use std::fmt::Write as _;
use std::fs;
use std::fs::File;
use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpStream;

use rustzeug::prelude::*;
use rustzeug::request::FileStorage;
use rustzeug_tests::server::TestServer;
use rustzeug_tests::server::serve;
use sha2::Digest as _;
use sha2::Sha256;

use crate::clients::run;

struct Uploads;

#[application(limits(max_content_length = None))]
impl Uploads {
    /// Sends the form by itself, as a person would: three files made here, one of them large.
    #[route("/page/<int:megabytes>")]
    fn page(&self, megabytes: u32) -> Html<String> {
        Html(PAGE.replace("MEGABYTES", &megabytes.to_string()))
    }

    /// A line for each file, as `sha256sum` writes it.
    #[route("/files", methods = ["POST"])]
    fn files(&self, files: Files<'_>) -> Result<String> {
        let mut out = String::new();
        for (name, file) in files.iter() {
            let hash = sha256(file)?;
            writeln!(out, "{name} {hash} {} {}", file.len(), file.filename())?;
        }
        Ok(out)
    }

    /// The same without a look at the bytes.
    #[route("/lengths", methods = ["POST"])]
    fn lengths(&self, files: Files<'_>) -> String {
        files
            .iter()
            .map(|(_, file)| format!("{}\n", file.len()))
            .collect()
    }

    #[route("/stream", methods = ["POST"])]
    async fn stream(&self, mut parts: Multipart) -> Result<String> {
        let mut out = String::new();
        while let Some(mut part) = parts.next_part().await? {
            let mut length = 0;
            while let Some(piece) = part.chunk().await? {
                length += piece.len();
            }
            writeln!(out, "{length}")?;
        }
        Ok(out)
    }

    /// Too little for anything.
    #[route("/small", methods = ["POST"], limits(max_content_length = 10))]
    fn small(&self, files: Files<'_>) -> String {
        files.len().to_string()
    }
}

/// The bytes of the file number `n`: the same as the page makes.
fn content(n: usize, length: usize) -> Vec<u8> {
    let byte = |at: usize| ((at * 31 + (at >> 8) * 7 + n) & 0xff) as u8;
    (0..length).map(byte).collect()
}

fn sha256(file: &FileStorage) -> std::io::Result<String> {
    let (mut reader, mut hash) = (file.reader(), Sha256::new());
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(hex(hash)),
            n => hash.update(&buffer[..n]),
        }
    }
}

fn hex(hash: Sha256) -> String {
    let bytes = hash.finalize();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the server answers for the files with these names and lengths.
fn wanted(files: &[(&str, usize)]) -> String {
    let mut out = String::new();
    for (n, (name, length)) in files.iter().enumerate() {
        let hash = hex(Sha256::new().chain_update(content(n, *length)));
        writeln!(out, "f {hash} {length} {name}").expect("text has room");
    }
    out
}

fn url(server: &TestServer, path: &str) -> String {
    format!("http://{}{path}", server.address())
}

#[test]
fn curl_sends_several_files() {
    let server = serve(Uploads.into_application().expect("it starts"));
    let folder = tempfile::tempdir().expect("a folder");
    let files = [("größe 日本.bin", 700_000), ("empty", 0), ("plain.txt", 3)];
    let mut args = vec!["-sS".to_owned(), "--max-time".to_owned(), "50".to_owned()];
    for (n, (name, length)) in files.iter().enumerate() {
        let path = folder.path().join(name);
        fs::write(&path, content(n, *length)).expect("a file");
        args.extend(["-F".to_owned(), format!("f=@{}", path.display())]);
    }
    args.push(url(&server, "/files"));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    if let Some((answer, _)) = run("curl", &args) {
        assert_eq!(answer, wanted(&files));
    }
}

/// Also one that goes on sending: the answer has to reach it all the same.
#[test]
fn curl_is_told_that_it_sends_too_much() {
    let server = serve(Uploads.into_application().expect("it starts"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large");
    fs::write(&path, content(0, 20_000_000)).expect("a file");
    let (field, url) = (format!("f=@{}", path.display()), url(&server, "/small"));
    for header in [
        "Expect: 100-continue",
        "Expect:",
        "Transfer-Encoding: chunked",
    ] {
        let args = [
            "-sS",
            "--max-time",
            "50",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "-H",
            header,
            "-F",
            &field,
            &url,
        ];
        if let Some((answer, _)) = run("curl", &args) {
            assert_eq!(answer, "413", "{header}");
        }
    }
}

/// What Chromium shows in the end of a page that sends its form, large file included.
fn chromium(megabytes: usize) {
    let server = serve(Uploads.into_application().expect("it starts"));
    let profile = tempfile::tempdir().expect("a folder");
    let args = [
        "--headless".to_owned(),
        "--disable-gpu".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--virtual-time-budget=600000".to_owned(),
        "--dump-dom".to_owned(),
        format!("--user-data-dir={}", profile.path().display()),
        url(&server, &format!("/page/{megabytes}")),
    ];
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let Some((page, _)) = run("chromium", &args) else {
        return;
    };
    let files = [
        ("größe 日本.bin", megabytes * 1_000_000),
        ("empty.txt", 0),
        ("a b&c.txt", 3),
    ];
    let want = wanted(&files).replace('&', "&amp;");
    assert!(page.contains(&want), "{page} is not {want}");
}

#[test]
fn chromium_sends_several_files() {
    chromium(1);
}

#[test]
#[ignore = "takes half a minute"]
fn chromium_sends_a_large_file() {
    chromium(200);
}

/// Resident memory of this process, in kB: now, and at its highest.
#[cfg(target_os = "linux")]
fn resident() -> [u64; 2] {
    let status = fs::read_to_string("/proc/self/status").expect("there on Linux");
    ["VmRSS:", "VmHWM:"].map(|name| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next());
        number.and_then(|text| text.parse().ok()).expect("a number")
    })
}

/// Run it alone: memory is that of the whole process.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "sends 2 GB twice"]
fn two_gigabytes_need_little_memory() {
    let server = serve(Uploads.into_application().expect("it starts"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large");
    let file = File::create(&path).expect("a file");
    // A hole of that size: it takes no room.
    file.set_len(2_000_000_000).expect("a hole");
    let field = format!("f=@{}", path.display());
    let [before, _] = resident();
    for to in ["/stream", "/lengths"] {
        let args = ["-sS", "--max-time", "300", "-F", &field, &url(&server, to)];
        let Some((answer, _)) = run("curl", &args) else {
            return;
        };
        assert_eq!(answer, "2000000000\n", "{to}");
        let [_, highest] = resident();
        let grown = highest.saturating_sub(before);
        eprintln!("{to}: {before} kB before, at most {highest} kB: grown by {grown} kB");
        assert!(grown < 20_000, "{to}: {grown} kB");
    }
}

/// Run it alone, as above. Nothing is stored, not even by the sender.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "sends 5 GB"]
fn five_gigabytes_are_streamed_in_constant_memory() {
    let server = serve(Uploads.into_application().expect("it starts"));
    let length = 5_000_000_000_u64;
    let before = "--b\r\nContent-Disposition: form-data; name=f; filename=large\r\n\r\n";
    let after = "\r\n--b--\r\n";
    let whole = before.len() as u64 + length + after.len() as u64;
    let head = format!(
        "POST /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {whole}\r\n\
         Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    );
    // What looks like a boundary for a while, now and then.
    let piece = content(0, 128 * 1024 - 6);
    let piece = [&piece, &b"\r\n--b "[..]].concat();
    let mut client = TcpStream::connect(server.address()).expect("it listens");
    let [at_first, _] = resident();
    client.write_all(head.as_bytes()).expect("it reads");
    client.write_all(before.as_bytes()).expect("it reads");
    let mut left = length;
    while left > 0 {
        let next = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        client.write_all(&piece[..next]).expect("it reads");
        left -= next as u64;
    }
    client.write_all(after.as_bytes()).expect("it reads");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("it answers");
    assert!(answer.ends_with("\r\n\r\n5000000000\n"), "{answer}");
    let [_, highest] = resident();
    let grown = highest.saturating_sub(at_first);
    eprintln!("{at_first} kB before, at most {highest} kB: grown by {grown} kB");
    assert!(grown < 20_000, "{grown} kB");
}

const PAGE: &str = "<!doctype html><meta charset=utf-8><title>Upload</title>
<form action=/files method=post enctype=multipart/form-data><input type=file name=f multiple></form>
<script>
function file(n, name, length) {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = (at * 31 + (at >> 8) * 7 + n) & 0xff;
  return new File([bytes], name);
}
const list = new DataTransfer();
list.items.add(file(0, 'größe 日本.bin', MEGABYTES * 1000000));
list.items.add(file(1, 'empty.txt', 0));
list.items.add(file(2, 'a b&c.txt', 3));
document.querySelector('input').files = list.files;
document.querySelector('form').submit();
</script>
";
