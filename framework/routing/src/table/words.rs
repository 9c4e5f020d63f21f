//! Reading paths eight bytes at a time.

/// Hashes a segment: its first 8 bytes, its last 8, its length.
#[inline(always)]
pub(super) fn hash(head: u64, tail: u64, len: usize) -> u32 {
    let mixed = head ^ tail.rotate_left(29) ^ (len as u64) << 59;
    (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
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
    match bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => load_rest(bytes, at),
    }
}

#[inline(always)]
fn load_rest(bytes: &[u8], at: usize) -> u64 {
    if let Some(chunk) = bytes.last_chunk::<8>() {
        let missing = 8 - (bytes.len() - at.min(bytes.len()));
        return u64::from_le_bytes(*chunk)
            .checked_shr(missing as u32 * 8)
            .unwrap_or(0);
    }
    let rest = bytes.get(at..).unwrap_or(&[]);
    let mut chunk = [0; 8];
    chunk[..rest.len()].copy_from_slice(rest);
    u64::from_le_bytes(chunk)
}

/// The 8 bytes before `end`, which has as many before it.
#[inline(always)]
pub(super) fn last8(bytes: &[u8], end: usize) -> u64 {
    let chunk = bytes.get(..end).and_then(|before| before.last_chunk::<8>());
    chunk.map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

/// The end of the segment that begins at `at`, and its first 8 bytes, zeros behind its end.
#[inline(always)]
pub(super) fn segment(bytes: &[u8], at: usize) -> (usize, u64) {
    let word = load8(bytes, at);
    let slashes = slashes(word);
    if slashes != 0 {
        // The highest bit of the byte that is a slash is set.
        let before = slashes.trailing_zeros() - 7;
        return (at + (before / 8) as usize, word & ((1 << before) - 1));
    }
    (find_slash(bytes, (at + 8).min(bytes.len())), word)
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
    const ONES: u64 = 0x0101_0101_0101_0101;
    let zero = word ^ (ONES * b'/' as u64);
    zero.wrapping_sub(ONES) & !zero & (ONES << 7)
}
