//! Reading paths eight bytes at a time.

/// A segment of a path: its length, its first 8 bytes and the 8 after them, with the slash that ends
/// it and zeros behind that.
///
/// With its slash a segment of fewer than 8 bytes is its head: no other has the same one.
#[derive(Clone, Copy)]
pub(super) struct Segment {
    pub(super) len: usize,
    pub(super) head: u64,
    pub(super) tail: u64,
}

impl Segment {
    /// Reads the segment that the rest of a path begins with; `ending` is the path's.
    #[inline(always)]
    pub(super) fn read(rest: &[u8], ending: u64) -> Self {
        let head = load(rest, ending);
        let found = slashes(head);
        if found != 0 {
            return Self {
                len: before(found),
                head: head & through(found),
                tail: 0,
            };
        }
        // No slash in them, so that these are 8 bytes of the rest.
        let tail = load(&rest[8..], ending);
        let found = slashes(tail);
        if found != 0 {
            return Self {
                len: 8 + before(found),
                head,
                tail: tail & through(found),
            };
        }
        Self {
            len: find_slash(rest, 16),
            head,
            tail,
        }
    }

    /// Takes the whole text as one segment.
    pub(super) fn whole(bytes: &[u8]) -> Self {
        let word = |bytes: &[u8]| match bytes.first_chunk::<8>() {
            Some(chunk) => u64::from_le_bytes(*chunk),
            None => load_rest(bytes) | u64::from(b'/') << (8 * bytes.len()),
        };
        Self {
            len: bytes.len(),
            head: word(bytes),
            tail: bytes.get(8..).map_or(0, word),
        }
    }

    /// What is hashed of the segment, with which `rest` begins: the head of a short one.
    #[inline(always)]
    pub(super) fn key(&self, rest: &[u8]) -> u64 {
        let mut key = self.head ^ self.tail.rotate_left(29);
        if self.len >= 16 {
            key ^= last8(rest, self.len).rotate_left(13) ^ self.len as u64;
        }
        key
    }
}

/// The last 7 bytes of a path and the slash that is taken to be behind it.
#[inline(always)]
pub(super) fn ending(path: &[u8]) -> u64 {
    let last = match path.last_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk) >> 8,
        None => load_rest(path) << (8 * (7 - (path.len() & 7))),
    };
    last | u64::from(b'/') << 56
}

/// The first 8 bytes of the rest of a path, with the slash behind it; `ending` is the path's.
#[inline(always)]
pub(super) fn load(rest: &[u8], ending: u64) -> u64 {
    match rest.first_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => ending >> (8 * (7 - (rest.len() & 7))),
    }
}

/// The first bytes of a text, 8 at most, zeros behind the end.
pub(super) fn start(text: &[u8]) -> u64 {
    match text.first_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => load_rest(text),
    }
}

/// Whether a word begins with `len` bytes, 1 to 8.
#[inline(always)]
pub(super) fn starts_with(word: u64, start: u64, len: u8) -> bool {
    (word ^ start) << ((64 - 8 * u32::from(len)) & 63) == 0
}

/// Whether the bytes before the slash are digits, at least one, where `found` is the slash and
/// `head` nothing behind it.
#[inline(always)]
pub(super) fn is_short_number(head: u64, found: u64) -> bool {
    let mask = through(found) >> 8;
    // Digits become 0 to 9; adding 0x76 to a byte sets its highest bit from 10 on.
    let values = (head ^ (ONES * 0x30)) & mask;
    mask != 0 && (values.wrapping_add(ONES * 0x76) | values) & (ONES << 7) == 0
}

/// The number of bytes before the first slash that `slashes` found.
#[inline(always)]
pub(super) fn before(found: u64) -> usize {
    (found.trailing_zeros() / 8) as usize
}

/// The bits of a word through the first slash that `slashes` found: all if it found none.
#[inline(always)]
pub(super) fn through(found: u64) -> u64 {
    found ^ found.wrapping_sub(1)
}

/// The slot of a key at a node.
#[inline(always)]
pub(super) fn slot(key: u64, seed: u64, shift: u8) -> u32 {
    (key.wrapping_mul(seed) >> (shift & 63)) as u32
}

/// Whether `rest` begins with `text`.
#[inline(always)]
pub(super) fn has_text(rest: &[u8], text: &[u8]) -> bool {
    let Some(part) = rest.get(..text.len()) else {
        return false;
    };
    if text.len() < 8 {
        return load8(part) == load8(text);
    }
    let whole = part
        .chunks_exact(8)
        .zip(text.chunks_exact(8))
        .all(|(a, b)| a == b);
    whole && last8(part, part.len()) == last8(text, text.len())
}

/// The first 8 bytes, zeros behind the end.
#[inline(always)]
pub(super) fn load8(bytes: &[u8]) -> u64 {
    match bytes.first_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => load_rest(bytes),
    }
}

/// Fewer than 8 bytes: two words that overlap, or three bytes that do.
#[inline(always)]
fn load_rest(rest: &[u8]) -> u64 {
    let len = rest.len() & 7;
    if let (Some(first), Some(last)) = (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return u64::from(first) | u64::from(last) << (8 * (len - 4));
    }
    match rest {
        [] => 0,
        [first, ..] => {
            let byte = |at: usize| u64::from(rest[at]) << (8 * at);
            u64::from(*first) | byte(len / 2) | byte(len - 1)
        }
    }
}

/// The 8 bytes before `end`, which has as many before it.
#[inline(always)]
pub(super) fn last8(bytes: &[u8], end: usize) -> u64 {
    let chunk = bytes.get(..end).and_then(|before| before.last_chunk::<8>());
    chunk.map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

/// The first slash from `at` on, or the end.
#[inline(always)]
pub(super) fn find_slash(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        let slashes = slashes(bytes.get(at..).map_or(0, load8));
        if slashes != 0 {
            return at + (slashes.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    bytes.len()
}

/// The highest bit of every byte that is a slash (and of some behind the first that is).
#[inline(always)]
pub(super) fn slashes(word: u64) -> u64 {
    let zero = word ^ (ONES * b'/' as u64);
    zero.wrapping_sub(ONES) & !zero & (ONES << 7)
}

const ONES: u64 = 0x0101_0101_0101_0101;
