//! The arguments between a converter's parentheses: `length=2`, `a, "b c"`.

use std::ops::Range;

use super::error::RuleError;
use super::error::RuleErrorKind;
use crate::Value;

/// A converter's arguments, by position and by name.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Arguments;
/// use rustzeug_routing::Value;
///
/// let arguments = Arguments::parse("2, signed=True, of='a,b'")?;
/// assert_eq!(arguments.positional(), [Value::from(2)]);
/// assert_eq!(arguments.named("signed"), Some(&Value::from(true)));
/// assert_eq!(arguments.named("of"), Some(&Value::from("a,b")));
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    positional: Vec<Value>,
    named: Vec<(String, Value)>,
}

impl Arguments {
    /// Parses the text between the parentheses.
    ///
    /// The grammar is Werkzeug's: `True`, `False`, `None`, numbers, words and quoted text. Like
    /// there, a comma between digits without a space (`1,2`) is one text, not two numbers.
    ///
    /// # Errors
    ///
    /// [`RuleErrorKind::InvalidArguments`] where no argument can be read.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let mut arguments = Self::default();
        let mut at = 0;
        while !text
            .get(at..)
            .unwrap_or("")
            .trim_matches([',', ' ', '\t', '\n'])
            .is_empty()
        {
            let Some((name, value, end)) = argument(text, at) else {
                return Err(misread(text, at));
            };
            match name {
                Some(name) => {
                    arguments.named.retain(|(known, _)| known != name);
                    arguments.named.push((name.to_owned(), value));
                }
                None => arguments.positional.push(value),
            }
            at = end;
        }
        Ok(arguments)
    }

    /// Returns the arguments without a name.
    pub fn positional(&self) -> &[Value] {
        &self.positional
    }

    /// Returns the argument of that name.
    pub fn named(&self, name: &str) -> Option<&Value> {
        self.named
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// Returns the names and their values, in the order written.
    pub fn names(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.named
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.positional.is_empty() && self.named.is_empty()
    }

    /// Returns the value of each parameter, given by position or by name.
    ///
    /// # Errors
    ///
    /// [`RuleErrorKind::BadArguments`]: too many, given twice, or a name not in `parameters`. The
    /// range is empty: whoever knows where the arguments stand puts it in.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Arguments;
    ///
    /// let arguments = Arguments::parse("2, max=9")?;
    /// let [min, max] = arguments.take(["min", "max"])?;
    /// assert_eq!((min.cloned(), max.cloned()), (Some(2.into()), Some(9.into())));
    /// assert!(arguments.take(["min"]).is_err());
    /// # Ok::<(), rustzeug_routing::RuleError>(())
    /// ```
    pub fn take<const N: usize>(
        &self,
        parameters: [&str; N],
    ) -> Result<[Option<&Value>; N], RuleError> {
        let bad = |message| RuleError::new(RuleErrorKind::BadArguments, 0..0, message);
        if self.positional.len() > N {
            let (most, given) = (N, self.positional.len());
            return Err(bad(format!(
                "at most {most} arguments are taken, {given} are given"
            )));
        }
        if let Some((name, _)) = self.names().find(|(name, _)| !parameters.contains(name)) {
            let error = bad(format!("there is no argument `{name}`"));
            return Err(match super::error::nearest(name, parameters) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None if N == 0 => error.help("it takes none"),
                None => error.help(format!("it takes {}", parameters.join(", "))),
            });
        }
        let mut values = [None; N];
        for (index, (parameter, value)) in parameters.iter().zip(&mut values).enumerate() {
            *value = self.positional.get(index);
            match (self.named(parameter), &value) {
                (Some(_), Some(_)) => return Err(bad(format!("`{parameter}` is given twice"))),
                (Some(named), None) => *value = Some(named),
                (None, _) => {}
            }
        }
        Ok(values)
    }
}

/// Reads one argument and the comma (or the end) after it: its name, its value and where it ends.
fn argument(text: &str, at: usize) -> Option<(Option<&str>, Value, usize)> {
    let start = space(text, at);
    let word = words(text, start, |c| c.is_alphanumeric() || c == '_');
    let equals = space(text, word);
    if word > start && text.get(equals..)?.starts_with('=') {
        let from = space(text, equals + 1);
        if let Some((value, end)) = value(text, from) {
            return Some((text.get(start..word), value, end));
        }
    }
    value(text, start).map(|(value, end)| (None, value, end))
}

/// The alternatives in the order of Werkzeug's expression, which decides what `1,2` and `1.5` are.
fn value(text: &str, at: usize) -> Option<(Value, usize)> {
    let digits = |at| words(text, at, |c| c.is_ascii_digit());
    let whole = digits(at);
    if whole > at
        && let Some(separator) = text.get(whole..)?.chars().next().filter(|c| *c != '\n')
    {
        // Any one character counts as the point, a comma as well.
        let point = whole + separator.len_utf8();
        let fraction = digits(point);
        for end in [fraction, point] {
            if let Some(after) = comma(text, end) {
                return Some((plain(text.get(at..end)?), after));
            }
        }
    }
    let word = words(text, at, |c| c.is_alphanumeric() || c == '_' || c == '.');
    if word > at
        && let Some(after) = comma(text, word)
    {
        return Some((plain(text.get(at..word)?), after));
    }
    let quoted = at + usize::from(text.get(at..)?.starts_with(['u', 'r', 'U', 'R']));
    let quote = text
        .get(quoted..)?
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\''))?;
    let inner = text.get(quoted + 1..)?;
    let inner = inner.get(..inner.find(quote)?)?;
    let after = comma(text, quoted + inner.len() + 2)?;
    Some((Value::Str(inner.to_owned()), after))
}

/// Where to go on after an argument that ends at `at`: past a comma, or at the end.
fn comma(text: &str, at: usize) -> Option<usize> {
    let at = space(text, at);
    let rest = text.get(at..)?;
    match rest.chars().next() {
        None => Some(at),
        Some(',') => Some(at + 1),
        Some(_) => None,
    }
}

/// A constant, a number, or the text itself.
fn plain(text: &str) -> Value {
    match text {
        "None" => return Value::None,
        "True" => return Value::Bool(true),
        "False" => return Value::Bool(false),
        _ => {}
    }
    if let Some(value) = parse_int(text) {
        return Value::Int(value);
    }
    match parse_float(text) {
        Some(value) => Value::Float(value),
        None => Value::Str(text.to_owned()),
    }
}

/// Reads a whole number as Python's `int` does: space around, a sign, `_` between digits.
pub(crate) fn parse_int(text: &str) -> Option<i128> {
    without_underscores(text.trim())?.parse().ok()
}

/// Reads a number as Python's `float` does.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    without_underscores(text.trim())?.parse().ok()
}

fn without_underscores(text: &str) -> Option<String> {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let lonely = |(at, _): (usize, &str)| {
        !digit(text.get(..at).and_then(|text| text.chars().next_back()))
            || !digit(text.get(at + 1..).and_then(|text| text.chars().next()))
    };
    (!text.match_indices('_').any(lonely)).then(|| text.replace('_', ""))
}

fn space(text: &str, at: usize) -> usize {
    words(text, at, char::is_whitespace)
}

fn words(text: &str, at: usize, of: impl Fn(char) -> bool) -> usize {
    let rest = text.get(at..).unwrap_or("");
    at + rest.find(|c| !of(c)).unwrap_or(rest.len())
}

/// Says what is wrong with the argument at `at`, as exactly as it can be known.
fn misread(text: &str, at: usize) -> RuleError {
    let error = |range: Range<usize>, message: &str| {
        RuleError::new(RuleErrorKind::InvalidArguments, range, message)
    };
    let start = space(text, at);
    let rest = text.get(start..).unwrap_or("");
    let end = start + rest.find(',').unwrap_or(rest.len());
    let written = text.get(start..end).unwrap_or("").trim_end();
    let range = start..start + written.len().max(1);
    if written.is_empty() {
        return error(range, "an argument is missing before this comma");
    }
    if written.ends_with('=') {
        return error(range, "a value is missing after `=`");
    }
    let value = written.rsplit('=').next().unwrap_or(written).trim();
    if value.starts_with('-') {
        return error(range, "a number here cannot have a sign");
    }
    if value.starts_with(['"', '\'']) {
        return error(range, "this text is not closed, or something follows it");
    }
    error(range, "this argument cannot be read").help(format!(
        "put quotes around text that is not one word: \"{value}\""
    ))
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use crate::Value;

    #[test]
    fn arguments_as_werkzeug_reads_them() {
        let cases: &[(&str, &[Value])] = &[
            ("", &[]),
            (",", &[]),
            ("1", &[Value::Int(1)]),
            ("1,2", &[Value::Str("1,2".to_owned())]),
            ("1, 2", &[Value::Int(1), Value::Int(2)]),
            ("1,", &[Value::Str("1,".to_owned())]),
            ("1.5", &[Value::Float(1.5)]),
            (".5", &[Value::Float(0.5)]),
            ("1e5", &[Value::Float(1e5)]),
            ("1_000", &[Value::Int(1000)]),
            ("1_", &[Value::Str("1_".to_owned())]),
            ("a.b.c", &[Value::Str("a.b.c".to_owned())]),
            (
                "None, True,False",
                &[Value::None, Value::Bool(true), Value::Bool(false)],
            ),
            ("'True'", &[Value::Str("True".to_owned())]),
            ("u'x'", &[Value::Str("x".to_owned())]),
            ("ü", &[Value::Str("ü".to_owned())]),
            ("inf", &[Value::Float(f64::INFINITY)]),
        ];
        for (text, want) in cases {
            assert_eq!(
                Arguments::parse(text).unwrap().positional(),
                *want,
                "{text}"
            );
        }
    }

    #[test]
    fn mistakes_are_found_where_they_are() {
        let cases = [
            ("a,,b", 2..3),
            ("a-b", 0..3),
            ("a, b c", 3..6),
            ("min=-1", 0..6),
            ("x=", 0..2),
            ("'it''s'", 0..7),
            ("a=b=c", 0..5),
        ];
        for (text, want) in cases {
            assert_eq!(Arguments::parse(text).unwrap_err().range(), want, "{text}");
        }
    }
}
