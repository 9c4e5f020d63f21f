//! Reading paths eight bytes at a time.

/// A segment of a path: its length, its first 8 bytes and the 8 after them, zeros behind its end.
#[derive(Clone, Copy)]
pub(super) struct Segment {
    pub(super) len: usize,
    pub(super) head: u64,
    pub(super) tail: u64,
}

impl Segment {
    /// Reads the segment that the rest of a path begins with.
    #[inline(always)]
    pub(super) fn read(rest: &[u8]) -> Self {
        let head = load8(rest);
        let slash = slashes(head);
        if slash != 0 {
            let (len, head) = before(slash, head);
            return Self { len, head, tail: 0 };
        }
        let Some(after) = rest.get(8..) else {
            return Self {
                len: rest.len(),
                head,
                tail: 0,
            };
        };
        let tail = load8(after);
        let slash = slashes(tail);
        if slash != 0 {
            let (len, tail) = before(slash, tail);
            return Self {
                len: 8 + len,
                head,
                tail,
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
        let tail = bytes.get(8..).map_or(0, load8);
        Self {
            len: bytes.len(),
            head: load8(bytes),
            tail,
        }
    }

    /// Hashes the segment, with which `rest` begins.
    #[inline(always)]
    pub(super) fn hash(&self, rest: &[u8]) -> u32 {
        let mut mixed = self.head ^ self.tail.rotate_left(29) ^ (self.len as u64) << 59;
        if self.len > 16 {
            mixed ^= last8(rest, self.len).rotate_left(13);
        }
        (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
    }
}

/// Whether the first `len` bytes of a word, at most 8, are digits, and the others zeros.
// Not inlined: it would be computed before it is known whether it is asked for.
#[inline(never)]
pub(super) fn is_short_number(head: u64, len: usize) -> bool {
    if !(1..=8).contains(&len) {
        return false;
    }
    // Digits become 0 to 9; adding 0x76 to a byte sets its highest bit from 10 on.
    let values = head ^ (ONES * 0x30) & (u64::MAX >> (64 - 8 * len));
    (values.wrapping_add(ONES * 0x76) | values) & (ONES << 7) == 0
}

/// The number of bytes before the first slash that `slashes` found in a word, and those bytes.
#[inline(always)]
fn before(slashes: u64, word: u64) -> (usize, u64) {
    // The highest bit of the byte that is a slash is set.
    let bits = slashes.trailing_zeros() - 7;
    ((bits / 8) as usize, word & ((1 << bits) - 1))
}

/// The slot of a hash at a node; the hash is known before the node is, so that this is all that
/// a look-up waits for.
#[inline(always)]
pub(super) fn slot(hash: u32, seed: u32, shift: u8) -> usize {
    (hash.wrapping_mul(seed) >> (shift & 31)) as usize
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
fn slashes(word: u64) -> u64 {
    let zero = word ^ (ONES * b'/' as u64);
    zero.wrapping_sub(ONES) & !zero & (ONES << 7)
}

const ONES: u64 = 0x0101_0101_0101_0101;
