//! Rule text to parts, variables and the trace that URLs are built from.

use std::ops::Range;

use super::args::Arguments;
use super::error::RuleError;
use super::error::RuleErrorKind;
use super::weight::Weight;
use crate::converter::Kind;
use crate::converter::Matcher;
use crate::converter::Registry;

/// A parsed rule, or a parsed subdomain or host.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Pattern;
/// use rustzeug_routing::Registry;
///
/// let pattern = Pattern::parse("/<lang>/<int(min=1):page>", true, &Registry::new())?;
/// let names: Vec<_> = pattern.variables().iter().map(|variable| variable.name()).collect();
/// assert_eq!(names, ["lang", "page"]);
/// assert_eq!(pattern.variables()[1].converter_name(), "int");
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    pub(crate) parts: Vec<Part>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) trace: Vec<Trace>,
}

/// A variable of a rule.
#[derive(Clone, Debug)]
pub struct Variable {
    name: String,
    name_range: Range<usize>,
    converter_name: String,
    converter_range: Range<usize>,
    arguments: Arguments,
    in_host: bool,
    pub(crate) kind: Kind,
}

/// What one step of the state machine consumes: a segment, or with `whole_rest` all that is left.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    Static(String),
    Dynamic(Dynamic),
}

/// A part with variables. Equal parts of two rules are one edge of the state machine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dynamic {
    pub(crate) items: Vec<Item>,
    /// A converter in it takes slashes.
    pub(crate) whole_rest: bool,
    /// Takes the whole rest and the rule ends with a slash: a slash at the end is left over.
    pub(crate) suffixed: bool,
    pub(crate) weight: Weight,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    Literal(String),
    Variable(Matcher),
}

/// A piece of the rule in order; the number of a variable, or text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trace {
    Text(String),
    Variable(usize),
}

impl Pattern {
    /// Parses a rule; with `merge_slashes` several slashes in a row count as one.
    ///
    /// # Errors
    ///
    /// The first [`RuleError`] in the text.
    pub fn parse(text: &str, merge_slashes: bool, registry: &Registry) -> Result<Self, RuleError> {
        if !text.starts_with('/') {
            let end = text.chars().next().map_or(0, char::len_utf8);
            let error = RuleError::new(
                RuleErrorKind::MissingSlash,
                0..end,
                "a rule must start with a slash",
            );
            return Err(error.help(format!("write \"/{text}\"")).within(text));
        }
        if !merge_slashes || !text.contains("//") {
            return Parser::run(text, registry).map_err(|error| error.within(text));
        }
        let doubled = |at: &usize| text.get(at.saturating_sub(1)..=*at) == Some("//");
        let offsets: Vec<usize> = (0..=text.len()).filter(|at| !doubled(at)).collect();
        let merged = merge(text);
        Parser::run(&merged, registry).map_err(|error| error.mapped(&offsets).within(text))
    }

    /// Parses a subdomain or a host; the empty text is the empty one.
    ///
    /// # Errors
    ///
    /// The first [`RuleError`] in the text.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Pattern;
    /// use rustzeug_routing::Registry;
    ///
    /// let host = Pattern::parse_host("<user>.example.com", &Registry::new())?;
    /// assert_eq!(host.variables()[0].name(), "user");
    /// assert!(Pattern::parse_host("a/b", &Registry::new()).is_err());
    /// # Ok::<(), rustzeug_routing::RuleError>(())
    /// ```
    pub fn parse_host(text: &str, registry: &Registry) -> Result<Self, RuleError> {
        let pattern = Parser::run(text, registry).map_err(|error| error.within(text))?;
        if pattern.parts.len() > 1 {
            let at = text.find('/').unwrap_or(0);
            let error = RuleError::new(
                RuleErrorKind::SlashInHost,
                at..at + 1,
                "a subdomain or host cannot hold a slash",
            );
            return Err(error.within(text));
        }
        Ok(pattern)
    }

    /// Adds the variables of the rule's host or subdomain behind those of the rule: to those who ask
    /// for names and converters a rule is both.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Pattern;
    /// use rustzeug_routing::Registry;
    ///
    /// let registry = Registry::new();
    /// let host = Pattern::parse_host("<user>.example.com", &registry)?;
    /// let rule = Pattern::parse("/<page>", true, &registry)?.with_host(&host);
    /// let variables = rule.variables().iter();
    /// let found: Vec<_> = variables.map(|of| (of.name(), of.is_in_host())).collect();
    /// assert_eq!(found, [("page", false), ("user", true)]);
    /// # Ok::<(), rustzeug_routing::RuleError>(())
    /// ```
    #[must_use]
    pub fn with_host(mut self, host: &Self) -> Self {
        let variables = host.variables.iter().cloned();
        self.variables.extend(variables.map(|variable| Variable {
            in_host: true,
            ..variable
        }));
        self
    }

    /// Returns the variables in the order they stand in the text.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }
}

impl Variable {
    /// Returns its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether it is one of the host or subdomain: see [`Pattern::with_host`].
    pub fn is_in_host(&self) -> bool {
        self.in_host
    }

    /// Returns where its name stands in the rule, in bytes.
    pub fn name_range(&self) -> Range<usize> {
        self.name_range.clone()
    }

    /// Returns the name of its converter, `default` if none is written.
    pub fn converter_name(&self) -> &str {
        &self.converter_name
    }

    /// Returns where the converter stands in the rule; the name's place if none is written.
    pub fn converter_range(&self) -> Range<usize> {
        self.converter_range.clone()
    }

    /// Returns the converter's arguments.
    pub fn arguments(&self) -> &Arguments {
        &self.arguments
    }

    /// Returns the converter.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }
}

/// Makes every run of slashes one slash.
pub(crate) fn merge(text: &str) -> String {
    let mut merged = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '/' || !merged.ends_with('/') {
            merged.push(c);
        }
    }
    merged
}

struct Parser<'a> {
    text: &'a str,
    registry: &'a Registry,
    pattern: Pattern,
    /// The part that is being read.
    items: Vec<Item>,
    literal: String,
    whole_rest: bool,
    weight: Weight,
}

impl<'a> Parser<'a> {
    fn run(text: &'a str, registry: &'a Registry) -> Result<Pattern, RuleError> {
        let pattern = Pattern {
            parts: Vec::new(),
            variables: Vec::new(),
            trace: Vec::new(),
        };
        let mut parser = Self {
            text,
            registry,
            pattern,
            items: Vec::new(),
            literal: String::new(),
            whole_rest: false,
            weight: Weight::default(),
        };
        let mut at = 0;
        while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
            at = match c {
                '/' => parser.slash(at),
                '<' => parser.variable(at)?,
                _ => parser.text(at),
            };
        }
        parser.last();
        let Pattern {
            parts, variables, ..
        } = &parser.pattern;
        if parts.len() > MAX_PARTS || variables.len() > crate::MAX_VARIABLES {
            return Err(RuleError::new(
                RuleErrorKind::TooLong,
                0..text.len(),
                format!(
                    "a rule can have {MAX_PARTS} segments and {} variables",
                    crate::MAX_VARIABLES
                ),
            ));
        }
        Ok(parser.pattern)
    }

    fn slash(&mut self, at: usize) -> usize {
        self.pattern.trace.push(Trace::Text("/".to_owned()));
        if self.whole_rest {
            self.literal.push('/');
        } else {
            self.part(false);
        }
        at + 1
    }

    fn text(&mut self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or("");
        let text = rest.split(['/', '<']).next().unwrap_or(rest);
        self.weight.literal(text.chars().count());
        self.literal.push_str(text);
        self.pattern.trace.push(Trace::Text(text.to_owned()));
        at + text.len()
    }

    fn variable(&mut self, at: usize) -> Result<usize, RuleError> {
        let token = Token::read(self.text, at)?;
        let of = |range: &Range<usize>| self.text.get(range.clone()).unwrap_or("");
        let name = of(&token.name).to_owned();
        if self
            .pattern
            .variables
            .iter()
            .any(|known| known.name == name)
        {
            return Err(RuleError::new(
                RuleErrorKind::DuplicateVariable,
                token.name,
                format!("the variable `{name}` stands twice"),
            )
            .help("give one of them another name"));
        }
        let (converter_name, converter_range) = match &token.converter {
            Some(range) => (of(range), range.clone()),
            None => ("default", token.name.clone()),
        };
        let arguments = match &token.arguments {
            Some(range) => {
                Arguments::parse(of(range)).map_err(|error| error.shifted(range.start))?
            }
            None => Arguments::default(),
        };
        let kind = self
            .registry
            .kind(converter_name, &arguments)
            .map_err(|error| match (error.kind(), &token.arguments) {
                (RuleErrorKind::UnknownConverter, _) | (_, None) => {
                    error.shifted(converter_range.start)
                }
                (_, Some(range)) => error.at(range.clone()),
            })?;
        self.flush();
        self.whole_rest |= !kind.part_isolating();
        self.weight.variable(kind.weight());
        self.items.push(Item::Variable(kind.matcher()));
        self.pattern
            .trace
            .push(Trace::Variable(self.pattern.variables.len()));
        self.pattern.variables.push(Variable {
            name,
            name_range: token.name,
            converter_name: converter_name.to_owned(),
            converter_range,
            arguments,
            in_host: false,
            kind,
        });
        Ok(token.end)
    }

    /// Moves the literal text read so far into the part, behind which a variable may follow.
    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.items
                .push(Item::Literal(std::mem::take(&mut self.literal)));
        }
    }

    fn part(&mut self, suffixed: bool) {
        let weight = std::mem::take(&mut self.weight);
        let part = if self.items.is_empty() {
            Part::Static(std::mem::take(&mut self.literal))
        } else {
            self.flush();
            let items = std::mem::take(&mut self.items);
            let whole_rest = std::mem::take(&mut self.whole_rest);
            Part::Dynamic(Dynamic {
                items,
                whole_rest,
                suffixed,
                weight,
            })
        };
        self.pattern.parts.push(part);
    }

    fn last(&mut self) {
        let suffixed = self.whole_rest && self.literal.ends_with('/');
        if suffixed {
            self.literal.pop();
        }
        self.part(suffixed);
        if suffixed {
            self.pattern.parts.push(Part::Static(String::new()));
        }
    }
}

/// `<converter(arguments):name>`, as ranges in the rule.
struct Token {
    converter: Option<Range<usize>>,
    arguments: Option<Range<usize>>,
    name: Range<usize>,
    end: usize,
}

impl Token {
    /// Reads the token whose `<` is at `at`.
    fn read(text: &str, at: usize) -> Result<Self, RuleError> {
        let start = at + 1;
        let word = start + identifier(text, start);
        let byte = |at: usize| text.as_bytes().get(at).copied();
        if word > start && byte(word) == Some(b'>') {
            return Ok(Self {
                converter: None,
                arguments: None,
                name: start..word,
                end: word + 1,
            });
        }
        let converter = Some(start..word);
        if word > start && byte(word) == Some(b':') {
            if let Some((name, end)) = closing(text, word + 1) {
                return Ok(Self {
                    converter,
                    arguments: None,
                    name,
                    end,
                });
            }
            return Err(malformed(text, at, word + 1));
        }
        if word > start && byte(word) == Some(b'(') {
            // The arguments may hold `)` and `>`: the first `):name>` closes them.
            let inside = text.get(word + 1..).unwrap_or("");
            for (offset, _) in inside.match_indices("):") {
                let close = word + 1 + offset;
                if let Some((name, end)) = closing(text, close + 2) {
                    return Ok(Self {
                        converter,
                        arguments: Some(word + 1..close),
                        name,
                        end,
                    });
                }
            }
            return Err(RuleError::new(
                RuleErrorKind::Malformed,
                word..text.len(),
                "these arguments are never closed by `):name>`",
            ));
        }
        Err(malformed(text, at, start))
    }
}

/// The name at `at` and the end behind its `>`.
fn closing(text: &str, at: usize) -> Option<(Range<usize>, usize)> {
    let end = at + identifier(text, at);
    (end > at && text.as_bytes().get(end) == Some(&b'>')).then_some((at..end, end + 1))
}

/// How many bytes of an identifier stand at `at`.
fn identifier(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(rest.len())
}

/// Says why no variable can be read at the `<` at `at`; its name should stand at `name`.
fn malformed(text: &str, at: usize, name: usize) -> RuleError {
    let error = |range, message: String| RuleError::new(RuleErrorKind::Malformed, range, message);
    let rest = text.get(name..).unwrap_or("");
    let Some(length) = rest
        .find(['>', '/', '<'])
        .filter(|end| rest.get(*end..=*end) == Some(">"))
    else {
        return error(at..text.len(), "this `<` is never closed".to_owned())
            .help("write `<name>` or `<converter:name>`");
    };
    if length == 0 {
        return error(at..name + 1, "a variable needs a name".to_owned());
    }
    let bad = name + identifier(text, name);
    let c = text
        .get(bad..)
        .and_then(|rest| rest.chars().next())
        .unwrap_or('>');
    let range = bad..bad + c.len_utf8();
    error(range, format!("`{c}` cannot stand here in a variable"))
        .help("a name is made of letters, digits and `_`, and does not start with a digit")
}

/// More segments than a URL of sane length has, few enough for the matcher to recurse on.
pub(crate) const MAX_PARTS: usize = 16_384;
