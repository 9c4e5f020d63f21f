//! The span of a request, for those who trace (feature `tracing`); nothing at all without it.

#[cfg(feature = "tracing")]
use http::StatusCode;

use crate::request::Request;
use crate::response::Response;

/// A request on its way through the application.
///
/// Its name is `request`, its target `rustzeug`; fields: `method`, `target`, `peer`, and, when they
/// are known, `rule`, `endpoint` and `status`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Span {
    #[cfg(feature = "tracing")]
    span: Option<tracing::Span>,
}

#[cfg(feature = "tracing")]
impl Span {
    pub(crate) fn of(request: &Request) -> Self {
        use tracing::field::Empty;

        let peer = request.remote_addr().map(tracing::field::display);
        let span = tracing::info_span!(
            target: "rustzeug",
            "request",
            method = request.method().as_str(),
            target = request.target(),
            peer,
            rule = Empty,
            endpoint = Empty,
            status = Empty,
        );
        Self { span: Some(span) }
    }

    /// Does something inside the span.
    pub(crate) fn within<T>(&self, f: impl FnOnce() -> T) -> T {
        match &self.span {
            Some(span) => span.in_scope(f),
            None => f(),
        }
    }

    /// The request was answered: the span ends.
    pub(crate) fn finish(&mut self, response: Option<&Response>) {
        if let (Some(span), Some(response)) = (self.span.take(), response) {
            span.record("status", response.status().as_u16());
            let _entered = span.enter();
            if response.status() >= StatusCode::INTERNAL_SERVER_ERROR {
                tracing::error!(target: "rustzeug", "answered with an error");
            } else {
                tracing::debug!(target: "rustzeug", "answered");
            }
        }
    }
}

#[cfg(not(feature = "tracing"))]
#[allow(
    clippy::unused_self,
    clippy::needless_pass_by_ref_mut,
    reason = "the same face as with the feature"
)]
impl Span {
    #[inline(always)]
    pub(crate) fn of(_: &Request) -> Self {
        Self {}
    }

    #[inline(always)]
    pub(crate) fn within<T>(&self, f: impl FnOnce() -> T) -> T {
        f()
    }

    #[inline(always)]
    pub(crate) fn finish(&mut self, _: Option<&Response>) {}
}

/// A rule takes the request whose span this thread is in.
#[inline(always)]
pub(crate) fn matched(_rule: &str, _endpoint: &str) {
    #[cfg(feature = "tracing")]
    {
        let span = tracing::Span::current();
        span.record("rule", _rule);
        span.record("endpoint", _endpoint);
    }
}
