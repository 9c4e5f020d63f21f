//! What is answered where no rule takes the request: redirects, OPTIONS, 405, 404.

use http::HeaderValue;
use http::Method;
use http::header;
use rustzeug_routing::BindRequest;
use rustzeug_routing::MapAdapter;
use rustzeug_routing::MatchError;
use rustzeug_routing::Outcome;
use rustzeug_routing::Table;

use super::site::SiteMap;
use crate::exceptions::BadRequest;
use crate::exceptions::HttpException;
use crate::exceptions::MethodNotAllowed;
use crate::exceptions::NotFound;
use crate::request::Request;
use crate::response::IntoResponse;
use crate::response::Response;
use crate::response::redirect;
use crate::response::render;

/// The answer to a request that no rule takes.
pub(super) fn answer(
    outcome: &Outcome,
    table: &Table<'_>,
    site: &SiteMap,
    request: &Request,
) -> Response {
    // RFC 9110 section 9.3.7: asks the server, not a resource; a `ping`.
    if request.head().is_asterisk() {
        return Response::empty();
    }
    match outcome {
        Outcome::MethodNotAllowed(methods) => {
            let names = table.method_names(*methods).into_iter();
            not_allowed(names.map(str::to_owned).collect(), request)
        }
        Outcome::Redirect(_) => match matched(site, request) {
            Err(error) => refused(error, request),
            // The map and the table are the same rules; they cannot disagree.
            Ok(_) => exception(NotFound.into(), request),
        },
        Outcome::WebsocketMismatch => exception(BadRequest.into(), request),
        _ => exception(NotFound.into(), request),
    }
}

/// Asks the map, which knows of redirects, defaults and aliases; `Ok` is the rule's number.
pub(super) fn matched(site: &SiteMap, request: &Request) -> Result<usize, MatchError> {
    let Some(adapter) = adapter(site, request) else {
        return Err(MatchError::NotFound);
    };
    let path = request.path();
    adapter
        .match_(path, request.method().as_str())
        .map(|found| found.rule_index())
}

/// The map bound to a request.
pub(super) fn adapter<'s>(site: &'s SiteMap, request: &Request) -> Option<MapAdapter<'s>> {
    let host = request.host();
    let bind = BindRequest {
        scheme: request.scheme(),
        method: request.method().as_str(),
        host: Some(&host),
        server: None,
        connection: request.header("connection"),
        upgrade: request.header("upgrade"),
        script_name: request.script_root(),
        path_info: request.path(),
        query_string: request.query_string(),
    };
    let server_name = site.server_name.as_deref();
    site.map.bind_to_request(&bind, server_name, None).ok()
}

/// What the rules' hosts or subdomains are compared with; nothing for a host that is none.
pub(super) fn host(site: &SiteMap, request: &Request) -> String {
    let adapter = adapter(site, request);
    adapter.map_or_else(String::new, |adapter| match adapter.subdomain() {
        Some(subdomain) => subdomain.to_owned(),
        None => adapter.server_name().to_owned(),
    })
}

/// The answer to what the map refuses.
pub(super) fn refused(error: MatchError, request: &Request) -> Response {
    match error {
        MatchError::MethodNotAllowed(methods) => not_allowed(methods, request),
        MatchError::Redirect(url) => redirect(url).permanent().into_response(),
        MatchError::WebsocketMismatch => exception(BadRequest.into(), request),
        _ => exception(NotFound.into(), request),
    }
}

/// 405; or, for OPTIONS, the methods themselves, as Flask answers it.
fn not_allowed(mut methods: Vec<String>, request: &Request) -> Response {
    if !methods.iter().any(|method| method == "OPTIONS") {
        methods.push("OPTIONS".to_owned());
    }
    if request.method() == Method::OPTIONS {
        let mut response = Response::empty();
        if let Ok(allow) = HeaderValue::from_str(&methods.join(", ")) {
            response.headers_mut().set(header::ALLOW, allow);
        }
        return response;
    }
    exception(MethodNotAllowed::new(methods).into(), request)
}

fn exception(exception: HttpException, request: &Request) -> Response {
    render(exception, Some(request))
}
