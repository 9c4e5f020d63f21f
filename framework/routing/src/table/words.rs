//! Reading paths eight bytes at a time.

/// A segment of a path: its end, its first 8 bytes and the 8 after them, zeros behind its end.
#[derive(Clone, Copy)]
pub(super) struct Segment {
    pub(super) end: usize,
    pub(super) head: u64,
    pub(super) tail: u64,
}

impl Segment {
    /// Reads the segment that begins at `at`.
    #[inline(always)]
    pub(super) fn read(bytes: &[u8], at: usize) -> Self {
        let head = load8(bytes, at);
        let slash = slashes(head);
        if slash != 0 {
            let (len, head) = before(slash, head);
            return Self {
                end: at + len,
                head,
                tail: 0,
            };
        }
        if at + 8 >= bytes.len() {
            return Self {
                end: bytes.len(),
                head,
                tail: 0,
            };
        }
        let tail = load8(bytes, at + 8);
        let slash = slashes(tail);
        if slash != 0 {
            let (len, tail) = before(slash, tail);
            return Self {
                end: at + 8 + len,
                head,
                tail,
            };
        }
        Self {
            end: find_slash(bytes, at + 16),
            head,
            tail,
        }
    }

    /// Takes the whole text as one segment.
    pub(super) fn whole(bytes: &[u8]) -> Self {
        let tail = if bytes.len() > 8 { load8(bytes, 8) } else { 0 };
        Self {
            end: bytes.len(),
            head: load8(bytes, 0),
            tail,
        }
    }

    /// Hashes the segment, which begins at `at`.
    #[inline(always)]
    pub(super) fn hash(&self, bytes: &[u8], at: usize) -> u32 {
        let len = self.end - at;
        let mut mixed = self.head ^ self.tail.rotate_left(29) ^ (len as u64) << 59;
        if len > 16 {
            mixed ^= last8(bytes, self.end).rotate_left(13);
        }
        (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
    }

    /// Whether the segment of that length, at most 8, is ASCII digits.
    #[inline(always)]
    pub(super) fn is_short_number(&self, len: usize) -> bool {
        // Digits become 0 to 9; adding 0x76 to a byte sets its highest bit from 10 on.
        let zeros = (ONES * 0x30) & (u64::MAX >> (64 - 8 * len as u32).min(63));
        let values = self.head ^ zeros;
        len > 0 && (values.wrapping_add(ONES * 0x76) | values) & (ONES << 7) == 0
    }
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

/// Whether `bytes` has `text` at `at`.
#[inline(always)]
pub(super) fn has_text(bytes: &[u8], at: usize, text: &[u8]) -> bool {
    let Some(part) = bytes.get(at..at + text.len()) else {
        return false;
    };
    if text.len() < 8 {
        let unused = 64 - 8 * text.len() as u32;
        return text.is_empty() || (load8(bytes, at) ^ load8(text, 0)) << unused == 0;
    }
    let whole = part
        .chunks_exact(8)
        .zip(text.chunks_exact(8))
        .all(|(a, b)| a == b);
    whole && last8(part, part.len()) == last8(text, text.len())
}

/// The 8 bytes from `at` on, zeros behind the end.
#[inline(always)]
pub(super) fn load8(bytes: &[u8], at: usize) -> u64 {
    match bytes
        .get(at..at + 8)
        .and_then(|chunk| chunk.first_chunk::<8>())
    {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => load_rest(bytes, at),
    }
}

/// Fewer than 8 bytes: two words that overlap, or three bytes that do.
#[inline(always)]
fn load_rest(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or(&[]);
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
        let slashes = slashes(load8(bytes, at));
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
