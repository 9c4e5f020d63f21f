use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use super::*;
use crate::application::Reply;
use crate::clock;
use crate::request::Request;
use crate::response::IntoResponse;
use crate::response::Response;
use crate::response::redirect as redirect_to;

/// Echoes: method, target, body; what some paths do besides is in the code.
struct Echo;

impl Application for Echo {
    fn call<'a>(&'a self, request: &'a mut Request) -> Reply<'a> {
        let path = request.path().to_owned();
        let status = request.args().get_as::<u16, _>("status");
        match &*path {
            "/to" => {
                let to = request.args().get("l").unwrap_or("/");
                let response = redirect_to(to).into_response();
                Reply::Ready(response.with_status(status.unwrap_or(302)))
            }
            "/cookie" => {
                let sent = request.header("cookie").unwrap_or("-").to_owned();
                let mut response = Response::new(sent);
                let set = format!("n={}; Path=/", request.query_string());
                let _valid = response.headers_mut().try_set("set-cookie", set);
                Reply::Ready(response)
            }
            "/blocking" => Reply::blocking(move || {
                assert!(tokio::runtime::Handle::try_current().is_ok());
                Response::new(tokio::runtime::Handle::current().block_on(later()))
            }),
            "/clock" => Reply::blocking(|| Response::new(clock::now_seconds().to_string())),
            "/later" => Reply::future(async { Response::new(later().await) }),
            "/panic" => panic!("in a handler"),
            _ => Reply::future(async move {
                std::future::poll_fn(|cx| request.poll_prepare(cx)).await;
                let body = request.data().map(<[u8]>::to_vec).unwrap_or_default();
                let body = String::from_utf8_lossy(&body).into_owned();
                Response::new(format!("{} {} {body}", request.method(), request.target()))
            }),
        }
    }
}

/// Sends everybody to where they are.
struct Around;

impl Application for Around {
    fn call<'a>(&'a self, _request: &'a mut Request) -> Reply<'a> {
        Reply::Ready(redirect_to("/").into_response())
    }
}

async fn later() -> &'static str {
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    "later"
}

fn client() -> Client {
    Client::new(Echo).unwrap()
}

#[test]
fn handlers_of_each_kind_answer() {
    let client = client();
    assert_eq!(client.get("/x?y").send().text(), "GET /x?y ");
    assert_eq!(client.post("/").body("b").send().text(), "POST / b");
    assert_eq!(client.get("/later").send().text(), "later");
    assert_eq!(client.get("/blocking").send().text(), "later");
}

#[test]
fn plain_functions_see_the_clock_of_the_test() {
    let _guard = clock::set_for_test(std::time::UNIX_EPOCH + std::time::Duration::from_secs(5));
    assert_eq!(client().get("/clock").send().text(), "5");
}

#[tokio::test]
async fn inside_of_a_runtime_it_answers_as_well() {
    let client = client();
    assert_eq!(client.get("/later").send().text(), "later");
    assert_eq!(client.get("/blocking").send().text(), "later");
    assert_eq!(client.get("/later").await.text(), "later");
    drop(client);
}

#[test]
#[should_panic(expected = "in a handler")]
fn a_panic_in_a_handler_is_one_of_the_test() {
    client().get("/panic").send();
}

#[test]
fn redirects_are_followed_when_asked() {
    let client = client();
    let sent = client.get("/to?l=/x").send();
    assert_eq!((sent.status().as_u16(), sent.location()), (302, Some("/x")));
    for (status, want) in [
        (301, "GET /x?q= "),
        (302, "GET /x?q= "),
        (303, "GET /x?q= "),
        (307, "POST /x?q= a=1"),
        (308, "POST /x?q= a=1"),
    ] {
        let call = client
            .post("/to")
            .query([("l", "/x?q="), ("status", &status.to_string())]);
        let response = call.form([("a", 1)]).follow_redirects().send();
        assert_eq!(response.text(), want, "{status}");
        assert_eq!(response.history().len(), 1);
        assert_eq!(response.url(), "http://localhost/x?q=");
        let kind = response.request().header("content-type").is_some();
        assert_eq!(kind, status >= 307, "{status}");
    }
}

#[test]
fn redirects_stay_here_and_end() {
    let get = |client: &Client, location| {
        let call = client
            .get("/to")
            .query([("l", location)])
            .follow_redirects();
        call.try_send().map(|response| response.url().to_owned())
    };
    let client = client();
    assert!(
        get(&client, "http://example.com/")
            .unwrap_err()
            .is_external_redirect()
    );
    assert!(
        get(&client, "http://a.localhost/")
            .unwrap_err()
            .is_external_redirect()
    );
    let client = client.allow_subdomain_redirects();
    let url = get(&client, "http://a.localhost:81/x").unwrap();
    assert_eq!(url, "http://a.localhost:81/x");
    let error = Client::new(Around)
        .unwrap()
        .get("/")
        .follow_redirects()
        .try_send();
    assert!(error.unwrap_err().is_redirect_loop());
}

#[test]
fn script_roots_are_kept_by_redirects_below_them() {
    let client = client().with_base_url("https://example.com/app");
    let response = client.get("/to?l=/app/x").follow_redirects().send();
    assert_eq!(response.url(), "https://example.com/app/x");
    assert_eq!(response.request().script_root(), "/app");
    let response = client.get("/to?l=/application/x").follow_redirects().send();
    assert_eq!(response.request().script_root(), "");
    assert_eq!(response.request().path(), "/application/x");
}

#[test]
fn cookies_are_kept_between_calls() {
    let client = client();
    assert_eq!(client.get("/cookie?1").send().text(), "-");
    assert_eq!(client.get("/cookie?2").send().text(), "n=1");
    assert_eq!(
        client
            .get("/cookie?3")
            .header("cookie", "own=1")
            .send()
            .text(),
        "own=1; n=2"
    );
    client.set_cookie("m", "x");
    assert_eq!(client.get("/cookie?4").send().text(), "n=3; m=x");
    client.delete_cookie("n");
    assert_eq!(client.cookie("n"), None);
    let client = client.without_cookies();
    client.get("/cookie?1").send();
    assert_eq!(client.get("/cookie?2").send().text(), "-");
}

#[test]
fn head_has_a_length_and_no_body() {
    let response = client().head("/abc").send();
    assert_eq!(
        (response.text(), response.header("content-length")),
        ("", Some("10"))
    );
}

#[test]
fn what_is_to_be_called_on_close_was_called() {
    static CALLED: AtomicBool = AtomicBool::new(false);
    struct Closing;
    impl Application for Closing {
        fn call<'a>(&'a self, _request: &'a mut Request) -> Reply<'a> {
            let mut response = Response::new("x");
            response.call_on_close(|| CALLED.store(true, Ordering::Relaxed));
            Reply::Ready(response)
        }
    }
    assert_eq!(Client::new(Closing).unwrap().get("/").send().text(), "x");
    assert!(CALLED.load(Ordering::Relaxed));
}

/// A site of several hosts: who comes in is sent to a subdomain, and back.
struct Shop;

#[crate::application]
impl Shop {
    #[route("/login", methods = ["POST"])]
    async fn login(&self, name: crate::extract::Form<Name>) -> Response {
        let Name { name } = name.0;
        let mut response = redirect_to(format!("//{name}.shop.test/?from=login"))
            .see_other()
            .into_response();
        let fields = response.headers_mut();
        fields.add("set-cookie", "all=1; Path=/; Domain=shop.test");
        fields.add("set-cookie", "one=2; Path=/");
        response
    }

    #[route("/", subdomain = "<name>")]
    async fn home(&self, request: &Request, name: &str) -> Response {
        let sent = request.header("cookie").unwrap_or("-");
        let mut response = redirect_to("/cart").temporary().into_response();
        let own = format!("{name}=3; Path=/");
        let _valid = response.headers_mut().try_add("x-sent", sent);
        let _valid = response.headers_mut().try_add("set-cookie", own);
        response
    }

    #[route("/cart", subdomain = "<name>")]
    async fn cart(&self, request: &Request, name: &str) -> String {
        let sent = request.header("cookie").unwrap_or("-");
        format!("{name}: {sent}")
    }

    #[route("/")]
    async fn front(&self, request: &Request) -> String {
        request.header("cookie").unwrap_or("-").to_owned()
    }
}

#[derive(serde::Deserialize)]
struct Name {
    name: String,
}

#[test]
fn redirects_lead_across_subdomains_with_their_cookies() {
    let bound = crate::dispatch::Bound::new(Shop).unwrap();
    let client = Client::new(bound.server_name("shop.test")).unwrap();
    let client = client
        .with_base_url("https://shop.test")
        .allow_subdomain_redirects();
    let login = client.post("/login").form([("name", "ada")]);
    let response = login.follow_redirects().send();
    assert_eq!(response.text(), "ada: all=1; ada=3");
    assert_eq!(response.url(), "https://ada.shop.test/cart");
    let history = response.history().iter();
    let history: Vec<_> = history
        .map(|step| (step.status().as_u16(), step.url()))
        .collect();
    let want = [
        (303, "https://shop.test/login"),
        (307, "https://ada.shop.test/?from=login"),
    ];
    assert_eq!(history, want);
    assert_eq!(response.history()[1].header("x-sent"), Some("all=1"));
    assert_eq!(response.history()[1].request().method(), "GET");
    // What the subdomain set stays there; what was set for the domain is everywhere.
    assert_eq!(client.get("/").send().text(), "all=1; one=2");
    let other = client.get("https://bob.shop.test/cart").send();
    assert_eq!(other.text(), "bob: all=1");
    let ada = client.edit_cookies(|jar| {
        let cookie = jar.get_at("ada.shop.test", "/", "ada");
        cookie.map(|cookie| cookie.is_origin_only())
    });
    assert_eq!(ada, Some(true));
}
