//! What a dictionary can hold.

use std::borrow::Cow;

/// What a [`MultiDict`](super::MultiDict) can hold: how a value is seen by [`MultiDict::get`](super::MultiDict::get).
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::{DictValue, MultiDict};
///
/// struct Upload(Vec<u8>);
///
/// impl DictValue for Upload {
///     type View = [u8];
///
///     fn view(&self) -> &[u8] {
///         &self.0
///     }
/// }
///
/// let files = MultiDict::from([("a", Upload(vec![1, 2]))]);
/// assert_eq!(files.get("a"), Some(&[1, 2][..]));
/// ```
pub trait DictValue {
    /// What is seen of the value; `str` for text.
    type View: ?Sized;

    /// Returns what is seen of the value.
    fn view(&self) -> &Self::View;
}

impl DictValue for String {
    type View = str;

    fn view(&self) -> &str {
        self
    }
}

impl DictValue for &str {
    type View = str;

    fn view(&self) -> &str {
        self
    }
}

impl DictValue for Cow<'_, str> {
    type View = str;

    fn view(&self) -> &str {
        self
    }
}

macro_rules! seen_as_they_are {
    ($($type:ty)+) => {
        $(
            impl DictValue for $type {
                type View = Self;

                fn view(&self) -> &Self {
                    self
                }
            }
        )+
    };
}

seen_as_they_are!(bool char i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64);
