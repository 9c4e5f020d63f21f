//! What a response looks like on the wire: Werkzeug's `get_wsgi_headers` and `freeze`.

use http::Method;
use http::StatusCode;
use http::header;

use super::Response;
use super::conditional::remove_entity_headers;
use crate::body::BodyError;
use crate::grammar::url;
use crate::request::Request;

impl Response {
    /// Makes the response what a client of this request gets: fields of places are URIs, the
    /// length is said where it is known, and there is no body where HTTP allows none.
    ///
    /// The server does as much by itself. This is for what sends responses by other means
    /// (gateways) or looks at them as a client would (tests).
    ///
    /// ```
    /// # use rustzeug::{Response, testing::EnvironBuilder};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("http://example.com/a/b").build()?;
    /// let mut response = Response::new("text").with_status(204);
    /// response.finish(&request);
    /// assert!(response.body().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn finish(&mut self, request: &Request) {
        self.suit(request);
        for name in [header::LOCATION, header::CONTENT_LOCATION] {
            let value = self.headers().get(&name);
            if let Some(uri) = value.and_then(|value| url::iri_to_uri(value).ok()) {
                // A URI holds no control characters; what is refused stays as it was.
                let _unchanged = self.headers_mut().try_set(name, uri);
            }
        }
        let status = self.status();
        // RFC 9110 section 8.6: no Content-Length with 1xx and 204.
        if status.is_informational() || status == StatusCode::NO_CONTENT {
            self.headers_mut().remove(header::CONTENT_LENGTH);
        } else if status == StatusCode::NOT_MODIFIED {
            remove_entity_headers(self.headers_mut());
        } else if let Some(length) = self.body().len()
            && !self.headers().contains(header::CONTENT_LENGTH)
        {
            self.headers_mut().set(header::CONTENT_LENGTH, length);
        }
        let bodiless = status.is_informational()
            || status == StatusCode::NO_CONTENT
            || status == StatusCode::NOT_MODIFIED;
        if bodiless || *request.method() == Method::HEAD {
            drop(self.take_body());
        }
    }

    /// Makes `Location` an absolute URL, as seen from the request: Werkzeug's
    /// `autocorrect_location_header`. For clients older than RFC 7231.
    ///
    /// ```
    /// # use rustzeug::{Response, testing::EnvironBuilder};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("http://example.com/a/b").build()?;
    /// let mut response = Response::empty();
    /// response.set_location("c")?;
    /// response.absolute_location(&request);
    /// assert_eq!(response.location(), Some("http://example.com/a/c"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn absolute_location(&mut self, request: &Request) {
        let absolute = self
            .location()
            .and_then(|location| absolute(request, location));
        if let Some(location) = absolute {
            let _unchanged = self.headers_mut().try_set(header::LOCATION, location);
        }
    }

    /// Reads the body into memory, whatever it is, sets its length, and adds an entity tag where
    /// there is none: what can be stored and sent again.
    ///
    /// ```
    /// use rustzeug::Response;
    ///
    /// # tokio_test(async {
    /// let mut response = Response::from_pieces(["a", "b"]);
    /// response.freeze().await?;
    /// assert_eq!(response.body().as_bytes(), Some(&b"ab"[..]));
    /// # Ok::<_, rustzeug::body::BodyError>(())
    /// # }).expect("in memory");
    /// # fn tokio_test<T>(future: impl Future<Output = T>) -> T {
    /// #     tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What the stream or the file fails with; the body is gone then.
    pub async fn freeze(&mut self) -> Result<(), BodyError> {
        let bytes = self.take_body().into_bytes().await?;
        self.set_body(bytes);
        if let Some(length) = self.body().len() {
            self.headers_mut().set(header::CONTENT_LENGTH, length);
        }
        self.add_etag();
        Ok(())
    }
}

/// A place as seen from a request, as an absolute URI.
pub(super) fn absolute(request: &Request, location: &str) -> Option<String> {
    let base = url::iri_to_uri(&request.base_url()).ok()?;
    let location = url::iri_to_uri(location).ok()?;
    url::join(&base, &location).ok()
}
