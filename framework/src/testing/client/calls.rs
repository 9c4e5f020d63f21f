//! Where calls begin.

use http::Method;

use super::Client;
use crate::testing::Call;

impl Client {
    /// Begins a `GET` call.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> String {
    ///     request.method().to_string()
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.get("/").send();
    /// assert_eq!(response.text(), "GET");
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    /// Begins a `POST` call.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> String {
    ///     request.method().to_string()
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.post("/").send();
    /// assert_eq!(response.text(), "POST");
    /// # Ok(())
    /// # }
    /// ```
    pub fn post(&self, path: &str) -> Call<'_> {
        self.call(Method::POST, path)
    }

    /// Begins a `PUT` call.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> String {
    ///     request.method().to_string()
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.put("/").send();
    /// assert_eq!(response.text(), "PUT");
    /// # Ok(())
    /// # }
    /// ```
    pub fn put(&self, path: &str) -> Call<'_> {
        self.call(Method::PUT, path)
    }

    /// Begins a `PATCH` call.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> String {
    ///     request.method().to_string()
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.patch("/").send();
    /// assert_eq!(response.text(), "PATCH");
    /// # Ok(())
    /// # }
    /// ```
    pub fn patch(&self, path: &str) -> Call<'_> {
        self.call(Method::PATCH, path)
    }

    /// Begins a `DELETE` call.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> String {
    ///     request.method().to_string()
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.delete("/").send();
    /// assert_eq!(response.text(), "DELETE");
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete(&self, path: &str) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    /// Begins a `HEAD` call.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> String {
    ///     request.method().to_string()
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(application)?.head("/").send();
    /// assert_eq!(response.header("content-length"), Some("4"));
    /// assert_eq!(response.text(), "");
    /// # Ok(())
    /// # }
    /// ```
    pub fn head(&self, path: &str) -> Call<'_> {
        self.call(Method::HEAD, path)
    }

    /// Begins an `OPTIONS` call.
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
    ///     #[route("/")]
    ///     fn index(&self) -> &'static str {
    ///         "index"
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let response = Client::new(Site)?.options("/").send();
    /// let allow = response.header("allow").ok_or("no Allow")?;
    /// assert!(allow.contains("GET"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn options(&self, path: &str) -> Call<'_> {
        self.call(Method::OPTIONS, path)
    }

    /// Begins a call of any method: Werkzeug's `open`.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn application(request: &Request) -> String {
    ///     request.method().to_string()
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::new(application)?;
    /// let response = client.call(Method::from_bytes(b"REPORT")?, "/").send();
    /// assert_eq!(response.text(), "REPORT");
    /// # Ok(())
    /// # }
    /// ```
    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        let call = Call::new(self, method, path);
        match &self.base_url {
            Some(url) if !path.starts_with("http://") && !path.starts_with("https://") => {
                call.base_url(url)
            }
            _ => call,
        }
    }
}
