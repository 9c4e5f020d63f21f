use rustzeug::testing::Client;

use super::*;
use crate::blocking::Plain;
use crate::pages::OWN_FILE;
use crate::pages::Testbed;

fn clients() -> Vec<Client> {
    let app = Client::new(Testbed { file: None });
    let plain = Client::new(Plain {
        pages: Testbed { file: None },
    });
    vec![app.expect("the routes fit"), plain.expect("the routes fit")]
}

#[test]
fn texts() {
    for client in clients() {
        let table = [
            ("/plaintext", 200, "Hello, World!"),
            ("/json", 200, r#"{"message":"Hello, World!"}"#),
            (
                "/users/12345/posts/hello-world",
                200,
                "id=12345 slug=hello-world",
            ),
            ("/repos/a/b/issues/c", 200, "other a b c"),
            ("/slow?ms=1", 200, "ok"),
        ];
        for (path, status, text) in table {
            let response = client.get(path).send();
            assert_eq!(
                (response.status().as_u16(), response.text()),
                (status, text)
            );
        }
        assert_eq!(
            client
                .get("/users/x12/posts/hello")
                .send()
                .status()
                .as_u16(),
            404
        );
        assert_eq!(client.get("/ws").send().status().as_u16(), 501);
    }
}

#[test]
fn bodies() {
    for client in clients() {
        assert_eq!(client.post("/echo").body("abc").send().text(), "abc");
        let form = client
            .post("/form")
            .form([("b", "1"), ("email", "ada@example.org")])
            .send();
        assert_eq!(form.text(), "ada@example.org");
        assert_eq!(client.post("/form").form([("a", "1")]).send().text(), "1");
        assert_eq!(client.get("/stream").send().bytes().len(), 64 * 1024);
        assert_eq!(client.get("/file").send().bytes()[..], OWN_FILE[..]);
        let tail = client.get("/file").header("range", "bytes=-5").send();
        assert_eq!(
            (tail.status().as_u16(), &tail.bytes()[..]),
            (206, &OWN_FILE[102_395..])
        );
    }
}

#[test]
fn uploads() {
    let body = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n\
                --x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n.txt\"\r\n\
                Content-Type: text/plain\r\n\r\ntwo\r\n--x--\r\n";
    for client in clients() {
        let upload = client.post("/upload").body(body);
        let response = upload
            .header("content-type", "multipart/form-data; boundary=x")
            .send();
        let parts: serde_json::Value = response.json().expect("JSON");
        let part = |name: &str, filename: Option<&str>, sha256: &str| serde_json::json!({"name": name, "filename": filename, "size": 3, "sha256": sha256});
        let one = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
        let two = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3";
        assert_eq!(
            parts,
            serde_json::json!([part("a", None, one), part("f", Some("n.txt"), two)])
        );
    }
}

#[test]
fn options() {
    let read = |flags: &str| Options::read(|_| None, flags.split_whitespace().map(str::to_owned));
    let options = read("--port 1 --workers 2 --header-timeout 3 --body-limit 4 --plain");
    assert_eq!(
        options,
        Ok(Options {
            port: 1,
            workers: 2,
            header_timeout: Some(3),
            body_limit: Some(4),
            is_plain: true
        })
    );
    assert_eq!(
        read("--prot 1"),
        Err("there is no flag `--prot`".to_owned())
    );
    assert_eq!(
        read("--port x"),
        Err("--port needs a number, not `x`".to_owned())
    );
    assert_eq!(read("--port"), Err("--port needs a value".to_owned()));
    assert_eq!(read("--port 70000"), Err("70000 is no port".to_owned()));
}
