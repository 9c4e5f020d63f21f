//! Requests that another server answers: Werkzeug's `ProxyMiddleware`.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::Method;
use http::header;
use http_body::Body as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use hyper_util::rt::TokioTimer;
use tokio::time::Instant;

mod body;
mod target;
#[cfg(test)]
mod tests;

use super::Middleware;
use super::Next;
use crate::application::Reply;
use crate::body::Body;
use crate::body::BodyError;
use crate::datastructures::headers::is_hop_by_hop_header;
use crate::exceptions::BadGateway;
use crate::exceptions::BadRequest;
use crate::exceptions::GatewayTimeout;
use crate::exceptions::HttpException;
use crate::exceptions::NotFound;
use crate::exceptions::RequestEntityTooLarge;
use crate::exceptions::RequestTimeout;
use crate::grammar::percent::quote_path;
use crate::request::Request;
use crate::response::Response;
use crate::response::render;

use body::Download;
use body::Signal;
use body::Upload;

pub use target::ProxyTarget;

/// Passes requests below some paths on to other servers: Werkzeug's `ProxyMiddleware`.
///
/// Bodies are streamed both ways, connections to targets are kept and used again. Fields between
/// two neighbours only (RFC 9110 section 7.6.1) are not passed on in either direction. A target
/// that cannot be reached or breaks off is 502, one that takes too long 504; when it breaks off
/// inside a body, the client's connection is cut as well. A client that leaves is not waited for.
///
/// Paths go on as the client encoded them. One that would leave the prefix (`..`) is 404.
/// Protocols beside HTTP (WebSocket) are not passed on.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::{HttpProxy, Layer, ProxyTarget};
/// use rustzeug::prelude::*;
///
/// # struct App;
/// # #[application]
/// # impl App {}
/// # fn main() -> Result<(), StartError> {
/// let old = ProxyTarget::new("http://127.0.0.1:5001/")?.keep_host();
/// let files = ProxyTarget::new("http://files.internal/public/")?.remove_prefix();
/// let app = App.with(HttpProxy::new().target("/old", old).target("/files", files));
/// # Ok(())
/// # }
/// ```
///
/// # Compatibility
///
/// `Host` has the target's port, a target at `/` takes all paths, `X-Forwarded-*` and `Via` are
/// set, connections are kept, and a body that breaks off is not taken for one that ended; see
/// COMPATIBILITY.md.
pub struct HttpProxy {
    /// Prefixes begin and end with a slash.
    targets: Vec<(String, ProxyTarget)>,
    client: Client<HttpConnector, Upload>,
    timeout: Duration,
    idle_timeout: Duration,
    max_content_length: Option<u64>,
}

/// Why a target gave no answer.
enum Failure {
    TimedOut,
    Broken(hyper_util::client::legacy::Error),
}

impl HttpProxy {
    /// Passes nothing on yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            targets: Vec::new(),
            client: client(TIMEOUT),
            timeout: TIMEOUT,
            idle_timeout: IDLE_TIMEOUT,
            max_content_length: None,
        }
    }

    /// Passes on what is below a prefix. Of several prefixes, the first that fits counts.
    #[must_use]
    pub fn target(mut self, prefix: &str, target: ProxyTarget) -> Self {
        let prefix = match prefix.trim_matches('/') {
            "" => "/".to_owned(),
            prefix => format!("/{prefix}/"),
        };
        self.targets.push((prefix, target));
        self
    }

    /// How long a target may take to accept a connection, to take a piece of a body, and to begin
    /// its answer, each; ten seconds by default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self.client = client(timeout);
        self
    }

    /// How long a target may pause within the body of its answer; a minute by default.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// The most bytes of a request's body, beyond: 413. No limit by default, since nothing is
    /// kept: the target has its own.
    #[must_use]
    pub fn max_content_length(mut self, bytes: u64) -> Self {
        self.max_content_length = Some(bytes);
        self
    }

    fn find(&self, path: &str) -> Option<(&str, &ProxyTarget)> {
        let fits = self
            .targets
            .iter()
            .find(|(prefix, _)| path.starts_with(prefix));
        fits.map(|(prefix, target)| (&**prefix, target))
    }

    async fn pass_on(&self, request: &mut Request) -> Result<Response, HttpException> {
        let Some((prefix, target)) = self.find(request.path()) else {
            return Err(NotFound.into());
        };
        let is_head = *request.method() == Method::HEAD;
        let signal = Arc::new(Signal::default());
        let upstream = self.upstream(prefix, target, request, &signal)?;
        // RFC 9110 section 9.2.2: what may be sent twice, where a kept connection turns out to
        // have been closed by the target.
        let may_repeat = request.method().is_idempotent() && upstream.body().is_end_stream();
        let mut answer = self.ask(upstream, &signal).await;
        for _ in 0..REPEATS {
            match &answer {
                Err(Failure::Broken(error)) if may_repeat && is_incomplete(error) => {}
                _ => break,
            }
            let upstream = self.upstream(prefix, target, request, &signal)?;
            answer = self.ask(upstream, &signal).await;
        }
        match answer {
            Ok(answer) => Ok(self.answer(answer, is_head)),
            Err(failure) => Err(failure.into_exception()),
        }
    }

    /// The request to the target.
    fn upstream(
        &self,
        prefix: &str,
        target: &ProxyTarget,
        request: &mut Request,
        signal: &Arc<Signal>,
    ) -> Result<http::Request<Upload>, HttpException> {
        let path = encoded_path(request, prefix);
        if leaves(request.path()) {
            return Err(NotFound.into());
        }
        let uri = target.uri(&quote_path(prefix), &path, request.query_string())?;
        let mut headers = passed_on(|| request.headers().iter());
        let host = request.headers().get_value(header::HOST).cloned();
        if target.forwarded {
            forwarded(
                &mut headers,
                request,
                host.as_ref(),
                target.removes_prefix().then_some(prefix),
            );
        }
        append(&mut headers, header::VIA, "1.1 rustzeug");
        target.apply(&mut headers, host);
        let length = request.content_length();
        let mut incoming = request.take_body();
        incoming.set_limit(self.max_content_length);
        let is_bodiless = matches!(*request.method(), Method::GET | Method::HEAD);
        if is_bodiless && length.is_none() && !incoming.is_empty() {
            // Else hyper would take it that a GET has no body, and say that its length is 0.
            headers.insert(
                header::TRANSFER_ENCODING,
                HeaderValue::from_static("chunked"),
            );
        }
        let body = Upload::new(incoming, length, signal.clone());
        let mut upstream = http::Request::new(body);
        *upstream.method_mut() = request.method().clone();
        *upstream.uri_mut() = uri;
        *upstream.headers_mut() = headers;
        Ok(upstream)
    }

    /// Waits for the head of the answer, as long as the target makes progress.
    async fn ask(
        &self,
        request: http::Request<Upload>,
        signal: &Signal,
    ) -> Result<http::Response<hyper::body::Incoming>, Failure> {
        let mut asking = pin!(self.client.request(request));
        let mut timer = pin!(tokio::time::sleep(self.timeout));
        std::future::poll_fn(|cx| {
            if let Poll::Ready(answer) = asking.as_mut().poll(cx) {
                return Poll::Ready(answer.map_err(Failure::Broken));
            }
            while timer.as_mut().poll(cx).is_ready() {
                if !signal.excuses() {
                    return Poll::Ready(Err(Failure::TimedOut));
                }
                timer.as_mut().reset(Instant::now() + self.timeout);
            }
            Poll::Pending
        })
        .await
    }

    fn answer(&self, answer: http::Response<hyper::body::Incoming>, is_head: bool) -> Response {
        let (head, body) = answer.into_parts();
        let mut response = Response::empty().with_status(head.status);
        let length = body.size_hint().exact();
        for (name, value) in &passed_on(|| head.headers.iter()) {
            response.headers_mut().add(name, value);
        }
        let said = head.headers.get(header::CONTENT_LENGTH);
        if let (true, Some(said)) = (is_head, said) {
            response.headers_mut().set(header::CONTENT_LENGTH, said);
        }
        match length {
            Some(0) => {}
            Some(length) => {
                let download = Download::new(body, self.idle_timeout);
                response.set_body(Body::sized_stream(length, download));
            }
            None => response.set_body(Body::stream(Download::new(body, self.idle_timeout))),
        }
        response
    }
}

fn client(timeout: Duration) -> Client<HttpConnector, Upload> {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(timeout));
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(POOL_IDLE)
        .pool_max_idle_per_host(POOL_SIZE)
        .build(connector)
}

/// Whether a path has a `..`, also as servers read it for whom `\` is a slash, or for whom a
/// semicolon begins parameters (`..;/`): whatever the target makes of dots, nobody gets out of what
/// is passed on.
fn leaves(path: &str) -> bool {
    path.split(['/', '\\'])
        .any(|part| part.split(';').next() == Some(".."))
}

/// The path as the client encoded it; encoded anew where the client wrote the prefix in another
/// way (`/%61pi/` for `/api/`).
fn encoded_path(request: &Request, prefix: &str) -> String {
    let path = request.raw_path();
    match path.starts_with(&*quote_path(prefix)) {
        true => path.into_owned(),
        false => quote_path(request.path()).into_owned(),
    }
}

/// The fields that are for more than the next neighbour. How long a body is and where it ends is
/// said anew, and so is the host.
fn passed_on<'h, I>(fields: impl Fn() -> I) -> HeaderMap
where
    I: Iterator<Item = (&'h HeaderName, &'h HeaderValue)>,
{
    let named: Vec<&str> = fields()
        .filter(|(name, _)| *name == header::CONNECTION)
        .filter_map(|(_, value)| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let mut headers = HeaderMap::new();
    for (name, value) in fields() {
        let text = name.as_str();
        let stays = is_hop_by_hop_header(text)
            || OURS.contains(&text)
            || named.iter().any(|other| other.eq_ignore_ascii_case(text));
        if !stays {
            headers.append(name.clone(), value.clone());
        }
    }
    headers
}

/// Tells the target where the request came from.
fn forwarded(
    headers: &mut HeaderMap,
    request: &Request,
    host: Option<&HeaderValue>,
    prefix: Option<&str>,
) {
    if let Some(address) = request.remote_addr() {
        append(headers, X_FORWARDED_FOR, &address.to_string());
    }
    // A client's own words about these would be believed as ours.
    for name in FORWARDED {
        headers.remove(name);
    }
    let scheme = if request.is_secure() { "https" } else { "http" };
    headers.insert(X_FORWARDED_PROTO, HeaderValue::from_static(scheme));
    if let Some(host) = host {
        headers.insert(X_FORWARDED_HOST, host.clone());
    }
    let prefix = prefix.map(|prefix| {
        let root = request.script_root();
        HeaderValue::try_from(format!("{root}{}", prefix.trim_end_matches('/')))
    });
    if let Some(Ok(prefix)) = prefix {
        headers.insert(X_FORWARDED_PREFIX, prefix);
    }
}

/// Adds to a list, which may come in several fields.
fn append(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    let before = headers
        .get_all(&name)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let list: Vec<&str> = before.chain([text]).collect();
    if let Ok(value) = HeaderValue::try_from(list.join(", ")) {
        headers.insert(name, value);
    }
}

impl Failure {
    fn into_exception(self) -> HttpException {
        let error = match self {
            Self::TimedOut => return GatewayTimeout.into(),
            Self::Broken(error) => error,
        };
        let (mut timed_out, mut of_client) = (false, None);
        let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
        while let Some(error) = cause {
            let io = error.downcast_ref::<io::Error>();
            timed_out |= io.is_some_and(|error| error.kind() == io::ErrorKind::TimedOut);
            if let Some(error) = error.downcast_ref::<BodyError>() {
                of_client = Some(error.clone());
            }
            cause = error.source();
        }
        match of_client {
            Some(error) if error.is_too_large() => RequestEntityTooLarge.into(),
            Some(error) if error.is_timed_out() => RequestTimeout.into(),
            Some(error) => BadRequest.with_source(error),
            None if timed_out => GatewayTimeout.with_source(error),
            None => BadGateway.with_source(error),
        }
    }
}

/// Whether a connection ended before the answer began.
fn is_incomplete(error: &(dyn Error + 'static)) -> bool {
    let ends = |error: &(dyn Error + 'static)| {
        let hyper = error.downcast_ref::<hyper::Error>();
        let io = error.downcast_ref::<io::Error>().map(io::Error::kind);
        hyper.is_some_and(hyper::Error::is_incomplete_message)
            || matches!(
                io,
                Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
            )
    };
    let mut cause = Some(error);
    while let Some(error) = cause {
        if ends(error) {
            return true;
        }
        cause = error.source();
    }
    false
}

impl Middleware for HttpProxy {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        if self.find(request.path()).is_none() {
            return next.run(request).await;
        }
        match self.pass_on(request).await {
            Ok(response) => response,
            Err(exception) => render(exception, Some(request)),
        }
    }

    fn reply<'a>(&'a self, request: &'a mut Request, next: Next<'a>) -> Reply<'a> {
        match self.find(request.path()) {
            Some(_) => Reply::future(self.handle(request, next)),
            None => next.run(request),
        }
    }
}

impl Default for HttpProxy {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for HttpProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpProxy")
            .field("targets", &self.targets)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// What a proxy says of a request, beside whom it came from (RFC 7239, and what was there before).
const FORWARDED: [&str; 5] = [
    "forwarded",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
];

/// Said anew, or answered here (`Expect`); `Proxy-Connection` and `Proxy` never were fields of
/// HTTP, and the latter becomes a variable that some programs believe (httpoxy).
const OURS: [&str; 5] = [
    "content-length",
    "expect",
    "host",
    "proxy",
    "proxy-connection",
];

/// Werkzeug's `timeout`.
const TIMEOUT: Duration = Duration::from_secs(10);

/// As nginx's `proxy_read_timeout`.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Shorter than servers usually keep idle connections, so that few are found closed.
const POOL_IDLE: Duration = Duration::from_secs(15);

/// How often a request is sent once more: several kept connections may have been closed.
const REPEATS: usize = 2;

/// Idle connections kept to one target.
const POOL_SIZE: usize = 32;
