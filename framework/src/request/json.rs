//! JSON bodies.

use serde::de::DeserializeOwned;

use super::Request;
use crate::exceptions::BadRequest;
use crate::exceptions::HttpException;
use crate::exceptions::UnsupportedMediaType;
use crate::grammar::media_type;

impl Request {
    /// Whether the Content-Type is JSON: `application/json` or `application/*+json`.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").header("Content-Type", "application/problem+json").build()?;
    /// assert!(request.is_json());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.header("content-type")
            .is_some_and(|value| media_type::is_json(&media_type::mimetype(value)))
    }

    /// Parses the body as JSON.
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn app(request: &Request) -> Result<String> {
    ///     let numbers: Vec<u32> = request.json()?;
    ///     Ok(numbers.iter().sum::<u32>().to_string())
    /// }
    ///
    /// # fn main() -> Result<(), StartError> {
    /// let client = Client::new(app)?;
    /// let post = |text| client.post("/").content_type("application/json").body(text).send();
    /// assert_eq!(post("[1, 2]").text(), "3");
    /// assert_eq!(post("[1").status(), 400);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 415 where the Content-Type is not JSON, 400 with the place where the text is malformed or
    /// does not fit `T`, 413 beyond the limit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, HttpException> {
        if !self.is_json() {
            return Err(UnsupportedMediaType.with_description(
                "Did not attempt to load JSON data because the request Content-Type was not \
                     'application/json'.",
            ));
        }
        self.json_forced()
    }

    /// As [`json`](Self::json), whatever the Content-Type says: Werkzeug's `force=True`.
    ///
    /// A Content-Type that is asked for is also what keeps pages of other sites from sending JSON
    /// without a preflight; without it, check where the request comes from.
    ///
    /// ```
    /// use rustzeug::prelude::*;
    /// use rustzeug::testing::Client;
    ///
    /// #[application]
    /// fn app(request: &Request) -> Result<String> {
    ///     let numbers: Vec<u32> = request.json_forced()?;
    ///     Ok(numbers.iter().sum::<u32>().to_string())
    /// }
    ///
    /// # fn main() -> Result<(), StartError> {
    /// assert_eq!(Client::new(app)?.post("/").body("[1, 2]").send().text(), "3");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 400 where the text is malformed or does not fit `T`, 413 beyond the limit.
    pub fn json_forced<T: DeserializeOwned>(&self) -> Result<T, HttpException> {
        serde_json::from_slice(self.data()?).map_err(|error| {
            BadRequest
                .with_description(format!("Failed to decode JSON object: {error}"))
                .with_source(error)
        })
    }
}
