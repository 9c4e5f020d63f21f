//! What a request's head says of where it came from and went to.

use std::borrow::Cow;

use rustzeug::grammar::forwarded;
use rustzeug::grammar::forwarded::Origin;
use rustzeug::grammar::forwarded::TrustedProxies;
use rustzeug::grammar::host::current_url;
use rustzeug::grammar::host::request_host;
use rustzeug::protocol::h1::Head;
use rustzeug::protocol::h1::Limits;
use serde_json::Value;
use serde_json::json;

use super::Answer;
use super::decoded;
use super::pairs;
use super::refused;
use super::text;
use super::texts;
use super::untrusted;
use super::value;

pub(super) fn access_route(input: &Value) -> Option<Answer> {
    let forwarded = header(input, "x-forwarded-for");
    let remote = input["remote_addr"].as_str();
    let route = forwarded::access_route(forwarded.as_deref(), remote);
    value(json!({"route": route}))
}

pub(super) fn dispatcher(input: &Value) -> Option<Answer> {
    let mounts = texts(&input["mounts"]);
    let (path, script_name) = (text(input, "path"), text(input, "script_name"));
    let split = forwarded::split_mount(path, |prefix| mounts.contains(&prefix));
    let (mount, prefix, rest) = match split {
        Some((prefix, rest)) => (Some(prefix), prefix, rest),
        None => (None, "", path),
    };
    value(json!({
        "mount": mount,
        "script_name": format!("{script_name}{prefix}"),
        "path_info": rest,
    }))
}

pub(super) fn proxy_fix(input: &Value) -> Option<Answer> {
    let trust = |key: &str| {
        input["trust"][key]
            .as_u64()
            .map_or(0, |count| count as usize)
    };
    let proxies = TrustedProxies {
        x_for: trust("for"),
        x_proto: trust("proto"),
        x_host: trust("host"),
        x_port: trust("port"),
        x_prefix: trust("prefix"),
    };
    let mut origin = Origin {
        remote_addr: input["remote_addr"].as_str().map(ToOwned::to_owned),
        scheme: text(input, "scheme").to_owned(),
        host: header(input, "host"),
        server_name: text(input, "server_name").to_owned(),
        server_port: input["server_port"].to_string(),
        root_path: text(input, "script_name").to_owned(),
    };
    proxies.correct(&mut origin, |name| header(input, name).map(Cow::Owned));
    let server = (&*origin.server_name, origin.server_port.parse().ok());
    let trusted: &[&str] = &[];
    let host = request_host(
        &origin.scheme,
        origin.host.as_deref(),
        Some(server),
        trusted,
    )
    .ok()?;
    let root = current_url(&origin.scheme, &host, Some(&origin.root_path), None, None);
    value(json!({
        "remote_addr": origin.remote_addr,
        "scheme": origin.scheme,
        "host_header": origin.host,
        "server_name": origin.server_name,
        "server_port": origin.server_port,
        "script_name": origin.root_path,
        "host": host,
        "script_root": origin.root_path.trim_end_matches('/'),
        "url_root": root.ok(),
    }))
}

pub(super) fn request_target(input: &Value) -> Option<Answer> {
    let target = text(input, "target");
    // `*` is for OPTIONS alone.
    let method = if target == "*" { "OPTIONS" } else { "GET" };
    let mut head = Head::new();
    let bytes = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    match head.read(bytes.as_bytes(), &Limits::default()) {
        Ok(Some(_)) => value(json!({
            "path": head.path(),
            "query_string": head.query(),
            "host": head.host(),
        })),
        _ => refused(),
    }
}

pub(super) fn request_urls(input: &Value) -> Option<Answer> {
    let scheme = input["scheme"].as_str().unwrap_or("http");
    let trusted = texts(&input["trusted_hosts"]);
    let given = header(input, "host");
    let server = Some(("localhost", Some(80)));
    let Ok(host) = request_host(scheme, given.as_deref(), server, &trusted) else {
        return untrusted();
    };
    let root = text(input, "script_name").trim_end_matches('/');
    let path = format!("/{}", text(input, "path").trim_start_matches('/'));
    let query = text(input, "query_string");
    let url = |root, path, query: Option<&str>| {
        current_url(scheme, &host, root, path, query.map(str::as_bytes)).ok()
    };
    value(json!({
        "path": path,
        "full_path": format!("{path}?{query}"),
        "script_root": root,
        "url": url(Some(root), Some(&path), Some(query)),
        "base_url": url(Some(root), Some(&path), None),
        "root_url": url(Some(root), None, None),
        "host_url": url(None, None, None),
        "host": host,
        "is_secure": matches!(scheme, "https" | "wss"),
        "args": decoded(query),
    }))
}

/// The values of a field, joined as a WSGI server does it.
fn header(input: &Value, name: &str) -> Option<String> {
    let fields = pairs(&input["headers"]).into_iter();
    let values = fields.filter(|(given, _)| given.eq_ignore_ascii_case(name));
    let values: Vec<_> = values.filter_map(|(_, value)| value).collect();
    (!values.is_empty()).then(|| values.join(","))
}
