//! URL building, as far as a macro and the map have it in common: pieces of text that are quoted
//! already, and variables with how they are written.

use crate::ConversionError;
use crate::Kind;
use crate::Pattern;
use crate::Value;
use crate::path_quote;
use crate::rule::Trace;

/// A piece of the URL of a rule.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Registry;
/// use rustzeug_routing::Rule;
/// use rustzeug_routing::UrlPiece;
///
/// let pattern = Rule::new("/a b/<int:n>/").parse(&Registry::new())?;
/// assert_eq!(
///     pattern.url_pieces(),
///     [
///         UrlPiece::Text("/a%20b/".to_owned()),
///         UrlPiece::Variable(0),
///         UrlPiece::Text("/".to_owned()),
///     ]
/// );
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlPiece {
    /// Text, quoted already.
    Text(String),
    /// The variable of that number, written by its [`Kind`] or [`UrlWriter`].
    Variable(usize),
}

impl Pattern {
    /// Returns what a URL of the rule is made of; neighbouring text is one piece.
    pub fn url_pieces(&self) -> Vec<UrlPiece> {
        let mut pieces = Vec::new();
        for trace in &self.trace {
            match trace {
                Trace::Text(text) => push_text(&mut pieces, &path_quote(text)),
                Trace::Variable(index) => pieces.push(UrlPiece::Variable(*index)),
            }
        }
        pieces
    }
}

pub(crate) fn push_text(pieces: &mut Vec<UrlPiece>, text: &str) {
    match pieces.last_mut() {
        Some(UrlPiece::Text(last)) => last.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push(UrlPiece::Text(text.to_owned())),
    }
}

/// How a converter writes values of Rust's types into a URL; a constant, so that macro output
/// can hold it.
///
/// [`Kind::to_url`] writes by the same code.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::UrlWriter;
///
/// const YEAR: UrlWriter<'static> = UrlWriter::Int { fixed_digits: 4 };
/// let mut url = "/archive/".to_owned();
/// YEAR.write_int(33, &mut url)?;
/// assert_eq!(url, "/archive/0033");
/// assert!(UrlWriter::Any(&["a", "b"]).write_str("c", &mut url).is_err());
/// # Ok::<(), rustzeug_routing::ConversionError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlWriter<'a> {
    /// One of these texts, as it is.
    Any(&'a [&'a str]),
    /// A number with a point.
    Float,
    /// A whole number, filled with zeros.
    Int {
        /// To that many characters, the sign included.
        fixed_digits: u32,
    },
    /// Quoted text: `string`, `path`.
    Text,
    /// A UUID as it prints.
    Uuid,
}

impl UrlWriter<'_> {
    /// Writes text.
    ///
    /// # Errors
    ///
    /// Text that is not one of [`UrlWriter::Any`], or not a number where one is wanted.
    pub fn write_str(self, value: &str, url: &mut String) -> Result<(), ConversionError> {
        match self {
            Self::Any(items) => write_any(value, items.iter().copied(), url),
            Self::Text => {
                crate::path_quote_into(value, url);
                Ok(())
            }
            Self::Uuid => {
                url.push_str(value);
                Ok(())
            }
            other => other.write_value(&Value::from(value), url),
        }
    }

    /// Writes a whole number.
    ///
    /// # Errors
    ///
    /// [`UrlWriter::Any`] takes text only.
    pub fn write_int(self, value: i128, url: &mut String) -> Result<(), ConversionError> {
        self.write_value(&Value::Int(value), url)
    }

    /// Writes a number with a fraction.
    ///
    /// # Errors
    ///
    /// As [`write_value`](Self::write_value).
    pub fn write_float(self, value: f64, url: &mut String) -> Result<(), ConversionError> {
        self.write_value(&Value::Float(value), url)
    }

    /// Writes a value of any type.
    ///
    /// # Errors
    ///
    /// A value that is not one the converter could have read.
    pub fn write_value(self, value: &Value, url: &mut String) -> Result<(), ConversionError> {
        match self {
            Self::Any(items) => match value {
                Value::Str(text) => write_any(text, items.iter().copied(), url),
                value => Err(not_one_of(value, items.iter().copied())),
            },
            Self::Float => crate::converter::write_float_url(value, url),
            Self::Int { fixed_digits } => crate::converter::write_int_url(value, fixed_digits, url),
            Self::Text => {
                match value {
                    Value::Str(text) => crate::path_quote_into(text, url),
                    value => crate::path_quote_into(&value.to_string(), url),
                }
                Ok(())
            }
            Self::Uuid => {
                url.push_str(&value.to_string());
                Ok(())
            }
        }
    }
}

impl Kind {
    /// Writes a value into a URL, quoted as the converter quotes it.
    ///
    /// # Errors
    ///
    /// A value that is not one of the converter's.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Registry;
    /// use rustzeug_routing::Rule;
    ///
    /// let pattern = Rule::new("/<float:x>").parse(&Registry::new())?;
    /// let mut url = String::new();
    /// pattern.variables()[0].kind().to_url(&5.into(), &mut url)?;
    /// assert_eq!(url, "5.0");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_url(&self, value: &Value, url: &mut String) -> Result<(), ConversionError> {
        match self {
            Self::Any(any) => {
                let items = any.items().iter().map(String::as_str);
                match value {
                    Value::Str(text) => write_any(text, items, url),
                    value => Err(not_one_of(value, items)),
                }
            }
            Self::Custom(custom) => custom.converter.to_url(value, url),
            Self::Float(_) => UrlWriter::Float.write_value(value, url),
            Self::Int(int) => UrlWriter::Int {
                fixed_digits: int.fixed_digits,
            }
            .write_value(value, url),
            Self::Path | Self::String(_) => UrlWriter::Text.write_value(value, url),
            Self::Uuid => UrlWriter::Uuid.write_value(value, url),
        }
    }
}

fn write_any<'a>(
    value: &str,
    mut items: impl Iterator<Item = &'a str> + Clone,
    url: &mut String,
) -> Result<(), ConversionError> {
    if !items.clone().any(|item| item == value) {
        return Err(not_one_of(&Value::from(value), items.by_ref()));
    }
    url.push_str(value);
    Ok(())
}

fn not_one_of<'a>(value: &Value, items: impl Iterator<Item = &'a str>) -> ConversionError {
    let mut items: Vec<&str> = items.collect();
    items.sort_unstable();
    crate::converter::refused(value, &format!("one of {}", items.join(", ")))
}
