#![allow(clippy::panic, reason = "a test that cannot go on")]

use std::fs;
use std::net::IpAddr;
use std::net::SocketAddr;

use rustzeug::body::Incoming;
use rustzeug::middleware::Dispatcher;
use rustzeug::middleware::Layer;
use rustzeug::middleware::ProxyFix;
use rustzeug::prelude::*;
use rustzeug::protocol::h1::Head;
use rustzeug::request::ConnectionInfo;
use rustzeug_tests::server::app;
use serde_json::Value;
use serde_json::json;

/// The recorded cases of one operation.
fn cases(op: &str) -> Vec<Value> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/urls_utils.jsonl");
    let text = fs::read_to_string(file).expect("recorded cases");
    let cases = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    cases.filter(|case| case["op"] == op).collect()
}

/// Answers with what the application sees, and its own number.
fn seen(number: Option<usize>) -> impl Application {
    app(move |request: &mut Request| {
        let address = request.remote_addr().map(|address| address.to_string());
        let seen = json!({
            "number": number,
            "path": request.path(),
            "script_root": request.script_root(),
            "remote_addr": address,
            "scheme": request.scheme(),
            "host": request.host(),
            "url_root": request.root_url(),
        });
        Reply::Ready(Response::new(seen.to_string()))
    })
}

fn ask(app: &dyn Application, request: &mut Request) -> Value {
    match app.call(request) {
        Reply::Ready(response) => {
            let body = response.body().as_bytes().expect("bytes");
            serde_json::from_slice(body).expect("JSON")
        }
        other => panic!("{other:?}: nothing here waits"),
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// The request of a case, as a server would have made it; `None` where a server refuses it.
fn request(input: &Value) -> Option<Request> {
    let headers = input["headers"].as_array().cloned().unwrap_or_default();
    let fields = headers.iter().map(|field| {
        let part = |at: usize| field[at].as_str().unwrap_or_default().as_bytes();
        (part(0), part(1))
    });
    let head = Head::from_parts(Method::GET, "/", fields).ok()?;
    let mut request = Request::new(head, Incoming::empty());
    let mut connection = ConnectionInfo::default();
    connection.peer = text(input, "remote_addr")
        .parse()
        .ok()
        .map(|ip: IpAddr| SocketAddr::new(ip, 1));
    connection.scheme = if text(input, "scheme") == "https" {
        "https"
    } else {
        "http"
    };
    request.set_connection(connection);
    request.set_paths(text(input, "script_name"), text(input, "path"));
    Some(request)
}

#[test]
fn proxy_fix_corrects_requests_as_recorded() {
    let mut asked = 0;
    for case in cases("proxy_fix") {
        let (input, want) = (&case["in"], &case["out"]);
        let Some(mut request) = request(input) else {
            continue;
        };
        let trust = |key: &str| input["trust"][key].as_u64().unwrap_or(0) as usize;
        let fix = ProxyFix::new()
            .x_for(trust("for"))
            .x_proto(trust("proto"))
            .x_host(trust("host"))
            .x_port(trust("port"))
            .x_prefix(trust("prefix"));
        let app = seen(None)
            .with(fix)
            .into_application()
            .expect("an application");
        let got = ask(&app, &mut request);
        asked += 1;
        let address = text(want, "remote_addr");
        let ip = address
            .parse()
            .or_else(|_| address.parse().map(|both: SocketAddr| both.ip()));
        assert_eq!(
            got["remote_addr"].as_str(),
            ip.ok().map(|ip: IpAddr| ip.to_string()).as_deref(),
            "{case}"
        );
        assert_eq!(got["script_root"], want["script_root"], "{case}");
        // A scheme has no case; one that no server has is none of a request's.
        let scheme = text(want, "scheme").to_ascii_lowercase();
        let is_known = ["http", "https", "ws", "wss"].contains(&&*scheme);
        assert_eq!(
            got["scheme"],
            if is_known { &scheme } else { "http" },
            "{case}"
        );
        // Without a Host field the server's name counts, and a socket has none; the port of
        // `HTTPS` is none to Werkzeug.
        if scheme == text(want, "scheme") && want["host_header"].is_string() && is_known {
            assert_eq!(got["host"], want["host"], "{case}");
            if want["url_root"].is_string() {
                assert_eq!(got["url_root"], want["url_root"], "{case}");
            }
        }
    }
    assert!(asked > 250, "{asked} cases");
}

#[test]
fn dispatcher_finds_mounts_as_recorded() {
    let mut asked = 0;
    for case in cases("dispatcher") {
        let (input, want) = (&case["in"], &case["out"]);
        let mounts = input["mounts"].as_array().cloned().unwrap_or_default();
        let mut app = Dispatcher::new(seen(None)).expect("an application");
        // What can never match, or only without what is below it, is refused when it is mounted.
        let names: Vec<&str> = mounts.iter().filter_map(Value::as_str).collect();
        let can = |name: &str| name.starts_with('/') && !name.ends_with('/');
        for (number, name) in names.iter().enumerate().filter(|(_, name)| can(name)) {
            app = app.mount(name, seen(Some(number))).expect("a mount");
        }
        let mount = want["mount"].as_str();
        if mount.is_some_and(|mount| !can(mount)) {
            continue;
        }
        let Some(mut request) = request(input) else {
            continue;
        };
        let got = ask(&app, &mut request);
        asked += 1;
        let number = mount.and_then(|mount| names.iter().position(|name| *name == mount));
        assert_eq!(
            got["number"].as_u64(),
            number.map(|number| number as u64),
            "{case}"
        );
        let path = format!("/{}", text(want, "path_info").trim_start_matches('/'));
        assert_eq!(got["path"], path, "{case}");
        assert_eq!(
            text(&got, "script_root"),
            text(want, "script_name").trim_end_matches('/'),
            "{case}"
        );
    }
    assert!(asked > 50, "{asked} cases");
}
