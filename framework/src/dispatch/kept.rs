//! What is kept for as long as the program runs.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::PoisonError;

use rustzeug_routing::Table;
use rustzeug_routing::TableBuf;

/// Text for as long as the program runs; equal text is kept once, so that binding the same
/// application again and again, as tests do, keeps nothing new.
pub(super) fn kept(text: &str) -> &'static str {
    static KEPT: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    match kept.get(text) {
        Some(known) => known,
        None => {
            let new: &'static str = String::from(text).leak();
            kept.insert(new);
            new
        }
    }
}

/// The table that a macro wrote as these bytes, read once and kept as long as the program runs: a
/// request looks at it without a copy.
pub(super) fn kept_table(bytes: &'static [u8]) -> Option<&'static Table<'static>> {
    static KEPT: Mutex<Vec<(&'static [u8], &'static Table<'static>)>> = Mutex::new(Vec::new());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, table)) = kept.iter().find(|(known, _)| std::ptr::eq(*known, bytes)) {
        return Some(table);
    }
    let table: &'static TableBuf = Box::leak(Box::new(TableBuf::from_bytes(bytes)?));
    let table = Box::leak(Box::new(table.as_table()));
    kept.push((bytes, table));
    Some(table)
}
