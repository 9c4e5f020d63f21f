//! `any(a, b, "c d")`.

use crate::Arguments;
use crate::RuleError;
use crate::RuleErrorKind;
use crate::Value;

/// Takes one of the texts it lists.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::AnyConverter;
/// use rustzeug_routing::Arguments;
///
/// let any = AnyConverter::new(&Arguments::parse("news, blog")?)?;
/// assert_eq!(any.items(), ["news", "blog"]);
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnyConverter {
    items: Vec<String>,
}

impl AnyConverter {
    /// Takes the items from positional arguments.
    ///
    /// # Errors
    ///
    /// A named argument, or one that is not text.
    pub fn new(arguments: &Arguments) -> Result<Self, RuleError> {
        let bad = |message| RuleError::new(RuleErrorKind::BadArguments, 0..0, message);
        if let Some((name, _)) = arguments.names().next() {
            return Err(bad(format!("`any` has no argument `{name}`"))
                .help("list the texts: any(a, b, \"c d\")"));
        }
        let text = |value: &Value| match value {
            Value::Str(text) => Ok(text.clone()),
            value => Err(bad(format!("`any` takes text, {value} is not"))
                .help(format!("put it in quotes: \"{value}\""))),
        };
        let items = arguments
            .positional()
            .iter()
            .map(text)
            .collect::<Result<_, _>>()?;
        Ok(Self { items })
    }

    /// Returns the texts in the order written.
    pub fn items(&self) -> &[String] {
        &self.items
    }

    /// What the rule matches; without items that is the empty text.
    pub(super) fn alternatives(&self) -> Vec<String> {
        if self.items.is_empty() {
            vec![String::new()]
        } else {
            self.items.clone()
        }
    }
}
