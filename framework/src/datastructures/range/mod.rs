//! `Range`, `Content-Range` and `If-Range`.

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use super::invalid::invalid;
use crate::grammar::date::http_date;
use crate::grammar::date::parse_date;
use crate::grammar::etag::quote_etag;
use crate::grammar::etag::unquote_etag;
use crate::grammar::number::plain_int;
use crate::grammar::token;

mod content_range;

pub use content_range::ContentRange;
pub use content_range::InvalidContentRange;

/// Returns whether a part with that start, stop (not part of it) and length of the whole is one.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::is_byte_range_valid;
///
/// assert!(is_byte_range_valid(Some(0), Some(10), Some(10)));
/// assert!(!is_byte_range_valid(Some(10), Some(11), Some(10)));
/// assert!(!is_byte_range_valid(Some(0), None, None));
/// ```
pub fn is_byte_range_valid(start: Option<i64>, stop: Option<i64>, length: Option<i64>) -> bool {
    match (start, stop, length) {
        (None, None, length) => length.is_none_or(|length| length >= 0),
        (Some(start), Some(stop), None) => 0 <= start && start < stop,
        (Some(start), Some(stop), Some(length)) => start < stop && 0 <= start && start < length,
        _ => false,
    }
}

/// A `Range` header: the parts that the client asks for.
///
/// A part is its start and its stop, which does not belong to it. A part without a stop goes to
/// the end; a negative start counts from the end.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::Range;
///
/// let range = Range::from_header("bytes=0-99")?;
/// assert_eq!(range.ranges(), [(0, Some(100))]);
/// assert_eq!(range.range_for_length(Some(50)), Some((0, 50)));
/// let content_range = range.make_content_range(Some(50)).map(|range| range.to_header());
/// assert_eq!(content_range.as_deref(), Some("bytes 0-49/50"));
/// # Ok::<_, rustzeug::datastructures::InvalidRange>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    units: String,
    /// Invariant: a stop is greater than its start, which is not negative then.
    ranges: Vec<(i64, Option<i64>)>,
}

impl Range {
    /// Makes a header.
    ///
    /// ```
    /// # use rustzeug::datastructures::Range;
    /// let range = Range::new("bytes", [(0, Some(10)), (90, None)])?;
    /// assert_eq!(range.to_header(), "bytes=0-9,90-");
    /// # Ok::<_, rustzeug::datastructures::InvalidRange>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a part with a stop does not start before it, or starts before 0.
    pub fn new(
        units: impl Into<String>,
        ranges: impl IntoIterator<Item = (i64, Option<i64>)>,
    ) -> Result<Self, InvalidRange> {
        let ranges: Vec<_> = ranges.into_iter().collect();
        let bad = |(start, stop): &(i64, Option<i64>)| {
            stop.is_some_and(|stop| *start < 0 || *start >= stop)
        };
        if ranges.iter().any(bad) {
            return Err(InvalidRange(()));
        }
        Ok(Self {
            units: units.into(),
            ranges,
        })
    }

    /// Parses a header.
    ///
    /// ```
    /// # use rustzeug::datastructures::Range;
    /// assert_eq!(Range::from_header("bytes=-5")?.ranges(), [(-5, None)]);
    /// assert!(Range::from_header("bytes=5-1").is_err());
    /// # Ok::<_, rustzeug::datastructures::InvalidRange>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If any part is malformed, or if parts overlap or are not in order: such a header is to be
    /// ignored as a whole (RFC 9110 section 14.2).
    pub fn from_header(header: &str) -> Result<Self, InvalidRange> {
        Self::parse(header).ok_or(InvalidRange(()))
    }

    fn parse(header: &str) -> Option<Self> {
        let (units, parts) = header.split_once('=')?;
        let mut ranges = Vec::new();
        // Where the next part may start; `None` after a part that goes to the end.
        let mut last = Some(0);
        for part in parts.split(',').map(token::trim) {
            let (start, stop) = part.split_once('-')?;
            let least = last?;
            if start.is_empty() {
                let suffix = plain_int(part)?;
                if suffix == 0 {
                    return None;
                }
                ranges.push((suffix, None));
                last = None;
                continue;
            }
            let (start, stop) = (plain_int(start)?, token::trim(stop));
            if start < least {
                return None;
            }
            if stop.is_empty() {
                ranges.push((start, None));
                last = None;
            } else {
                let stop = plain_int(stop)?.saturating_add(1);
                if start >= stop {
                    return None;
                }
                ranges.push((start, Some(stop)));
                last = Some(stop);
            }
        }
        let units = token::trim(units).to_lowercase();
        Some(Self { units, ranges })
    }

    /// Writes the header.
    ///
    /// ```
    /// # use rustzeug::datastructures::Range;
    /// assert_eq!(Range::from_header("bytes = 0-9, 20-")?.to_header(), "bytes=0-9,20-");
    /// # Ok::<_, rustzeug::datastructures::InvalidRange>(())
    /// ```
    pub fn to_header(&self) -> String {
        let part = |(start, stop): &(i64, Option<i64>)| match stop {
            Some(stop) => format!("{start}-{}", stop - 1),
            None if *start < 0 => start.to_string(),
            None => format!("{start}-"),
        };
        let parts: Vec<_> = self.ranges.iter().map(part).collect();
        format!("{}={}", self.units, parts.join(","))
    }

    /// Returns what is counted, nearly always `bytes`.
    ///
    /// ```
    /// # use rustzeug::datastructures::Range;
    /// assert_eq!(Range::from_header("items=0-9")?.units(), "items");
    /// # Ok::<_, rustzeug::datastructures::InvalidRange>(())
    /// ```
    pub fn units(&self) -> &str {
        &self.units
    }

    /// Returns the parts.
    ///
    /// ```
    /// # use rustzeug::datastructures::Range;
    /// assert_eq!(Range::from_header("bytes=0-9,20-")?.ranges(), [(0, Some(10)), (20, None)]);
    /// # Ok::<_, rustzeug::datastructures::InvalidRange>(())
    /// ```
    pub fn ranges(&self) -> &[(i64, Option<i64>)] {
        &self.ranges
    }

    /// Returns the start and stop of the one part asked for, in a whole of that many bytes.
    ///
    /// `None` if something else than bytes is counted, the length is not known, more than one part
    /// is asked for, or the part does not exist.
    ///
    /// ```
    /// # use rustzeug::datastructures::Range;
    /// let range = Range::from_header("bytes=5-99")?;
    /// assert_eq!(range.range_for_length(Some(10)), Some((5, 10)));
    /// assert_eq!(range.range_for_length(Some(5)), None);
    /// # Ok::<_, rustzeug::datastructures::InvalidRange>(())
    /// ```
    pub fn range_for_length(&self, length: Option<u64>) -> Option<(u64, u64)> {
        let length = i64::try_from(length?).ok()?;
        let [(start, stop)] = *self.ranges else {
            return None;
        };
        if self.units != "bytes" {
            return None;
        }
        let (start, stop) = match stop {
            Some(stop) => (start, stop),
            None if start < 0 => (start.saturating_add(length), length),
            None => (start, length),
        };
        if !is_byte_range_valid(Some(start), Some(stop), Some(length)) {
            return None;
        }
        Some((
            u64::try_from(start).ok()?,
            u64::try_from(stop.min(length)).ok()?,
        ))
    }

    /// Returns the `Content-Range` that answers the one part asked for.
    ///
    /// ```
    /// # use rustzeug::datastructures::Range;
    /// let range = Range::from_header("bytes=5-")?.make_content_range(Some(10));
    /// assert_eq!(range.map(|range| range.to_header()).as_deref(), Some("bytes 5-9/10"));
    /// # Ok::<_, rustzeug::datastructures::InvalidRange>(())
    /// ```
    pub fn make_content_range(&self, length: Option<u64>) -> Option<ContentRange> {
        let (start, stop) = self.range_for_length(length)?;
        ContentRange::new(self.units.clone(), Some((start, stop)), length).ok()
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_header())
    }
}

impl FromStr for Range {
    type Err = InvalidRange;

    /// As [`Range::from_header`], which is strict, too.
    fn from_str(text: &str) -> Result<Self, InvalidRange> {
        Self::from_header(text)
    }
}

/// An `If-Range` header: an entity tag, or a date, or neither.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::IfRange;
///
/// let if_range = IfRange::from_header("W/\"v1\"");
/// assert_eq!(if_range.etag(), Some("v1"));
/// assert_eq!(if_range.to_header(), "\"v1\"");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IfRange {
    etag: Option<String>,
    date: Option<SystemTime>,
}

impl IfRange {
    /// Makes the header of an entity tag, not quoted.
    ///
    /// ```
    /// # use rustzeug::datastructures::IfRange;
    /// assert_eq!(IfRange::of_etag("v1").to_header(), "\"v1\"");
    /// ```
    pub fn of_etag(etag: impl Into<String>) -> Self {
        Self {
            etag: Some(etag.into()),
            date: None,
        }
    }

    /// Makes the header of a date.
    ///
    /// ```
    /// # use rustzeug::datastructures::IfRange;
    /// let epoch = std::time::SystemTime::UNIX_EPOCH;
    /// assert_eq!(IfRange::of_date(epoch).to_header(), "Thu, 01 Jan 1970 00:00:00 GMT");
    /// ```
    pub fn of_date(date: SystemTime) -> Self {
        Self {
            etag: None,
            date: Some(date),
        }
    }

    /// Parses a header: what is no date is a tag. Whether the tag is weak is lost.
    ///
    /// ```
    /// # use rustzeug::datastructures::IfRange;
    /// assert_eq!(IfRange::from_header("\"v1\"").etag(), Some("v1"));
    /// ```
    pub fn from_header(header: &str) -> Self {
        match parse_date(header) {
            Some(date) => Self::of_date(date),
            None => unquote_etag(header).map_or_else(Self::default, |(tag, _)| Self::of_etag(tag)),
        }
    }

    /// Writes the header; empty where there is neither.
    ///
    /// ```
    /// # use rustzeug::datastructures::IfRange;
    /// assert_eq!(IfRange::default().to_header(), "");
    /// ```
    pub fn to_header(&self) -> String {
        match (&self.etag, self.date) {
            (_, Some(date)) => http_date(date),
            // A tag that was not quoted may hold a quote; it cannot be written.
            (Some(etag), None) => quote_etag(etag, false).unwrap_or_default(),
            (None, None) => String::new(),
        }
    }

    /// Returns the tag, not quoted.
    ///
    /// ```
    /// # use rustzeug::datastructures::IfRange;
    /// assert_eq!(IfRange::of_etag("v1").etag(), Some("v1"));
    /// ```
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// Returns the date.
    ///
    /// ```
    /// # use rustzeug::datastructures::IfRange;
    /// let date = IfRange::from_header("Thu, 01 Jan 1970 00:00:00 GMT").date();
    /// assert_eq!(date, Some(std::time::SystemTime::UNIX_EPOCH));
    /// ```
    pub fn date(&self) -> Option<SystemTime> {
        self.date
    }
}

impl fmt::Display for IfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_header())
    }
}

impl FromStr for IfRange {
    type Err = InvalidIfRange;

    /// Reads a date or a quoted strong tag (RFC 9110 section 13.1.5).
    fn from_str(text: &str) -> Result<Self, InvalidIfRange> {
        let if_range = Self::from_header(text);
        if if_range.date.is_some() || text.len() > 1 && if_range.to_header() == text {
            return Ok(if_range);
        }
        Err(InvalidIfRange(()))
    }
}

invalid! {
    /// Text that is no `Range`.
    InvalidRange: "expected a unit and ranges in order, such as `bytes=0-99`"
}

invalid! {
    /// Text that is no `If-Range`.
    InvalidIfRange: "expected a date or a strong entity tag"
}

#[cfg(test)]
mod tests;
