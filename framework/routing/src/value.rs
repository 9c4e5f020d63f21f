//! Values of URL variables, defaults and query arguments.

use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;

/// A value that a converter read from a URL, or that a URL is built with.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Value;
///
/// assert_eq!(Value::from(42).to_string(), "42");
/// assert_eq!(Value::from(5.0).to_string(), "5.0");
/// assert_eq!(Value::from("a b"), Value::Str("a b".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A truth value.
    Bool(bool),
    /// A number with a fraction, as `float` reads it.
    Float(f64),
    /// A whole number, as `int` reads it.
    Int(i128),
    /// Several values of one name; a query repeats the name.
    List(Vec<Self>),
    /// No value: dropped when a URL is built.
    None,
    /// Text, as `string`, `path` and `any` read it.
    Str(String),
    /// What `uuid` reads.
    Uuid(Uuid),
}

impl Value {
    /// Returns whether two values are equal as Python sees it: `1`, `1.0` and `true` are.
    ///
    /// Decides whether a value given for a URL is the rule's default.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Value;
    ///
    /// assert!(Value::from(1).is_like(&Value::from(1.0)));
    /// assert!(!Value::from(1).is_like(&Value::from("1")));
    /// ```
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(a), Self::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_like(b))
            }
            (Self::Float(a), b) | (b, Self::Float(a)) => match b {
                Self::Float(b) => a == b,
                b => b.whole().is_some_and(|b| *a == b as f64),
            },
            (a, b) => match (a.whole(), b.whole()) {
                (Some(a), Some(b)) => a == b,
                (None, None) => a == b,
                _ => false,
            },
        }
    }

    /// Returns the text if the value is text.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(rustzeug_routing::Value::from("x").as_str(), Some("x"));
    /// ```
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    fn whole(&self) -> Option<i128> {
        match self {
            Self::Bool(value) => Some(i128::from(*value)),
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }
}

/// Writes the value as it stands in a URL before quoting.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Float(value) => write_float(f, *value),
            Self::Int(value) => value.fmt(f),
            Self::List(values) => {
                f.write_char('[')?;
                for (index, value) in values.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", " })?;
                    match value {
                        Self::Str(text) => write!(f, "'{text}'")?,
                        value => value.fmt(f)?,
                    }
                }
                f.write_char(']')
            }
            Self::None => f.write_str("None"),
            Self::Str(text) => f.write_str(text),
            Self::Uuid(value) => value.fmt(f),
        }
    }
}

macro_rules! from {
    ($($from:ty => |$value:ident| $into:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $into
            }
        }
    )*};
}

from! {
    &str => |value| Self::Str(value.to_owned());
    String => |value| Self::Str(value);
    bool => |value| Self::Bool(value);
    f64 => |value| Self::Float(value);
    i8 => |value| Self::Int(value.into());
    i16 => |value| Self::Int(value.into());
    i32 => |value| Self::Int(value.into());
    i64 => |value| Self::Int(value.into());
    i128 => |value| Self::Int(value);
    isize => |value| Self::Int(value as i128);
    u8 => |value| Self::Int(value.into());
    u16 => |value| Self::Int(value.into());
    u32 => |value| Self::Int(value.into());
    u64 => |value| Self::Int(value.into());
    usize => |value| Self::Int(value as i128);
    Uuid => |value| Self::Uuid(value);
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Self>, const N: usize> From<[T; N]> for Value {
    fn from(values: [T; N]) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Self> + Clone> From<&[T]> for Value {
    fn from(values: &[T]) -> Self {
        Self::List(values.iter().cloned().map(Into::into).collect())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

/// A UUID: 128 bits with a text form.
///
/// Not a UUID library: it is what the `uuid` converter needs and converts from and to `u128`,
/// which every such library understands.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Uuid;
///
/// let id: Uuid = "A8098C1A-F86E-11DA-BD1A-00112444BE1E".parse()?;
/// assert_eq!(id.to_string(), "a8098c1a-f86e-11da-bd1a-00112444be1e");
/// # Ok::<(), rustzeug_routing::InvalidUuid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uuid(pub u128);

impl FromStr for Uuid {
    type Err = InvalidUuid;

    /// Reads 32 hexadecimal digits grouped 8-4-4-4-12.
    fn from_str(text: &str) -> Result<Self, InvalidUuid> {
        if !crate::converter::is_uuid(text.as_bytes()) {
            return Err(InvalidUuid);
        }
        let digits: String = text.split('-').collect();
        u128::from_str_radix(&digits, 16)
            .map(Self)
            .map_err(|_| InvalidUuid)
    }
}

/// Writes lower case, grouped 8-4-4-4-12.
impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0;
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            bits >> 96,
            bits >> 80 & 0xffff,
            bits >> 64 & 0xffff,
            bits >> 48 & 0xffff,
            bits & 0xffff_ffff_ffff,
        )
    }
}

/// The text is not a UUID.
///
/// # Examples
///
/// ```
/// assert!("x".parse::<rustzeug_routing::Uuid>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidUuid;

impl fmt::Display for InvalidUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a uuid")
    }
}

impl std::error::Error for InvalidUuid {}

/// Writes a float as Python does: the shortest digits that read back, `5.0`, `1e+16`, `1e-05`.
///
/// # Examples
///
/// ```
/// let mut text = String::new();
/// rustzeug_routing::write_float(&mut text, 1e-5)?;
/// assert_eq!(text, "1e-05");
/// # Ok::<(), std::fmt::Error>(())
/// ```
///
/// # Errors
///
/// Only those of `out`.
pub fn write_float(out: &mut dyn fmt::Write, value: f64) -> fmt::Result {
    if value.is_nan() {
        return out.write_str("nan");
    }
    if value.is_infinite() {
        return out.write_str(if value > 0.0 { "inf" } else { "-inf" });
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        return match value.fract() == 0.0 {
            true => write!(out, "{value}.0"),
            false => write!(out, "{value}"),
        };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    write!(out, "{digits}e{sign}{:02}", exponent.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn floats_print_as_in_python() {
        let cases = [
            (5.0, "5.0"),
            (-0.5, "-0.5"),
            (1e16, "1e+16"),
            (123456789012345680.0, "1.2345678901234568e+17"),
            (1234567890123456.0, "1234567890123456.0"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (1e300, "1e+300"),
            (-0.0, "-0.0"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "nan"),
        ];
        for (value, want) in cases {
            assert_eq!(Value::Float(value).to_string(), want, "{value:e}");
        }
    }

    #[test]
    fn equality_is_pythons() {
        let cases = [
            (Value::from(1), Value::from(true), true),
            (Value::from(1.0), Value::from(true), true),
            (Value::from("1"), Value::from(1), false),
            (Value::from(vec![1]), Value::from(vec![1.0]), true),
            (Value::None, Value::None, true),
            (Value::from(f64::NAN), Value::from(f64::NAN), false),
        ];
        for (a, b, want) in cases {
            assert_eq!(a.is_like(&b), want, "{a:?} {b:?}");
            assert_eq!(b.is_like(&a), want, "{b:?} {a:?}");
        }
    }
}
