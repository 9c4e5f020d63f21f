//! HTTP dates (RFC 9110 section 5.6.7) and ages.
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::date;
//!
//! let date = date::parse_date("Sun Nov  6 08:49:37 1994");
//! assert_eq!(date.map(date::http_date).as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
//! ```

use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use super::number::lenient_int;

/// Parses a date as servers and clients have written it since RFC 822.
///
/// The three forms of RFC 9110 are read, and much that looks like them: names of weekdays may be
/// missing or wrong, years may have two digits, zones may be names or offsets. A date without a
/// zone is UTC. `None` for anything else, and for days and hours that do not exist.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use rustzeug::grammar::date::parse_date;
///
/// let date = UNIX_EPOCH + Duration::from_secs(784_111_777);
/// assert_eq!(parse_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(date));
/// assert_eq!(parse_date("Sunday, 06-Nov-94 08:49:37 GMT"), Some(date));
/// assert_eq!(parse_date("yesterday"), None);
/// ```
pub fn parse_date(text: &str) -> Option<SystemTime> {
    if let Some(seconds) = parse_imf_fixdate(text.as_bytes()) {
        return from_unix_seconds(seconds);
    }
    from_unix_seconds(parse_lenient(text)?)
}

/// Formats a date as `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// Parts of a second are dropped; years before 1 and after 9999 are clamped to those years' ends.
///
/// # Examples
///
/// ```
/// use std::time::UNIX_EPOCH;
/// use rustzeug::grammar::date::http_date;
///
/// assert_eq!(http_date(UNIX_EPOCH), "Thu, 01 Jan 1970 00:00:00 GMT");
/// ```
pub fn http_date(date: SystemTime) -> String {
    let mut buffer = [0; HTTP_DATE_LEN];
    write_http_date(date, &mut buffer).to_owned()
}

/// Formats a date into a buffer, without allocation, and returns it as text.
///
/// ```
/// # use rustzeug::grammar::date::*;
/// let mut buffer = [0; HTTP_DATE_LEN];
/// let text = write_http_date(std::time::SystemTime::UNIX_EPOCH, &mut buffer);
/// assert_eq!(text, "Thu, 01 Jan 1970 00:00:00 GMT");
/// ```
pub fn write_http_date(date: SystemTime, buffer: &mut [u8; HTTP_DATE_LEN]) -> &str {
    let seconds = unix_seconds(date).clamp(FIRST_SECOND, LAST_SECOND);
    let (days, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil_from_days(days);
    let weekday = (days + 4).rem_euclid(7) as usize;
    *buffer = *b"Thu, 01 Jan 1970 00:00:00 GMT";
    let mut put = |at: usize, bytes: &[u8]| {
        for (slot, byte) in buffer.iter_mut().skip(at).zip(bytes) {
            *slot = *byte;
        }
    };
    put(0, WEEKDAYS.get(weekday).unwrap_or(&"???").as_bytes());
    put(5, &two_digits(day));
    put(
        8,
        MONTHS.get(month as usize - 1).unwrap_or(&"???").as_bytes(),
    );
    put(12, &two_digits(year / 100));
    put(14, &two_digits(year % 100));
    put(17, &two_digits(time / 3600));
    put(20, &two_digits(time / 60 % 60));
    put(23, &two_digits(time % 60));
    // Every byte is ASCII by construction.
    std::str::from_utf8(buffer).unwrap_or_default()
}

/// Parses an `Age`, a whole number of seconds; `None` for anything else.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use rustzeug::grammar::date::parse_age;
///
/// assert_eq!(parse_age("86400"), Some(Duration::from_secs(86_400)));
/// assert_eq!(parse_age("-1"), None);
/// ```
pub fn parse_age(text: &str) -> Option<Duration> {
    let seconds = u64::try_from(lenient_int(text)?).ok()?;
    (seconds < LONGEST_AGE).then(|| Duration::from_secs(seconds))
}

/// Formats an age as whole seconds.
///
/// ```
/// # use rustzeug::grammar::date::*;
/// assert_eq!(dump_age(std::time::Duration::from_secs(60)), "60");
/// ```
pub fn dump_age(age: Duration) -> String {
    age.as_secs().to_string()
}

/// Returns the whole seconds since 1970, rounded down.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use rustzeug::grammar::date::unix_seconds;
///
/// assert_eq!(unix_seconds(UNIX_EPOCH - Duration::from_millis(1)), -1);
/// ```
pub fn unix_seconds(date: SystemTime) -> i64 {
    match date.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(error) => {
            let before = error.duration();
            let whole = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
            if before.subsec_nanos() > 0 {
                -whole - 1
            } else {
                -whole
            }
        }
    }
}

/// Returns the moment that many seconds after 1970, or before it.
///
/// ```
/// # use rustzeug::grammar::date::*;
/// assert_eq!(from_unix_seconds(0), Some(std::time::SystemTime::UNIX_EPOCH));
/// ```
pub fn from_unix_seconds(seconds: i64) -> Option<SystemTime> {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 {
        UNIX_EPOCH.checked_sub(distance)
    } else {
        UNIX_EPOCH.checked_add(distance)
    }
}

/// The form everybody sends, without taking it apart into words.
fn parse_imf_fixdate(text: &[u8]) -> Option<i64> {
    let [
        _,
        _,
        _,
        b',',
        b' ',
        d1,
        d2,
        b' ',
        m1,
        m2,
        m3,
        b' ',
        y1,
        y2,
        y3,
        y4,
        b' ',
        rest @ ..,
    ] = text
    else {
        return None;
    };
    let [h1, h2, b':', n1, n2, b':', s1, s2, b' ', b'G', b'M', b'T'] = rest else {
        return None;
    };
    let weekday = text.get(..3)?;
    if !WEEKDAYS.iter().any(|name| name.as_bytes() == weekday) {
        return None;
    }
    let number = |digits: &[&u8]| {
        digits.iter().try_fold(0, |number, digit| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + i64::from(**digit - b'0'))
        })
    };
    let name = [*m1, *m2, *m3];
    let month = MONTHS.iter().position(|month| month.as_bytes() == name)? as i64 + 1;
    let year = number(&[y1, y2, y3, y4])?;
    let day = number(&[d1, d2])?;
    if year < 100 {
        return None;
    }
    seconds_of(
        (year, month, day),
        (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?),
    )
}

/// Everything that Python's `email.utils` takes for a date.
fn parse_lenient(text: &str) -> Option<i64> {
    let mut words = words(text)?;
    if let [_, _, _, time] = words.as_slice() {
        // A zone may be glued to the time.
        let zone = time.find('+').or_else(|| time.find('-'));
        let split = zone.filter(|at| *at > 0);
        let (time, zone) = split
            .and_then(|at| time.split_at_checked(at))
            .unwrap_or((time, ""));
        words.truncate(3);
        words.extend([time, zone]);
    }
    let [mut day, mut month, mut year, mut time, mut zone] = *words.first_chunk::<5>()?;
    if day.is_empty() || month.is_empty() || year.is_empty() {
        return None;
    }
    if month_number(month).is_none() {
        std::mem::swap(&mut day, &mut month);
    }
    let month = month_number(month)?;
    day = day.strip_suffix(',').unwrap_or(day);
    if year.find(':').is_some_and(|at| at > 0) {
        std::mem::swap(&mut year, &mut time);
    }
    year = year.strip_suffix(',').unwrap_or(year);
    if !year.chars().next()?.is_ascii_digit() {
        std::mem::swap(&mut year, &mut zone);
    }
    let year = match lenient_int(year)? {
        year @ 69..100 => year + 1900,
        year if year < 69 => year + 2000,
        year => year,
    };
    let time = time_of_day(time)?;
    let seconds = seconds_of((year, month, lenient_int(day)?), time)?;
    Some(seconds - zone_offset(zone)?)
}

/// Splits a date into words, without the name of the weekday; RFC 850's date is three words.
fn words(text: &str) -> Option<Vec<&str>> {
    let mut words: Vec<&str> = text.split_whitespace().take(MOST_WORDS).collect();
    let first = words.first_mut()?;
    let is_weekday = |word: &str| {
        WEEKDAYS
            .iter()
            .any(|weekday| weekday.eq_ignore_ascii_case(word))
    };
    if first.ends_with(',') || is_weekday(first) {
        words.remove(0);
    } else if let Some((_, rest)) = first.rsplit_once(',') {
        *first = rest;
    }
    if let [date, _, _] = words.as_slice() {
        let parts: Vec<&str> = date.splitn(4, '-').collect();
        if parts.len() == 3 {
            words.splice(..1, parts);
        }
    }
    Some(words)
}

fn month_number(name: &str) -> Option<i64> {
    let same = |month: &str| month.eq_ignore_ascii_case(name);
    let at = MONTHS.iter().position(|month| same(month));
    let at = at.or_else(|| LONG_MONTHS.iter().position(|month| same(month)));
    at.map(|at| at as i64 + 1)
}

fn time_of_day(time: &str) -> Option<(i64, i64, i64)> {
    let time = time.strip_suffix(',').unwrap_or(time);
    let separator = if time.contains(':') { ':' } else { '.' };
    let mut parts = time.splitn(4, separator);
    let (hour, minute) = (parts.next()?, parts.next()?);
    let second = parts.next().unwrap_or("0");
    if parts.next().is_some() {
        return None;
    }
    Some((
        lenient_int(hour)?,
        lenient_int(minute)?,
        lenient_int(second)?,
    ))
}

/// Returns the seconds a zone is ahead of UTC; an unknown zone is UTC.
fn zone_offset(zone: &str) -> Option<i64> {
    let named = ZONES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(zone));
    let offset = named.map_or_else(|| lenient_int(zone).unwrap_or(0), |(_, offset)| *offset);
    let (hours, minutes) = (offset.unsigned_abs() / 100, offset.unsigned_abs() % 100);
    let hours = i64::try_from(hours).ok().filter(|hours| *hours < 24)?;
    let seconds = hours * 3600 + i64::try_from(minutes).ok()? * 60;
    (seconds < 86_400).then_some(seconds * offset.signum())
}

/// Returns the Unix seconds of a date and time that exist.
fn seconds_of(date: (i64, i64, i64), time: (i64, i64, i64)) -> Option<i64> {
    let (year, month, day) = date;
    let (hour, minute, second) = time;
    let valid = (1..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..60).contains(&second);
    valid.then(|| days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970, counting years from March so that the leap day is the last
/// (Howard Hinnant's `days_from_civil`).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

fn two_digits(number: i64) -> [u8; 2] {
    [b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]
}

/// The length of every HTTP date.
///
/// # Examples
///
/// ```
/// # use rustzeug::grammar::date::*;
/// assert_eq!(http_date(std::time::SystemTime::UNIX_EPOCH).len(), HTTP_DATE_LEN);
/// ```
pub const HTTP_DATE_LEN: usize = "Sun, 06 Nov 1994 08:49:37 GMT".len();

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const LONG_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// RFC 822 section 5.1, in hours and minutes as `+0200` is written.
const ZONES: [(&str, i64); 14] = [
    ("UT", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("AST", -400),
    ("ADT", -300),
    ("EST", -500),
    ("EDT", -400),
    ("CST", -600),
    ("CDT", -500),
    ("MST", -700),
    ("MDT", -600),
    ("PST", -800),
    ("PDT", -700),
];
/// A weekday and five words are looked at; what follows them is ignored.
const MOST_WORDS: usize = 6;
/// The longest age that Python can hold, so the longest that Werkzeug gives: 10⁹ days.
const LONGEST_AGE: u64 = 1_000_000_000 * 86_400;
/// 0001-01-01 00:00:00.
const FIRST_SECOND: i64 = -62_135_596_800;
/// 9999-12-31 23:59:59.
const LAST_SECOND: i64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::fuzz::Random;
    use crate::grammar::fuzz::fuzz;

    #[test]
    fn dates_are_parsed() {
        for (text, want) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777)),
            ("Sun Nov  6 08:49:37 1994", Some(784_111_777)),
            ("06 Nov 1994 08:49:37", Some(784_111_777)),
            ("Mon,06 November 1994 08:49:37 +0200", Some(784_104_577)),
            ("Sun, 06 Nov 1994 08:49:37+0200", Some(784_104_577)),
            ("Sun, 06 Nov 1994 08:49:37 EST", Some(784_129_777)),
            ("Sun, 06 Nov 1994 08:49 GMT", Some(784_111_740)),
            ("Sun, 06 Nov 1994 08:49:37 +2400", None),
            ("Sun, 06 Nov 1994 08:49:37 -9223372036854775807", None),
            ("Sun, 06 Nov 1994 08:49:37 99999999999999999999", None),
            ("Sun, 06 Nov 1994 08.49.37 GMT", Some(784_111_777)),
            (
                "Sun, 06 Nov 1994 08:49:37 GMT; length=123",
                Some(784_111_777),
            ),
            ("Thu, 01 Jan 0070 00:00:00 GMT", Some(0)),
            ("Thu, 29 Feb 2024 00:00:00 GMT", Some(1_709_164_800)),
            ("Wed, 29 Feb 2023 00:00:00 GMT", None),
            ("Sun, 06 Nov 1994 24:00:00 GMT", None),
            ("Sun, 06 Nov 1994 08:49:60 GMT", None),
            ("Sun, 06 Nov 1994 08:49:37 +9999", None),
            ("", None),
            (" ", None),
            ("Sun,", None),
            ("Sun, 06 Nov", None),
        ] {
            assert_eq!(parse_date(text).map(unix_seconds), want, "{text}");
        }
    }

    #[test]
    fn dates_are_formatted() {
        for (seconds, want) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (253_402_300_800, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            assert_eq!(
                from_unix_seconds(seconds).map(http_date).as_deref(),
                Some(want)
            );
        }
    }

    #[test]
    fn what_is_formatted_is_parsed() {
        let mut random = Random::new(4);
        for _ in 0..10_000 {
            let seconds = random.below(LAST_SECOND as usize) as i64;
            let date = from_unix_seconds(seconds).unwrap();
            assert_eq!(parse_date(&http_date(date)), Some(date));
            assert_eq!(parse_lenient(&http_date(date)), Some(seconds));
        }
    }

    #[test]
    fn ages_are_parsed() {
        for (text, want) in [("1", Some(1)), (" 5 ", Some(5)), ("-1", None), ("x", None)] {
            assert_eq!(parse_age(text).map(|age| age.as_secs()), want, "{text}");
        }
        assert_eq!(parse_age("99999999999999"), None);
        assert_eq!(dump_age(Duration::from_millis(1999)), "1");
    }

    #[test]
    fn random_text_is_survived() {
        fuzz(5, |text| {
            let _ = parse_date(text);
        });
    }
}
