//! What a test looks at.

use std::fmt;
use std::sync::OnceLock;

use bytes::Bytes;
use http::HeaderValue;
use http::Method;
use http::StatusCode;
use http::header;
use serde::de::DeserializeOwned;

use crate::datastructures::Headers;
use crate::exceptions::HttpException;
use crate::grammar::media_type;
use crate::request::Request;
use crate::response::Response;

/// A response, read to its end: Werkzeug's `TestResponse`.
///
/// Like a client on a socket it sees no body in answer to HEAD and with status 204 or 304, and a
/// Content-Length where the length is known. What to call when a response is closed was called.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
/// use rustzeug::testing::Client;
///
/// #[application]
/// fn application(request: &Request) -> Json<Vec<String>> {
///     Json(request.args().get_list("tag").to_vec())
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let response = Client::new(application)?.get("/?tag=a&tag=b").send();
/// assert_eq!(response.status(), 200);
/// assert_eq!(response.header("content-type"), Some("application/json"));
/// assert_eq!(response.text(), r#"["a","b"]"#);
/// assert_eq!(response.json::<Vec<String>>()?, ["a", "b"]);
/// # Ok(())
/// # }
/// ```
pub struct TestResponse {
    response: Response,
    request: Request,
    url: String,
    body: Bytes,
    /// The body as text, where it is not UTF-8.
    lossy: OnceLock<String>,
    history: Vec<Self>,
}

impl TestResponse {
    pub(super) fn new(mut response: Response, request: Request, url: String, body: Bytes) -> Self {
        let status = response.status();
        let is_bare = status.is_informational()
            || status == StatusCode::NO_CONTENT
            || status == StatusCode::NOT_MODIFIED;
        if !is_bare && !response.headers().contains(header::CONTENT_LENGTH) {
            let length = HeaderValue::from(body.len());
            response.headers_mut().set(header::CONTENT_LENGTH, length);
        }
        let is_shown = !is_bare && request.method() != Method::HEAD;
        Self {
            response,
            request,
            url,
            body: if is_shown { body } else { Bytes::new() },
            lossy: OnceLock::new(),
            history: Vec::new(),
        }
    }

    pub(super) fn with_history(mut self, history: Vec<Self>) -> Self {
        self.history = history;
        self
    }

    /// The status; it compares with numbers.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> &'static str {
    ///     "Hello!"
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.get("/").send();
    /// assert_eq!(response.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The header fields.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> &'static str {
    ///     "Hello!"
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.get("/").send();
    /// assert!(response.headers().contains("content-type"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn headers(&self) -> &Headers {
        self.response.headers()
    }

    /// The first value of a field.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> &'static str {
    ///     "Hello!"
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.get("/").send();
    /// assert_eq!(response.header("content-length"), Some("6"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name)
    }

    /// The media type, without parameters; empty where there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> &'static str {
    ///     "Hello!"
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.get("/").send();
    /// assert_eq!(response.mimetype(), "text/plain");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn mimetype(&self) -> String {
        media_type::mimetype(self.header("content-type").unwrap_or(""))
    }

    /// Where a redirect leads, as it was sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> Redirect {
    ///     redirect("/next")
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.get("/").send();
    /// assert_eq!(response.location(), Some("/next"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.header("location")
    }

    /// The body.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> &'static str {
    ///     "Hello!"
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.get("/").send();
    /// assert_eq!(response.bytes(), "Hello!".as_bytes());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text; bytes that are not UTF-8 become U+FFFD.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> &'static str {
    ///     "Hello!"
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.get("/").send();
    /// assert_eq!(response.text(), "Hello!");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn text(&self) -> &str {
        match std::str::from_utf8(&self.body) {
            Ok(text) => text,
            Err(_) => {
                let make = || String::from_utf8_lossy(&self.body).into_owned();
                self.lossy.get_or_init(make)
            }
        }
    }

    /// Parses the body as JSON, whatever its Content-Type is.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> Json<[u8; 2]> {
    ///     Json([1, 2])
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.get("/").send();
    /// assert_eq!(response.json::<[u8; 2]>()?, [1, 2]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If it is malformed or does not fit `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// The exception that the response was made of, with the error that caused it.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> Result<String> {
    ///     let number: u32 = request.args().get("n").or_404()?.parse()?;
    ///     Ok(number.to_string())
    /// }
    ///
    /// # fn main() -> Result<(), StartError> {
    /// let response = Client::new(application)?.get("/?n=x").send();
    /// let cause = response.exception().and_then(|error| error.source());
    /// let cause = cause.map(|error| error.to_string());
    /// assert_eq!(cause.as_deref(), Some("invalid digit found in string"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn exception(&self) -> Option<&HttpException> {
        self.response.exception()
    }

    /// The request that was answered, as the application left it: with the rule that matched and
    /// the values that hooks put into its extensions.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// struct Site;
    ///
    /// #[application]
    /// impl Site {
    ///     #[route("/<name>")]
    ///     fn greet(&self, name: &str) -> String {
    ///         format!("Hello {name}!")
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(Site)?.get("/ada").send();
    /// assert_eq!(response.request().route().rule(), "/<name>");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The URL that was answered.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application() -> &'static str {
    ///     "Hello!"
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.get("/x?y=1").send();
    /// assert_eq!(response.url(), "http://localhost/x?y=1");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The responses that led here, first one first; empty unless redirects were followed.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> Response {
    ///     match request.path() {
    ///         "/" => redirect("/end").into_response(),
    ///         _ => Response::new("the end"),
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.get("/").follow_redirects().send();
    /// assert_eq!(response.history().len(), 1);
    /// assert_eq!(response.history()[0].location(), Some("/end"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn history(&self) -> &[Self] {
        &self.history
    }
}

impl fmt::Debug for TestResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestResponse")
            .field("status", &self.status())
            .field("url", &self.url)
            .field("headers", self.headers())
            .field("text", &self.text())
            .finish_non_exhaustive()
    }
}
