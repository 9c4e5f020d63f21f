//! How fast a client must send or take: minimum rates.

use std::cell::Cell;

/// Counts what one side of a message moved, and the seconds that were spent waiting for it.
///
/// A client that moves a byte now and then never stalls, and holds a connection and a handler for
/// days. Time counts only while the client is waited for, not while the application works. Like
/// all timeouts it is kept to the second: the reaper looks once a second.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Seconds spent waiting before the present wait.
    waited: Cell<u32>,
    /// The tick at which the present wait began; 0 where nothing is waited for.
    since: Cell<u32>,
    moved: Cell<u64>,
}

impl Pace {
    /// Another message begins.
    pub(super) fn start(&self) {
        self.waited.set(0);
        self.since.set(0);
        self.moved.set(0);
    }

    /// Some bytes moved.
    pub(super) fn add(&self, bytes: u64) {
        self.moved.set(self.moved.get() + bytes);
    }

    /// So many bytes moved since the start.
    pub(super) fn set(&self, bytes: u64) {
        self.moved.set(bytes);
    }

    /// The application works: what is waited for is no longer the client.
    pub(super) fn rest(&self, tick: u32) {
        let since = self.since.replace(0);
        if since > 0 {
            let waited = tick + 1 - since;
            self.waited.set(self.waited.get().saturating_add(waited));
        }
    }

    /// The client is waited for, for so many seconds at most: fewer where it is behind `rate`
    /// bytes a second after the first `grace` seconds. `goes_on` where it was waited for all the
    /// time since this was asked last.
    pub(super) fn allow(&self, tick: u32, grace: u32, rate: u32, goes_on: bool) -> u32 {
        if goes_on {
            self.rest(tick);
        }
        self.since.set(tick + 1);
        if rate == 0 {
            return grace;
        }
        let earned = u32::try_from(self.moved.get() / u64::from(rate)).unwrap_or(u32::MAX);
        let left = earned.saturating_add(grace);
        left.saturating_sub(self.waited.get()).min(grace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stalled_client_has_its_grace() {
        let pace = Pace::default();
        assert_eq!(pace.allow(0, 30, 100, true), 30);
        assert_eq!(pace.allow(10, 30, 100, true), 20);
        assert_eq!(pace.allow(29, 30, 100, true), 1);
        assert_eq!(pace.allow(30, 30, 100, true), 0);
    }

    #[test]
    fn bytes_earn_time_at_their_rate_up_to_the_grace() {
        let pace = Pace::default();
        // A byte a second: 30 seconds earn nothing.
        for second in 0..30 {
            assert_eq!(pace.allow(second, 30, 100, true), 30 - second);
            pace.add(1);
        }
        assert_eq!(pace.allow(30, 30, 100, true), 0);
        // A hundred a second: for ever, but never longer without a byte than the grace.
        pace.start();
        for second in 0..1_000 {
            assert_eq!(pace.allow(second, 30, 100, true), 30);
            pace.add(101);
        }
        // Many at once do not allow a long silence.
        pace.add(1_000_000);
        assert_eq!(pace.allow(1_000, 30, 100, true), 30);
    }

    #[test]
    fn the_time_of_the_application_does_not_count() {
        let pace = Pace::default();
        assert_eq!(pace.allow(0, 30, 100, true), 30);
        pace.rest(5);
        assert_eq!(pace.allow(500, 30, 100, true), 25);
        // Nor where the end of the wait was not told.
        assert_eq!(pace.allow(900, 30, 100, false), 25);
        // Nor does it count twice.
        pace.rest(900);
        pace.rest(950);
        assert_eq!(pace.allow(950, 30, 100, true), 25);
    }

    #[test]
    fn no_rate_is_the_grace_alone() {
        let pace = Pace::default();
        for second in 0..100 {
            assert_eq!(pace.allow(second, 30, 0, true), 30);
        }
    }
}
