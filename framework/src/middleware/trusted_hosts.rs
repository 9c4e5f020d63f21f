//! The hosts that an application answers for.

use super::Middleware;
use super::Next;
use crate::request::Request;
use crate::response::Response;
use crate::response::render;

/// Answers 400 to requests for hosts that are not the application's: Werkzeug's and Flask's
/// `trusted_hosts`.
///
/// A client can write any `Host`; whoever makes absolute links of it (a mail to reset a password,
/// a cached page) leads others to the client's own. Nothing of the application runs for a request
/// that is refused. A name that begins with a dot stands for all below it, too; ports are not
/// looked at.
///
/// Where [`ProxyFix`](super::ProxyFix) takes the host from a proxy, add it after this one, so that
/// it sees a request first.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::{Layer, TrustedHosts};
/// use rustzeug::prelude::*;
/// use rustzeug::testing::Client;
///
/// #[application]
/// fn link(request: &Request) -> Response {
///     Response::new(format!("{}reset?token=…", request.root_url()))
/// }
///
/// # fn main() -> Result<(), StartError> {
/// let client = Client::new(link.with(TrustedHosts::new(["example.com", ".example.org"])))?;
/// let get = |host| client.get("/").base_url(host).send();
/// assert_eq!(get("http://example.com:8080").text(), "http://example.com:8080/reset?token=…");
/// assert_eq!(get("http://www.example.org").status(), 200);
/// assert_eq!(get("http://www.example.com").status(), 400);
/// assert_eq!(get("http://evil.com").status(), 400);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TrustedHosts {
    hosts: Vec<String>,
}

impl TrustedHosts {
    /// Trusts these hosts and no other; none at all are trusted where the list is empty.
    #[must_use]
    pub fn new<T: Into<String>>(hosts: impl IntoIterator<Item = T>) -> Self {
        Self {
            hosts: hosts.into_iter().map(Into::into).collect(),
        }
    }
}

impl Middleware for TrustedHosts {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        // An empty list means "any" to `check_host`, as to Werkzeug. Here somebody meant to say
        // which, and an empty setting must not open the door.
        let nobody = ["".to_owned()];
        let hosts = match self.hosts.as_slice() {
            [] => &nobody,
            hosts => hosts,
        };
        if let Err(error) = request.check_host(hosts) {
            return render(error, Some(request));
        }
        next.run(request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::middleware::Layer;
    use crate::testing::Client;

    struct Everything;

    impl crate::Application for Everything {
        fn call<'a>(&'a self, _: &'a mut Request) -> crate::Reply<'a> {
            crate::Reply::Ready(Response::new("answered"))
        }
    }

    #[test]
    fn other_hosts_are_refused() {
        for (trusted, host, want) in [
            (&["example.com"][..], "http://example.com", 200),
            (&["example.com"], "http://example.com:99", 200),
            (&["example.com"], "http://example.com.evil.com", 400),
            (&["example.com"], "http://wwwexample.com", 400),
            (&[".example.com"], "http://wwwexample.com", 400),
            (&[".example.com"], "http://a.b.example.com", 200),
            (&["127.0.0.1"], "http://localhost", 400),
            (&[], "http://localhost", 400),
        ] {
            let app = Everything.with(TrustedHosts::new(trusted.iter().copied()));
            let client = Client::new(app).unwrap();
            let response = client.get("/").base_url(host).send();
            assert_eq!(response.status().as_u16(), want, "{host} of {trusted:?}");
        }
    }

    #[test]
    fn a_refusal_is_json_for_clients_that_want_it() {
        let client = Client::new(Everything.with(TrustedHosts::new(["a.com"]))).unwrap();
        let call = client
            .get("/")
            .base_url("http://b.com")
            .header("Accept", "application/json");
        let response = call.send();
        assert_eq!(
            response.headers().get("content-type"),
            Some("application/problem+json")
        );
        assert!(
            response.text().contains("\"status\":400"),
            "{}",
            response.text()
        );
    }
}
