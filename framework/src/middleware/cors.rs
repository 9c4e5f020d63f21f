//! What pages of other origins may ask and read (the Fetch standard, section 3.2).

use std::fmt;
use std::time::Duration;

use http::HeaderName;
use http::HeaderValue;
use http::Method;
use http::StatusCode;
use http::header;

use super::Middleware;
use super::Next;
use super::vary::vary;
use crate::application::Reply;
use crate::exceptions::Forbidden;
use crate::request::Request;
use crate::response::Response;
use crate::response::render;

/// Says which pages of other origins may ask and read what is answered here: CORS.
///
/// Nobody may until an origin is named. Preflight requests are answered here and never reach the
/// application. Every response depends on the `Origin` field then, and says so in `Vary`, unless
/// it is the same for all origins.
///
/// A browser keeps pages from *reading*; it does not keep them from sending a form or a GET. What
/// changes something needs protection of its own.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use rustzeug::middleware::{Cors, Layer};
/// use rustzeug::prelude::*;
/// use rustzeug::testing::Client;
///
/// # struct Api;
/// # #[application]
/// # impl Api {}
/// # fn main() -> Result<(), StartError> {
/// let cors = Cors::new()
///     .origin("https://app.example.com")
///     .methods([Method::GET, Method::PUT])
///     .headers(["authorization", "content-type"])
///     .credentials()
///     .max_age(Duration::from_secs(600));
/// let client = Client::new(Api.with(cors))?;
/// let preflight = client
///     .options("/items/1")
///     .header("origin", "https://app.example.com")
///     .header("access-control-request-method", "PUT")
///     .send();
/// assert_eq!(preflight.status(), 204);
/// assert_eq!(preflight.header("access-control-allow-methods"), Some("GET, PUT"));
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct Cors {
    origins: Origins,
    methods: Words,
    headers: Words,
    expose: Option<HeaderValue>,
    credentials: bool,
    max_age: Option<Duration>,
    private_network: bool,
}

#[derive(Default)]
enum Origins {
    #[default]
    None,
    Any,
    Some(Vec<Pattern>),
    Matching(Box<dyn Fn(&str) -> bool + Send + Sync>),
}

/// An origin, or all below a domain: `https://*.example.com` in two halves.
struct Pattern {
    before: String,
    after: Option<String>,
}

/// Methods or names of fields.
#[derive(Default)]
enum Words {
    /// What needs no permission is all there is.
    #[default]
    Safe,
    Some(HeaderValue),
    /// Whatever the preflight asks for.
    Asked,
}

/// What a response says, decided before the application sees the request.
struct Verdict {
    /// The value of `Access-Control-Allow-Origin`.
    origin: Option<HeaderValue>,
    varies: bool,
}

impl Cors {
    /// Makes the middleware; no origin is allowed yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Allows an origin, such as `https://example.com` or `http://localhost:3000`. May be said
    /// several times. `https://*.example.com` allows all hosts below that one.
    ///
    /// # Panics
    ///
    /// Text that is no origin: without a scheme, or with a path.
    #[must_use]
    pub fn origin(mut self, origin: &str) -> Self {
        let pattern = Pattern::new(origin);
        match &mut self.origins {
            Origins::Some(patterns) => patterns.push(pattern),
            _ => self.origins = Origins::Some(vec![pattern]),
        }
        self
    }

    /// Allows every origin: for what everybody may read.
    ///
    /// # Panics
    ///
    /// Together with [`credentials`](Self::credentials): then every page of the internet could
    /// act for whoever is logged in here.
    #[must_use]
    pub fn any_origin(mut self) -> Self {
        self.origins = Origins::Any;
        self.check()
    }

    /// Allows the origins for which this says so.
    #[must_use]
    pub fn origins_matching(mut self, is: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.origins = Origins::Matching(Box::new(is));
        self
    }

    /// Allows methods beside GET, HEAD and POST, which need no permission.
    #[must_use]
    pub fn methods(mut self, methods: impl IntoIterator<Item = Method>) -> Self {
        let names: Vec<_> = methods.into_iter().collect();
        let names: Vec<_> = names.iter().map(Method::as_str).collect();
        self.methods = Words::Some(list(&names));
        self
    }

    /// Allows every method.
    #[must_use]
    pub fn any_method(mut self) -> Self {
        self.methods = Words::Asked;
        self
    }

    /// Allows pages to send these fields beside those that need no permission.
    ///
    /// # Panics
    ///
    /// Text that is no name of a field.
    #[must_use]
    pub fn headers<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.headers = Words::Some(list(&names_of(names)));
        self
    }

    /// Allows pages to send any field.
    #[must_use]
    pub fn any_header(mut self) -> Self {
        self.headers = Words::Asked;
        self
    }

    /// Lets pages read these fields of a response beside the few that they always may.
    ///
    /// # Panics
    ///
    /// Text that is no name of a field.
    #[must_use]
    pub fn expose<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.expose = Some(list(&names_of(names)));
        self
    }

    /// Lets pages send cookies and read what is answered to them.
    ///
    /// # Panics
    ///
    /// Together with [`any_origin`](Self::any_origin).
    #[must_use]
    pub fn credentials(mut self) -> Self {
        self.credentials = true;
        self.check()
    }

    /// How long browsers keep the answer to a preflight; they have limits of their own (two hours
    /// in Chromium, a day in Firefox), and keep it for five seconds where nothing is said.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Lets pages of the internet reach this server in a private network.
    #[must_use]
    pub fn private_network(mut self) -> Self {
        self.private_network = true;
        self
    }

    fn check(self) -> Self {
        assert!(
            !(self.credentials && matches!(self.origins, Origins::Any)),
            "credentials for every origin: name the origins with `Cors::origin`"
        );
        self
    }

    fn verdict(&self, request: &Request) -> Verdict {
        if let Origins::Any = self.origins {
            return Verdict {
                origin: Some(HeaderValue::from_static("*")),
                varies: false,
            };
        }
        let origin = request.header("origin");
        let allowed = origin.filter(|origin| self.origins.allow(origin));
        Verdict {
            origin: allowed.and_then(|origin| HeaderValue::from_str(origin).ok()),
            varies: !matches!(self.origins, Origins::None),
        }
    }

    /// Adds to a response what is true of preflights and others.
    fn stamp(&self, response: &mut Response, verdict: Verdict) {
        if verdict.varies {
            vary(response, "Origin");
        }
        let Some(origin) = verdict.origin else { return };
        let headers = response.headers_mut();
        headers.set(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if self.credentials {
            headers.set(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
    }

    fn preflight(&self, request: &Request) -> Response {
        let verdict = self.verdict(request);
        let mut response = if verdict.origin.is_some() {
            self.permission(request)
        } else {
            let exception = Forbidden.with_description("Pages of this origin may not ask here.");
            render(exception, Some(request))
        };
        self.stamp(&mut response, verdict);
        for (words, name) in [
            (&self.methods, "Access-Control-Request-Method"),
            (&self.headers, "Access-Control-Request-Headers"),
        ] {
            if let Words::Asked = words {
                vary(&mut response, name);
            }
        }
        response
    }

    fn permission(&self, request: &Request) -> Response {
        let mut response = Response::empty().with_status(StatusCode::NO_CONTENT);
        let headers = response.headers_mut();
        let asked = |name| request.header_list(name).map(|text| text.into_owned());
        let methods = self
            .methods
            .value(|| asked("access-control-request-method"));
        if let Some(methods) = methods {
            headers.set(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
        }
        let names = self
            .headers
            .value(|| asked("access-control-request-headers"));
        if let Some(names) = names {
            headers.set(header::ACCESS_CONTROL_ALLOW_HEADERS, names);
        }
        if let Some(age) = self.max_age {
            headers.set(header::ACCESS_CONTROL_MAX_AGE, age.as_secs());
        }
        if self.private_network
            && request
                .header("access-control-request-private-network")
                .is_some()
        {
            headers.set("access-control-allow-private-network", "true");
        }
        response
    }
}

impl Middleware for Cors {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        self.reply(request, next).await
    }

    fn reply<'a>(&'a self, request: &'a mut Request, next: Next<'a>) -> Reply<'a> {
        // Fetch section 3.2.2: a preflight is OPTIONS with both of these.
        if *request.method() == Method::OPTIONS
            && request.header("origin").is_some()
            && request.header("access-control-request-method").is_some()
        {
            return Reply::Ready(self.preflight(request));
        }
        let verdict = self.verdict(request);
        next.run(request).map(move |mut response| {
            if verdict.origin.is_some()
                && let Some(expose) = &self.expose
            {
                let name = header::ACCESS_CONTROL_EXPOSE_HEADERS;
                response.headers_mut().set_default(name, expose);
            }
            self.stamp(&mut response, verdict);
            response
        })
    }
}

impl Origins {
    fn allow(&self, origin: &str) -> bool {
        match self {
            Self::None => false,
            Self::Any => true,
            Self::Some(patterns) => patterns.iter().any(|pattern| pattern.allows(origin)),
            Self::Matching(is) => is(origin),
        }
    }
}

impl Pattern {
    fn new(origin: &str) -> Self {
        let text = origin.to_ascii_lowercase();
        let host = text.split_once("://").map(|(_, host)| host);
        assert!(
            text == "null"
                || host
                    .is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@'])),
            "`{origin}` is no origin: write scheme and host, `https://example.com`"
        );
        // Browsers leave the scheme's own port out (RFC 6454 section 6.2).
        let text = match text.split_once("://") {
            Some(("http", host)) => text_without(&text, host, ":80"),
            Some(("https", host)) => text_without(&text, host, ":443"),
            _ => text,
        };
        match text.split_once('*') {
            None => Self {
                before: text,
                after: None,
            },
            Some((before, after)) => {
                assert!(
                    before.ends_with("://") && after.starts_with('.') && !after.contains('*'),
                    "`{origin}`: a star stands for what is below a domain, `https://*.example.com`"
                );
                Self {
                    before: before.to_owned(),
                    after: Some(after.to_owned()),
                }
            }
        }
    }

    fn allows(&self, origin: &str) -> bool {
        let Some(after) = &self.after else {
            return origin == self.before;
        };
        let inner = origin
            .strip_prefix(&self.before)
            .and_then(|rest| rest.strip_suffix(after));
        // Labels of a host and nothing else: `https://evil.com:1.example.com` is no such host.
        inner.is_some_and(|inner| {
            !inner.is_empty()
                && inner
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.' || b == b'_')
        })
    }
}

fn text_without(text: &str, host: &str, port: &str) -> String {
    match host.ends_with(port) {
        true => text.trim_end_matches(port).to_owned(),
        false => text.to_owned(),
    }
}

impl Words {
    fn value(&self, asked: impl FnOnce() -> Option<String>) -> Option<HeaderValue> {
        match self {
            Self::Safe => None,
            Self::Some(value) => Some(value.clone()),
            // It came as a field's value, so it is one.
            Self::Asked => HeaderValue::try_from(asked()?).ok(),
        }
    }
}

fn names_of<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let names: Vec<_> = names.into_iter().collect();
    for name in &names {
        assert!(
            HeaderName::from_bytes(name.as_bytes()).is_ok(),
            "`{name}` is no name of a field"
        );
    }
    names
}

fn list(names: &[&str]) -> HeaderValue {
    HeaderValue::try_from(names.join(", ")).expect("tokens, separated by commas")
}

impl fmt::Debug for Cors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origins: &dyn fmt::Debug = match &self.origins {
            Origins::None => &"none",
            Origins::Any => &"any",
            Origins::Some(patterns) => &patterns.iter().map(Pattern::text).collect::<Vec<_>>(),
            Origins::Matching(_) => &"matching",
        };
        f.debug_struct("Cors")
            .field("origins", origins)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

impl Pattern {
    fn text(&self) -> String {
        match &self.after {
            None => self.before.clone(),
            Some(after) => format!("{}*{after}", self.before),
        }
    }
}
