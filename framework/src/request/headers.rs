//! Header fields of a request.

use http::HeaderName;
use http::HeaderValue;

use super::Request;
use crate::datastructures::Headers;

impl Request {
    /// The first value of a field, as text; `None` where it is absent or not UTF-8.
    ///
    /// Looks through the head as it came: cheaper than [`headers`](Self::headers) for a few
    /// fields. Names are compared without regard to case.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").header("X-Trace", "17").build()?;
    /// assert_eq!(request.header("x-trace"), Some("17"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_bytes(name)
            .and_then(|value| std::str::from_utf8(value).ok())
    }

    /// The first value of a field, as bytes.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").header("X-Trace", "17").build()?;
    /// assert_eq!(request.header_bytes("x-trace"), Some(&b"17"[..]));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn header_bytes(&self, name: &str) -> Option<&[u8]> {
        match self.changed_headers() {
            Some(headers) => headers.get_value(name).map(HeaderValue::as_bytes),
            None => self.head().get(name),
        }
    }

    /// All header fields, in order.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = EnvironBuilder::new("/").header("X-Trace", "17").build()?;
    /// assert!(request.headers().contains("x-trace"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn headers(&self) -> &Headers {
        self.lazy().headers.get_or_init(|| {
            let head = self.head();
            let mut headers = Headers::with_capacity(head.len());
            for (name, value) in head.iter() {
                // Both were checked when the head was read.
                if let (Ok(name), Ok(value)) =
                    (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
                {
                    headers.add(name, value);
                }
            }
            // RFC 9112 section 3.2.2: the authority of an absolute target stands for the field.
            if let Some(host) = head.host()
                && headers.get("host") != Some(host)
                && let Ok(host) = HeaderValue::from_str(host)
            {
                headers.set("host", host);
            }
            headers
        })
    }

    /// The header fields, to be changed: middleware rewrites what the handler will see.
    ///
    /// ```
    /// # use rustzeug::testing::EnvironBuilder;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut request = EnvironBuilder::new("/").build()?;
    /// request.headers_mut().set("x-trace", "17");
    /// assert_eq!(request.header("x-trace"), Some("17"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn headers_mut(&mut self) -> &mut Headers {
        let _built = self.headers();
        let lazy = self.lazy_mut();
        // What was made of a field may not be true any more.
        lazy.cookies.take();
        lazy.headers
            .get_mut()
            .unwrap_or_else(|| unreachable!("built above"))
    }

    /// The host as the client wrote it: of an absolute target, else of the Host field.
    pub(super) fn asked_host(&self) -> Option<&str> {
        match self.changed_headers() {
            Some(headers) => headers.get("host"),
            None => self.head().host(),
        }
    }

    /// The values of a field that are text, in order.
    pub(super) fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let changed = self.changed_headers();
        let head = match changed {
            Some(_) => None,
            None => Some(self.head().get_all(name)),
        };
        let changed = changed.map(|headers| headers.get_all(name).map(HeaderValue::as_bytes));
        let changed = changed.into_iter().flatten();
        let values = head.into_iter().flatten().chain(changed);
        values.filter_map(|value| std::str::from_utf8(value).ok())
    }

    /// The fields, once somebody may have changed them.
    fn changed_headers(&self) -> Option<&Headers> {
        self.lazy_if_any().and_then(|lazy| lazy.headers.get())
    }
}
