//! The same routes, by plain `fn`, which may block and runs on a worker thread.
#![allow(clippy::needless_pass_by_value, reason = "extractors are handed over")]

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use rustzeug::prelude::*;

use crate::pages;
use crate::pages::HELLO;
use crate::pages::Message;
use crate::pages::Part;
use crate::pages::Slow;
use crate::pages::Testbed;

pub(crate) struct Plain {
    pub(crate) pages: Testbed,
}

#[application]
impl Plain {
    #[route("/plaintext")]
    fn plaintext(&self) -> &'static str {
        HELLO
    }

    #[route("/json")]
    fn json(&self) -> Json<Message> {
        Json(Message { message: HELLO })
    }

    #[route("/users/<int:id>/posts/<slug>")]
    fn post(&self, id: u64, slug: &str) -> String {
        format!("id={id} slug={slug}")
    }

    #[route("/echo", methods = ["POST"])]
    fn echo(&self, body: Bytes) -> Bytes {
        body
    }

    #[route("/form", methods = ["POST"])]
    fn form(&self, request: &Request) -> Result<String> {
        pages::form_field(request)
    }

    #[route("/upload", methods = ["POST"])]
    fn upload(&self, request: &Request) -> Result<Json<Vec<Part>>> {
        pages::parts(request)
    }

    #[route("/headers")]
    fn headers(&self, request: &Request) -> Json<BTreeMap<String, Vec<String>>> {
        Json(pages::fields(request))
    }

    #[route("/slow")]
    fn slow(&self, slow: Query<Slow>) -> &'static str {
        thread::sleep(Duration::from_millis(slow.0.ms));
        "ok"
    }

    #[route("/stream")]
    fn stream(&self) -> Body {
        pages::pieces()
    }

    #[route("/panic")]
    fn panic(&self) -> &'static str {
        pages::fail()
    }

    #[route("/file")]
    fn file(&self, request: &Request) -> Result<Response> {
        pages::file(&self.pages, request)
    }

    #[route("/ws")]
    fn ws(&self) -> NotImplemented {
        NotImplemented
    }

    #[route("/about")]
    #[route("/contact")]
    #[route("/pricing")]
    #[route("/login")]
    #[route("/logout")]
    #[route("/signup")]
    #[route("/settings")]
    #[route("/settings/profile")]
    #[route("/settings/security")]
    #[route("/search")]
    #[route("/users")]
    #[route("/posts")]
    #[route("/tags")]
    #[route("/categories")]
    #[route("/orgs")]
    #[route("/admin")]
    #[route("/admin/users")]
    #[route("/admin/stats")]
    #[route("/api/v1/status")]
    fn other(&self) -> &'static str {
        "other"
    }

    #[route("/users/<id>")]
    #[route("/users/<id>/followers")]
    #[route("/users/<id>/following")]
    #[route("/users/<id>/avatar")]
    #[route("/users/<id>/posts")]
    #[route("/posts/<id>")]
    #[route("/posts/<id>/comments")]
    #[route("/posts/<id>/likes")]
    #[route("/tags/<id>")]
    #[route("/tags/<id>/posts")]
    #[route("/categories/<id>")]
    #[route("/orgs/<id>")]
    #[route("/orgs/<id>/members")]
    #[route("/orgs/<id>/repos")]
    #[route("/api/v1/items/<id>")]
    fn of_one(&self, id: &str) -> String {
        format!("other {id}")
    }

    #[route("/posts/<a>/comments/<b>")]
    #[route("/categories/<a>/<b>")]
    #[route("/repos/<a>/<b>")]
    #[route("/repos/<a>/<b>/issues")]
    #[route("/repos/<a>/<b>/pulls")]
    fn of_two(&self, a: &str, b: &str) -> String {
        format!("other {a} {b}")
    }

    #[route("/repos/<a>/<b>/issues/<c>")]
    fn of_three(&self, a: &str, b: &str, c: &str) -> String {
        format!("other {a} {b} {c}")
    }
}
