//! The same random input on every machine.

use super::Target;

/// Runs a target with `rounds` inputs made of `pieces`, of random bytes, and of both; always the
/// same.
pub fn run(target: Target, pieces: &[&str], seed: u64, rounds: usize) {
    let mut random = Random(seed);
    for _ in 0..rounds {
        target(&random.input(pieces));
    }
    // Long runs: what is not linear takes minutes.
    for piece in pieces {
        target(piece.repeat(5_000).as_bytes());
    }
}

/// SplitMix64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let n = n.max(1) as u64;
        usize::try_from((z ^ (z >> 31)) % n).unwrap_or_default()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or_default()
    }

    fn input(&mut self, pieces: &[&str]) -> Vec<u8> {
        // Targets that cut their input read the place from the first two bytes.
        let mut input = vec![0, self.byte()];
        for _ in 0..self.below(24) {
            match self.below(8) {
                0 => input.push(self.byte()),
                1 => input.push(b" \t\r\n\0\"\\;,=&%-"[self.below(13)]),
                _ => input.extend_from_slice(pieces[self.below(pieces.len())].as_bytes()),
            }
        }
        if self.below(4) == 0 {
            // Without the number: also short and empty inputs.
            input.drain(..2.min(input.len()));
        }
        input
    }
}
