//! `string`, also called `default`: text without slashes.

use crate::Arguments;
use crate::RuleError;
use crate::RuleErrorKind;
use crate::Value;
use crate::rule::parse_int;

/// Takes text without a slash, of a length in characters within limits.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Arguments;
/// use rustzeug_routing::StringConverter;
///
/// let string = StringConverter::new(&Arguments::parse("minlength=2, maxlength=3")?)?;
/// assert!(string.takes("ab") && string.takes("äöü"));
/// assert!(!string.takes("a") && !string.takes("abcd") && !string.takes("a/"));
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StringConverter {
    pub(crate) min: u32,
    pub(crate) max: u32,
    /// Written as `length`: Werkzeug does not merge it with equal `minlength` and `maxlength`.
    exact: bool,
}

impl StringConverter {
    /// Takes `minlength`, `maxlength` and `length` from the arguments.
    ///
    /// # Errors
    ///
    /// Other arguments, values that are not whole numbers, or a least length above the most.
    pub fn new(arguments: &Arguments) -> Result<Self, RuleError> {
        let [min, max, exact] = arguments.take(["minlength", "maxlength", "length"])?;
        let given = |value: Option<&Value>| match value {
            None | Some(Value::None) => Ok(None),
            Some(value) => length(value).map(Some),
        };
        if let Some(exact) = given(exact)? {
            return Ok(Self {
                min: exact,
                max: exact,
                exact: true,
            });
        }
        let (min, max) = (min.map_or(Ok(1), length)?, given(max)?.unwrap_or(u32::MAX));
        if min > max {
            let message = format!("no text has at least {min} and at most {max} characters");
            return Err(RuleError::new(
                RuleErrorKind::InvalidArguments,
                0..0,
                message,
            ));
        }
        Ok(Self {
            min,
            max,
            exact: false,
        })
    }

    /// Returns whether the rule matches with that text.
    pub fn takes(&self, text: &str) -> bool {
        !text.contains('/') && {
            let length = text.chars().count();
            length >= self.min as usize && length <= self.max as usize
        }
    }

    /// Whether the only condition is that there is text.
    pub(crate) fn is_plain(&self) -> bool {
        self.min == 1 && self.max == u32::MAX
    }
}

fn length(value: &Value) -> Result<u32, RuleError> {
    let whole = match value {
        Value::Bool(value) => Some(i128::from(*value)),
        Value::Float(value) if value.is_finite() => Some(*value as i128),
        Value::Int(value) => Some(*value),
        Value::Str(text) => parse_int(text),
        Value::None => {
            let message = "a least length cannot be None";
            return Err(RuleError::new(RuleErrorKind::BadArguments, 0..0, message));
        }
        _ => None,
    };
    whole
        .and_then(|whole| u32::try_from(whole).ok())
        .filter(|length| *length < u32::MAX)
        .ok_or_else(|| {
            let message = format!("a length is a whole number, `{value}` is not");
            let error = RuleError::new(RuleErrorKind::InvalidArguments, 0..0, message);
            match value {
                Value::Str(text) if text.contains(',') => error.help("put a space after the comma"),
                _ => error,
            }
        })
}
