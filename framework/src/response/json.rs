//! JSON bodies of responses.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Response;
use super::into_response::JSON;

impl Response {
    /// A response of status 200 and type `application/json`.
    ///
    /// [`Json`](super::Json) does the same as a return value; this tells of a failure at once.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::Response;
    ///
    /// let response = Response::json(&["tea", "milk"])?;
    /// assert_eq!(response.body().as_bytes(), Some(&br#"["tea","milk"]"#[..]));
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A value that JSON cannot carry, such as a map whose keys are no text.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        let text = serde_json::to_vec(value)?;
        Ok(Self::of(&JSON, text))
    }

    /// As [`json`](Self::json), indented for people.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let response = Response::json_pretty(&[1])?;
    /// let text = std::str::from_utf8(response.body().as_bytes().unwrap_or_default())?;
    /// assert_eq!(text.trim_end(), "[\n  1\n]");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`json`](Self::json).
    pub fn json_pretty<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        let mut text = serde_json::to_vec_pretty(value)?;
        text.push(b'\n');
        Ok(Self::of(&JSON, text))
    }

    /// Reads a JSON body back: for tests and middleware. `None` where the type is not JSON, or
    /// the body is not in memory.
    ///
    /// ```
    /// # use rustzeug::Response;
    /// let numbers: Option<Vec<u8>> = Response::json(&[1, 2])?.parse_json()?;
    /// assert_eq!(numbers, Some(vec![1, 2]));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Text that is no JSON, or does not fit `T`.
    pub fn parse_json<T: DeserializeOwned>(&self) -> Result<Option<T>, serde_json::Error> {
        match self.body().as_bytes().filter(|_| self.is_json()) {
            Some(bytes) => serde_json::from_slice(bytes).map(Some),
            None => Ok(None),
        }
    }
}
