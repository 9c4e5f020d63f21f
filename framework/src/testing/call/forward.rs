//! What a call has of the builder of requests.

use std::net::IpAddr;

use bytes::Bytes;
use serde::Serialize;

use super::Call;
use crate::datastructures::Authorization;
use crate::request::RequestLimits;

/// Methods of [`EnvironBuilder`] that a call has as well.
macro_rules! forward {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $kind:ty),*);)+) => { $(
        $(#[$doc])*
        pub fn $name(mut self, $($arg: $kind),*) -> Self {
            self.builder = self.builder.$name($($arg),*);
            self
        }
    )+ };
}

impl Call<'_> {
    forward! {
        /// Sets scheme, host and where the application is mounted.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.get("/x").base_url("https://example.com/app").send();
        /// assert_eq!(response.url(), "https://example.com/app/x");
        /// # Ok(())
        /// # }
        /// ```
        base_url(url: &str);
        /// Adds arguments to the query.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.get("/search").query([("q", "tea & cake")]).send();
        /// assert_eq!(response.request().query_string(), "q=tea+%26+cake");
        /// # Ok(())
        /// # }
        /// ```
        query(pairs: impl IntoIterator<Item = (impl AsRef<str>, impl ToString)>);
        /// Sets the query as text, encoded already.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.get("/").query_string("q=a+b").send();
        /// assert_eq!(response.request().args().get("q"), Some("a b"));
        /// # Ok(())
        /// # }
        /// ```
        query_string(query: &str);
        /// Sets a field, in place of all of that name.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.get("/").header("Accept", "text/html").send();
        /// assert_eq!(response.request().header("accept"), Some("text/html"));
        /// # Ok(())
        /// # }
        /// ```
        header(name: impl AsRef<str>, value: impl AsRef<str>);
        /// Sets the Content-Type.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.post("/").content_type("text/csv; header=present").send();
        /// assert_eq!(response.request().mimetype(), "text/csv");
        /// # Ok(())
        /// # }
        /// ```
        content_type(value: impl AsRef<str>);
        /// Sets the Content-Type from a media type; text gets the charset UTF-8.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.post("/").mimetype("text/csv").send();
        /// let kind = response.request().header("content-type");
        /// assert_eq!(kind, Some("text/csv; charset=utf-8"));
        /// # Ok(())
        /// # }
        /// ```
        mimetype(value: &str);
        /// Announces a length other than the body's own.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.post("/").body("abc").content_length(3).send();
        /// assert_eq!(response.request().content_length(), Some(3));
        /// # Ok(())
        /// # }
        /// ```
        content_length(length: u64);
        /// Sets the body.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.post("/").body("abc").send();
        /// assert!(matches!(response.request().data(), Ok(b"abc")));
        /// # Ok(())
        /// # }
        /// ```
        body(bytes: impl Into<Bytes>);
        /// Sets the body to a value as JSON, and the Content-Type unless there is one.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.post("/").json(&[1, 2]).send();
        /// assert_eq!(response.request().json::<Vec<u8>>().ok(), Some(vec![1, 2]));
        /// # Ok(())
        /// # }
        /// ```
        json(value: &(impl Serialize + ?Sized));
        /// Adds fields of a form.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.post("/").form([("name", "ada")]).send();
        /// let name = response.request().form().ok().and_then(|form| form.get("name"));
        /// assert_eq!(name, Some("ada"));
        /// # Ok(())
        /// # }
        /// ```
        form(pairs: impl IntoIterator<Item = (impl AsRef<str>, impl ToString)>);
        /// Adds a file to the form, which becomes `multipart/form-data`. Its type is guessed
        /// from its name.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.post("/").file("notes", "a.txt", "text").send();
        /// let files = response.request().files().ok();
        /// let file = files.and_then(|files| files.get("notes")).ok_or("no file")?;
        /// assert_eq!((file.filename(), &*file.mimetype()), ("a.txt", "text/plain"));
        /// # Ok(())
        /// # }
        /// ```
        file(field: impl Into<String>, filename: impl Into<String>, content: impl Into<Bytes>);
        /// Adds a file of a type that is said, not guessed.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.post("/").file_of_type("f", "data", "image/png", "...").send();
        /// let files = response.request().files().ok();
        /// let file = files.and_then(|files| files.get("f")).ok_or("no file")?;
        /// assert_eq!(file.mimetype(), "image/png");
        /// # Ok(())
        /// # }
        /// ```
        file_of_type(
            field: impl Into<String>,
            filename: impl Into<String>,
            content_type: &str,
            content: impl Into<Bytes>
        );
        /// Sets a body that comes in pieces, of a length that is not announced.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.post("/").pieces(["ab", "c"]).send();
        /// assert_eq!(response.request().content_length(), None);
        /// assert!(matches!(response.request().data(), Ok(b"abc")));
        /// # Ok(())
        /// # }
        /// ```
        pieces(pieces: impl IntoIterator<Item = impl Into<Bytes>>);
        /// Leaves a value with the request, as a middleware does.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.get("/").extension("tenant 7").send();
        /// assert_eq!(response.request().extensions().get(), Some(&"tenant 7"));
        /// # Ok(())
        /// # }
        /// ```
        extension(value: impl Clone + Send + Sync + 'static);
        /// Sets credentials of any scheme.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::datastructures::Authorization;
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let token = Authorization::bearer("abc");
        /// let response = client.get("/").authorization(&token).send();
        /// assert_eq!(response.request().header("authorization"), Some("Bearer abc"));
        /// # Ok(())
        /// # }
        /// ```
        authorization(credentials: &Authorization);
        /// Sets the credentials of HTTP Basic.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.get("/").auth("ada", "secret").send();
        /// let sent = response.request().authorization().ok_or("no credentials")?;
        /// assert_eq!((sent.username(), sent.password()), (Some("ada"), Some("secret")));
        /// # Ok(())
        /// # }
        /// ```
        auth(username: &str, password: &str);
        /// Sets the client's address, which is unknown unless told.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let response = client.get("/").remote_addr([192, 0, 2, 1]).send();
        /// let address = response.request().remote_addr().ok_or("no address")?;
        /// assert_eq!(address.to_string(), "192.0.2.1");
        /// # Ok(())
        /// # }
        /// ```
        remote_addr(address: impl Into<IpAddr>);
        /// Changes how much of a body is accepted.
        ///
        /// # Examples
        ///
        /// ```
        /// use rustzeug::request::RequestLimits;
        /// use rustzeug::testing::Client;
        ///
        /// # use rustzeug::prelude::*;
        /// #
        /// # #[application]
        /// # fn application(_request: &Request) -> &'static str {
        /// #     ""
        /// # }
        /// #
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let client = Client::new(application)?;
        /// let mut limits = RequestLimits::default();
        /// limits.max_content_length = Some(2);
        /// let response = client.post("/").body("abc").limits(limits).send();
        /// assert_eq!(response.request().data().map_err(|error| error.code()), Err(413));
        /// # Ok(())
        /// # }
        /// ```
        limits(limits: RequestLimits);
    }
}
