//! Deterministic random text for the fuzz loops of this crate's tests.

/// A small seeded generator (SplitMix64): the same seed gives the same texts on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// Returns up to `length` of the pieces, joined.
    pub(crate) fn text(&mut self, pieces: &[&str], length: usize) -> String {
        let count = self.below(length + 1);
        (0..count)
            .map(|_| pieces[self.below(pieces.len())])
            .collect()
    }
}

/// Pieces that mean something in some header.
pub(crate) const PIECES: &[&str] = &[
    "a", "b", "B", "q", "=", ";", ",", " ", "\t", "\"", "\\", "*", "*0", "'", "utf-8''", "%",
    "%C3", "%BC", "%ff", "ü", "日", "-", "/", ":", "@", "?", "#", "[", "]", "0", "1", "9", ".",
    "W/", "\n", "\u{0}", "\u{7f}", "+", "&", "GMT", "Nov",
];

/// Calls `parse` with many random texts, and with long runs of each piece.
///
/// Nothing is compared: the parser must not panic, and a parser that is not linear makes the test
/// take minutes where it takes milliseconds.
pub(crate) fn fuzz(seed: u64, parse: impl Fn(&str)) {
    let mut random = Random::new(seed);
    for _ in 0..3000 {
        parse(&random.text(PIECES, 24));
    }
    for first in PIECES {
        parse(&first.repeat(10_000));
        let second = PIECES[random.below(PIECES.len())];
        parse(&format!("{first}{second}").repeat(10_000));
    }
}
