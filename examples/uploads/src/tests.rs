use std::fs;

use rustzeug::testing::Client;

use super::Uploads;

const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn client(folder: Option<std::path::PathBuf>) -> Client {
    Client::new(Uploads { folder }).expect("the application starts")
}

#[test]
fn files_of_a_form_are_kept_under_safe_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let client = client(Some(folder.path().to_owned()));
    let large = vec![b'x'; 1_000_000];
    let call = client.post("/files").form([("note", "three files")]);
    let call = call.file("file", "../../abc.txt", "abc");
    let response = call
        .file("file", "größe.bin", large)
        .file("file", "", "")
        .send();
    let text = response.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert_eq!(lines[0], format!("{ABC} 3 ../../abc.txt"));
    assert!(lines[1].ends_with(" 1000000 größe.bin"), "{text}");
    let read = |name: &str| fs::read(folder.path().join(name)).expect("it was kept");
    assert_eq!(read("abc.txt"), b"abc");
    assert_eq!(read("groe.bin").len(), 1_000_000);
}

#[test]
fn streams_are_counted_as_they_come() {
    let client = client(None);
    let call = client.post("/stream").form([("note", "x")]);
    let response = call.file("file", "a b", "abc").send();
    assert_eq!(response.text(), format!("{ABC} 3 a b\n"));
    let response = client.put("/raw").body("abc").send();
    assert_eq!(response.text(), format!("{ABC} 3 -\n"));
}

#[test]
fn other_bodies_are_refused() {
    let client = client(None);
    assert_eq!(client.post("/files").json(&1).send().status(), 415);
    assert_eq!(client.post("/stream").json(&1).send().status(), 415);
    let cut = "--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n";
    let kind = "multipart/form-data; boundary=b";
    for path in ["/files", "/stream"] {
        let response = client.post(path).content_type(kind).body(cut).send();
        assert_eq!(response.status(), 400, "{path}");
    }
}
