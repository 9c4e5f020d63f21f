//! Limits of a rule, an application, a mount.

use crate::prelude::*;
use crate::request::RequestLimits;
use crate::testing::Client;

struct Inner;

#[application(limits(max_content_length = 30))]
impl Inner {
    #[route("/", methods = ["POST"])]
    async fn index(&self, body: Bytes) -> String {
        body.len().to_string()
    }

    #[route("/more", methods = ["POST"], limits(max_content_length = 40))]
    async fn more(&self, body: Bytes) -> String {
        body.len().to_string()
    }
}

struct Outer;

/// Any constant expression will do.
const TEN: u64 = 10;

#[application(limits(max_content_length = 2 * TEN, max_form_parts = 2))]
impl Outer {
    #[route("/", methods = ["POST"])]
    async fn index(&self, body: Bytes) -> String {
        body.len().to_string()
    }

    #[route("/less", methods = ["POST"], limits(max_content_length = TEN))]
    async fn less(&self, body: Bytes) -> String {
        body.len().to_string()
    }

    #[route("/stream", methods = ["POST"], limits(max_content_length = TEN))]
    async fn stream(&self, mut body: BodyStream) -> Result<String> {
        let mut length = 0;
        while let Some(piece) = body.next().await {
            length += piece?.len();
        }
        Ok(length.to_string())
    }

    #[route("/form", methods = ["POST"], limits(max_content_length = None, max_form_memory_size = 5))]
    async fn form(&self, request: &Request) -> Result<String> {
        Ok(request.form()?.len().to_string())
    }

    #[route("/parts", methods = ["POST"], limits(max_content_length = None))]
    async fn parts(&self, mut parts: Multipart) -> Result<String> {
        let mut names = Vec::new();
        while let Some(part) = parts.next_part().await? {
            names.push(part.name().to_owned());
        }
        Ok(names.join(" "))
    }

    #[mount("/inner")]
    fn inner(&self) -> Inner {
        Inner
    }
}

#[application(limits(max_content_length = 10))]
fn single(body: Bytes) -> String {
    body.len().to_string()
}

fn post(client: &Client, path: &str, length: usize) -> u16 {
    let response = client.post(path).body(vec![b'x'; length]).send();
    if response.status() == 200 {
        assert_eq!(response.text(), length.to_string(), "{path}");
    }
    response.status().as_u16()
}

#[test]
fn the_innermost_limit_holds() {
    let client = Client::new(Outer).unwrap();
    for (path, limit) in [
        ("/", 20),
        ("/less", 10),
        ("/stream", 10),
        ("/inner/", 30),
        ("/inner/more", 40),
    ] {
        assert_eq!(post(&client, path, limit), 200, "{path}");
        assert_eq!(post(&client, path, limit + 1), 413, "{path}");
    }
    let client = Client::new(single).unwrap();
    assert_eq!((post(&client, "/", 10), post(&client, "/", 11)), (200, 413));
}

#[test]
fn forms_have_limits_of_their_own() {
    let client = Client::new(Outer).unwrap();
    let form = |value: &str, files: usize| {
        let mut call = client.post("/form").form([("a", value)]);
        for _ in 0..files {
            call = call.file("f", "f", vec![b'x'; 1_000]);
        }
        call.send().status().as_u16()
    };
    assert_eq!(form("12345", 1), 200);
    assert_eq!(form("123456", 1), 413);
    assert_eq!(form("1", 2), 413, "three parts");
    let parts = |files: usize| {
        let mut call = client.post("/parts").form([("a", "1234567")]);
        for _ in 0..files {
            call = call.file("f", "f", "x");
        }
        call.send()
    };
    assert_eq!(
        parts(1).text(),
        "a f",
        "how long a part may be is the handler's to say"
    );
    assert_eq!(parts(2).status(), 413);
    assert_eq!(client.post("/parts").json(&1).send().status(), 415);
}

#[test]
fn what_an_application_does_not_say_stays() {
    let client = Client::new(Outer).unwrap();
    let limits = RequestLimits {
        max_content_length: Some(0),
        max_form_memory_size: Some(1),
        ..RequestLimits::default()
    };
    // The application's word is nearer than the server's.
    let call = client.post("/inner/").body("x").limits(limits);
    assert_eq!(call.send().status(), 200);
}
