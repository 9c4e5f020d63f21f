//! Collects what is wrong, so that one run of the compiler tells everything.

use proc_macro2::Span;
use proc_macro2::TokenStream;

/// The mistakes found so far.
///
/// Invariant: it is taken apart with [`Errors::into_tokens`]; dropping it unread would hide
/// mistakes, so a debug build panics.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    list: Vec<syn::Error>,
    read: bool,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a mistake at a span.
    pub(crate) fn add(&mut self, span: Span, message: impl std::fmt::Display) {
        self.list.push(syn::Error::new(span, message));
    }

    /// Adds a mistake and what to write instead.
    pub(crate) fn add_with_help(
        &mut self,
        span: Span,
        message: impl std::fmt::Display,
        help: impl std::fmt::Display,
    ) {
        self.add(span, format_args!("{message}\nhelp: {help}"));
    }

    /// Adds what `syn` found.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.list.push(error);
    }

    /// Adds the mistake of a result and gives its value.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.push(error);
                None
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Number of mistakes, to see whether a step found any.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// All mistakes as `compile_error!`s.
    pub(crate) fn into_tokens(mut self) -> TokenStream {
        self.read = true;
        self.list.iter().map(syn::Error::to_compile_error).collect()
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        debug_assert!(
            self.read || self.list.is_empty() || std::thread::panicking(),
            "mistakes were found and not told"
        );
    }
}

/// The candidate that `word` is most likely a misspelling of.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 2 && *distance < word.len())
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, with a swap of neighbours as one mistake.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut least = changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(rows[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_found() {
        let cases = [
            ("mehtods", Some("methods")),
            ("method", Some("methods")),
            ("get", None),
            ("x", None),
            ("strict_slash", Some("strict_slashes")),
        ];
        for (word, want) in cases {
            assert_eq!(
                nearest(word, ["methods", "websocket", "strict_slashes"]),
                want,
                "{word}"
            );
        }
    }
}
