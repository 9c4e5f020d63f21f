//! Converters: what a variable accepts, what value it has, and how it is written into a URL.
//!
//! The six of Werkzeug are here, a file each. More come through a [`Registry`], as a [`Converter`].

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::Arguments;
use crate::RuleError;
use crate::RuleErrorKind;
use crate::Value;
use crate::quote::path_quote_into;
use crate::rule::nearest;

mod any;
mod float;
mod int;
mod path;
mod string;
mod uuid;

pub use any::AnyConverter;
pub use float::FloatConverter;
pub(crate) use float::is_float;
pub(crate) use float::write_float_url;
pub use int::IntConverter;
pub(crate) use int::is_int;
pub(crate) use int::write_int_url;
pub(crate) use path::is_path;
pub use string::StringConverter;
pub(crate) use uuid::is_uuid;

/// A converter of one's own, registered under a name with [`Registry::register`].
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Converter;
/// use rustzeug_routing::Map;
/// use rustzeug_routing::MapOptions;
/// use rustzeug_routing::Registry;
/// use rustzeug_routing::Rule;
/// use rustzeug_routing::Value;
///
/// #[derive(Debug)]
/// struct Hex;
///
/// impl Converter for Hex {
///     fn matches(&self, text: &str) -> bool {
///         !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
///     }
///
///     fn parse(&self, text: &str) -> Option<Value> {
///         i128::from_str_radix(text, 16).ok().map(Value::Int)
///     }
/// }
///
/// let mut registry = Registry::new();
/// registry.register("hex", |arguments| arguments.take([]).map(|[]| Hex));
/// let mut map = Map::with_registry(MapOptions::new(), registry);
/// map.add(Rule::new("/<hex:key>").endpoint("key"))?;
/// let found = map.bind("localhost")?.match_("/ff", "GET")?;
/// assert_eq!(found.values(), [("key".to_owned(), Value::Int(255))]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a converter",
    label = "not a converter",
    note = "write `impl rustzeug::routing::Converter for {Self} {{ … }}`; all its methods have defaults"
)]
pub trait Converter: fmt::Debug + Send + Sync {
    /// Takes the arguments written in the rule: `sep="+"` of `<list(sep="+"):tags>`.
    ///
    /// For converters that are made by `Default` and then told, as those of `#[application]` are;
    /// a [`Registry`] hands them to the function that makes the converter. Without this method a
    /// converter takes no arguments.
    ///
    /// # Errors
    ///
    /// Arguments it does not take: see [`Arguments::take`].
    fn configure(&mut self, arguments: &Arguments) -> Result<(), RuleError> {
        arguments.take([]).map(|[]| ())
    }

    /// Returns where the converter stands among others at the same place: less is tried earlier.
    fn weight(&self) -> i32 {
        100
    }

    /// Returns whether the value stays within one segment. If not, the variable may hold slashes.
    fn part_isolating(&self) -> bool {
        true
    }

    /// Returns whether the rule matches with this text for the variable.
    ///
    /// If not, other rules are tried. Within a segment of several variables only the first
    /// 512 bytes are offered.
    fn matches(&self, text: &str) -> bool {
        !(text.is_empty() || self.part_isolating() && text.contains('/'))
    }

    /// Reads the value; `None` ends the match without trying other rules: not found.
    fn parse(&self, text: &str) -> Option<Value> {
        Some(Value::Str(text.to_owned()))
    }

    /// Writes the value into a URL, quoted.
    ///
    /// # Errors
    ///
    /// A value that cannot be written: [`ConversionError::new`] ends building,
    /// [`ConversionError::next_rule`] lets the next rule of the endpoint try.
    fn to_url(&self, value: &Value, url: &mut String) -> Result<(), ConversionError> {
        path_quote_into(&value.to_string(), url);
        Ok(())
    }
}

/// A value that a converter cannot write into a URL.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::ConversionError;
///
/// assert_eq!(ConversionError::new("`x` is not a number").to_string(), "`x` is not a number");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionError {
    message: String,
    next_rule: bool,
}

impl ConversionError {
    /// Makes an error that ends building a URL.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            next_rule: false,
        }
    }

    /// Makes an error that only says that this rule does not fit.
    pub fn next_rule(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            next_rule: true,
        }
    }

    /// Returns whether another rule may be tried.
    pub fn is_next_rule(&self) -> bool {
        self.next_rule
    }
}

impl fmt::Display for ConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConversionError {}

/// The converter of a variable with its arguments.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// `any(…)`: one of some texts.
    Any(AnyConverter),
    /// One from the registry.
    Custom(Custom),
    /// `float`.
    Float(FloatConverter),
    /// `int`.
    Int(IntConverter),
    /// `path`: text with slashes.
    Path,
    /// `string` or `default`: text without slashes.
    String(StringConverter),
    /// `uuid`.
    Uuid,
}

/// A converter from the registry: equal ones have name and arguments in common.
#[derive(Clone, Debug)]
pub struct Custom {
    key: String,
    pub(crate) converter: Arc<dyn Converter>,
}

impl PartialEq for Custom {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

/// The half of a converter that decides whether a rule matches. Limits on values do not belong
/// to it: two rules that differ only there are the same edge of the state machine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Matcher {
    Any(Vec<String>),
    Custom(Custom),
    Float { signed: bool },
    Int { signed: bool },
    Path,
    String(StringConverter),
    Uuid,
}

impl Kind {
    /// Returns the weight; less is tried earlier.
    pub fn weight(&self) -> i32 {
        match self {
            Self::Float(_) | Self::Int(_) => 50,
            Self::Any(_) | Self::String(_) | Self::Uuid => 100,
            Self::Path => 200,
            Self::Custom(custom) => custom.converter.weight(),
        }
    }

    /// Returns whether the value stays within one segment.
    pub fn part_isolating(&self) -> bool {
        match self {
            Self::Path => false,
            Self::Custom(custom) => custom.converter.part_isolating(),
            _ => true,
        }
    }

    /// Reads a value from text that [matched](crate::Table::find).
    pub fn parse(&self, text: &str) -> Option<Value> {
        match self {
            Self::Any(_) | Self::Path | Self::String(_) => Some(Value::Str(text.to_owned())),
            Self::Custom(custom) => custom.converter.parse(text),
            Self::Float(float) => float.parse(text).map(Value::Float),
            Self::Int(int) => int.parse(text).map(Value::Int),
            Self::Uuid => text.parse().ok().map(Value::Uuid),
        }
    }

    pub(crate) fn matcher(&self) -> Matcher {
        match self {
            Self::Any(any) => Matcher::Any(any.alternatives()),
            Self::Custom(custom) => Matcher::Custom(custom.clone()),
            Self::Float(float) => Matcher::Float {
                signed: float.signed,
            },
            Self::Int(int) => Matcher::Int { signed: int.signed },
            Self::Path => Matcher::Path,
            Self::String(string) => Matcher::String(string.clone()),
            Self::Uuid => Matcher::Uuid,
        }
    }
}

type Make = Arc<dyn Fn(&Arguments) -> Result<Arc<dyn Converter>, RuleError> + Send + Sync>;

/// The converters that rules can name: the built-in ones, and what is registered.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Registry;
/// use rustzeug_routing::Rule;
///
/// let mut registry = Registry::new();
/// assert!(Rule::new("/<slug:s>").parse(&registry).is_err());
/// registry.declare("slug");
/// assert!(Rule::new("/<slug:s>").parse(&registry).is_ok());
/// ```
#[derive(Clone, Default)]
pub struct Registry {
    custom: BTreeMap<String, Make>,
}

impl Registry {
    /// Makes a registry of the built-in converters.
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a converter; `make` gets the arguments written in the rule.
    ///
    /// A name of a built-in converter is taken over.
    pub fn register<C: Converter + 'static>(
        &mut self,
        name: impl Into<String>,
        make: impl Fn(&Arguments) -> Result<C, RuleError> + Send + Sync + 'static,
    ) {
        let make = move |arguments: &Arguments| {
            make(arguments).map(|converter| Arc::new(converter) as Arc<dyn Converter>)
        };
        self.custom.insert(name.into(), Arc::new(make));
    }

    /// Makes a name known whose converter is not: for whoever only wants rules to be parsed.
    pub fn declare(&mut self, name: impl Into<String>) {
        self.register(name, |_| Ok(Declared));
    }

    /// Returns the converter of that name for the arguments.
    ///
    /// # Errors
    ///
    /// An unknown name (with a range that begins where the name does), or arguments that the
    /// converter refuses.
    pub fn kind(&self, name: &str, arguments: &Arguments) -> Result<Kind, RuleError> {
        if let Some(make) = self.custom.get(name) {
            let key = format!("{name}({arguments:?})");
            return Ok(Kind::Custom(Custom {
                key,
                converter: make(arguments)?,
            }));
        }
        Ok(match name {
            "any" => Kind::Any(AnyConverter::new(arguments)?),
            "default" | "string" => Kind::String(StringConverter::new(arguments)?),
            "float" => Kind::Float(FloatConverter::new(arguments)?),
            "int" => Kind::Int(IntConverter::new(arguments)?),
            // Like Werkzeug's, these take any arguments and look at none.
            "path" => Kind::Path,
            "uuid" => Kind::Uuid,
            _ => {
                let error = RuleError::new(
                    RuleErrorKind::UnknownConverter,
                    0..name.len(),
                    format!("there is no converter `{name}`"),
                );
                let known = BUILT_IN
                    .into_iter()
                    .chain(self.custom.keys().map(String::as_str));
                return Err(match nearest(name, known) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error,
                });
            }
        })
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(BUILT_IN)
            .entries(self.custom.keys())
            .finish()
    }
}

/// See [`Registry::declare`].
#[derive(Debug)]
struct Declared;

impl Converter for Declared {}

const BUILT_IN: [&str; 7] = ["any", "default", "float", "int", "path", "string", "uuid"];

pub(crate) fn refused(value: &Value, wanted: &str) -> ConversionError {
    let value = match value {
        Value::Str(text) => format!("{text:?}"),
        value => value.to_string(),
    };
    ConversionError::new(format!("{value} is not {wanted}"))
}
