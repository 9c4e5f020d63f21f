//! Drives bound applications without a socket.

#![allow(
    clippy::unused_self,
    clippy::needless_pass_by_ref_mut,
    reason = "handlers are methods"
)]

use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::task::Context;
use std::task::Poll;
use std::task::Waker;

use bytes::Bytes;
use serde::Deserialize;

use crate::body::Incoming;
use crate::extract::Header;
use crate::extract::Matched;
use crate::extract::UserAgent;
use crate::prelude::*;
use crate::protocol::h1::Head;

mod errors;
mod hooks;
mod limits;
mod mounts;
mod static_folder;
mod urls;

/// Polls until there is an answer; nothing in these tests waits for another thread.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..100 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
    }
    panic!("the future never ends");
}

struct Pause(bool);

impl Future for Pause {
    type Output = ();

    fn poll(mut self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

fn pause() -> Pause {
    Pause(false)
}

fn request(text: &str) -> Request {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
    let fields = lines.map(|line| line.split_once(": ").unwrap());
    let fields: Vec<(&str, &str)> = fields.chain([("host", "localhost")]).collect();
    let head = Head::from_parts(
        method.parse().unwrap(),
        target,
        fields
            .iter()
            .map(|(name, value)| (name.as_bytes(), value.as_bytes())),
    )
    .unwrap();
    Request::new(
        head,
        Incoming::buffered(Bytes::copy_from_slice(body.as_bytes())),
    )
}

fn send(app: &impl Application, text: &str) -> Response {
    block_on(app.call(&mut request(text)))
}

/// Status and body of the answer, as one line.
fn get(app: &impl Application, text: &str) -> String {
    let response = send(app, text);
    let status = response.status().as_u16();
    let location = response.headers().get("location").map(str::to_owned);
    match location {
        Some(location) => format!("{status} {location}"),
        None if response.exception().is_some() => status.to_string(),
        None => {
            let body = response.body().as_bytes().map(String::from_utf8_lossy);
            format!("{status} {}", body.unwrap_or_default())
                .trim_end()
                .to_owned()
        }
    }
}

fn check(app: &impl Application, cases: &[(&str, &str)]) {
    for (text, want) in cases {
        assert_eq!(get(app, text), *want, "{text}");
    }
}

#[derive(Deserialize)]
struct Search {
    q: String,
    #[serde(default)]
    tag: Vec<String>,
}

struct Blog {
    title: String,
    log: Mutex<Vec<String>>,
}

#[application]
impl Blog {
    #[route("/")]
    fn index(&self) -> &'static str {
        "index"
    }

    #[route("/<int(fixed_digits=4):year>/", methods = ["GET"])]
    async fn archive(&self, year: u16) -> String {
        pause().await;
        format!("{} {year}", self.title)
    }

    #[route("/<int:year>/<slug>", methods = ["GET", "POST"])]
    async fn post(&self, request: &Request, year: u16, slug: &str) -> String {
        pause().await;
        format!("{year} {slug} {}", request.method())
    }

    #[route("/inline/<float:x>", inline)]
    fn inline(&self, x: f64) -> Result<String> {
        if x > 100.0 {
            return Err(BadRequest.into());
        }
        Ok(format!("{x:?}"))
    }

    #[route("/search")]
    async fn search(&self, Query(search): Query<Search>) -> String {
        format!("{} {:?}", search.q, search.tag)
    }

    #[route("/form", methods = ["POST"])]
    fn form(&self, Form(search): Form<Search>, agent: Option<Header<'_, UserAgent>>) -> String {
        format!(
            "{} {:?} {}",
            search.q,
            search.tag,
            agent.map_or("-", |agent| agent.value())
        )
    }

    #[route("/json", methods = ["POST"])]
    async fn json(&self, a: Json<Vec<u32>>, matched: Matched<'_>) -> String {
        format!("{:?} {} {}", a.0, matched.rule, matched.endpoint)
    }

    #[route("/maybe", methods = ["GET", "POST"])]
    async fn maybe(
        &self,
        json: Option<Json<u32>>,
        query: Result<Query<Search>, HttpException>,
    ) -> String {
        format!(
            "{:?} {:?}",
            json.map(|json| json.0),
            query.map(|query| query.0.q).map_err(|error| error.code())
        )
    }

    #[route("/stream", methods = ["POST"])]
    async fn stream(&self, mut body: BodyStream) -> Result<String> {
        let mut length = 0;
        while let Some(piece) = body.next().await {
            length += piece?.len();
        }
        Ok(length.to_string())
    }

    #[route("/text", methods = ["PUT"])]
    async fn text(text: String) -> String {
        text
    }

    #[route("/pages/", defaults(page = 1))]
    #[route("/pages/<int:page>")]
    fn pages(&self, page: u32) -> String {
        page.to_string()
    }

    #[route("/opt")]
    #[route("/opt/<word>")]
    fn opt(&self, word: Option<&str>) -> String {
        format!("{word:?}")
    }

    #[route("/parse/<text>")]
    async fn parse(&self, text: &str) -> std::result::Result<String, std::num::ParseIntError> {
        text.parse::<u8>().map(|number| number.to_string())
    }

    #[route("/refuse/<text>", inline)]
    fn refuse(&self, text: &str) -> std::result::Result<String, (StatusCode, String)> {
        Err((StatusCode::CONFLICT, text.to_owned()))
    }

    #[route("/io")]
    fn io(&self) -> Result<String> {
        let never = std::fs::read_to_string("/does/not/exist")?;
        self.log.lock().unwrap().push(never.clone());
        Ok(never)
    }
}

fn blog() -> impl Application {
    Blog {
        title: "T".to_owned(),
        log: Mutex::default(),
    }
    .into_application()
    .unwrap()
}

#[test]
fn handlers_get_what_their_signatures_say() {
    check(
        &blog(),
        &[
            ("GET /", "200 index"),
            ("GET /2024/", "200 T 2024"),
            ("GET /2024/a%20b", "200 2024 a b GET"),
            ("POST /2024/x\n\nbody", "200 2024 x POST"),
            ("GET /99999/x", "404"),
            ("GET /inline/2.5", "200 2.5"),
            ("GET /inline/200.0", "400"),
            ("GET /search?q=a&tag=b&tag=c%20d", "200 a [\"b\", \"c d\"]"),
            ("GET /search", "400"),
            ("PUT /text\n\nhello", "200 hello"),
            ("POST /stream\n\nhello", "200 5"),
            ("GET /pages/2", "200 2"),
            ("GET /pages/", "200 1"),
            ("GET /opt", "200 None"),
            ("GET /opt/x", "200 Some(\"x\")"),
            ("GET /parse/7", "200 7"),
            ("GET /parse/x", "500"),
            ("GET /refuse/x", "409 x"),
            ("GET /io", "500"),
        ],
    );
}

#[test]
fn bodies_are_read_into_types() {
    check(
        &blog(),
        &[
            (
                "POST /form\ncontent-type: application/x-www-form-urlencoded\nuser-agent: me\n\nq=1&tag=a&tag=%C3%A4",
                "200 1 [\"a\", \"ä\"] me",
            ),
            (
                "POST /form\ncontent-type: application/x-www-form-urlencoded\n\ntag=a",
                "400",
            ),
            ("POST /form\ncontent-type: text/plain\n\nq=1", "415"),
            (
                "POST /json\ncontent-type: application/json\n\n[1, 2]",
                "200 [1, 2] /json json",
            ),
            ("POST /json\ncontent-type: application/json\n\n[1, ", "400"),
            ("POST /json\n\n[1]", "415"),
            ("GET /maybe", "200 None Err(400)"),
            (
                "POST /maybe?q=1\ncontent-type: application/json\n\n7",
                "200 Some(7) Ok(\"1\")",
            ),
            ("POST /maybe\ncontent-type: application/json\n\n{", "400"),
        ],
    );
}

#[test]
fn what_no_rule_takes_is_answered_as_flask_does() {
    let app = blog();
    check(
        &app,
        &[
            ("GET /nope/nope/nope", "404"),
            ("GET /2024?a=b%20c", "308 http://localhost/2024/?a=b%20c"),
            ("GET /2024//x", "308 http://localhost/2024/x"),
            ("GET /pages/1", "308 http://localhost/pages/"),
            ("DELETE /form", "405"),
            ("OPTIONS /form", "200"),
            ("OPTIONS /nope/nope/nope", "404"),
            ("OPTIONS *", "200"),
            ("HEAD /2024/x", "200 2024 x HEAD"),
        ],
    );
    let allow = |text| send(&app, text).headers().get("allow").map(str::to_owned);
    assert_eq!(allow("DELETE /form").as_deref(), Some("POST, OPTIONS"));
    assert_eq!(
        allow("OPTIONS /2024/x").as_deref(),
        Some("GET, HEAD, POST, OPTIONS")
    );
}
