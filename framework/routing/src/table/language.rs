//! What texts a part of a rule takes, as a machine of characters: for the question whether two
//! parts have a text in common, and which.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::collections::hash_map::Entry;

use crate::converter::Matcher;
use crate::rule::Item;
use crate::rule::Part;

/// A non-deterministic automaton; it begins at 0.
#[derive(Debug)]
pub(super) struct Language {
    states: Vec<State>,
    /// A converter of somebody else's has a say, of which nothing is known.
    pub(super) is_guess: bool,
}

#[derive(Clone, Debug, Default)]
struct State {
    steps: Vec<(Class, usize)>,
    /// Steps that take nothing.
    free: Vec<usize>,
    accepts: bool,
}

#[derive(Clone, Copy, Debug)]
enum Class {
    Char(char),
    Digit,
    Hex,
    NotLineBreak,
    NotSlash,
}

impl Class {
    fn has(self, c: char) -> bool {
        match self {
            Self::Char(own) => c == own,
            Self::Digit => c.is_ascii_digit(),
            Self::Hex => c.is_ascii_hexdigit(),
            Self::NotLineBreak => c != '\n',
            Self::NotSlash => c != '/',
        }
    }

    /// A character of both, a readable one if there is a choice.
    fn common(self, other: Self) -> Option<char> {
        let own = match (self, other) {
            (Self::Char(own), _) | (_, Self::Char(own)) => own,
            (Self::Digit, _) | (_, Self::Digit) => '1',
            _ => 'a',
        };
        (self.has(own) && other.has(own)).then_some(own)
    }
}

impl Language {
    /// The texts of a segment.
    pub(super) fn of_items(items: &[Item]) -> Self {
        let mut language = Self::new();
        let end = language.items(items, 0);
        language.states[end].accepts = true;
        language
    }

    /// One text.
    pub(super) fn of_text(text: &str) -> Self {
        let mut language = Self::new();
        let end = language.literal(text, 0);
        language.states[end].accepts = true;
        language
    }

    /// The paths of the rest of a rule: with the slash at its end, and without it, which redirects
    /// or makes no difference; if the rule is not strict, with one more as well.
    pub(super) fn of_rest(parts: &[Part], strict: bool) -> Self {
        let mut language = Self::new();
        let mut at = 0;
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                if index + 1 == parts.len() && *part == Part::Static(String::new()) {
                    language.states[at].accepts = true;
                }
                at = language.literal("/", at);
            }
            at = match part {
                Part::Static(text) => language.literal(text, at),
                Part::Dynamic(part) => language.items(&part.items, at),
            };
        }
        language.states[at].accepts = true;
        if !strict && !matches!(parts.last(), Some(Part::Static(text)) if text.is_empty()) {
            let end = language.literal("/", at);
            language.states[end].accepts = true;
        }
        language
    }

    /// A text of both; the shortest. None also where that takes too long to find out.
    pub(super) fn common(&self, other: &Self) -> Option<String> {
        let mut ways = Ways::default();
        ways.reach((0, 0), (0, 0), None);
        let mut queue = VecDeque::from([(0, 0)]);
        let mut steps = 0;
        while let Some(at) = queue.pop_front() {
            let (ours, theirs) = (&self.states[at.0], &other.states[at.1]);
            if ours.accepts && theirs.accepts {
                return Some(ways.text(at));
            }
            let free = ours.free.iter().map(|to| (*to, at.1));
            for to in free.chain(theirs.free.iter().map(|to| (at.0, *to))) {
                if ways.reach(to, at, None) {
                    queue.push_front(to);
                }
            }
            for (class, to) in &ours.steps {
                for (other, their_to) in &theirs.steps {
                    steps += 1;
                    if let Some(c) = class.common(*other)
                        && ways.reach((*to, *their_to), at, Some(c))
                    {
                        queue.push_back((*to, *their_to));
                    }
                }
            }
            if steps > MOST_STEPS {
                return None;
            }
        }
        None
    }

    fn new() -> Self {
        Self {
            states: vec![State::default()],
            is_guess: false,
        }
    }

    fn items(&mut self, items: &[Item], mut at: usize) -> usize {
        for item in items {
            at = match item {
                Item::Literal(text) => self.literal(text, at),
                Item::Variable(matcher) => self.variable(matcher, at),
            };
        }
        at
    }

    fn variable(&mut self, matcher: &Matcher, at: usize) -> usize {
        match matcher {
            Matcher::Any(items) => {
                let (root, end) = (self.state(), self.state());
                self.states[at].free.push(root);
                for item in items {
                    let last = self.word(item, root);
                    self.states[last].free.push(end);
                }
                end
            }
            Matcher::Custom(custom) => {
                self.is_guess = true;
                let first = self.step(Class::NotSlash, at);
                match custom.converter.part_isolating() {
                    true => self.any_number(Class::NotSlash, first),
                    false => self.any_number(Class::NotLineBreak, first),
                }
            }
            Matcher::Float { signed } => {
                let at = self.digits(*signed, at);
                let at = self.literal(".", at);
                self.digits(false, at)
            }
            Matcher::Int { signed } => self.digits(*signed, at),
            Matcher::Path => {
                let first = self.step(Class::NotSlash, at);
                self.any_number(Class::NotLineBreak, first)
            }
            Matcher::String(string) => self.string(string.min, string.max, at),
            Matcher::Uuid => {
                let mut at = at;
                for (group, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
                    if group > 0 {
                        at = self.literal("-", at);
                    }
                    for _ in 0..length {
                        at = self.step(Class::Hex, at);
                    }
                }
                at
            }
        }
    }

    fn string(&mut self, min: u32, max: u32, mut at: usize) -> usize {
        self.is_guess |= min > LONGEST;
        for _ in 0..min.min(LONGEST) {
            at = self.step(Class::NotSlash, at);
        }
        if max > LONGEST {
            return self.any_number(Class::NotSlash, at);
        }
        let end = self.state();
        for _ in min..max {
            self.states[at].free.push(end);
            at = self.step(Class::NotSlash, at);
        }
        self.states[at].free.push(end);
        end
    }

    fn digits(&mut self, signed: bool, at: usize) -> usize {
        let start = self.state();
        self.states[at].free.push(start);
        if signed {
            self.states[at].steps.push((Class::Char('-'), start));
        }
        let first = self.step(Class::Digit, start);
        self.any_number(Class::Digit, first)
    }

    fn literal(&mut self, text: &str, at: usize) -> usize {
        text.chars().fold(at, |at, c| self.step(Class::Char(c), at))
    }

    /// As a literal, but words that begin alike share the states of their beginning.
    fn word(&mut self, text: &str, root: usize) -> usize {
        text.chars().fold(root, |at, c| {
            let known = self.states[at].steps.iter();
            let mut known = known.filter(|(class, _)| class.has(c));
            let known = known.next().map(|(_, to)| *to);
            known.unwrap_or_else(|| self.step(Class::Char(c), at))
        })
    }

    fn any_number(&mut self, class: Class, at: usize) -> usize {
        // A state of its own: what is before may have other ways on.
        let run = self.state();
        self.states[at].free.push(run);
        self.states[run].steps.push((class, run));
        run
    }

    fn step(&mut self, class: Class, at: usize) -> usize {
        let to = self.state();
        self.states[at].steps.push((class, to));
        to
    }

    fn state(&mut self) -> usize {
        self.states.push(State::default());
        self.states.len() - 1
    }
}

/// A state of each of two languages.
type Place = (usize, usize);

/// From where, and with which character, each place was reached first.
#[derive(Default)]
struct Ways(HashMap<Place, (Place, Option<char>)>);

impl Ways {
    /// Says whether the place is new.
    fn reach(&mut self, to: Place, from: Place, with: Option<char>) -> bool {
        match self.0.entry(to) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert((from, with));
                true
            }
        }
    }

    fn text(&self, mut at: Place) -> String {
        let mut text = Vec::new();
        while let Some((before, c)) = self.0.get(&at)
            && *before != at
        {
            text.extend(*c);
            at = *before;
        }
        text.iter().rev().collect()
    }
}

/// Longer texts than this are not told apart by their length.
const LONGEST: u32 = 64;
/// Enough for a thousand words against a thousand words.
const MOST_STEPS: usize = 2_000_000;
