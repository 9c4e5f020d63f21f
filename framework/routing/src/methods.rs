//! The set of HTTP methods a rule takes, as bits.

use std::fmt;
use std::ops::BitAnd;
use std::ops::BitOr;
use std::ops::BitOrAssign;

/// A set of HTTP methods; also one method, as a set of one.
///
/// The nine standard methods have a bit each. A table gives further bits to the other names its
/// rules mention (see [`Table::method`](crate::Table::method)); any other name is
/// [`Methods::OTHER`], which only rules without a list of methods take.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::Methods;
///
/// let methods = Methods::GET | Methods::POST;
/// assert!(methods.contains(Methods::from_name("POST")));
/// assert!(!methods.contains(Methods::HEAD));
/// assert_eq!(methods.to_string(), "GET, POST");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Methods(
    // Bits as in `STANDARD`.
    pub(crate) u32,
);

impl Methods {
    /// No method.
    pub const NONE: Self = Self(0);
    /// `GET`.
    pub const GET: Self = Self(1);
    /// `HEAD`.
    pub const HEAD: Self = Self(1 << 1);
    /// `POST`.
    pub const POST: Self = Self(1 << 2);
    /// `PUT`.
    pub const PUT: Self = Self(1 << 3);
    /// `DELETE`.
    pub const DELETE: Self = Self(1 << 4);
    /// `CONNECT`.
    pub const CONNECT: Self = Self(1 << 5);
    /// `OPTIONS`.
    pub const OPTIONS: Self = Self(1 << 6);
    /// `TRACE`.
    pub const TRACE: Self = Self(1 << 7);
    /// `PATCH`.
    pub const PATCH: Self = Self(1 << 8);
    /// A method whose name no rule mentions.
    pub const OTHER: Self = Self(1 << 31);
    /// Every method, [`Methods::OTHER`] included: what a rule without a list of methods takes.
    pub const ALL: Self = Self(u32::MAX);

    /// Returns the method of that name (upper case, as on the wire).
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Methods;
    ///
    /// assert_eq!(Methods::from_name("PATCH"), Methods::PATCH);
    /// assert_eq!(Methods::from_name("PURGE"), Methods::OTHER);
    /// ```
    #[inline]
    pub fn from_name(name: &str) -> Self {
        match name {
            "GET" => Self::GET,
            "HEAD" => Self::HEAD,
            "POST" => Self::POST,
            "PUT" => Self::PUT,
            "DELETE" => Self::DELETE,
            "CONNECT" => Self::CONNECT,
            "OPTIONS" => Self::OPTIONS,
            "TRACE" => Self::TRACE,
            "PATCH" => Self::PATCH,
            _ => Self::OTHER,
        }
    }

    /// Returns whether all of `other` is in the set.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Methods;
    ///
    /// assert!(Methods::ALL.contains(Methods::GET | Methods::OTHER));
    /// ```
    #[inline]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns whether the sets have a method in common.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Methods;
    ///
    /// assert!(!Methods::GET.intersects(Methods::POST));
    /// ```
    #[inline]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns whether the set is empty.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(rustzeug_routing::Methods::NONE.is_empty());
    /// ```
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the names of the standard methods in the set.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Methods;
    ///
    /// assert!((Methods::POST | Methods::GET).names().eq(["GET", "POST"]));
    /// ```
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let of_bit =
            move |(bit, name): (usize, &&'static str)| (self.0 & 1 << bit != 0).then_some(*name);
        STANDARD.iter().enumerate().filter_map(of_bit)
    }

    /// The `index`th name that is not standard, or `None` when the bits are used up.
    pub(crate) fn custom(index: usize) -> Option<Self> {
        (index < CUSTOM).then(|| Self(1 << (STANDARD.len() + index)))
    }
}

impl BitAnd for Methods {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for Methods {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Methods {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Methods({self})")
    }
}

/// Writes the names as the `Allow` header wants them; names a table added are not known here.
impl fmt::Display for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.names().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            f.write_str(name)?;
        }
        Ok(())
    }
}

/// By bit.
const STANDARD: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
];
/// How many further names a table may use: the bits between the standard ones and `OTHER`.
pub(crate) const CUSTOM: usize = 31 - STANDARD.len();
