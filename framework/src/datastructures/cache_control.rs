//! `Cache-Control`, of requests and of responses.

use std::fmt;
use std::str::FromStr;

use super::invalid::invalid;
use crate::grammar::list::dump_dict_header;
use crate::grammar::list::parse_dict_header;
use crate::grammar::list::split_list;
use crate::grammar::number::lenient_int;
use crate::grammar::token;

/// The directives of a header, in order, with their values as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Directives {
    items: Vec<(String, Option<String>)>,
}

impl Directives {
    fn from_header(header: &str) -> Self {
        Self {
            items: parse_dict_header(header),
        }
    }

    fn to_header(&self) -> String {
        let items = self.items.iter();
        dump_dict_header(items.map(|(name, value)| (name, value.as_deref())))
    }

    /// `None`: absent. `Some(None)`: present without a value.
    fn get(&self, name: &str) -> Option<Option<&str>> {
        let item = self.items.iter().find(|(other, _)| other == name)?;
        Some(item.1.as_deref())
    }

    fn number(&self, name: &str) -> Option<i64> {
        lenient_int(self.get(name)??)
    }

    fn set(&mut self, name: &str, value: Option<Option<String>>) {
        let at = self.items.iter().position(|(other, _)| other == name);
        match (at, value) {
            (Some(at), Some(value)) => self.items[at].1 = value,
            (Some(at), None) => drop(self.items.remove(at)),
            (None, Some(value)) => self.items.push((name.to_owned(), value)),
            (None, None) => {}
        }
    }

    /// Reads a header in which every name is a token, and that can be written again.
    fn strictly(text: &str) -> Option<Self> {
        let is_named = |item: &str| token::is_token(item.split('=').next().unwrap_or(item));
        let named = split_list(text)?.all(is_named);
        let directives = Self::from_header(text);
        let again = Self::from_header(&directives.to_header());
        (named && again == directives).then_some(directives)
    }
}

/// The directives of a request's `Cache-Control`.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::RequestCacheControl;
///
/// let cache = RequestCacheControl::from_header("max-age=0, no-cache, max-stale");
/// assert_eq!(cache.max_age(), Some(0));
/// assert!(cache.no_cache() && !cache.no_store());
/// assert_eq!(cache.max_stale(), Some(None));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestCacheControl {
    directives: Directives,
}

/// The directives of a response's `Cache-Control`.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::ResponseCacheControl;
///
/// let mut cache = ResponseCacheControl::from_header("private");
/// cache.set_private(None);
/// cache.set_public(true);
/// cache.set_max_age(3600);
/// cache.set_no_cache(Some("Set-Cookie"));
/// assert_eq!(cache.to_header(), "public, max-age=3600, no-cache=Set-Cookie");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseCacheControl {
    directives: Directives,
}

/// What both kinds have.
macro_rules! common {
    ($type:ident) => {
        impl $type {
            /// Makes a header without directives.
            ///
            #[doc = concat!("```\n# use rustzeug::datastructures::", stringify!($type), " as CC;")]
            #[doc = "assert!(CC::new().is_empty());\n```"]
            pub fn new() -> Self {
                Self::default()
            }

            /// Parses a header; the last of a directive wins.
            ///
            #[doc = concat!("```\n# use rustzeug::datastructures::", stringify!($type), " as CC;")]
            #[doc = "assert_eq!(CC::from_header(\"max-age=1, max-age=2\").max_age(), Some(2));\n```"]
            pub fn from_header(header: &str) -> Self {
                Self {
                    directives: Directives::from_header(header),
                }
            }

            /// Writes the header.
            ///
            #[doc = concat!("```\n# use rustzeug::datastructures::", stringify!($type), " as CC;")]
            #[doc = "assert_eq!(CC::from_header(\"no-store,max-age=1\").to_header(), \"no-store, max-age=1\");\n```"]
            pub fn to_header(&self) -> String {
                self.directives.to_header()
            }

            /// Returns a directive of any name: `None` if it is absent, `Some(None)` if it has no
            /// value.
            ///
            #[doc = concat!("```\n# use rustzeug::datastructures::", stringify!($type), " as CC;")]
            #[doc = "assert_eq!(CC::from_header(\"x=1\").get(\"x\"), Some(Some(\"1\")));\n```"]
            pub fn get(&self, name: &str) -> Option<Option<&str>> {
                self.directives.get(name)
            }

            /// Iterates over the directives and their values.
            ///
            #[doc = concat!("```\n# use rustzeug::datastructures::", stringify!($type), " as CC;")]
            #[doc = "assert!(CC::from_header(\"a, b=1\").iter().eq([(\"a\", None), (\"b\", Some(\"1\"))]));\n```"]
            pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
                let items = self.directives.items.iter();
                items.map(|(name, value)| (name.as_str(), value.as_deref()))
            }

            /// Returns whether there are no directives.
            ///
            #[doc = concat!("```\n# use rustzeug::datastructures::", stringify!($type), " as CC;")]
            #[doc = "assert!(!CC::from_header(\"no-store\").is_empty());\n```"]
            pub fn is_empty(&self) -> bool {
                self.directives.items.is_empty()
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.to_header())
            }
        }

        impl FromStr for $type {
            type Err = InvalidCacheControl;

            /// Reads a header in which every directive's name is a token.
            fn from_str(text: &str) -> Result<Self, InvalidCacheControl> {
                let directives = Directives::strictly(text).ok_or(InvalidCacheControl(()))?;
                Ok(Self { directives })
            }
        }
    };
}

common!(RequestCacheControl);
common!(ResponseCacheControl);

/// Getters, one line a directive: those that are there or not, and those with a number.
macro_rules! getters {
    ($type:ident: flags $($flag:ident $flag_name:literal)+, numbers $($number:ident $name:literal)+) => {
        impl $type {
            $(
                #[doc = concat!("Returns whether there is `", $flag_name, "`.")]
                ///
                #[doc = concat!("```\nuse rustzeug::datastructures::", stringify!($type), ";\n")]
                #[doc = concat!("let cache = ", stringify!($type), "::from_header(\"", $flag_name, "\");")]
                #[doc = concat!("assert!(cache.", stringify!($flag), "());\n```")]
                pub fn $flag(&self) -> bool {
                    self.directives.get($flag_name).is_some()
                }
            )+
            $(
                #[doc = concat!("Returns the seconds of `", $name, "`.")]
                ///
                #[doc = concat!("```\nuse rustzeug::datastructures::", stringify!($type), ";\n")]
                #[doc = concat!("let cache = ", stringify!($type), "::from_header(\"", $name, "=60\");")]
                #[doc = concat!("assert_eq!(cache.", stringify!($number), "(), Some(60));\n```")]
                pub fn $number(&self) -> Option<i64> {
                    self.directives.number($name)
                }
            )+
        }
    };
}

getters! {
    RequestCacheControl:
    flags
        no_cache "no-cache"
        no_store "no-store"
        no_transform "no-transform"
        only_if_cached "only-if-cached",
    numbers
        max_age "max-age"
        min_fresh "min-fresh"
        stale_if_error "stale-if-error"
}

getters! {
    ResponseCacheControl:
    flags
        immutable "immutable"
        must_revalidate "must-revalidate"
        must_understand "must-understand"
        no_store "no-store"
        no_transform "no-transform"
        proxy_revalidate "proxy-revalidate"
        public "public",
    numbers
        max_age "max-age"
        s_maxage "s-maxage"
        stale_if_error "stale-if-error"
        stale_while_revalidate "stale-while-revalidate"
}

impl RequestCacheControl {
    /// Returns the seconds of `max-stale`: `Some(None)` if any staleness will do, `None` if none
    /// or something else than a number.
    ///
    /// ```
    /// # use rustzeug::datastructures::{RequestCacheControl, ResponseCacheControl};
    /// let cache = |text| RequestCacheControl::from_header(text);
    /// assert_eq!(cache("max-stale=5").max_stale(), Some(Some(5)));
    /// assert_eq!(cache("max-stale").max_stale(), Some(None));
    /// assert_eq!(cache("").max_stale(), None);
    /// ```
    pub fn max_stale(&self) -> Option<Option<i64>> {
        match self.directives.get("max-stale")? {
            None => Some(None),
            Some(text) => lenient_int(text).map(Some),
        }
    }
}

impl ResponseCacheControl {
    /// Returns `no-cache`: the fields it is about, or `Some(None)` for all of the response.
    ///
    /// ```
    /// # use rustzeug::datastructures::{RequestCacheControl, ResponseCacheControl};
    /// let cache = ResponseCacheControl::from_header("no-cache=Set-Cookie");
    /// assert_eq!(cache.no_cache(), Some(Some("Set-Cookie")));
    /// ```
    pub fn no_cache(&self) -> Option<Option<&str>> {
        self.directives.get("no-cache")
    }

    /// Returns `private`: the fields it is about, or `Some(None)` for all of the response.
    ///
    /// ```
    /// # use rustzeug::datastructures::{RequestCacheControl, ResponseCacheControl};
    /// assert_eq!(ResponseCacheControl::from_header("private").private(), Some(None));
    /// ```
    pub fn private(&self) -> Option<Option<&str>> {
        self.directives.get("private")
    }

    /// Sets `no-cache` for some fields, for all with `""`, or removes it with `None`.
    ///
    /// ```
    /// # use rustzeug::datastructures::{RequestCacheControl, ResponseCacheControl};
    /// let mut cache = ResponseCacheControl::new();
    /// cache.set_no_cache(Some(""));
    /// assert_eq!(cache.to_header(), "no-cache");
    /// ```
    pub fn set_no_cache(&mut self, fields: Option<&str>) {
        self.set_fields("no-cache", fields);
    }

    /// Sets `private` for some fields, for all with `""`, or removes it with `None`.
    ///
    /// ```
    /// # use rustzeug::datastructures::{RequestCacheControl, ResponseCacheControl};
    /// let mut cache = ResponseCacheControl::new();
    /// cache.set_private(Some("Set-Cookie"));
    /// assert_eq!(cache.to_header(), "private=Set-Cookie");
    /// ```
    pub fn set_private(&mut self, fields: Option<&str>) {
        self.set_fields("private", fields);
    }

    /// Sets a directive of any name; `Some(None)` sets it without a value, `None` removes it.
    ///
    /// ```
    /// # use rustzeug::datastructures::{RequestCacheControl, ResponseCacheControl};
    /// let mut cache = ResponseCacheControl::new();
    /// cache.set("x-mine", Some(Some("1")));
    /// assert_eq!(cache.to_header(), "x-mine=1");
    /// ```
    pub fn set(&mut self, name: &str, value: Option<Option<&str>>) {
        let value = value.map(|value| value.map(ToOwned::to_owned));
        self.directives.set(name, value);
    }

    fn set_fields(&mut self, name: &str, fields: Option<&str>) {
        self.set(
            name,
            fields.map(|fields| Some(fields).filter(|fields| !fields.is_empty())),
        );
    }
}

/// Setters, one line a directive.
macro_rules! setters {
    (flags $($flag:ident $flag_name:literal)+, numbers $($number:ident $name:literal)+) => {
        impl ResponseCacheControl {
            $(
                #[doc = concat!("Sets `", $flag_name, "`, or removes it.")]
                ///
                /// ```
                /// let mut cache = rustzeug::datastructures::ResponseCacheControl::new();
                #[doc = concat!("cache.", stringify!($flag), "(true);")]
                #[doc = concat!("assert_eq!(cache.to_header(), \"", $flag_name, "\");")]
                /// ```
                pub fn $flag(&mut self, present: bool) {
                    self.directives.set($flag_name, present.then_some(None));
                }
            )+
            $(
                #[doc = concat!("Sets the seconds of `", $name, "`, or removes it with `None`.")]
                ///
                /// ```
                /// let mut cache = rustzeug::datastructures::ResponseCacheControl::new();
                #[doc = concat!("cache.", stringify!($number), "(60);")]
                #[doc = concat!("assert_eq!(cache.to_header(), \"", $name, "=60\");")]
                /// ```
                pub fn $number(&mut self, seconds: impl Into<Option<i64>>) {
                    let value = seconds.into().map(|seconds| Some(seconds.to_string()));
                    self.directives.set($name, value);
                }
            )+
        }
    };
}

setters! {
    flags
        set_immutable "immutable"
        set_must_revalidate "must-revalidate"
        set_must_understand "must-understand"
        set_no_store "no-store"
        set_no_transform "no-transform"
        set_proxy_revalidate "proxy-revalidate"
        set_public "public",
    numbers
        set_max_age "max-age"
        set_s_maxage "s-maxage"
        set_stale_if_error "stale-if-error"
        set_stale_while_revalidate "stale-while-revalidate"
}

invalid! {
    /// Text that is no `Cache-Control`.
    InvalidCacheControl: "expected directives, separated by commas"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_read() {
        let cache = ResponseCacheControl::from_header("no-cache, private=\"a, b\", max-age=x");
        assert_eq!(cache.no_cache(), Some(None));
        assert_eq!(cache.private(), Some(Some("a, b")));
        assert_eq!((cache.max_age(), cache.public()), (None, false));
        assert_eq!(cache.to_string(), "no-cache, private=\"a, b\", max-age=x");
        let cache = RequestCacheControl::from_header("max-stale=5, min-fresh");
        assert_eq!(
            (cache.max_stale(), cache.min_fresh()),
            (Some(Some(5)), None)
        );
    }

    #[test]
    fn directives_are_set() {
        let mut cache = ResponseCacheControl::new();
        cache.set_max_age(5);
        cache.set_no_store(true);
        cache.set_max_age(6);
        cache.set_private(Some(""));
        assert_eq!(cache.to_header(), "max-age=6, no-store, private");
        cache.set_max_age(None);
        cache.set_no_store(false);
        cache.set_private(None);
        assert!(cache.is_empty());
    }

    #[test]
    fn strict_text_has_names() {
        assert!("a, b=\"c, d\"".parse::<RequestCacheControl>().is_ok());
        for text in ["a, \"b", "=x", "a b"] {
            assert!(text.parse::<RequestCacheControl>().is_err(), "{text}");
        }
    }
}
