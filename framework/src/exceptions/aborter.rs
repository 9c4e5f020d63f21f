//! Exceptions of one's own for codes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::AbortCode;
use super::HttpException;

/// Ends handlers with exceptions of one's own: what a code means to this application.
///
/// Keep it as a field of the application, or in a static as below. Codes may be statuses, whose
/// exceptions it replaces, or any other numbers. [`abort`](super::abort) knows nothing of it.
///
/// # Examples
///
/// ```
/// use std::sync::LazyLock;
///
/// use rustzeug::StatusCode;
/// use rustzeug::exceptions::{Aborter, Forbidden, HttpException, NotFound};
///
/// static ABORTER: LazyLock<Aborter> = LazyLock::new(|| {
///     Aborter::new()
///         .with(404, || NotFound.with_description("No such tea."))
///         .with(402, || HttpException::new(StatusCode::PAYMENT_REQUIRED).with_name("Out Of Credit"))
///         .with(1001, || Forbidden.with_description("Not before five.").with_member("hour", 17))
/// });
///
/// fn tea(name: &str, hour: u8) -> Result<&'static str, HttpException> {
///     if hour < 17 {
///         return ABORTER.abort(1001);
///     }
///     let strength = (name == "assam").then_some("strong");
///     strength.ok_or_else(|| ABORTER.exception(404))
/// }
///
/// assert_eq!(tea("assam", 18)?, "strong");
/// assert_eq!(tea("assam", 9).unwrap_err().code(), 403);
/// assert_eq!(tea("mud", 18).unwrap_err().description(), "No such tea.");
/// assert_eq!(ABORTER.exception(410).name(), "Gone");
/// # Ok::<(), HttpException>(())
/// ```
///
/// # Compatibility
///
/// Werkzeug hands further arguments to the exception; here `exception(404).with_description(…)`
/// says more. A code without an exception is a `LookupError` there, and 500 that says so here.
#[derive(Clone, Default)]
pub struct Aborter {
    mapping: BTreeMap<i64, Maker>,
    /// Whether a code that is not in the mapping is looked for among the kinds.
    is_alone: bool,
}

type Maker = Arc<dyn Fn() -> HttpException + Send + Sync>;

impl Aborter {
    /// Makes an aborter that does what [`abort`](super::abort) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::exceptions::{Aborter, NotFound};
    ///
    /// assert!(Aborter::new().exception(404).is::<NotFound>());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes an aborter that knows no code yet, not even 404.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::exceptions::{Aborter, Gone};
    ///
    /// let aborter = Aborter::empty().with(1, || Gone);
    /// assert_eq!(aborter.exception(1).code(), 410);
    /// let error = aborter.exception(404);
    /// assert_eq!(error.code(), 500);
    /// assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("no exception for 404"));
    /// ```
    #[must_use]
    pub fn empty() -> Self {
        Self {
            mapping: BTreeMap::new(),
            is_alone: true,
        }
    }

    /// Sets what makes the exception of a code.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::exceptions::{Aborter, ImATeapot};
    ///
    /// let aborter = Aborter::new().with(799, || ImATeapot);
    /// assert_eq!(aborter.exception(799).code(), 418);
    /// ```
    #[must_use]
    pub fn with<E: Into<HttpException>>(
        mut self,
        code: impl Into<AbortCode>,
        make: impl Fn() -> E + Send + Sync + 'static,
    ) -> Self {
        let make = move || make().into();
        self.mapping.insert(code.into().number(), Arc::new(make));
        self
    }

    /// Ends a handler with the exception of a code.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::exceptions::{Aborter, HttpException, Unauthorized};
    ///
    /// fn door(aborter: &Aborter, key: u8) -> Result<(), HttpException> {
    ///     if key != 7 {
    ///         return aborter.abort(1);
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let aborter = Aborter::new().with(1, || Unauthorized::default());
    /// assert_eq!(door(&aborter, 3).unwrap_err().code(), 401);
    /// ```
    ///
    /// # Errors
    ///
    /// Always: that of the code, or 500 if there is none.
    pub fn abort<T>(&self, code: impl Into<AbortCode>) -> Result<T, HttpException> {
        Err(self.exception(code))
    }

    /// Returns the exception of a code, to say more with it.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::exceptions::{Aborter, Gone};
    ///
    /// let aborter = Aborter::new().with(404, || Gone);
    /// let error = aborter.exception(404).with_description("No assam before Friday.");
    /// assert_eq!(error.to_string(), "410 Gone: No assam before Friday.");
    /// ```
    pub fn exception(&self, code: impl Into<AbortCode>) -> HttpException {
        let code = code.into();
        match self.mapping.get(&code.number()) {
            Some(make) => make(),
            None if self.is_alone => format!("no exception for {}", code.number()).into(),
            None => code.into_exception(),
        }
    }
}

impl fmt::Debug for Aborter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aborter")
            .field("codes", &self.mapping.keys())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exceptions::Gone;
    use crate::exceptions::Kind;
    use crate::exceptions::NotFound;

    #[test]
    fn codes_have_exceptions_of_ones_own() {
        let house = String::from("tea house");
        let aborter = Aborter::new()
            .with(404, || Gone)
            .with(-3, move || NotFound.with_description(house.clone()))
            .with(799, || {
                let status = http::StatusCode::from_u16(799);
                HttpException::new(status.expect("three digits")).with_name("Weird")
            });
        for (code, want, kind) in [
            (404, 410, Some(Kind::Gone)),
            (-3, 404, Some(Kind::NotFound)),
            (799, 799, None),
            (403, 403, Some(Kind::Forbidden)),
            (402, 402, None),
            (200, 500, Some(Kind::InternalServerError)),
        ] {
            let error = aborter.abort::<()>(code).unwrap_err();
            assert_eq!((error.code(), error.kind()), (want, kind), "{code}");
        }
        assert_eq!(aborter.exception(-3).description(), "tea house");
        assert_eq!(aborter.clone().exception(799).name(), "Weird");
        // The last word counts.
        let other = aborter.with(404, || NotFound);
        assert_eq!(other.exception(404).code(), 404);
    }

    #[test]
    fn an_empty_one_knows_what_it_was_told() {
        let aborter = Aborter::empty().with(http::StatusCode::NOT_FOUND, || NotFound);
        assert!(aborter.exception(404_u16).is::<NotFound>());
        let error = aborter.exception(403);
        assert_eq!(error.kind(), Some(Kind::InternalServerError));
        let why = error.source().map(ToString::to_string);
        assert_eq!(why.as_deref(), Some("no exception for 403"));
    }
}
