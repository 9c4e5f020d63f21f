//! What an application does wrong with HTTP: Werkzeug's `LintMiddleware`.

use std::fmt;
use std::io;
use std::io::Write;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;

use bytes::Bytes;
use futures_core::Stream;
use http::header;

mod rules;
#[cfg(test)]
mod tests;

use super::Middleware;
use super::Next;
use crate::application::Reply;
use crate::body::Body;
use crate::body::BodyError;
use crate::exceptions::InternalServerError;
use crate::request::Request;
use crate::response::Response;
use crate::response::render;

/// Looks at each response for what HTTP does not allow or what does not do what it was meant to:
/// Werkzeug's `LintMiddleware`.
///
/// Types keep much of it from being written; this finds the rest: bodies where there is none
/// (204, 304), lengths that are wrong, bodies without a media type, redirects without a place,
/// tags without quotes, fields that are the server's business, that come twice, that are no
/// dates or no ASCII, cookies that browsers refuse, and the like. The server repairs or cuts what
/// would break the connection; this says where it comes from. For development and tests.
///
/// What is found goes to standard error, or where [`report`](Self::report) says; with
/// [`strict`](Self::strict) it is the answer, with status 500.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::{Layer, Lint};
/// use rustzeug::prelude::*;
/// use rustzeug::testing::Client;
///
/// #[application]
/// fn page() -> Response {
///     Response::new("text").with_header("etag", "v1")
/// }
///
/// # fn main() -> Result<(), StartError> {
/// let client = Client::new(page.with(Lint::new().strict(cfg!(debug_assertions))))?;
/// let response = client.get("/").send();
/// assert_eq!(response.status(), 500);
/// assert!(response.text().contains("ETag `v1` has no quotes"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Lint {
    strict: bool,
    report: Option<Arc<dyn Fn(&Finding) + Send + Sync>>,
}

/// Something that is wrong with a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    request: String,
    text: String,
}

impl Finding {
    /// The method and target of the request.
    #[must_use]
    pub fn request(&self) -> &str {
        &self.request
    }

    /// What is wrong.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.request, self.text)
    }
}

impl Lint {
    /// Reports to standard error.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a response with something wrong is replaced by 500 and a list of it. What only
    /// shows when a stream has ended is reported all the same.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Calls this with what is found, instead of writing to standard error.
    #[must_use]
    pub fn report(mut self, report: impl Fn(&Finding) + Send + Sync + 'static) -> Self {
        self.report = Some(Arc::new(report));
        self
    }

    fn tell(&self, finding: &Finding) {
        match &self.report {
            Some(report) => report(finding),
            None => {
                // Nobody is left to be told when standard error is closed.
                let _closed = writeln!(io::stderr(), "rustzeug: lint: {finding}");
            }
        }
    }

    fn check(&self, mut response: Response, request: &str, is_head: bool) -> Response {
        let texts = rules::findings(&response, is_head);
        for text in &texts {
            self.tell(&Finding {
                request: request.to_owned(),
                text: text.clone(),
            });
        }
        if self.strict && !texts.is_empty() {
            let exception = InternalServerError
                .with_description(texts.join("\n"))
                .with_name("Response refused");
            return render(exception, None);
        }
        let announced = response.headers().get_as::<u64>(header::CONTENT_LENGTH);
        if let (Some(announced), true) = (announced, response.body().is_streamed()) {
            let counted = Counted {
                body: response.take_body(),
                announced,
                given: 0,
                lint: self.clone(),
                request: request.to_owned(),
            };
            response.set_body(Body::sized_stream(announced, counted));
        }
        response
    }
}

impl Middleware for Lint {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        self.reply(request, next).await
    }

    fn reply<'a>(&'a self, request: &'a mut Request, next: Next<'a>) -> Reply<'a> {
        let is_head = *request.method() == http::Method::HEAD;
        let line = format!("{} {}", request.method(), request.target());
        next.run(request)
            .map(move |response| self.check(response, &line, is_head))
    }
}

impl fmt::Debug for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lint")
            .field("strict", &self.strict)
            .finish_non_exhaustive()
    }
}

/// A stream whose length was announced in a field.
struct Counted {
    body: Body,
    announced: u64,
    given: u64,
    lint: Lint,
    request: String,
}

impl Stream for Counted {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = std::task::ready!(self.body.poll_piece(cx));
        match &piece {
            Some(Ok(bytes)) => self.given += bytes.len() as u64,
            None if self.given != self.announced => {
                let (announced, given) = (self.announced, self.given);
                let text = format!("Content-Length {announced}, but the stream gave {given} bytes");
                self.lint.tell(&Finding {
                    request: self.request.clone(),
                    text,
                });
            }
            Some(Err(_)) | None => {}
        }
        Poll::Ready(piece)
    }
}
