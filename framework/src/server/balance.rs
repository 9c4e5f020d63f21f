//! Connections shared out among the workers.
//!
//! All workers accept from one socket, and whoever is first gets a connection: a quiet server's
//! first worker gets nearly all of them, and with few long connections the other CPUs have
//! nothing to do. So a worker that has accepted more than its share gives the connection to the
//! one that has the fewest. Among many short connections that hardly ever happens.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use tokio::sync::Notify;

/// How many connections each worker has, and those that it was given.
#[derive(Debug, Default)]
pub(super) struct Balance {
    places: Vec<Place>,
    joined: AtomicUsize,
}

#[derive(Debug)]
struct Place {
    count: AtomicUsize,
    /// `None` when the worker takes no more.
    given: Mutex<Option<Vec<Given>>>,
    news: Notify,
}

/// A connection on its way to another worker.
#[derive(Debug)]
pub(super) enum Given {
    Tcp(mio::net::TcpStream, SocketAddr),
    #[cfg(unix)]
    Unix(mio::net::UnixStream),
}

impl Balance {
    pub(super) fn new(workers: usize) -> Self {
        let place = || Place {
            count: AtomicUsize::new(0),
            given: Mutex::new(Some(Vec::new())),
            news: Notify::new(),
        };
        Self {
            places: (0..workers).map(|_| place()).collect(),
            joined: AtomicUsize::new(0),
        }
    }

    /// A worker begins: which of them it is.
    pub(super) fn join(&self) -> usize {
        self.joined.fetch_add(1, Ordering::Relaxed)
    }

    /// A connection belongs to a worker from now on.
    pub(super) fn add(&self, worker: usize) {
        if let Some(place) = self.places.get(worker) {
            place.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A connection of a worker has ended.
    pub(super) fn remove(&self, worker: usize) {
        if let Some(place) = self.places.get(worker) {
            place.count.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Who should have the connection that a worker has just accepted, where it is not this one.
    #[inline]
    pub(super) fn better(&self, worker: usize) -> Option<usize> {
        if self.places.len() < 2 {
            return None;
        }
        let counts = self
            .places
            .iter()
            .map(|place| place.count.load(Ordering::Relaxed));
        let (least, fewest) = counts.enumerate().min_by_key(|(_, count)| *count)?;
        let mine = self.places.get(worker)?.count.load(Ordering::Relaxed);
        // One more is chance; moving a connection costs more than it gains then.
        (mine > fewest + fewest / 4).then_some(least)
    }

    /// Gives a connection to a worker; back where that one takes no more.
    pub(super) fn give(&self, worker: usize, connection: Given) -> Result<(), Given> {
        let Some(place) = self.places.get(worker) else {
            return Err(connection);
        };
        match &mut *place.given.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(given) => given.push(connection),
            None => return Err(connection),
        }
        // At once, so that the next one goes elsewhere.
        self.add(worker);
        place.news.notify_one();
        Ok(())
    }

    /// Waits until a worker was given something.
    pub(super) async fn news(&self, worker: usize) {
        match self.places.get(worker) {
            Some(place) => place.news.notified().await,
            None => std::future::pending().await,
        }
    }

    /// What a worker was given.
    pub(super) fn take(&self, worker: usize) -> Vec<Given> {
        let place = self.places.get(worker);
        place.map_or_else(Vec::new, |place| {
            let mut given = place.given.lock().unwrap_or_else(PoisonError::into_inner);
            given.as_mut().map(std::mem::take).unwrap_or_default()
        })
    }

    /// What a worker was given, for the last time.
    pub(super) fn close(&self, worker: usize) -> Vec<Given> {
        let place = self.places.get(worker);
        place.map_or_else(Vec::new, |place| {
            let mut given = place.given.lock().unwrap_or_else(PoisonError::into_inner);
            given.take().unwrap_or_default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_the_fewest_gets_what_one_has_too_many() {
        let balance = Balance::new(2);
        let mut counts = [0, 0];
        // The first worker is always the one that is woken first.
        for _ in 0..8 {
            let to = balance.better(0).unwrap_or(0);
            balance.add(to);
            counts[to] += 1;
        }
        assert_eq!(counts, [4, 4]);
        assert_eq!(Balance::new(1).better(0), None);
    }

    #[test]
    fn many_are_not_moved_for_a_few() {
        let balance = Balance::new(3);
        for _ in 0..100 {
            for worker in 0..3 {
                balance.add(worker);
            }
        }
        for _ in 0..25 {
            assert_eq!(balance.better(1), None);
            balance.add(1);
        }
        balance.add(1);
        assert_eq!(balance.better(1), Some(0));
        balance.remove(2);
        assert_eq!(balance.better(1), Some(2));
    }

    #[test]
    fn nothing_is_given_to_who_takes_no_more() {
        let balance = Balance::new(2);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let given = || Given::Tcp(mio::net::TcpStream::connect(address).unwrap(), address);
        assert!(balance.give(1, given()).is_ok());
        assert_eq!(balance.take(1).len(), 1);
        assert!(balance.give(1, given()).is_ok());
        assert_eq!(balance.close(1).len(), 1);
        assert!(balance.give(1, given()).is_err());
        assert!(balance.take(1).is_empty());
    }
}
