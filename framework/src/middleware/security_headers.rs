//! Fields that make browsers careful.

use std::time::Duration;

use http::HeaderName;
use http::HeaderValue;
use http::header;

use super::Middleware;
use super::Next;
use crate::application::Reply;
use crate::datastructures::ContentSecurityPolicy;
use crate::datastructures::EmbedderPolicy;
use crate::datastructures::InvalidHeader;
use crate::datastructures::OpenerPolicy;
use crate::datastructures::headers::TryIntoHeaderValue;
use crate::request::Request;
use crate::response::Response;

/// Adds the fields that make browsers careful, where the application did not set them itself.
///
/// | method | field | without it |
/// |---|---|---|
/// | [`hsts`](Self::hsts) | `Strict-Transport-Security`, over TLS only | a year |
/// | [`nosniff`](Self::nosniff) | `X-Content-Type-Options` | `nosniff` |
/// | [`frame_options`](Self::frame_options) | `X-Frame-Options` | `SAMEORIGIN` |
/// | [`referrer_policy`](Self::referrer_policy) | `Referrer-Policy` | `strict-origin-when-cross-origin` |
/// | [`content_security_policy`](Self::content_security_policy) | `Content-Security-Policy` | – |
/// | [`content_security_policy_report_only`](Self::content_security_policy_report_only) | `Content-Security-Policy-Report-Only` | – |
/// | [`opener_policy`](Self::opener_policy) | `Cross-Origin-Opener-Policy` | – |
/// | [`embedder_policy`](Self::embedder_policy) | `Cross-Origin-Embedder-Policy` | – |
/// | [`resource_policy`](Self::resource_policy) | `Cross-Origin-Resource-Policy` | – |
/// | [`permissions_policy`](Self::permissions_policy) | `Permissions-Policy` | – |
///
/// Behind a proxy that ends TLS, [`ProxyFix`](super::ProxyFix) goes around this, or no request
/// is known to be secure.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::ContentSecurityPolicy;
/// use rustzeug::middleware::{Layer, SecurityHeaders};
/// use rustzeug::prelude::*;
/// use rustzeug::testing::Client;
///
/// # struct App;
/// # #[application]
/// # impl App {}
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut policy = ContentSecurityPolicy::new();
/// policy.set_default_src("'self'");
/// let fields = SecurityHeaders::new()
///     .content_security_policy(&policy)?
///     .permissions_policy("camera=(), microphone=()")?;
/// let client = Client::new(App.with(fields))?;
/// let response = client.get("/").send();
/// assert_eq!(response.header("content-security-policy"), Some("default-src 'self'"));
/// assert_eq!(response.header("x-frame-options"), Some("SAMEORIGIN"));
/// assert_eq!(response.header("strict-transport-security"), None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SecurityHeaders {
    fields: Vec<(HeaderName, HeaderValue)>,
    /// `Strict-Transport-Security`, which means nothing without TLS (RFC 6797 section 7.2).
    hsts: Option<HeaderValue>,
}

/// Who may show a page in a frame: `X-Frame-Options`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameOptions {
    /// Nobody.
    Deny,
    /// Pages of the same origin.
    SameOrigin,
}

impl SecurityHeaders {
    /// What suits every site: no guessing of media types, no frames of other origins, origins
    /// alone as referrers to other sites, and TLS for a year once it was used.
    #[must_use]
    pub fn new() -> Self {
        let hsts = HeaderValue::from_static("max-age=31536000");
        Self::none()
            .hsts_value(Some(hsts))
            .nosniff(true)
            .frame_options(Some(FrameOptions::SameOrigin))
            .with(
                header::REFERRER_POLICY,
                HeaderValue::from_static("strict-origin-when-cross-origin"),
            )
    }

    /// Nothing, to be filled.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            fields: Vec::new(),
            hsts: None,
        }
    }

    /// How long browsers use TLS for this host once they have; zero: they forget it.
    /// `include_subdomains` is for all hosts below it, too.
    #[must_use]
    pub fn hsts(self, max_age: Duration, include_subdomains: bool) -> Self {
        let mut text = format!("max-age={}", max_age.as_secs());
        if include_subdomains {
            text.push_str("; includeSubDomains");
        }
        self.hsts_value(Some(ascii(text)))
    }

    /// As [`hsts`](Self::hsts) for two years and all subdomains, and asks to be put on the lists
    /// that browsers are delivered with. Getting off them takes months.
    #[must_use]
    pub fn hsts_preload(self) -> Self {
        let value = HeaderValue::from_static("max-age=63072000; includeSubDomains; preload");
        self.hsts_value(Some(value))
    }

    /// Whether browsers are told to believe the media type.
    #[must_use]
    pub fn nosniff(self, nosniff: bool) -> Self {
        let value = nosniff.then(|| HeaderValue::from_static("nosniff"));
        self.with_or_without(header::X_CONTENT_TYPE_OPTIONS, value)
    }

    /// Who may show pages in a frame; `None` leaves the field out, where a content security
    /// policy with `frame-ancestors` says it.
    #[must_use]
    pub fn frame_options(self, options: Option<FrameOptions>) -> Self {
        let value = options.map(|options| {
            HeaderValue::from_static(match options {
                FrameOptions::Deny => "DENY",
                FrameOptions::SameOrigin => "SAMEORIGIN",
            })
        });
        self.with_or_without(header::X_FRAME_OPTIONS, value)
    }

    /// What other sites learn of the page that a link was on; empty text leaves the field out.
    ///
    /// # Errors
    ///
    /// Text that a field cannot carry; so all that follow.
    pub fn referrer_policy(self, policy: &str) -> Result<Self, InvalidHeader> {
        self.text(header::REFERRER_POLICY, policy)
    }

    /// What a page may load and run.
    ///
    /// # Errors
    ///
    /// As [`referrer_policy`](Self::referrer_policy).
    pub fn content_security_policy(
        self,
        policy: &ContentSecurityPolicy,
    ) -> Result<Self, InvalidHeader> {
        self.text(header::CONTENT_SECURITY_POLICY, &policy.to_header())
    }

    /// What a page may load and run, to be reported only.
    ///
    /// # Errors
    ///
    /// As [`referrer_policy`](Self::referrer_policy).
    pub fn content_security_policy_report_only(
        self,
        policy: &ContentSecurityPolicy,
    ) -> Result<Self, InvalidHeader> {
        let name = header::CONTENT_SECURITY_POLICY_REPORT_ONLY;
        self.text(name, &policy.to_header())
    }

    /// Who may share a browsing context with a page.
    #[must_use]
    pub fn opener_policy(self, policy: OpenerPolicy) -> Self {
        let name = HeaderName::from_static("cross-origin-opener-policy");
        self.with(name, HeaderValue::from_static(policy.as_str()))
    }

    /// What a page may embed of other origins.
    #[must_use]
    pub fn embedder_policy(self, policy: EmbedderPolicy) -> Self {
        let name = HeaderName::from_static("cross-origin-embedder-policy");
        self.with(name, HeaderValue::from_static(policy.as_str()))
    }

    /// Whose pages may embed what is answered here: `same-origin`, `same-site`, `cross-origin`.
    ///
    /// # Errors
    ///
    /// As [`referrer_policy`](Self::referrer_policy).
    pub fn resource_policy(self, policy: &str) -> Result<Self, InvalidHeader> {
        let name = HeaderName::from_static("cross-origin-resource-policy");
        self.text(name, policy)
    }

    /// What of the device a page may use: `camera=(), geolocation=(self)`.
    ///
    /// # Errors
    ///
    /// As [`referrer_policy`](Self::referrer_policy).
    pub fn permissions_policy(self, policy: &str) -> Result<Self, InvalidHeader> {
        self.text(HeaderName::from_static("permissions-policy"), policy)
    }

    fn text(self, name: HeaderName, text: &str) -> Result<Self, InvalidHeader> {
        let value = match text {
            "" => None,
            text => Some(text.try_into_header_value()?),
        };
        Ok(self.with_or_without(name, value))
    }

    fn hsts_value(mut self, value: Option<HeaderValue>) -> Self {
        self.hsts = value;
        self
    }

    fn with(self, name: HeaderName, value: HeaderValue) -> Self {
        self.with_or_without(name, Some(value))
    }

    fn with_or_without(mut self, name: HeaderName, value: Option<HeaderValue>) -> Self {
        self.fields.retain(|(known, _)| *known != name);
        self.fields.extend(value.map(|value| (name, value)));
        self
    }

    fn stamp(&self, response: &mut Response, is_secure: bool) {
        let headers = response.headers_mut();
        for (name, value) in &self.fields {
            headers.set_default(name, value);
        }
        if let Some(hsts) = self.hsts.as_ref().filter(|_| is_secure) {
            headers.set_default(header::STRICT_TRANSPORT_SECURITY, hsts);
        }
    }
}

fn ascii(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("ASCII, made in this file")
}

impl Default for SecurityHeaders {
    fn default() -> Self {
        Self::new()
    }
}

impl Middleware for SecurityHeaders {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        self.reply(request, next).await
    }

    fn reply<'a>(&'a self, request: &'a mut Request, next: Next<'a>) -> Reply<'a> {
        let is_secure = request.is_secure();
        next.run(request).map(move |mut response| {
            self.stamp(&mut response, is_secure);
            response
        })
    }
}
