//! The links, in an SQLite file.

use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use rusqlite::Connection;
use rusqlite::OptionalExtension;
use rusqlite::Result;

/// The links, in an SQLite file that is made when it is not there.
pub(crate) struct Links {
    connection: Mutex<Connection>,
}

/// What is known of a link.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) target: String,
    pub(crate) clicks: i64,
}

impl Links {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &str) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             CREATE TABLE IF NOT EXISTS links (
                 id INTEGER PRIMARY KEY AUTOINCREMENT,
                 target TEXT NOT NULL UNIQUE,
                 clicks INTEGER NOT NULL DEFAULT 0
             ) STRICT;",
        )?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    /// Gives a target its short name; the same one each time.
    pub(crate) fn insert(&self, target: &str) -> Result<String> {
        let insert = "INSERT INTO links (target) VALUES (?1)
                      ON CONFLICT DO UPDATE SET target = target RETURNING id";
        let id = self
            .connection()
            .query_row(insert, [target], |row| row.get(0))?;
        Ok(encode(id))
    }

    /// Counts a click and tells where the link leads.
    pub(crate) fn click(&self, short_id: &str) -> Result<Option<String>> {
        let click = "UPDATE links SET clicks = clicks + 1 WHERE id = ?1 RETURNING target";
        let id = decode(short_id);
        self.connection()
            .query_row(click, [id], |row| row.get(0))
            .optional()
    }

    /// Tells what is known of a link.
    pub(crate) fn find(&self, short_id: &str) -> Result<Option<Link>> {
        let find = "SELECT target, clicks FROM links WHERE id = ?1";
        let link = self
            .connection()
            .query_row(find, [decode(short_id)], |row| {
                Ok(Link {
                    target: row.get(0)?,
                    clicks: row.get(1)?,
                })
            });
        link.optional()
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes a number in base 36, with three characters or more.
fn encode(id: i64) -> String {
    let mut number = id + FIRST;
    let mut digits = Vec::new();
    while number > 0 {
        let digit = u32::try_from(number % 36).unwrap_or_default();
        digits.extend(char::from_digit(digit, 36));
        number /= 36;
    }
    digits.iter().rev().collect()
}

/// Reads what [`encode`] wrote, and nothing else.
fn decode(short_id: &str) -> Option<i64> {
    let id = i64::from_str_radix(short_id, 36).ok()?.checked_sub(FIRST)?;
    (id > 0 && encode(id) == short_id).then_some(id)
}

/// The first link has the number 1 and is called `100`.
const FIRST: i64 = 36 * 36 - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbers() {
        for (id, name) in [(1, "100"), (36, "10z"), (1_000_000, "lglr")] {
            assert_eq!((encode(id), decode(name)), (name.to_owned(), Some(id)));
        }
        for name in ["", "z", "0100", "+100", "10Z", "zzzzzzzzzzzzzzzz", "ü"] {
            assert_eq!(decode(name), None, "{name}");
        }
    }
}
