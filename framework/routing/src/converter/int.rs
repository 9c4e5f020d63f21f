//! `int`: whole numbers.

use super::ConversionError;
use super::refused;
use crate::Arguments;
use crate::RuleError;
use crate::RuleErrorKind;
use crate::Value;
use crate::rule::parse_int;

/// Takes ASCII digits, with a `-` before them if `signed`; the value may be limited.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Arguments;
/// use rustzeug_routing::IntConverter;
///
/// let year = IntConverter::new(&Arguments::parse("fixed_digits=4, max=2100")?)?;
/// assert_eq!(year.parse("0099"), Some(99));
/// assert_eq!(year.parse("99"), None);
/// assert_eq!(year.parse("2101"), None);
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntConverter {
    pub(crate) fixed_digits: u32,
    pub(crate) min: Option<i128>,
    pub(crate) max: Option<i128>,
    pub(crate) signed: bool,
}

impl IntConverter {
    /// Takes `fixed_digits`, `min`, `max` and `signed` from the arguments.
    ///
    /// # Errors
    ///
    /// Other arguments, or values of the wrong kind.
    pub fn new(arguments: &Arguments) -> Result<Self, RuleError> {
        let [digits, min, max, signed] =
            arguments.take(["fixed_digits", "min", "max", "signed"])?;
        let fixed_digits = match digits {
            None | Some(Value::None) => 0,
            Some(Value::Bool(value)) => u32::from(*value),
            Some(Value::Int(value)) => {
                u32::try_from(*value).map_err(|_| invalid("fixed_digits", &Value::Int(*value)))?
            }
            Some(value) => return Err(invalid("fixed_digits", value)),
        };
        Ok(Self {
            fixed_digits,
            // A fraction limits as the whole number inside it does.
            min: limit("min", min)?.map(|limit| limit.unwrap_or_else(|f| f.ceil() as i128)),
            max: limit("max", max)?.map(|limit| limit.unwrap_or_else(|f| f.floor() as i128)),
            signed: flag("signed", signed)?,
        })
    }

    /// Reads a number within the limits.
    pub fn parse(&self, text: &str) -> Option<i128> {
        if self.fixed_digits != 0 && text.len() != self.fixed_digits as usize {
            return None;
        }
        let value = text.parse::<i128>().ok()?;
        let low = self.min.is_some_and(|min| value < min);
        let high = self.max.is_some_and(|max| value > max);
        (!low && !high).then_some(value)
    }
}

/// Writes a value as a whole number of at least that many characters.
pub(crate) fn write_int_url(
    value: &Value,
    fixed_digits: u32,
    url: &mut String,
) -> Result<(), ConversionError> {
    let whole = match value {
        Value::Bool(value) => i128::from(*value).to_string(),
        Value::Float(value) if value.is_finite() => (*value as i128).to_string(),
        Value::Int(value) => value.to_string(),
        Value::Str(text) => parse_int(text)
            .ok_or_else(|| refused(value, "a whole number"))?
            .to_string(),
        Value::Uuid(value) => value.0.to_string(),
        value => return Err(refused(value, "a whole number")),
    };
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", &*whole),
    };
    url.push_str(sign);
    // The sign counts as a digit, as in Python's `zfill`.
    for _ in sign.len() + digits.len()..fixed_digits as usize {
        url.push('0');
    }
    url.push_str(digits);
    Ok(())
}

/// Whether a variable `int` takes the text.
#[inline]
pub(crate) fn is_int(text: &[u8], signed: bool) -> bool {
    let digits = match text {
        [b'-', digits @ ..] if signed => digits,
        digits => digits,
    };
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// A limit on a number: whole, or a fraction; not a number limits nothing.
pub(super) fn limit(
    name: &str,
    value: Option<&Value>,
) -> Result<Option<Result<i128, f64>>, RuleError> {
    Ok(match value {
        None | Some(Value::None) => None,
        Some(Value::Bool(value)) => Some(Ok(i128::from(*value))),
        Some(Value::Float(value)) if value.is_nan() => None,
        Some(Value::Float(value)) => Some(Err(*value)),
        Some(Value::Int(value)) => Some(Ok(*value)),
        Some(value) => return Err(invalid(name, value)),
    })
}

pub(super) fn flag(name: &str, value: Option<&Value>) -> Result<bool, RuleError> {
    match value {
        None | Some(Value::None) => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(Value::Int(value)) => Ok(*value != 0),
        Some(value) => Err(invalid(name, value).help(format!("write {name}=True"))),
    }
}

fn invalid(name: &str, value: &Value) -> RuleError {
    let message = format!("`{name}` cannot be `{value}`");
    let error = RuleError::new(RuleErrorKind::InvalidArguments, 0..0, message);
    match value {
        Value::Str(text) if text.contains(',') => error.help("put a space after the comma"),
        _ => error,
    }
}
