//! Patterns of file names, as Python's `fnmatch` reads them.

/// Whether a name has a pattern: `*` is any text, `?` any character, `[a-z]` one of them, `[!a-z]`
/// none of them. Case counts.
///
/// Time is at most the product of both lengths: a name comes from a client.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut position) = (0, 0);
    // The last star, and how much of the name it takes so far: one is enough to go back to.
    let mut star: Option<(usize, usize)> = None;
    while let Some(&c) = name.get(position) {
        let step = match pattern.get(at) {
            Some('*') => {
                star = Some((at, position));
                at += 1;
                continue;
            }
            Some('?') => Some(1),
            Some('[') => match set(pattern.get(at + 1..).unwrap_or_default()) {
                Some(set) => set.holds(c).then_some(set.length + 1),
                None => (c == '[').then_some(1),
            },
            Some(&literal) => (c == literal).then_some(1),
            None => None,
        };
        match (step, star) {
            (Some(step), _) => {
                at += step;
                position += 1;
            }
            (None, Some((star_at, taken))) => {
                star = Some((star_at, taken + 1));
                at = star_at + 1;
                position = taken + 1;
            }
            (None, None) => return false,
        }
    }
    let rest = pattern.get(at..).unwrap_or_default();
    rest.iter().all(|c| *c == '*')
}

/// `a-z]` of `[a-z]`.
struct Set<'p> {
    items: &'p [char],
    negated: bool,
    /// What it takes of the pattern, with the bracket that ends it.
    length: usize,
}

/// `None` where no bracket ends it: then the first one stands for itself.
fn set(pattern: &[char]) -> Option<Set<'_>> {
    let negated = pattern.first() == Some(&'!');
    let start = usize::from(negated);
    // A bracket right at the start is one of the set.
    let end = start + 1 + pattern.get(start + 1..)?.iter().position(|c| *c == ']')?;
    Some(Set {
        items: pattern.get(start..end)?,
        negated,
        length: end + 1,
    })
}

impl Set<'_> {
    fn holds(&self, c: char) -> bool {
        let mut items = self.items;
        let mut found = false;
        while let Some((&first, rest)) = items.split_first() {
            match rest {
                ['-', last, rest @ ..] => {
                    found |= (first..=*last).contains(&c);
                    items = rest;
                }
                _ => {
                    found |= c == first;
                    items = rest;
                }
            }
        }
        found != self.negated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_patterns_as_in_fnmatch() {
        for (pattern, name, want) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*.txt", "a.txt", true),
            ("*.txt", "a.TXT", false),
            ("*.txt", ".txt", true),
            ("a*b*c", "aXbXbc", true),
            ("a*b*c", "aXbXb", false),
            ("?", "ü", true),
            ("??", "ü", false),
            ("[abc]x", "bx", true),
            ("[!abc]x", "bx", false),
            ("[!abc]x", "dx", true),
            ("[a-c]x", "bx", true),
            ("[a-c]x", "dx", false),
            ("[]x]", "]", true),
            ("[!]x]", "]", false),
            ("[x-]", "-", true),
            ("[-x]", "-", true),
            ("[", "[", true),
            ("[abc", "[abc", true),
            ("*[0-9]", "a1", true),
            ("a.b", "axb", false),
            ("**", "ab", true),
        ] {
            assert_eq!(matches(pattern, name), want, "{pattern} {name}");
        }
    }

    #[test]
    fn many_stars_do_not_take_for_ever() {
        let (pattern, name) = ("*a".repeat(50) + "b", "a".repeat(5_000));
        assert!(!matches(&pattern, &name));
    }
}
