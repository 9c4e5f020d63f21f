//! What a browser makes of us: Chromium without a window, where there is one.
//!
//! A page does something and tells a server what came of it; the server remembers what it was
//! asked. Without Chromium each test says so and ends. `CHROMIUM` names the program, `MEDIA` a file
//! to seek in instead of one made here.
#![allow(clippy::panic, reason = "a test that cannot go on")]
#![allow(
    clippy::print_stderr,
    reason = "says that a test was skipped, and what was seen"
)]

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;
use std::time::Instant;

use rustzeug::middleware::Compress;
use rustzeug::middleware::Cors;
use rustzeug::middleware::Layer;
use rustzeug::middleware::Middleware;
use rustzeug::middleware::Next;
use rustzeug::middleware::SharedData;
use rustzeug::prelude::*;
use rustzeug_tests::server::TestServer;
use rustzeug_tests::server::serve;

/// What was asked and answered, and what a page told.
#[derive(Clone, Default)]
struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    told: Arc<Mutex<Option<String>>>,
}

impl Middleware for Log {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        let range = request.header("range").map(|range| format!(" [{range}]"));
        let line = format!(
            "{} {}{}",
            request.method(),
            request.target(),
            range.unwrap_or_default()
        );
        let response = next.run(request).await;
        let part = response.headers().get("content-range").unwrap_or_default();
        let coding = response
            .headers()
            .get("content-encoding")
            .unwrap_or_default();
        let line = format!("{line} -> {} {part}{coding}", response.status().as_u16());
        self.lines.lock().expect("no panic").push(line);
        response
    }
}

impl Log {
    fn lines(&self) -> Vec<String> {
        self.lines.lock().expect("no panic").clone()
    }

    /// Waits until a page tells something.
    fn wait(&self, seconds: u64) -> String {
        let end = now() + Duration::from_secs(seconds);
        while now() < end {
            if let Some(told) = self.told.lock().expect("no panic").take() {
                return told;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!(
            "the page told nothing; the server was asked {:#?}",
            self.lines()
        );
    }
}

#[expect(clippy::disallowed_methods, reason = "a browser's time is the wall's")]
fn now() -> Instant {
    Instant::now()
}

/// Pages that tell what came of them.
struct Pages {
    log: Log,
    page: String,
}

#[application]
impl Pages {
    #[route("/")]
    async fn index(&self) -> Html<String> {
        Html(self.page.clone())
    }

    #[route("/told", methods = ["POST"])]
    fn told(&self, request: &Request) -> Result<&'static str> {
        let text = String::from_utf8_lossy(request.data()?).into_owned();
        *self.log.told.lock().expect("no panic") = Some(text);
        Ok("")
    }
}

fn site(log: &Log, page: &str, files: &Path) -> TestServer {
    let pages = Pages {
        log: log.clone(),
        page: page.to_owned(),
    };
    let files = SharedData::new().directory("/media", files);
    let app = pages.with(files).with(Compress::new()).with(log.clone());
    serve(app.into_application().expect("an application"))
}

/// A browser, ended when it is dropped, with a profile of its own.
struct Browser {
    child: Child,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Opens a page; `None`, and a word, where there is no browser.
fn open(url: &str) -> Option<Browser> {
    let Some(program) = chromium() else {
        eprintln!("skipped: no Chromium here; set CHROMIUM to the program");
        return None;
    };
    let profile = tempfile::tempdir().expect("a folder");
    let child = Command::new(program)
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
        ])
        .args([
            "--mute-audio",
            "--autoplay-policy=no-user-gesture-required",
            "--no-first-run",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg("--remote-debugging-port=0")
        .arg(url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a browser that starts");
    Some(Browser {
        child,
        _profile: profile,
    })
}

fn chromium() -> Option<PathBuf> {
    if let Some(program) = std::env::var_os("CHROMIUM") {
        return Some(program.into());
    }
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|program| program.is_file())
}

/// A file that plays for two minutes, 20 MB: more than a browser fetches ahead.
fn write_wav(path: &Path) {
    let (rate, seconds) = (44_100_u32, 120);
    let length = rate * 4 * seconds;
    let mut wav = Vec::with_capacity(length as usize + 44);
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(length + 36).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt ");
    wav.extend_from_slice(&16_u32.to_le_bytes());
    // PCM, two channels, 16 bits.
    wav.extend_from_slice(&1_u16.to_le_bytes());
    wav.extend_from_slice(&2_u16.to_le_bytes());
    wav.extend_from_slice(&rate.to_le_bytes());
    wav.extend_from_slice(&(rate * 4).to_le_bytes());
    wav.extend_from_slice(&4_u16.to_le_bytes());
    wav.extend_from_slice(&16_u16.to_le_bytes());
    wav.extend_from_slice(b"data");
    wav.extend_from_slice(&length.to_le_bytes());
    for n in 0..rate * seconds {
        let sample = ((n % 100) as i16 - 50) * 100;
        wav.extend_from_slice(&sample.to_le_bytes());
        wav.extend_from_slice(&sample.to_le_bytes());
    }
    fs::write(path, wav).expect("a file");
}

const SEEK: &str = r#"<!doctype html><title>seek</title>
<video id=v src="/media/NAME" preload=metadata></video>
<script>
const tell = text => fetch("/told", {method: "POST", body: text});
const seen = [];
v.onerror = () => tell("error " + v.error.code + " " + v.error.message);
v.onloadedmetadata = () => {
  seen.push("duration " + Math.round(v.duration));
  v.currentTime = v.duration * 0.9;
};
v.onseeked = () => {
  seen.push("at " + Math.round(100 * v.currentTime / v.duration) + "%");
  if (seen.length == 2) { v.currentTime = v.duration * 0.5; return; }
  v.onseeked = null;
  v.ontimeupdate = () => {
    if (v.currentTime > v.duration * 0.5) { v.ontimeupdate = null; v.pause(); seen.push("plays"); tell(seen.join(", ")); }
  };
  v.play().catch(error => tell("no play: " + error));
};
</script>"#;

#[test]
fn a_video_is_sought_by_ranges() {
    let folder = tempfile::tempdir().expect("a folder");
    let (name, length) = match std::env::var_os("MEDIA") {
        Some(media) => {
            let name = Path::new(&media)
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let length = fs::copy(&media, folder.path().join(&name)).expect("a copy");
            (name, length)
        }
        None => {
            write_wav(&folder.path().join("tone.wav"));
            ("tone.wav".to_owned(), 44 + 44_100 * 4 * 120)
        }
    };
    let log = Log::default();
    let server = site(&log, &SEEK.replace("NAME", &name), folder.path());
    let Some(_browser) = open(&format!("http://{}/", server.address())) else {
        return;
    };
    let told = log.wait(60);
    let lines = log.lines();
    eprintln!("{told}\n{}", lines.join("\n"));
    assert!(
        told.starts_with("duration ") && told.ends_with("at 90%, at 50%, plays"),
        "{told}"
    );
    let parts: Vec<u64> = lines
        .iter()
        .filter_map(|line| start_of_part(line))
        .collect();
    // It asked for what is far behind what it had, and got it alone.
    assert!(parts.iter().any(|start| *start > length / 2), "{lines:#?}");
    assert!(
        !lines
            .iter()
            .any(|line| line.contains("gzip") && line.contains("/media")),
        "{lines:#?}"
    );
}

/// Where the part of a 206 begins.
fn start_of_part(line: &str) -> Option<u64> {
    let (_, part) = line.split_once("-> 206 bytes ")?;
    part.split('-').next()?.parse().ok()
}

struct Api;

#[application]
impl Api {
    #[route("/item", methods = ["GET", "PUT"])]
    async fn item(&self, request: &Request) -> Response {
        let mut response = Response::new(format!(
            "{} {}",
            request.method(),
            request.cookie("who").unwrap_or("nobody")
        ));
        response.headers_mut().set("x-total", 3);
        response
    }

    #[route("/login")]
    async fn login(&self) -> Response {
        Response::new("in").with_header("set-cookie", "who=ada; Path=/")
    }
}

const ASK: &str = r#"<!doctype html><title>ask</title><script>
const api = "http://API";
const ask = async (path, options) => {
  try {
    const answer = await fetch(api + path, options);
    return answer.status + " " + await answer.text() + " " + answer.headers.get("x-total");
  } catch (error) { return "refused"; }
};
(async () => {
  const seen = [];
  seen.push(await ask("/login", {credentials: "include"}));
  seen.push(await ask("/item", {credentials: "include"}));
  seen.push(await ask("/item", {method: "PUT", credentials: "include", headers: {"x-key": "1"}}));
  seen.push(await ask("/item", {method: "PUT", headers: {"x-other": "1"}}));
  seen.push(await ask("/item", {method: "PATCH", credentials: "include"}));
  fetch("/told", {method: "POST", body: seen.join("; ")});
})();
</script>"#;

/// A page of one origin asks a server of another one.
fn ask(cors: Cors) -> Option<(String, Vec<String>)> {
    let api_log = Log::default();
    let api = Api.with(cors).with(api_log.clone());
    let api = serve(api.into_application().expect("an application"));
    let log = Log::default();
    let page = ASK.replace("API", &format!("localhost:{}", api.address().port()));
    let server = site(&log, &page, Path::new("."));
    let url = format!("http://localhost:{}/", server.address().port());
    let _browser = open(&url)?;
    let told = log.wait(60);
    let lines = api_log.lines();
    eprintln!("{told}\n{}", lines.join("\n"));
    Some((told, lines))
}

#[test]
fn pages_of_other_origins_may_do_what_they_were_allowed() {
    let cors = Cors::new()
        .origins_matching(|origin| origin.starts_with("http://localhost:"))
        .methods([Method::PUT])
        .headers(["x-key"])
        .expose(["x-total"])
        .credentials();
    let Some((told, lines)) = ask(cors) else {
        return;
    };
    assert_eq!(
        told,
        "200 in null; 200 GET ada 3; 200 PUT ada 3; refused; refused"
    );
    let preflights = lines
        .iter()
        .filter(|line| line.starts_with("OPTIONS /item -> 204"));
    assert_eq!(preflights.count(), 3, "{lines:#?}");
}

#[test]
fn pages_of_unknown_origins_may_not() {
    let Some((told, lines)) = ask(Cors::new().origin("https://a.example")) else {
        return;
    };
    assert_eq!(told, ["refused"; 5].join("; "));
    assert!(
        lines.iter().all(|line| !line.starts_with("PUT")),
        "{lines:#?}"
    );
}
