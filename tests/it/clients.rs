//! Programs that people use, each skipped with a word where it is not installed.
#![allow(clippy::print_stderr, reason = "says which test was skipped")]

use std::fs;
use std::process::Command;

use rustzeug::IntoResponse;
use rustzeug::Reply;
use rustzeug::Response;
use rustzeug_tests::server::TestServer;
use rustzeug_tests::server::app;
use rustzeug_tests::server::serve;

/// What a program prints to standard output and to standard error; `None` where it is missing.
pub(crate) fn run(program: &str, args: &[&str]) -> Option<(String, String)> {
    let output = match Command::new(program).args(args).output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("skipped: {program} cannot be run here ({error})");
            return None;
        }
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{program} {args:?}: {out} {err}");
    Some((out, err))
}

/// `/echo` answers the body, `/file` a file, anything else a page.
fn start(folder: &tempfile::TempDir) -> TestServer {
    let path = folder.path().join("file.bin");
    fs::write(&path, content()).expect("a file");
    serve(app(move |request| match request.path() {
        "/echo" => Reply::future(async move {
            std::future::poll_fn(|cx| request.poll_prepare(cx)).await;
            match request.bytes() {
                Ok(bytes) => Response::new(bytes.clone()),
                Err(error) => error.into_response(),
            }
        }),
        "/file" => {
            let answer = rustzeug::send_file(&path).respond(request);
            Reply::Ready(answer.unwrap_or_else(IntoResponse::into_response))
        }
        _ => {
            let page = "<!doctype html><title>A page</title><p id=p>loading<script>\
                        fetch('/echo', {method: 'POST', body: 'sent'}).then(r => r.text())\
                        .then(t => document.getElementById('p').textContent = 'got ' + t)</script>";
            Reply::Ready(rustzeug::Html(page).into_response())
        }
    }))
}

fn content() -> Vec<u8> {
    (0..1_000_000u32)
        .flat_map(|n| [n as u8, (n >> 8) as u8])
        .take(1_500_000)
        .collect()
}

#[test]
fn curl_waits_for_100_continue() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = start(&folder);
    let url = format!("http://{}/echo", server.address());
    let upload = folder.path().join("file.bin");
    let got = folder.path().join("got");
    for framing in ["X: y", "Transfer-Encoding: chunked"] {
        let data = format!("@{}", upload.display());
        let got_name = got.display().to_string();
        let args = [
            "-sSv",
            "--max-time",
            "20",
            "-H",
            "Expect: 100-continue",
            "-H",
            framing,
            "--data-binary",
            &data,
            "-o",
            &got_name,
            &url,
        ];
        let Some((_, log)) = run("curl", &args) else {
            return;
        };
        assert!(log.contains("< HTTP/1.1 100 Continue"), "{framing}: {log}");
        assert!(log.contains("< HTTP/1.1 200 OK"), "{framing}: {log}");
        assert_eq!(fs::read(&got).expect("a file"), content(), "{framing}");
        fs::remove_file(&got).expect("it was there");
    }
}

#[test]
fn curl_resumes() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = start(&folder);
    let url = format!("http://{}/file", server.address());
    let got = folder.path().join("got");
    fs::write(&got, &content()[..400_001]).expect("a file");
    let got_name = got.display().to_string();
    let args = ["-sSv", "--max-time", "20", "-C", "-", "-o", &got_name, &url];
    let Some((_, log)) = run("curl", &args) else {
        return;
    };
    assert!(log.contains("< HTTP/1.1 206 Partial Content"), "{log}");
    assert_eq!(fs::read(&got).expect("a file"), content());
}

#[test]
fn curl_keeps_its_connection() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = start(&folder);
    let url = format!("http://{}/page", server.address());
    let args = ["-sSv", "--max-time", "20", &url, &url, "-I", &url];
    let Some((_, log)) = run("curl", &args) else {
        return;
    };
    assert_eq!(log.matches("< HTTP/1.1 200 OK").count(), 3, "{log}");
    assert_eq!(
        log.matches("Re-using existing connection").count(),
        2,
        "{log}"
    );
}

#[test]
fn wrk_sees_no_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = start(&folder);
    let url = format!("http://{}/page", server.address());
    let args = ["-t", "1", "-c", "16", "-d", "1s", &url];
    let Some((report, _)) = run("wrk", &args) else {
        return;
    };
    assert!(report.contains("requests in"), "{report}");
    assert!(!report.contains("Socket errors"), "{report}");
    assert!(!report.contains("Non-2xx"), "{report}");
}

/// It speaks HTTP/1.0 and asks for the connection to be kept.
#[test]
fn ab_keeps_its_connections() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = start(&folder);
    let url = format!("http://{}/page", server.address());
    for (option, kept) in [("-k", Some("2000")), ("-d", None)] {
        let args = [option, "-q", "-n", "2000", "-c", "16", &url];
        let Some((report, _)) = run("ab", &args) else {
            return;
        };
        let figure = |name: &str| {
            let line = report.lines().find_map(|line| line.strip_prefix(name));
            line.map(|rest| rest.trim().to_owned())
        };
        assert_eq!(
            figure("Complete requests:").as_deref(),
            Some("2000"),
            "{report}"
        );
        assert_eq!(figure("Failed requests:").as_deref(), Some("0"), "{report}");
        assert_eq!(figure("Keep-Alive requests:").as_deref(), kept, "{report}");
    }
}

#[test]
fn chromium_loads_a_page_and_its_script_asks_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = start(&folder);
    let url = format!("http://{}/page", server.address());
    let profile = format!(
        "--user-data-dir={}",
        folder.path().join("profile").display()
    );
    let args = [
        "--headless",
        "--disable-gpu",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--virtual-time-budget=10000",
        "--dump-dom",
        &profile,
        &url,
    ];
    let Some((page, _)) = run("chromium", &args) else {
        return;
    };
    assert!(page.contains("<p id=\"p\">got sent"), "{page}");
}
