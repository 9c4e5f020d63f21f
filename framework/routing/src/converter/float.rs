//! `float`: numbers with a point.

use super::ConversionError;
use super::int::flag;
use super::int::is_int;
use super::int::limit;
use super::refused;
use crate::Arguments;
use crate::RuleError;
use crate::Value;
use crate::rule::parse_float;
use crate::write_float;

/// Takes ASCII digits, a point and digits, with a `-` before them if `signed`.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Arguments;
/// use rustzeug_routing::FloatConverter;
///
/// let part = FloatConverter::new(&Arguments::parse("max=1")?)?;
/// assert_eq!(part.parse("0.5"), Some(0.5));
/// assert_eq!(part.parse("1.5"), None);
/// # Ok::<(), rustzeug_routing::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FloatConverter {
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) signed: bool,
}

impl FloatConverter {
    /// Takes `min`, `max` and `signed` from the arguments.
    ///
    /// # Errors
    ///
    /// Other arguments, or values of the wrong kind.
    pub fn new(arguments: &Arguments) -> Result<Self, RuleError> {
        let [min, max, signed] = arguments.take(["min", "max", "signed"])?;
        let float = |limit: Result<i128, f64>| limit.map_or_else(|float| float, |int| int as f64);
        Ok(Self {
            min: limit("min", min)?.map(float),
            max: limit("max", max)?.map(float),
            signed: flag("signed", signed)?,
        })
    }

    /// Reads a number within the limits.
    pub fn parse(&self, text: &str) -> Option<f64> {
        let value = text.parse::<f64>().ok()?;
        let low = self.min.is_some_and(|min| value < min);
        let high = self.max.is_some_and(|max| value > max);
        (!low && !high).then_some(value)
    }
}

/// Writes a value as a number with a point.
pub(crate) fn write_float_url(value: &Value, url: &mut String) -> Result<(), ConversionError> {
    let number = match value {
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Float(value) => *value,
        Value::Int(value) => *value as f64,
        Value::Str(text) => parse_float(text).ok_or_else(|| refused(value, "a number"))?,
        value => return Err(refused(value, "a number")),
    };
    write_float(url, number).map_err(|_| refused(value, "a number"))
}

/// Whether a variable `float` takes the text.
pub(crate) fn is_float(text: &[u8], signed: bool) -> bool {
    let Some(point) = text.iter().position(|byte| *byte == b'.') else {
        return false;
    };
    let (whole, fraction) = text.split_at(point);
    is_int(whole, signed)
        && fraction
            .get(1..)
            .is_some_and(|fraction| is_int(fraction, false))
}
