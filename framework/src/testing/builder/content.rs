//! What a request carries: its body, and what says of which kind that is.

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;

use super::EnvironBuilder;
use super::multipart;
use super::own;
use crate::grammar::media_type;
use crate::testing::error::Kind;

impl EnvironBuilder {
    /// Sets the Content-Type.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sent = EnvironBuilder::new("/").content_type("text/csv; header=present");
    /// assert_eq!(sent.build()?.mimetype(), "text/csv");
    /// # Ok(())
    /// # }
    /// ```
    pub fn content_type(self, value: impl AsRef<str>) -> Self {
        self.header("content-type", value)
    }

    /// Sets the Content-Type from a media type; text gets the charset UTF-8.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").mimetype("text/csv").build()?;
    /// assert_eq!(request.header("content-type"), Some("text/csv; charset=utf-8"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn mimetype(self, value: &str) -> Self {
        self.header("content-type", media_type::content_type(value, "utf-8"))
    }

    /// Announces a length other than the body's own.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").content_length(7).build()?;
    /// assert_eq!(request.content_length(), Some(7));
    /// # Ok(())
    /// # }
    /// ```
    pub fn content_length(self, length: u64) -> Self {
        self.header("content-length", length.to_string())
    }

    /// Sets the body.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").body("abc").build()?;
    /// assert!(matches!(request.data(), Ok(b"abc")));
    /// assert_eq!(request.content_length(), Some(3));
    /// # Ok(())
    /// # }
    /// ```
    pub fn body(mut self, bytes: impl Into<Bytes>) -> Self {
        self.recipe.body = Some(bytes.into());
        self
    }

    /// Sets the body to a value as JSON, and the Content-Type unless there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").json(&[1, 2]).build()?;
    /// assert!(request.is_json());
    /// assert_eq!(request.json::<Vec<u8>>().ok(), Some(vec![1, 2]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(text) => self.recipe.body = Some(text.into()),
            Err(error) => self.note(Err(Kind::Json(error).into())),
        }
        self.default_content_type("application/json");
        self
    }

    /// Adds fields of a form.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").form([("name", "ada")]).build()?;
    /// let name = request.form().ok().and_then(|form| form.get("name"));
    /// assert_eq!(name, Some("ada"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn form(
        mut self,
        pairs: impl IntoIterator<Item = (impl AsRef<str>, impl ToString)>,
    ) -> Self {
        self.form.get_or_insert_default().extend(own(pairs));
        self
    }

    /// Adds a file to the form, which becomes `multipart/form-data`. Its type is guessed from its
    /// name.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").file("notes", "a.txt", "text").build()?;
    /// let file = request.files().ok().and_then(|files| files.get("notes"));
    /// let file = file.ok_or("no file")?;
    /// assert_eq!((file.filename(), &*file.mimetype()), ("a.txt", "text/plain"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn file(
        mut self,
        field: impl Into<String>,
        filename: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        let file = multipart::File::new(field.into(), filename.into(), content.into());
        self.files.push(file);
        self
    }

    /// Adds a file of a type that is said, not guessed.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sent = EnvironBuilder::new("/").file_of_type("f", "data", "image/png", "...");
    /// let request = sent.build()?;
    /// let file = request.files().ok().and_then(|files| files.get("f"));
    /// assert_eq!(file.ok_or("no file")?.mimetype(), "image/png");
    /// # Ok(())
    /// # }
    /// ```
    pub fn file_of_type(
        mut self,
        field: impl Into<String>,
        filename: impl Into<String>,
        content_type: &str,
        content: impl Into<Bytes>,
    ) -> Self {
        match content_type.parse::<HeaderValue>() {
            Ok(kind) => {
                let file = multipart::File::new(field.into(), filename.into(), content.into());
                self.files.push(file.of_type(kind));
            }
            Err(error) => self.note(Err(Kind::FileType(error).into())),
        }
        self
    }

    /// Sets a body that comes in pieces, of a length that is not announced, as from a client that
    /// makes it while it sends: Werkzeug's `input_stream`.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::testing::EnvironBuilder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").pieces(["ab", "c"]).build()?;
    /// assert_eq!(request.header("transfer-encoding"), Some("chunked"));
    /// assert_eq!(request.data().map_err(|error| error.to_string())?, b"abc");
    /// # Ok(())
    /// # }
    /// ```
    pub fn pieces(mut self, pieces: impl IntoIterator<Item = impl Into<Bytes>>) -> Self {
        self.recipe.pieces = Some(pieces.into_iter().map(Into::into).collect());
        self.header("transfer-encoding", "chunked")
    }

    pub(super) fn default_content_type(&mut self, value: &'static str) {
        self.recipe.headers.set_default("content-type", value);
    }
}
