//! URL variables → typed values, and back.

use std::borrow::Cow;

use rustzeug_routing::Uuid;
use rustzeug_routing::Value;

use crate::application::Reply;
use crate::exceptions::NotFound;
use crate::request::Request;
use crate::request::Route;
use crate::response::IntoResponse;

/// The URL variables of a rule, in its order.
#[derive(Clone, Copy, Debug)]
pub struct Args<'r> {
    path: &'r str,
    route: &'r Route,
    /// Variables of the host, and of prefixes, which belong to the mounts.
    skip: usize,
}

impl<'r> Args<'r> {
    pub(super) fn new(request: &'r Request, skip: usize) -> Self {
        let route = request.route();
        Self {
            path: request.path(),
            route,
            skip: route.captures.hosts() + skip,
        }
    }

    /// The text of a variable.
    #[must_use]
    #[inline]
    pub fn get(&self, index: usize) -> &'r str {
        self.route.captures.get(self.skip + index, self.path)
    }

    /// The text of a variable of the host or subdomain.
    #[must_use]
    pub fn host(&self, index: usize) -> &'r str {
        let Route { captures, host, .. } = self.route;
        if index < captures.hosts() {
            captures.get_with_host(index, host, self.path)
        } else {
            ""
        }
    }
}

/// Which converter a variable of a rule has.
///
/// Types for [`FromUrl`] and [`ToUrl`]; the converters themselves are in
/// [`routing`](crate::routing).
pub mod converters {
    /// `any(a, b)`.
    #[derive(Debug)]
    #[non_exhaustive]
    pub struct Any;

    /// `float`.
    #[derive(Debug)]
    #[non_exhaustive]
    pub struct Float;

    /// `int`.
    #[derive(Debug)]
    #[non_exhaustive]
    pub struct Int;

    /// `path`.
    #[derive(Debug)]
    #[non_exhaustive]
    pub struct Path;

    /// `string`, and a variable without a converter.
    #[derive(Debug)]
    #[non_exhaustive]
    pub struct Str;

    /// `uuid`.
    #[derive(Debug)]
    #[non_exhaustive]
    pub struct Uuid;
}

/// Fills a handler's parameter from a URL variable.
///
/// `C` says which converter the variable has, so `<int:id>` can fill a `u32` and `<id>` cannot.
/// Text (`&str`, `String`, `Cow<str>`) takes a variable of every converter. A text that is not a
/// value of the type (70000 for a `u16`) is 404: there is no such page.
///
/// # Examples
///
/// A type of your own, for a converter:
///
/// ```
/// use rustzeug::dispatch::FromUrl;
/// use rustzeug::dispatch::converters;
///
/// #[derive(Debug, PartialEq)]
/// enum Order {
///     Newest,
///     Oldest,
/// }
///
/// // for `<any(newest, oldest):order>`
/// impl<'r> FromUrl<'r, converters::Any> for Order {
///     fn from_url(text: &'r str) -> Option<Self> {
///         match text {
///             "newest" => Some(Order::Newest),
///             "oldest" => Some(Order::Oldest),
///             _ => None,
///         }
///     }
/// }
///
/// assert_eq!(Order::from_url("newest"), Some(Order::Newest));
/// ```
#[diagnostic::on_unimplemented(
    message = "the URL converter `{C}` cannot fill a `{Self}`",
    label = "this parameter is a variable of the rule, with the converter `{C}`",
    note = "`int` fills integers, `float` fills f32 and f64, `uuid` fills u128 and `routing::Uuid`",
    note = "text (`&str`, `String`) takes every variable; for a type of your own implement \
            `FromUrl<'_, {C}>`"
)]
pub trait FromUrl<'r, C>: Sized {
    /// Reads the value; `None` is answered with 404.
    fn from_url(text: &'r str) -> Option<Self>;
}

/// Writes a URL variable: the way back, for [`url_for!`](crate::url_for).
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be written into a URL by the converter `{C}`",
    label = "not accepted by `{C}`",
    note = "implement `ToUrl<{C}>` for it, so that `url_for!` can build the URL of this handler"
)]
pub trait ToUrl<C> {
    /// The value that the converter writes.
    fn to_url(&self) -> Value;
}

impl<'r, C> FromUrl<'r, C> for &'r str {
    #[inline]
    fn from_url(text: &'r str) -> Option<Self> {
        Some(text)
    }
}

impl<'r, C> FromUrl<'r, C> for String {
    fn from_url(text: &'r str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl<'r, C> FromUrl<'r, C> for Cow<'r, str> {
    fn from_url(text: &'r str) -> Option<Self> {
        Some(Cow::Borrowed(text))
    }
}

impl<'r, C, T: FromUrl<'r, C>> FromUrl<'r, C> for Option<T> {
    #[inline]
    fn from_url(text: &'r str) -> Option<Self> {
        T::from_url(text).map(Some)
    }
}

impl<C> ToUrl<C> for str {
    fn to_url(&self) -> Value {
        self.into()
    }
}

impl<C> ToUrl<C> for String {
    fn to_url(&self) -> Value {
        self.as_str().into()
    }
}

impl<C> ToUrl<C> for Cow<'_, str> {
    fn to_url(&self) -> Value {
        (**self).into()
    }
}

impl<C, T: ToUrl<C> + ?Sized> ToUrl<C> for &T {
    fn to_url(&self) -> Value {
        (**self).to_url()
    }
}

impl<C, T: ToUrl<C>> ToUrl<C> for Option<T> {
    fn to_url(&self) -> Value {
        self.as_ref().map_or(Value::None, ToUrl::to_url)
    }
}

macro_rules! parsed {
    ($converter:ident: $($ty:ty)*) => { $(
        impl<'r> FromUrl<'r, converters::$converter> for $ty {
            #[inline]
            fn from_url(text: &'r str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )* };
}

parsed!(Int: u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
parsed!(Float: f32 f64);
parsed!(Any: bool);
parsed!(Uuid: Uuid);

macro_rules! written {
    ($converter:ident: $($ty:ty => |$value:ident| $into:expr;)*) => { $(
        impl ToUrl<converters::$converter> for $ty {
            fn to_url(&self) -> Value {
                let $value = *self;
                $into
            }
        }
    )* };
}

written! { Int:
    u8 => |value| value.into();
    u16 => |value| value.into();
    u32 => |value| value.into();
    u64 => |value| value.into();
    usize => |value| value.into();
    i8 => |value| value.into();
    i16 => |value| value.into();
    i32 => |value| value.into();
    i64 => |value| value.into();
    i128 => |value| value.into();
    isize => |value| value.into();
    u128 => |value| i128::try_from(value).map_or_else(|_| value.to_string().into(), Value::Int);
}
written! { Float:
    f32 => |value| f64::from(value).into();
    f64 => |value| value.into();
}
written! { Any: bool => |value| value.to_string().into(); }
written! { Uuid:
    Uuid => |value| value.into();
    u128 => |value| Uuid(value).into();
}

impl<'r> FromUrl<'r, converters::Uuid> for u128 {
    fn from_url(text: &'r str) -> Option<Self> {
        text.parse::<Uuid>().ok().map(|uuid| uuid.0)
    }
}

/// The answer to a URL variable that is no value of its parameter's type.
#[must_use = "a reply does nothing unless it is returned"]
#[cold]
pub fn not_found<'r>() -> Reply<'r> {
    Reply::Ready(NotFound.into_response())
}
