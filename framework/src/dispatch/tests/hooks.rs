//! Hooks, and the order in which they run.

use std::sync::Mutex;

use super::block_on;
use super::check;
use super::pause;
use super::request;
use crate::prelude::*;

type Log = &'static Mutex<Vec<String>>;

fn log() -> Log {
    Box::leak(Box::default())
}

struct Inner {
    log: Log,
}

#[application]
impl Inner {
    #[before_request]
    async fn enter(&self) {
        pause().await;
        self.log.lock().unwrap().push("inner before".to_owned());
    }

    #[after_request(inline)]
    fn leave(&self, response: &mut Response) {
        self.log
            .lock()
            .unwrap()
            .push(format!("inner after {}", response.status().as_u16()));
    }

    #[teardown_request]
    fn done(&self, request: &Request) {
        self.log
            .lock()
            .unwrap()
            .push(format!("inner done {}", request.path()));
    }

    #[route("/x", methods = ["GET"])]
    fn x(&self) -> &'static str {
        "x"
    }

    #[route("/never")]
    async fn never(&self) -> &'static str {
        std::future::pending().await
    }
}

struct Outer {
    log: Log,
    inner: Inner,
}

#[application]
impl Outer {
    #[before_request]
    fn first(&self, request: &Request) -> Option<Response> {
        self.log.lock().unwrap().push("first".to_owned());
        (request.path() == "/closed").then(|| Response::new("closed"))
    }

    #[before_request]
    async fn second(&self, request: &Request) -> Result<()> {
        self.log.lock().unwrap().push("second".to_owned());
        request.extensions().insert(7_u32);
        match request.header("x-refuse") {
            Some(_) => Err(Forbidden.into()),
            None => Ok(()),
        }
    }

    #[after_request]
    fn stamp(&self, request: &Request, mut response: Response) -> Response {
        self.log.lock().unwrap().push("stamp".to_owned());
        let seen = request.extensions().get::<u32>().is_some();
        response
            .headers_mut()
            .set("x-seen", if seen { "yes" } else { "no" });
        response
    }

    #[after_request]
    async fn later(&self, response: &mut Response) -> Result<()> {
        self.log
            .lock()
            .unwrap()
            .push(format!("later {}", response.status().as_u16()));
        Ok(())
    }

    #[teardown_request]
    fn done(&self) {
        self.log.lock().unwrap().push("done".to_owned());
    }

    #[route("/")]
    async fn index(&self, request: &Request) -> String {
        format!("{:?}", request.extensions().get::<u32>())
    }

    #[mount("/in")]
    fn inner(&self) -> &Inner {
        &self.inner
    }
}

fn app() -> (impl Application, Log) {
    let log = log();
    (
        Outer {
            log,
            inner: Inner { log },
        }
        .into_application()
        .unwrap(),
        log,
    )
}

fn order(text: &str) -> String {
    let (app, log) = app();
    super::send(&app, text);
    std::mem::take(&mut *log.lock().unwrap()).join(", ")
}

#[test]
fn hooks_run_from_the_root_to_the_mount_and_back() {
    let all =
        "first, second, inner before, inner after 200, later 200, stamp, inner done /in/x, done";
    assert_eq!(order("GET /in/x"), all);
    assert_eq!(order("GET /"), "first, second, later 200, stamp, done");
}

#[test]
fn hooks_see_what_no_rule_takes() {
    assert_eq!(order("GET /nope"), "first, second, later 404, stamp, done");
    let below = |status: &str, path: &str| {
        format!(
            "first, second, inner before, inner after {status}, later {status}, stamp, \
             inner done {path}, done"
        )
    };
    assert_eq!(order("GET /in/nope"), below("404", "/in/nope"));
    assert_eq!(order("POST /in/x"), below("405", "/in/x"));
    // Slashes that are too many stand in front of every application.
    assert_eq!(order("GET /in//x"), "first, second, later 308, stamp, done");
}

#[test]
fn a_hook_may_answer_instead() {
    let (app, log) = app();
    check(
        &app,
        &[
            ("GET /closed", "200 closed"),
            ("GET /\nx-refuse: 1", "403"),
            ("GET /", "200 Some(7)"),
        ],
    );
    log.lock().unwrap().clear();
    let response = super::send(&app, "GET /closed");
    assert_eq!(response.headers().get("x-seen"), Some("no"));
    assert_eq!(
        log.lock().unwrap().join(", "),
        "first, later 200, stamp, done"
    );
}

#[test]
fn teardowns_run_when_the_client_has_left() {
    let (app, log) = app();
    let mut request = request("GET /in/never");
    let mut reply = app.call(&mut request);
    block_on(async {
        for _ in 0..3 {
            let poll = std::future::poll_fn(|cx| {
                std::task::Poll::Ready(std::pin::Pin::new(&mut reply).poll(cx).is_pending())
            });
            assert!(poll.await);
        }
    });
    drop(reply);
    let want = "first, second, inner before, inner done /in/never, done";
    assert_eq!(log.lock().unwrap().join(", "), want);
}
