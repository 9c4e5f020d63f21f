//! Rules and tables as bytes: how a macro hands to the runtime what it has worked out.
//!
//! One literal instead of thousands of expressions: a table of a thousand rules written as Rust
//! costs its reader's compiler two seconds, as bytes nothing that can be measured. The bytes are
//! written and read by the same version of this crate, so they promise nothing to anybody else.

// The bytes come out of a program's own text, and still a mistake must not be a panic.
#![warn(clippy::indexing_slicing, clippy::string_slice)]

use crate::Methods;
use crate::Rule;
use crate::Value;
use crate::rule::RedirectTo;
use crate::table::Check;
use crate::table::DynamicEdge;
use crate::table::Node;
use crate::table::Rare;
use crate::table::SegmentItem;
use crate::table::TableBuf;
use crate::table::Term;
use crate::table::Test;
use crate::table::Text;
use crate::value::Uuid;

/// What a macro knows of a handler's rule.
#[doc(hidden)]
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RouteRecord {
    pub rule: Rule,
    /// The function's name, which the endpoint has, too, unless the rule says otherwise.
    pub handler: String,
    /// What it wants of the body, in the numbers of who wrote it.
    pub needs: u8,
    /// That only its order decides between it and other rules is meant so.
    pub allow_overlap: bool,
}

impl RouteRecord {
    /// Makes a record.
    #[must_use]
    pub fn new(rule: Rule, handler: impl Into<String>, needs: u8) -> Self {
        Self {
            rule,
            handler: handler.into(),
            needs,
            allow_overlap: false,
        }
    }

    /// Appends the record to others.
    pub fn pack_into(&self, bytes: &mut Vec<u8>) {
        self.pack(bytes);
    }

    /// Reads records, one after the other; `None` if the bytes were not written by
    /// [`pack_into`](Self::pack_into).
    #[must_use]
    pub fn unpack_all(mut bytes: &[u8]) -> Option<Vec<Self>> {
        let mut records = Vec::new();
        while !bytes.is_empty() {
            records.push(Self::unpack(&mut bytes)?);
        }
        Some(records)
    }
}

impl TableBuf {
    /// Returns the table as bytes, which [`from_bytes`](Self::from_bytes) makes a table again.
    ///
    /// Custom converters cannot be written: `None`.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Captures;
    /// use rustzeug_routing::Methods;
    /// use rustzeug_routing::Outcome;
    /// use rustzeug_routing::Rule;
    /// use rustzeug_routing::TableBuf;
    /// use rustzeug_routing::TableBuilder;
    /// use rustzeug_routing::TableOptions;
    ///
    /// let mut builder = TableBuilder::new(TableOptions::new());
    /// builder.add(&Rule::new("/<int:id>"))?;
    /// let bytes = builder.build().table.to_bytes().expect("no custom converter");
    /// let table = TableBuf::from_bytes(&bytes).expect("bytes of a table");
    /// let found = table.as_table().find("/7", Methods::GET, false, &mut Captures::new());
    /// assert_eq!(found, Outcome::Found(0));
    /// # Ok::<(), rustzeug_routing::RuleError>(())
    /// ```
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.custom.is_empty().then(|| self.pack(&mut bytes))?;
        Some(bytes)
    }

    /// Makes a table of what [`to_bytes`](Self::to_bytes) returned; `None` for other bytes.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let table = Self::unpack(&mut bytes)?;
        bytes.is_empty().then_some(table)
    }
}

/// A value as bytes.
trait Packed: Sized {
    fn pack(&self, bytes: &mut Vec<u8>);
    fn unpack(bytes: &mut &[u8]) -> Option<Self>;
}

/// Seven bits a byte, the lowest first: most numbers of a table are small.
impl Packed for u128 {
    fn pack(&self, bytes: &mut Vec<u8>) {
        let mut rest = *self;
        while rest > 0x7f {
            bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        let mut number = 0;
        for shift in (0..Self::BITS).step_by(7) {
            let (first, rest) = bytes.split_first()?;
            *bytes = rest;
            number |= Self::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

/// The sign is in the lowest bit, so that small numbers of both signs are short.
impl Packed for i128 {
    fn pack(&self, bytes: &mut Vec<u8>) {
        ((*self << 1) ^ (*self >> (Self::BITS - 1)))
            .cast_unsigned()
            .pack(bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        let number = u128::unpack(bytes)?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }
}

impl Packed for f64 {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.to_bits().pack(bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        u64::unpack(bytes).map(Self::from_bits)
    }
}

impl Packed for bool {
    fn pack(&self, bytes: &mut Vec<u8>) {
        u8::from(*self).pack(bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        match u8::unpack(bytes)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Packed for String {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.len().pack(bytes);
        bytes.extend_from_slice(self.as_bytes());
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        let len = usize::unpack(bytes)?;
        let (text, rest) = bytes.split_at_checked(len)?;
        *bytes = rest;
        Self::from_utf8(text.to_vec()).ok()
    }
}

impl<T: Packed> Packed for Vec<T> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.len().pack(bytes);
        self.iter().for_each(|item| item.pack(bytes));
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        let len = usize::unpack(bytes)?;
        (0..len).map(|_| T::unpack(bytes)).collect()
    }
}

impl<T: Packed> Packed for Option<T> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.is_some().pack(bytes);
        self.iter().for_each(|value| value.pack(bytes));
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        match bool::unpack(bytes)? {
            true => T::unpack(bytes).map(Some),
            false => Some(None),
        }
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.0.pack(bytes);
        self.1.pack(bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::unpack(bytes)?, B::unpack(bytes)?))
    }
}

/// A function is code, not data: who packs the rule has to hand it over by other means.
impl Packed for RedirectTo {
    fn pack(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Function(_) => String::new().pack(bytes),
            Self::Text(text) => text.pack(bytes),
        }
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        String::unpack(bytes).map(Self::Text)
    }
}

macro_rules! numbers {
    ($($ty:ty)*) => { $(
        impl Packed for $ty {
            fn pack(&self, bytes: &mut Vec<u8>) {
                (*self as u128).pack(bytes);
            }

            fn unpack(bytes: &mut &[u8]) -> Option<Self> {
                Self::try_from(u128::unpack(bytes)?).ok()
            }
        }
    )* };
}

/// Field after field; what is not listed has no bytes.
macro_rules! structs {
    ($($ty:ident { $($field:tt),* } $(.. $rest:ident)?)*) => { $(
        impl Packed for $ty {
            fn pack(&self, bytes: &mut Vec<u8>) {
                $(self.$field.pack(bytes);)*
            }

            fn unpack(bytes: &mut &[u8]) -> Option<Self> {
                Some(Self {
                    $($field: Packed::unpack(bytes)?,)*
                    $($rest: Default::default(),)?
                })
            }
        }
    )* };
}

/// The number of the variant, then its fields.
macro_rules! enums {
    ($($ty:ident { $($tag:literal $variant:ident $({ $($field:ident),* })? $(($value:ident))?,)* })*) => { $(
        impl Packed for $ty {
            fn pack(&self, bytes: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $({ $($field),* })? $(($value))? => {
                        bytes.push($tag);
                        $($($field.pack(bytes);)*)?
                        $($value.pack(bytes);)?
                    })*
                }
            }

            fn unpack(bytes: &mut &[u8]) -> Option<Self> {
                match u8::unpack(bytes)? {
                    $($tag => {
                        $(let $value = Packed::unpack(bytes)?;)?
                        Some(Self::$variant
                            $({ $($field: Packed::unpack(bytes)?),* })?
                            $(($value))?)
                    })*
                    _ => None,
                }
            }
        }
    )* };
}

numbers! { u8 u16 u32 u64 usize }

structs! {
    Methods { 0 }
    Text { from, len }
    Uuid { 0 }
    Node {
        head, tail, seed, len, text, next, statics, dynamics, behind, terms, rare, n_dynamics,
        n_terms, shift, quick, special, skip_len
    }
    Rare { skip, slash, lax, n_slash, n_lax, n_dynamics }
    DynamicEdge { test, target, earliest, group, variables, whole_rest }
    Term { methods, rule, checks, n_checks, websocket, strict, merge }
    TableBuf {
        text, nodes, rares, dynamics, terms, items, alternatives, checks, methods, merge_slashes,
        root
    } .. custom
    Rule {
        text, endpoint, defaults, subdomain, host, methods, build_only, strict_slashes,
        merge_slashes, redirect_to, alias, websocket
    }
    RouteRecord { rule, handler, needs, allow_overlap }
}

enums! {
    Test {
        0 Any { from, len },
        1 Custom { index },
        2 Float { signed },
        3 Int { signed },
        4 Items { from, len, suffixed },
        5 Path,
        6 Plain,
        7 String { min, max },
        8 Uuid,
    }
    SegmentItem {
        0 Literal(text),
        1 Variable(test),
    }
    Check {
        0 Custom { variable, index },
        1 Float { variable, min, max },
        2 Int { variable, digits, min, max },
    }
    Value {
        0 Bool(value),
        1 Float(value),
        2 Int(value),
        3 List(value),
        4 None,
        5 Str(value),
        6 Uuid(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn round<T: Packed + std::fmt::Debug + PartialEq>(value: T) {
        let mut bytes = Vec::new();
        value.pack(&mut bytes);
        let mut rest = &*bytes;
        assert_eq!(T::unpack(&mut rest), Some(value));
        assert!(rest.is_empty());
        for end in 0..bytes.len() {
            assert_eq!(T::unpack(&mut &bytes[..end]), None, "cut at {end}");
        }
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        for number in [0, 1, 127, 128, u128::from(u64::MAX), u128::MAX] {
            round(number);
        }
        for number in [0, 1, -1, 63, -64, i128::MIN, i128::MAX] {
            round(number);
        }
        round(Some((String::from("ü"), vec![true, false])));
        round(Value::List(vec![
            Value::None,
            Value::Bool(true),
            Value::Float(f64::NEG_INFINITY),
            Value::Int(-5),
            Value::Str("x".to_owned()),
            Value::Uuid(Uuid(7)),
        ]));
        round(Test::Items {
            from: 1,
            len: 300,
            suffixed: true,
        });
    }

    #[test]
    fn other_bytes_are_refused() {
        assert_eq!(u8::unpack(&mut &[0x80, 0x02][..]), None, "256 is no u8");
        assert_eq!(u128::unpack(&mut &[0xff; 30][..]), None);
        assert_eq!(Test::unpack(&mut &[9][..]), None);
        assert_eq!(String::unpack(&mut &[1, 0xff][..]), None);
        assert!(Vec::<u8>::unpack(&mut &[0xff, 0xff, 0xff, 0xff, 0x7f, 1][..]).is_none());
        assert!(TableBuf::from_bytes(b"no table").is_none());
        assert!(RouteRecord::unpack_all(b"no rules").is_none());
    }

    #[test]
    fn rules_keep_their_options() {
        let rule = Rule::new("/a/<int:b>")
            .endpoint("e")
            .methods(["GET"])
            .default_value("c", 2)
            .subdomain("s")
            .strict_slashes(false)
            .merge_slashes(true)
            .redirect_to("x")
            .alias()
            .websocket()
            .build_only()
            .host("h");
        let mut bytes = Vec::new();
        RouteRecord::new(rule.clone(), "f", 2).pack_into(&mut bytes);
        RouteRecord::new(Rule::new("/"), "g", 0).pack_into(&mut bytes);
        let records = RouteRecord::unpack_all(&bytes).expect("two records");
        assert_eq!(format!("{:?}", records[0].rule), format!("{rule:?}"));
        assert_eq!((&*records[1].handler, records[1].needs), ("g", 0));
        assert_eq!(records.len(), 2);
    }
}
