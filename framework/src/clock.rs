//! The wall clock: the only place of the crate that reads it.
//!
//! Tests set it with [`set_for_test`], for their own thread alone, so that they need not sleep and
//! may run side by side. What measures time spans (timeouts) does not belong here.
//!
//! # Examples
//!
//! ```
//! use std::time::{Duration, SystemTime};
//! use rustzeug::clock;
//!
//! let _guard = clock::set_for_test(SystemTime::UNIX_EPOCH + Duration::from_secs(60));
//! assert_eq!(&clock::http_date_now(), b"Thu, 01 Jan 1970 00:01:00 GMT");
//! ```

use std::cell::Cell;
use std::time::Duration;
use std::time::SystemTime;

use crate::grammar::date::HTTP_DATE_LEN;
use crate::grammar::date::unix_seconds;
use crate::grammar::date::write_http_date;

/// Returns the present.
pub fn now() -> SystemTime {
    SET.get().unwrap_or_else(read)
}

/// Returns the present in whole seconds since 1970.
pub fn now_seconds() -> i64 {
    unix_seconds(now())
}

/// Returns the present as an HTTP date.
///
/// The text is kept for each thread and made again only when the second changes, so a response's
/// `Date` costs a reading of the clock and a copy of 29 bytes.
pub fn http_date_now() -> [u8; HTTP_DATE_LEN] {
    http_date_at(now())
}

/// Returns a moment as an HTTP date, by the same cache as [`http_date_now`].
///
/// For an event loop that has read the clock already, for all it does in one turn.
pub fn http_date_at(date: SystemTime) -> [u8; HTTP_DATE_LEN] {
    let second = unix_seconds(date);
    let (cached, text) = DATE.get();
    if cached == Some(second) {
        return text;
    }
    let mut text = [0; HTTP_DATE_LEN];
    write_http_date(date, &mut text);
    DATE.set((Some(second), text));
    text
}

/// Stops the clock of this thread at a moment, until the guard is dropped.
#[must_use = "the clock runs again when the guard is dropped"]
pub fn set_for_test(date: SystemTime) -> ClockGuard {
    ClockGuard {
        before: SET.replace(Some(date)),
        here: std::marker::PhantomData,
    }
}

/// Sets a stopped clock of this thread forward; does nothing where it runs.
pub fn advance_for_test(by: Duration) {
    SET.set(SET.get().and_then(|date| date.checked_add(by)));
}

/// A stopped clock, made by [`set_for_test`]; it runs again when this is dropped.
#[derive(Debug)]
pub struct ClockGuard {
    before: Option<SystemTime>,
    /// Invariant: dropped on the thread whose clock it stopped, so it must not be sent.
    here: std::marker::PhantomData<*const ()>,
}

impl Drop for ClockGuard {
    fn drop(&mut self) {
        let _ = self.here;
        SET.set(self.before);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one reader that the lint sends everybody to"
)]
fn read() -> SystemTime {
    SystemTime::now()
}

thread_local! {
    static SET: Cell<Option<SystemTime>> = const { Cell::new(None) };
    static DATE: Cell<(Option<i64>, [u8; HTTP_DATE_LEN])> =
        const { Cell::new((None, [0; HTTP_DATE_LEN])) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_stops_and_runs() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_millis(999);
        {
            let _guard = set_for_test(start);
            assert_eq!(now(), start);
            assert_eq!(&http_date_now(), b"Thu, 01 Jan 1970 00:00:00 GMT");
            advance_for_test(Duration::from_millis(1));
            assert_eq!(now_seconds(), 1);
            assert_eq!(&http_date_now(), b"Thu, 01 Jan 1970 00:00:01 GMT");
        }
        assert!(now() > start + Duration::from_secs(86_400));
    }
}
