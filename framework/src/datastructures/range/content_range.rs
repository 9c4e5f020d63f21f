//! `Content-Range`.

use std::fmt;
use std::str::FromStr;

use crate::datastructures::invalid::invalid;
use crate::grammar::number::plain_int;
use crate::grammar::token;

/// A `Content-Range` header: which part of the whole this is.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::ContentRange;
///
/// let range = ContentRange::from_header("bytes 0-98/99")?;
/// assert_eq!((range.range(), range.length()), (Some((0, 99)), Some(99)));
/// assert_eq!(ContentRange::new("bytes", None, Some(5))?.to_header(), "bytes */5");
/// # Ok::<_, rustzeug::datastructures::InvalidContentRange>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentRange {
    units: String,
    /// Invariant: the start is less than the stop, and than the length if that is known.
    range: Option<(u64, u64)>,
    length: Option<u64>,
}

impl ContentRange {
    /// Makes a header of a part's start and stop (not part of it), and the length of the whole.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentRange;
    /// assert_eq!(ContentRange::new("bytes", Some((0, 5)), None)?.to_header(), "bytes 0-4/*");
    /// # Ok::<_, rustzeug::datastructures::InvalidContentRange>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the part is empty or does not lie in the whole.
    pub fn new(
        units: impl Into<String>,
        range: Option<(u64, u64)>,
        length: Option<u64>,
    ) -> Result<Self, InvalidContentRange> {
        let lies_within = |start| length.is_none_or(|length| start < length);
        if range.is_some_and(|(start, stop)| start >= stop || !lies_within(start)) {
            return Err(InvalidContentRange(()));
        }
        Ok(Self {
            units: units.into(),
            range,
            length,
        })
    }

    /// Parses a header.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentRange;
    /// assert_eq!(ContentRange::from_header("bytes */10")?.length(), Some(10));
    /// # Ok::<_, rustzeug::datastructures::InvalidContentRange>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it is malformed, or the part does not lie in the whole.
    pub fn from_header(header: &str) -> Result<Self, InvalidContentRange> {
        Self::parse(header).ok_or(InvalidContentRange(()))
    }

    fn parse(header: &str) -> Option<Self> {
        let (units, rest) = token::trim(header).split_once(' ')?;
        let (range, length) = rest.split_once('/')?;
        let natural = |text| u64::try_from(plain_int(text)?).ok();
        let length = match length {
            "*" => None,
            length => Some(natural(length)?),
        };
        let range = match range {
            "*" => None,
            range => {
                let (start, last) = range.split_once('-')?;
                Some((natural(start)?, natural(last)?.saturating_add(1)))
            }
        };
        Self::new(units, range, length).ok()
    }

    /// Writes the header.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentRange;
    /// assert_eq!(ContentRange::from_header("bytes 0-4/10")?.to_header(), "bytes 0-4/10");
    /// # Ok::<_, rustzeug::datastructures::InvalidContentRange>(())
    /// ```
    pub fn to_header(&self) -> String {
        let length = self
            .length
            .map_or_else(|| "*".to_owned(), |length| length.to_string());
        match self.range {
            Some((start, stop)) => format!("{} {start}-{}/{length}", self.units, stop - 1),
            None => format!("{} */{length}", self.units),
        }
    }

    /// Returns what is counted.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentRange;
    /// assert_eq!(ContentRange::from_header("bytes 0-4/10")?.units(), "bytes");
    /// # Ok::<_, rustzeug::datastructures::InvalidContentRange>(())
    /// ```
    pub fn units(&self) -> &str {
        &self.units
    }

    /// Returns the start and stop (not part of it); `None` where the part asked for does not
    /// exist.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentRange;
    /// assert_eq!(ContentRange::from_header("bytes 0-4/10")?.range(), Some((0, 5)));
    /// # Ok::<_, rustzeug::datastructures::InvalidContentRange>(())
    /// ```
    pub fn range(&self) -> Option<(u64, u64)> {
        self.range
    }

    /// Returns the start.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentRange;
    /// assert_eq!(ContentRange::from_header("bytes 2-4/10")?.start(), Some(2));
    /// # Ok::<_, rustzeug::datastructures::InvalidContentRange>(())
    /// ```
    pub fn start(&self) -> Option<u64> {
        self.range.map(|(start, _)| start)
    }

    /// Returns the stop, which is not part of the part.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentRange;
    /// assert_eq!(ContentRange::from_header("bytes 2-4/10")?.stop(), Some(5));
    /// # Ok::<_, rustzeug::datastructures::InvalidContentRange>(())
    /// ```
    pub fn stop(&self) -> Option<u64> {
        self.range.map(|(_, stop)| stop)
    }

    /// Returns the length of the whole, if it is known.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentRange;
    /// assert_eq!(ContentRange::from_header("bytes 2-4/*")?.length(), None);
    /// # Ok::<_, rustzeug::datastructures::InvalidContentRange>(())
    /// ```
    pub fn length(&self) -> Option<u64> {
        self.length
    }
}

impl fmt::Display for ContentRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_header())
    }
}

impl FromStr for ContentRange {
    type Err = InvalidContentRange;

    /// As [`ContentRange::from_header`], which is strict, too.
    fn from_str(text: &str) -> Result<Self, InvalidContentRange> {
        Self::from_header(text)
    }
}

invalid! {
    /// Text that is no `Content-Range`.
    InvalidContentRange: "expected a unit, a range and a length, such as `bytes 0-99/100`"
}
