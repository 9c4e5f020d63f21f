use rustzeug::prelude::*;
use rustzeug_tests::server::TestServer;
use rustzeug_tests::server::serve_with;

/// Says what a form held, a line each.
#[application]
fn describe(request: &Request) -> Result<String> {
    let form = request.form_data()?;
    let mut out = String::new();
    for (name, value) in form.fields() {
        out.push_str(&format!("{name}={value}\n"));
    }
    for (name, file) in form.files() {
        let place = if file.is_in_memory() {
            "memory"
        } else {
            "disk"
        };
        let whole = file.bytes()?.iter().all(|byte| *byte == b'x');
        out.push_str(&format!(
            "{name}: {} {} {place} {whole}\n",
            file.filename(),
            file.len()
        ));
    }
    Ok(out)
}

fn server() -> TestServer {
    let app = describe.into_application().expect("one function");
    serve_with(app, |builder| builder.max_content_length(50_000_000))
}

fn part(disposition: &str, data: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{data}\r\n")
}

fn head(fields: &str) -> String {
    let kind = "multipart/form-data; boundary=b";
    format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\n{fields}\r\n\r\n")
}

#[test]
fn a_large_upload_goes_to_disk() {
    let server = server();
    let mut client = server.connect();
    let large = part("name=f; filename=l", &"x".repeat(20_000_000));
    let small = part("name=f; filename=s", "xxx");
    let body = part("name=a", "1") + &large + &small + "--b--\r\n";
    client.send(head(&format!("Content-Length: {}", body.len())));
    client.send(body);
    let want = "a=1\nf: l 20000000 disk true\nf: s 3 memory true\n";
    assert_eq!(client.read_response().text(), want);
    // The connection is good for the next request.
    client.send(head("Content-Length: 5"));
    client.send("--b--");
    assert_eq!(client.read_response().text(), "");
}

#[test]
fn an_upload_may_come_in_chunks_and_byte_by_byte() {
    let server = server();
    let mut client = server.connect();
    let body = part("name=a", "1\r\n2") + &part("name=f; filename=s", "x") + "--b--\r\n";
    client.send(head("Transfer-Encoding: chunked"));
    for byte in body.bytes() {
        client.send([b'1', b'\r', b'\n', byte, b'\r', b'\n']);
    }
    client.send("0\r\n\r\n");
    let want = "a=1\r\n2\nf: s 1 memory true\n";
    assert_eq!(client.read_response().text(), want);
}

#[test]
fn an_upload_beyond_a_limit_is_answered_at_once() {
    let server = server();
    let mut client = server.connect();
    // Refused by its announced length, before any of it was sent.
    client.send(head("Content-Length: 60000000"));
    assert_eq!(client.read_response().status(), 413);
    let mut client = server.connect();
    client.send(head("Content-Length: 600000"));
    client.send(part("name=a", &"x".repeat(500_001)));
    assert_eq!(client.read_response().status(), 413);
}

#[test]
fn an_upload_that_is_cut_off_is_a_bad_request() {
    let server = server();
    let body = part("name=f; filename=l", &"x".repeat(1_000_000));
    let cut = format!("{}{body}", head("Content-Length: 2000000"));
    let answer = server.raw(cut);
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}
