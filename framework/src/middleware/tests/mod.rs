//! Each middleware around a small application.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use super::*;
use crate::prelude::*;
use crate::testing::Client;

mod cors;
mod shared_data;

struct Site;

#[application]
impl Site {
    #[route("/")]
    async fn index(&self) -> &'static str {
        "index"
    }

    #[route("/inline", inline)]
    fn inline(&self) -> &'static str {
        "inline"
    }

    #[route("/blocking")]
    fn blocking(&self) -> &'static str {
        "blocking"
    }

    #[route("/method", methods = ["POST", "PUT", "DELETE"])]
    async fn method(&self, request: &Request) -> String {
        request.method().to_string()
    }

    #[route("/panics/<how>")]
    fn panics(&self, how: &str) -> String {
        panic!("in a {how}")
    }

    #[route("/panics/async")]
    async fn panics_async(&self) -> String {
        tokio::task::yield_now().await;
        panic!("after waiting")
    }

    #[route("/panics/inline", inline)]
    fn panics_inline(&self) -> String {
        panic!("inline")
    }

    #[route("/slow")]
    async fn slow(&self) -> &'static str {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        "late"
    }

    #[route("/framed")]
    async fn framed(&self) -> Response {
        Response::new("framed").with_header("x-frame-options", "DENY")
    }

    #[route("/name")]
    async fn name(&self, request: &Request) -> String {
        let name = request.extensions().get::<RequestName>();
        name.map_or_else(String::new, |name| name.as_str().to_owned())
    }

    #[route("/seen")]
    async fn seen(&self, request: &Request) -> String {
        let address = request.remote_addr().map(|address| address.to_string());
        format!("{} {}", request.url(), address.unwrap_or_default())
    }
}

fn client(app: impl IntoApplication) -> Client {
    Client::new(app).expect("an application that starts")
}

/// Notes in which order middlewares run.
struct Order(&'static str, Arc<Mutex<Vec<String>>>);

impl Middleware for Order {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        self.1.lock().unwrap().push(format!("{} in", self.0));
        let response = next.run(request).await;
        self.1.lock().unwrap().push(format!("{} out", self.0));
        response
    }
}

#[test]
fn the_last_one_added_is_outermost() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let app = Site
        .with(Order("inner", seen.clone()))
        .with(None::<Order>)
        .with(Arc::new(Order("outer", seen.clone())));
    for path in ["/", "/inline", "/blocking", "/nowhere"] {
        seen.lock().unwrap().clear();
        client(app_of(&app)).get(path).send();
        let want = ["outer in", "inner in", "inner out", "outer out"];
        assert_eq!(*seen.lock().unwrap(), want, "{path}");
    }
}

/// The same stack once more.
fn app_of(
    app: &Layered<Arc<Order>, Layered<Option<Order>, Layered<Order, Site>>>,
) -> impl IntoApplication {
    Site.with(Order("inner", app.app.app.middleware.1.clone()))
        .with(None::<Order>)
        .with(app.middleware.clone())
}

#[test]
fn what_never_waits_makes_no_future() {
    let app = Site
        .with(SecurityHeaders::new())
        .with(RequestId::new())
        .with(Cors::new().origin("https://a.example"))
        .with(ProxyFix::new())
        .with(MethodOverride::new())
        .with(SharedData::new().directory("/files", "nowhere"));
    let app = app.into_application().unwrap();
    let mut request = crate::testing::EnvironBuilder::new("/inline")
        .build()
        .unwrap();
    let reply = app.call(&mut request);
    assert!(matches!(reply, Reply::Ready(_)), "{reply:?}");
}

#[test]
fn panics_are_answers() {
    let reports = Arc::new(Mutex::new(Vec::new()));
    let seen = reports.clone();
    let catch = CatchPanic::new().report(move |request, text| {
        let line = format!("{} {text}", request.path());
        seen.lock().unwrap().push(line);
    });
    let client = client(Site.with(catch).with(RequestId::new()));
    for (path, text) in [
        ("/panics/thread", "in a thread"),
        ("/panics/async", "after waiting"),
        ("/panics/inline", "inline"),
    ] {
        let response = client.get(path).header("accept", "application/json").send();
        assert_eq!(response.status(), 500, "{path}");
        assert_eq!(response.mimetype(), "application/problem+json", "{path}");
        assert!(!response.text().contains(text), "{path}");
        assert!(response.headers().contains("x-request-id"), "{path}");
        let cause = response.exception().and_then(HttpException::source);
        let cause = cause.expect("a cause").to_string();
        assert_eq!(cause, format!("the handler panicked: {text}"));
        assert_eq!(
            reports.lock().unwrap().pop(),
            Some(format!("{path} {text}"))
        );
    }
    assert_eq!(client.get("/").send().text(), "index");
    assert_eq!(client.get("/blocking").send().text(), "blocking");
    assert!(reports.lock().unwrap().is_empty());
}

#[test]
fn what_takes_too_long_is_given_up() {
    let client = client(Site.with(Timeout::new(Duration::from_millis(20))));
    assert_eq!(client.get("/slow").send().status(), 503);
    assert_eq!(client.get("/").send().text(), "index");
}

#[test]
fn methods_are_overridden_by_post_alone() {
    let client = client(Site.with(MethodOverride::new()));
    let with = |method: &str| {
        client
            .post("/method")
            .header("x-http-method-override", method)
            .send()
    };
    assert_eq!(with("put").text(), "PUT");
    assert_eq!(with("DELETE").text(), "DELETE");
    assert_eq!(with("GET").text(), "POST");
    assert_eq!(with("CONNECT").text(), "POST");
    let get = client
        .get("/method")
        .header("x-http-method-override", "PUT")
        .send();
    assert_eq!(get.status(), 405);
}

#[test]
fn requests_have_names() {
    let client = client(Site.with(RequestId::new()));
    let (first, second) = (client.get("/name").send(), client.get("/name").send());
    assert!(!first.text().is_empty());
    assert_eq!(first.header("x-request-id"), Some(first.text()));
    assert_ne!(first.text(), second.text());
    let given = client
        .get("/name")
        .header("x-request-id", "from-proxy:1")
        .send();
    assert_eq!(given.text(), "from-proxy:1");
    let odd = client.get("/name").header("x-request-id", "a b").send();
    assert_ne!(odd.text(), "a b");
}

#[test]
fn careful_fields_are_added_where_there_are_none() {
    let mut policy = crate::datastructures::ContentSecurityPolicy::new();
    policy.set_default_src("'self'");
    let fields = SecurityHeaders::new()
        .content_security_policy(&policy)
        .and_then(|fields| fields.permissions_policy("camera=()"))
        .and_then(|fields| fields.resource_policy("same-origin"))
        .and_then(|fields| fields.referrer_policy(""))
        .unwrap()
        .hsts(Duration::from_secs(60), true)
        .opener_policy(crate::datastructures::OpenerPolicy::SameOrigin)
        .embedder_policy(crate::datastructures::EmbedderPolicy::RequireCorp);
    let client = client(Site.with(fields));
    let plain = client.get("/").send();
    for (name, value) in [
        ("content-security-policy", Some("default-src 'self'")),
        ("permissions-policy", Some("camera=()")),
        ("cross-origin-resource-policy", Some("same-origin")),
        ("cross-origin-opener-policy", Some("same-origin")),
        ("cross-origin-embedder-policy", Some("require-corp")),
        ("x-content-type-options", Some("nosniff")),
        ("x-frame-options", Some("SAMEORIGIN")),
        ("referrer-policy", None),
        ("strict-transport-security", None),
    ] {
        assert_eq!(plain.header(name), value, "{name}");
    }
    let secure = client.get("/framed").base_url("https://localhost").send();
    assert_eq!(secure.header("x-frame-options"), Some("DENY"));
    let hsts = secure.header("strict-transport-security");
    assert_eq!(hsts, Some("max-age=60; includeSubDomains"));
    assert!(SecurityHeaders::new().permissions_policy("a\r\nb").is_err());
}

#[test]
fn proxies_are_believed_as_far_as_they_are_counted() {
    let send = |proxies: ProxyFix| {
        let client = client(Site.with(proxies));
        let call = client.get("/seen").base_url("http://inner");
        let call = call
            .header("x-forwarded-for", "6.6.6.6, 1.1.1.1")
            .header("x-forwarded-proto", "https");
        let call = call
            .header("x-forwarded-host", "evil, outer")
            .header("x-forwarded-prefix", "/app");
        call.header("x-forwarded-port", "8443")
            .send()
            .text()
            .to_owned()
    };
    assert_eq!(send(ProxyFix::new()), "https://inner/seen 1.1.1.1");
    assert_eq!(
        send(ProxyFix::new().x_for(2).x_proto(0)),
        "http://inner/seen 6.6.6.6"
    );
    assert_eq!(
        send(ProxyFix::new().x_for(3).x_proto(2)),
        "http://inner/seen "
    );
    let all = ProxyFix::new().x_host(1).x_prefix(1).x_port(1);
    assert_eq!(send(all), "https://outer:8443/app/seen 1.1.1.1");
    assert_eq!(send(ProxyFix::new().x_host(2)), "https://evil/seen 1.1.1.1");
}

#[test]
fn routes_are_measured() {
    let profiler = Profiler::new().serve_at("/times");
    let client = client(Site.with(profiler.clone()));
    for path in ["/", "/", "/panics/nowhere/at/all", "/inline", "/", "/times"] {
        client.get(path).send();
    }
    client
        .call(Method::from_bytes(b"BREW").unwrap(), "/")
        .send();
    let mut seen: Vec<_> = profiler.report();
    for times in &seen {
        assert!(times.min <= times.p50 && times.p50 <= times.p99 && times.p99 <= times.max);
        assert!(
            times.min <= times.mean && times.mean <= times.max,
            "{times:?}"
        );
    }
    seen.sort_by(|a, b| (&a.rule, a.method).cmp(&(&b.rule, b.method)));
    let seen: Vec<_> = seen
        .iter()
        .map(|times| (times.method, &*times.rule, times.count))
        .collect();
    assert_eq!(
        seen,
        [
            ("GET", "", 1),
            ("OTHER", "", 1),
            ("GET", "/", 3),
            ("GET", "/inline", 1)
        ]
    );
    let table = client.get("/times").send();
    assert!(table.text().contains("GET /inline\n") && table.text().contains("OTHER (no rule)\n"));
    let json = client
        .get("/times")
        .header("accept", "application/json")
        .send();
    let rows: Vec<serde_json::Value> = json.json().unwrap();
    assert_eq!(rows.len(), 4);
    assert!(
        rows.iter()
            .any(|row| row["rule"] == "/" && row["count"] == 3)
    );
}
