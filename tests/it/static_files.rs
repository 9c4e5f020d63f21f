use std::fs;
use std::path::PathBuf;

use rustzeug::prelude::*;
use rustzeug::response::send_from_directory;
use rustzeug_tests::server::TestServer;
use rustzeug_tests::server::serve;

struct Site {
    folder: PathBuf,
}

#[application]
impl Site {
    #[route("/blocking/<path:name>")]
    fn blocking(&self, name: &str, request: &Request) -> Result<Response> {
        send_from_directory(&self.folder, name).respond(request)
    }

    #[route("/<path:name>")]
    async fn file(&self, name: &str, request: &Request) -> Result<Response> {
        let file = send_from_directory(&self.folder, name);
        file.respond_async(request).await
    }
}

/// A folder with one file, removed when it is dropped, and a server of it.
fn site() -> (tempfile::TempDir, TestServer) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("digits.txt"), "0123456789").expect("a file");
    let site = Site {
        folder: folder.path().to_owned(),
    };
    let server = serve(site.into_application().expect("two rules"));
    (folder, server)
}

#[test]
fn files_and_parts_of_them_are_sent() {
    let (_folder, server) = site();
    let mut client = server.connect();
    for path in ["/digits.txt", "/blocking/digits.txt"] {
        for (fields, status, text) in [
            ("", 200, "0123456789"),
            ("Range: bytes=2-4\r\n", 206, "234"),
            ("Range: bytes=-1\r\n", 206, "9"),
            ("Range: lines=1-2\r\n", 200, "0123456789"),
        ] {
            client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
            let response = client.read_response();
            assert_eq!(
                (response.status(), response.text().as_str()),
                (status, text)
            );
            assert_eq!(response.field("accept-ranges"), Some("bytes"));
        }
    }
    client.send("GET /digits.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0,9-9\r\n\r\n");
    let response = client.read_response();
    assert_eq!(response.status(), 206);
    assert!(
        response
            .text()
            .contains("Content-Range: bytes 9-9/10\r\n\r\n9\r\n")
    );
    client.send("GET /digits.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=10-\r\n\r\n");
    let response = client.read_response();
    assert_eq!(response.status(), 416);
    assert_eq!(response.field("content-range"), Some("bytes */10"));
}

#[test]
fn a_client_that_has_the_file_is_told_so() {
    let (_folder, server) = site();
    let mut client = server.connect();
    client.send("GET /digits.txt HTTP/1.1\r\nHost: a\r\n\r\n");
    let response = client.read_response();
    let etag = response.field("etag").expect("a tag").to_owned();
    client.send(format!(
        "GET /digits.txt HTTP/1.1\r\nHost: a\r\nIf-None-Match: {etag}\r\n\r\n"
    ));
    let response = client.read_response();
    assert_eq!((response.status(), response.text().as_str()), (304, ""));
    assert_eq!(response.field("etag"), Some(etag.as_str()));
}

#[test]
fn nothing_outside_the_folder_is_sent() {
    let (_folder, server) = site();
    for path in [
        "/../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/%2fetc/passwd",
        "//etc/passwd",
        "/none",
        "/a%00b",
        "/.",
    ] {
        let answer = server.raw(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(status == "404" || status == "308", "{path}: {answer}");
    }
}
