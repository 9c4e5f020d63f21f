//! Segments of several items: literal text and variables, in the order a regular expression would
//! try them.
//!
//! Variables take as much as they can and give back (`path` takes as little as it can). Done
//! naively that is polynomial in the length of the segment, so that only so many steps are tried;
//! what is left undecided goes to the linear algorithm of `linear.rs`.

use super::Captures;
use super::SegmentItem;
use super::Table;
use super::Test;
use super::words::find_slash;
use crate::converter::is_float;
use crate::converter::is_int;
use crate::converter::is_path;
use crate::converter::is_uuid;

impl Table<'_> {
    /// Whether all of `text[from..to]` fits one variable.
    pub(super) fn fits(&self, text: &str, test: Test, from: usize, to: usize) -> bool {
        let Some(part) = text.get(from..to) else {
            return false;
        };
        let bytes = part.as_bytes();
        match test {
            Test::Any { from, len } => {
                let known = &self.alternatives[from as usize..][..len as usize];
                known
                    .iter()
                    .any(|text| self.bytes(text.from, text.len as usize) == bytes)
            }
            Test::Custom { index } => self.custom[index as usize].matches(part),
            Test::Float { signed } => is_float(bytes, signed),
            Test::Int { signed } => is_int(bytes, signed),
            Test::Items { .. } => false,
            Test::Path => is_path(bytes),
            Test::Plain => !bytes.is_empty() && !bytes.contains(&b'/'),
            Test::String { min, max } => !bytes.contains(&b'/') && has_length(part, min, max),
            Test::Uuid => is_uuid(bytes),
        }
    }

    /// Matches the items of a segment against `text[from..to]`; captures from number `n` on.
    pub(super) fn items(
        &self,
        text: &str,
        items: &[SegmentItem],
        (from, to): (usize, usize),
        captures: &mut Captures,
        n: usize,
    ) -> bool {
        let mut backtrack = Backtrack {
            table: self,
            text,
            to,
            captures,
            steps: STEPS,
        };
        match backtrack.run(items, from, n) {
            Some(found) => found,
            None => super::linear::items(self, text, items, (from, to), captures, n),
        }
    }
}

struct Backtrack<'a, 't> {
    table: &'a Table<'t>,
    text: &'a str,
    to: usize,
    captures: &'a mut Captures,
    steps: u32,
}

impl Backtrack<'_, '_> {
    /// Returns whether the items fit from `at` to the end; `None` if it takes too many steps.
    fn run(&mut self, items: &[SegmentItem], at: usize, n: usize) -> Option<bool> {
        let Some((first, rest)) = items.split_first() else {
            return Some(at == self.to);
        };
        let test = match *first {
            SegmentItem::Literal(literal) => {
                let bytes = self.table.bytes(literal.from, literal.len as usize);
                return match self.text.as_bytes()[at..self.to].starts_with(bytes) {
                    true => self.run(rest, at + bytes.len(), n),
                    false => Some(false),
                };
            }
            SegmentItem::Variable(test) => test,
        };
        if rest.is_empty() {
            let fits = self.table.fits(self.text, test, at, self.to);
            self.captures.set(n, at, self.to);
            return Some(fits);
        }
        match test {
            Test::Any { from, len } => {
                for index in from..from + len {
                    let known = self.table.alternatives[index as usize];
                    let bytes = self.table.bytes(known.from, known.len as usize);
                    if self.text.as_bytes()[at..self.to].starts_with(bytes)
                        && self.take(rest, at, at + bytes.len(), n)?
                    {
                        return Some(true);
                    }
                }
                Some(false)
            }
            test => self.stretch(test, rest, at, n),
        }
    }

    /// Tries the ends of a variable that can have several.
    fn stretch(&mut self, test: Test, rest: &[SegmentItem], at: usize, n: usize) -> Option<bool> {
        let bytes = self.text.as_bytes();
        let literal = match rest[0] {
            SegmentItem::Literal(text) => self.table.bytes(text.from, text.len as usize),
            SegmentItem::Variable(_) => b"",
        };
        let lazy = matches!(test, Test::Path);
        let limit = if lazy {
            self.to
        } else {
            find_slash(&bytes[..self.to], at)
        };
        let mut end = if lazy { at } else { limit + 1 };
        loop {
            end = if lazy { end + 1 } else { end.wrapping_sub(1) };
            if end > limit || end < at {
                return Some(false);
            }
            if !bytes[end..self.to].starts_with(literal) || !self.text.is_char_boundary(end) {
                continue;
            }
            // What follows fits, so that it is worth a step.
            if self.table.fits(self.text, test, at, end) && self.take(rest, at, end, n)? {
                return Some(true);
            }
            self.spend()?;
        }
    }

    fn take(&mut self, rest: &[SegmentItem], at: usize, end: usize, n: usize) -> Option<bool> {
        self.spend()?;
        let found = self.run(rest, end, n + 1)?;
        if found {
            self.captures.set(n, at, end);
        }
        Some(found)
    }

    fn spend(&mut self) -> Option<()> {
        self.steps = self.steps.checked_sub(1)?;
        Some(())
    }
}

fn has_length(text: &str, min: u32, max: u32) -> bool {
    let length = text.chars().count();
    length >= min as usize && length <= max as usize
}

/// Enough for what people write; each step looks at the segment once at most.
const STEPS: u32 = 256;
