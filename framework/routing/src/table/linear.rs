//! Segments of several variables in time linear in their length.
//!
//! The items are made of atoms (a literal, a run of characters of one class, …). Backwards from the
//! end it is noted for every atom at which characters what follows fits; then one walk forwards
//! takes at each atom what a regular expression would have taken. Only segments that plain
//! backtracking gave up on come here, so this may allocate.

use super::Captures;
use super::SegmentItem;
use super::Table;
use super::Test;

#[derive(Clone, Copy)]
enum Atom {
    Alternatives {
        from: u32,
        len: u32,
    },
    Custom(u32),
    Literal(super::Text),
    /// A minus sign, or nothing.
    Minus,
    Point,
    Run {
        class: Class,
        min: usize,
        max: usize,
        lazy: bool,
    },
    Uuid,
}

#[derive(Clone, Copy)]
enum Class {
    Digit,
    NotLineBreak,
    NotSlash,
}

/// Like [`Table::items`]: matches and captures.
#[cold]
pub(super) fn items(
    table: &Table<'_>,
    text: &str,
    items: &[SegmentItem],
    (from, to): (usize, usize),
    captures: &mut Captures,
    n: usize,
) -> bool {
    let Some(part) = text.get(from..to) else {
        return false;
    };
    let mut atoms = Vec::new();
    // Where each variable's atoms begin and end.
    let mut variables = Vec::new();
    for item in items {
        let start = atoms.len();
        match *item {
            SegmentItem::Literal(literal) => atoms.push(Atom::Literal(literal)),
            SegmentItem::Variable(test) => {
                expand(test, &mut atoms);
                variables.push((start, atoms.len()));
            }
        }
    }
    let offsets: Vec<usize> = part
        .char_indices()
        .map(|(at, _)| at)
        .chain([part.len()])
        .collect();
    let mut segment = Segment {
        table,
        part,
        offsets,
        fits: Vec::new(),
    };
    segment.backwards(&atoms);
    let Some(ends) = segment.forwards(&atoms) else {
        return false;
    };
    for (index, (start, end)) in variables.into_iter().enumerate() {
        let at = |atom: usize| from + segment.offsets[ends[atom]];
        captures.set(n + index, at(start), at(end));
    }
    true
}

fn expand(test: Test, atoms: &mut Vec<Atom>) {
    let digits = Atom::Run {
        class: Class::Digit,
        min: 1,
        max: usize::MAX,
        lazy: false,
    };
    let not_slash = |min, max| Atom::Run {
        class: Class::NotSlash,
        min,
        max,
        lazy: false,
    };
    match test {
        Test::Any { from, len } => atoms.push(Atom::Alternatives { from, len }),
        Test::Custom { index } => atoms.push(Atom::Custom(index)),
        Test::Float { signed } => {
            atoms.extend(signed.then_some(Atom::Minus));
            atoms.extend([digits, Atom::Point, digits]);
        }
        Test::Int { signed } => {
            atoms.extend(signed.then_some(Atom::Minus));
            atoms.push(digits);
        }
        // No table nests items.
        Test::Items { .. } => {}
        Test::Path => {
            let class = Class::NotLineBreak;
            atoms.push(not_slash(1, 1));
            atoms.push(Atom::Run {
                class,
                min: 0,
                max: usize::MAX,
                lazy: true,
            });
        }
        Test::Plain => atoms.push(not_slash(1, usize::MAX)),
        Test::String { min, max } => atoms.push(not_slash(
            min as usize,
            if max == u32::MAX {
                usize::MAX
            } else {
                max as usize
            },
        )),
        Test::Uuid => atoms.push(Atom::Uuid),
    }
}

/// Positions are numbers of characters.
struct Segment<'a, 't> {
    table: &'a Table<'t>,
    part: &'a str,
    offsets: Vec<usize>,
    /// For every atom, and for the end, at which positions it and all after it fit.
    fits: Vec<Vec<bool>>,
}

impl Segment<'_, '_> {
    fn backwards(&mut self, atoms: &[Atom]) {
        let last = self.offsets.len() - 1;
        let mut after: Vec<bool> = (0..=last).map(|at| at == last).collect();
        for atom in atoms.iter().rev() {
            let fits = match *atom {
                Atom::Run {
                    class, min, max, ..
                } => self.run_fits(class, min, max, &after),
                atom => (0..=last)
                    .map(|at| self.ends(atom, at).any(|end| after[end]))
                    .collect(),
            };
            self.fits.push(std::mem::replace(&mut after, fits));
        }
        self.fits.push(after);
        self.fits.reverse();
    }

    /// Returns the position before each atom, and the one at the end.
    fn forwards(&self, atoms: &[Atom]) -> Option<Vec<usize>> {
        self.fits[0][0].then_some(())?;
        let mut positions = vec![0];
        let mut at = 0;
        for (atom, after) in atoms.iter().zip(&self.fits[1..]) {
            at = match *atom {
                Atom::Run {
                    class,
                    min,
                    max,
                    lazy,
                } => {
                    let mut run = at;
                    while run - at < max && self.is(class, run) {
                        run += 1;
                    }
                    let mut ends = at + min..run + 1;
                    if lazy {
                        ends.find(|end| after[*end])
                    } else {
                        ends.rfind(|end| after[*end])
                    }
                }
                atom => self.ends(atom, at).find(|end| after[*end]),
            }?;
            positions.push(at);
        }
        Some(positions)
    }

    fn run_fits(&self, class: Class, min: usize, max: usize, after: &[bool]) -> Vec<bool> {
        let last = self.offsets.len() - 1;
        // The first position from each on at which the rest fits.
        let mut next = vec![usize::MAX; last + 2];
        for at in (0..=last).rev() {
            next[at] = if after[at] { at } else { next[at + 1] };
        }
        let mut fits = vec![false; last + 1];
        let mut run = last;
        for at in (0..=last).rev() {
            if !self.is(class, at) {
                run = at;
            }
            let low = at.saturating_add(min).min(last + 1);
            fits[at] = next[low] <= run.min(at.saturating_add(max));
        }
        fits
    }

    fn is(&self, class: Class, at: usize) -> bool {
        let byte = self
            .offsets
            .get(at)
            .and_then(|offset| self.part.as_bytes().get(*offset));
        byte.is_some_and(|byte| match class {
            Class::Digit => byte.is_ascii_digit(),
            Class::NotLineBreak => *byte != b'\n',
            Class::NotSlash => *byte != b'/',
        })
    }

    /// Where an atom that is not a run can end, in the order in which it is tried.
    fn ends<'s>(&'s self, atom: Atom, at: usize) -> Box<dyn Iterator<Item = usize> + 's> {
        let rest = &self.part[self.offsets[at]..];
        let literal = move |text: super::Text| {
            let bytes = self.table.bytes(text.from, text.len as usize);
            self.after(
                at,
                rest.as_bytes().starts_with(bytes).then_some(bytes.len()),
            )
        };
        match atom {
            Atom::Alternatives { from, len } => {
                let known = &self.table.alternatives[from as usize..][..len as usize];
                Box::new(known.iter().filter_map(move |text| literal(*text)))
            }
            Atom::Custom(index) => {
                let most = (self.offsets.len() - 1).min(at + CUSTOM_LENGTH);
                let custom = &self.table.custom[index as usize];
                let matches = move |end: &usize| {
                    custom.matches(&self.part[self.offsets[at]..self.offsets[*end]])
                };
                Box::new((at..=most).rev().filter(matches))
            }
            Atom::Literal(text) => Box::new(literal(text).into_iter()),
            Atom::Minus => Box::new(
                rest.starts_with('-')
                    .then_some(at + 1)
                    .into_iter()
                    .chain([at]),
            ),
            Atom::Point => Box::new(rest.starts_with('.').then_some(at + 1).into_iter()),
            Atom::Run { .. } => Box::new(std::iter::empty()),
            Atom::Uuid => {
                let fits = rest
                    .get(..36)
                    .is_some_and(|id| crate::converter::is_uuid(id.as_bytes()));
                Box::new(fits.then_some(at + 36).into_iter())
            }
        }
    }

    /// The position `bytes` after that of `at`.
    fn after(&self, at: usize, bytes: Option<usize>) -> Option<usize> {
        let offset = self.offsets[at] + bytes?;
        // At most a literal's length away.
        self.offsets[at..]
            .iter()
            .position(|known| *known >= offset)
            .map(|by| at + by)
    }
}

/// How much of a segment of several variables a custom converter is offered.
const CUSTOM_LENGTH: usize = 512;
