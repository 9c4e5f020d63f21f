//! A value with parameters, as in `Content-Type` (RFC 9110 section 5.6.6, RFC 2231).
//!
//! # Examples
//!
//! ```
//! use rustzeug::grammar::options;
//!
//! let (value, params) = options::parse_options_header("a; b=c");
//! assert_eq!((value, params.len()), ("a", 1));
//! ```

use std::borrow::Cow;

use super::list::decode_extended;
use super::list::push_param;
use super::quoted::unquote_header_value;
use super::token;

/// Splits a header into its value and its parameters.
///
/// Invalid parameters are skipped. `key*=charset''value` is decoded, `key*0=…; key*1=…` is joined.
/// `%22` in a value is a quote, as browsers write it in multipart forms.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::options::parse_options_header;
///
/// let (value, params) = parse_options_header(r#"form-data; name="a"; filename*=UTF-8''%C3%BC"#);
/// assert_eq!(value, "form-data");
/// assert_eq!(params.get("name"), Some("a"));
/// assert_eq!(params.get("filename"), Some("ü"));
/// ```
pub fn parse_options_header(header: &str) -> (&str, Params<'_>) {
    let (value, rest) = header.split_once(';').unwrap_or((header, ""));
    let (value, rest) = (token::trim(value), token::trim(rest));
    if value.is_empty() || rest.is_empty() {
        return (value, Params::default());
    }
    (value, Params::collect(rest))
}

/// Writes a value and its parameters; parameters without a value are left out.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::options::dump_options_header;
///
/// let params = [("charset", Some("UTF-8")), ("x", None)];
/// assert_eq!(dump_options_header(Some("text/html"), params), "text/html; charset=UTF-8");
/// ```
pub fn dump_options_header<K, V>(
    value: Option<&str>,
    params: impl IntoIterator<Item = (K, Option<V>)>,
) -> String
where
    K: AsRef<str>,
    V: AsRef<str>,
{
    let mut out = value.unwrap_or_default().to_owned();
    let mut separate = value.is_some();
    for (key, value) in params {
        let Some(value) = value else {
            continue;
        };
        if separate {
            out.push_str("; ");
        }
        separate = true;
        push_param(&mut out, key.as_ref(), Some(value.as_ref()));
    }
    out
}

/// The parameters of a header, in order, with keys in lower case; each key stands once.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::options::parse_options_header;
///
/// let (_, params) = parse_options_header("a; B=1; c=2");
/// let keys: Vec<_> = params.iter().map(|(key, _)| key).collect();
/// assert_eq!(keys, ["b", "c"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params<'a> {
    items: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Params<'a> {
    fn collect(rest: &'a str) -> Self {
        let mut params = Joining::default();
        let mut scan = Some(rest);
        while let Some(part) = scan {
            let Some((found, after)) = next_part(part) else {
                // An unclosed quote: what follows is part of it.
                break;
            };
            if let Some((key, value)) = found {
                params.add(key, value);
            }
            scan = after
                .split_once(';')
                .map(|(_, after)| token::trim_start(after))
                .filter(|after| !after.is_empty());
        }
        params.finish()
    }

    /// Returns the value of a parameter; `key` is in lower case.
    ///
    /// ```
    /// # use rustzeug::grammar::options::parse_options_header;
    /// let (_, mut params) = parse_options_header("text/html; charset=utf-8; q=1");
    /// assert_eq!(params.get("charset"), Some("utf-8"));
    /// # params.remove("q");
    /// ```
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    /// Removes a parameter and returns its value.
    ///
    /// ```
    /// # use rustzeug::grammar::options::parse_options_header;
    /// let (_, mut params) = parse_options_header("text/html; charset=utf-8; q=1");
    /// assert_eq!(params.remove("q").as_deref(), Some("1"));
    /// ```
    pub fn remove(&mut self, key: &str) -> Option<Cow<'a, str>> {
        let at = self.items.iter().position(|(name, _)| name == key)?;
        Some(self.items.remove(at).1)
    }

    /// Returns whether there are none.
    ///
    /// ```
    /// # use rustzeug::grammar::options::parse_options_header;
    /// let (_, mut params) = parse_options_header("text/html; charset=utf-8; q=1");
    /// assert!(!params.is_empty());
    /// # params.remove("q");
    /// ```
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns how many there are.
    ///
    /// ```
    /// # use rustzeug::grammar::options::parse_options_header;
    /// let (_, mut params) = parse_options_header("text/html; charset=utf-8; q=1");
    /// assert_eq!(params.len(), 2);
    /// # params.remove("q");
    /// ```
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Iterates over keys and values.
    ///
    /// ```
    /// # use rustzeug::grammar::options::parse_options_header;
    /// let (_, mut params) = parse_options_header("text/html; charset=utf-8; q=1");
    /// assert!(params.iter().eq([("charset", "utf-8"), ("q", "1")]));
    /// # params.remove("q");
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.items.iter().map(|(key, value)| (&**key, &**value))
    }
}

/// Reads `key=value` off the front: the pair if there is one, and the rest to look for `;` in.
///
/// `None` where a quoted value is not closed.
fn next_part(part: &str) -> Option<(Option<(&str, &str)>, &str)> {
    let (key, rest) = token::split_token(part);
    let Some(rest) = rest.strip_prefix('=').filter(|_| !key.is_empty()) else {
        return Some((None, part));
    };
    let (value, after) = token::split_token(rest);
    if !value.is_empty() {
        return Some((Some((key, value)), after));
    }
    if !rest.starts_with('"') {
        return Some((None, rest));
    }
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            b'"' | b'\\' if escaped => escaped = false,
            b'"' => {
                let (value, after) = rest.split_at_checked(at + 1)?;
                return Some((Some((key, value)), after));
            }
            b'\\' => escaped = true,
            _ => escaped = false,
        }
    }
    None
}

/// Parameters while their continuations are being put together.
#[derive(Default)]
struct Joining<'a> {
    items: Vec<Joined<'a>>,
    /// Where a key stands, beyond the first few: a long header stays linear.
    places: std::collections::HashMap<String, usize>,
}

struct Joined<'a> {
    key: Cow<'a, str>,
    /// `None`: replaced by a later one of the same key and the other kind.
    value: Option<Cow<'a, str>>,
    continued: bool,
    charset: Option<String>,
}

impl<'a> Joining<'a> {
    fn add(&mut self, key: &'a str, value: &'a str) {
        let (key, continued, extended) = split_marks(key);
        let key = if key.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(key.to_ascii_lowercase())
        } else {
            Cow::Borrowed(key)
        };
        let place = self.place(&key);
        let old = place.and_then(|at| self.items.get_mut(at));
        let charset = match &old {
            Some(old) if continued && old.continued => old.charset.clone(),
            _ => None,
        };
        let (value, charset) = if extended {
            let (value, used) = decode_extended(value, charset.as_deref());
            (value, used.or(charset))
        } else {
            (unquote(value), charset)
        };
        match old {
            Some(old) if old.continued == continued => {
                if continued {
                    let text = old.value.get_or_insert_default().to_mut();
                    text.push_str(&value);
                    old.charset = charset;
                } else {
                    old.value = Some(value);
                }
            }
            old => {
                if let Some(old) = old {
                    old.value = None;
                }
                if self.items.len() >= FEW {
                    self.places
                        .insert(key.clone().into_owned(), self.items.len());
                }
                self.items.push(Joined {
                    key,
                    value: Some(value),
                    continued,
                    charset,
                });
            }
        }
    }

    fn place(&self, key: &str) -> Option<usize> {
        // The last one of a key: those before it may have been replaced.
        if let Some(at) = self.places.get(key) {
            return Some(*at);
        }
        let first = self.items.get(..FEW.min(self.items.len()))?;
        first.iter().rposition(|item| item.key == key)
    }

    /// Continued parameters come last, as in Werkzeug.
    fn finish(self) -> Params<'a> {
        let (last, first): (Vec<_>, Vec<_>) =
            self.items.into_iter().partition(|item| item.continued);
        let items = first.into_iter().chain(last);
        Params {
            items: items
                .filter_map(|item| Some((item.key, item.value?)))
                .collect(),
        }
    }
}

fn unquote(value: &str) -> Cow<'_, str> {
    let value = unquote_header_value(value);
    if value.contains("%22") {
        return Cow::Owned(value.replace("%22", "\""));
    }
    value
}

/// Takes the marks off `key`, `key*`, `key*0` and `key*0*`: is it continued, is it extended?
fn split_marks(key: &str) -> (&str, bool, bool) {
    let (name, extended) = match key.strip_suffix('*') {
        Some(name) => (name, true),
        None => (key, false),
    };
    let numberless = name.trim_end_matches(|char: char| char.is_ascii_digit());
    match numberless.strip_suffix('*') {
        Some(base) if numberless.len() < name.len() => (base, true, extended),
        _ => (name, false, extended),
    }
}

/// So many keys are found faster by looking at each than by a map.
const FEW: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::fuzz::fuzz;

    fn parsed(header: &str) -> (String, Vec<(String, String)>) {
        let (value, params) = parse_options_header(header);
        let params = params.iter().map(|(k, v)| (k.to_owned(), v.to_owned()));
        (value.to_owned(), params.collect())
    }

    #[test]
    fn headers_are_split() {
        let cases: &[(&str, &str, &[(&str, &str)])] = &[
            ("", "", &[]),
            ("a", "a", &[]),
            ("; b=c", "", &[]),
            ("a; b=c", "a", &[("b", "c")]),
            (" a ;\t B=c ", "a", &[("b", "c")]),
            ("a; b=c; b=d", "a", &[("b", "d")]),
            ("a; b=\"c;d\"; e", "a", &[("b", "c;d")]),
            ("a; b=\"c; d=e", "a", &[]),
            ("a; b=\"c\\\"d\"", "a", &[("b", "c\"d")]),
            ("a; b=\"c%22d\"", "a", &[("b", "c\"d")]),
            ("a; b=%22", "a", &[("b", "\"")]),
            ("a; b =c; d=e", "a", &[("d", "e")]),
            ("a;;b=c", "a", &[("b", "c")]),
            ("a; ;b=c", "a", &[("b", "c")]),
            ("a; b*=utf-8''%C3%BC", "a", &[("b", "ü")]),
            ("a; b*=x''%C3%BC", "a", &[("b", "%C3%BC")]),
            ("a; b*0=c; b*1=d", "a", &[("b", "cd")]),
            (
                "a; b*0*=utf-8''%C3; b*1*=%BC; c=d",
                "a",
                &[("c", "d"), ("b", "\u{fffd}\u{fffd}")],
            ),
            ("a; b*0=c; b=d", "a", &[("b", "d")]),
            ("a; b=d; b*0=c", "a", &[("b", "c")]),
            ("a; b=c; b*0=d; b=e", "a", &[("b", "e")]),
            (
                "a; b=c; b*0=d; b=e; f=1; g=1; h=1; i=1; j=1; k=1; f=2; b*0=g; k=2; b=h",
                "a",
                &[
                    ("f", "2"),
                    ("g", "1"),
                    ("h", "1"),
                    ("i", "1"),
                    ("j", "1"),
                    ("k", "2"),
                    ("b", "h"),
                ],
            ),
            ("a; b==c", "a", &[]),
        ];
        for (header, value, params) in cases {
            let params = params
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
            let want = ((*value).to_owned(), params.collect());
            assert_eq!(parsed(header), want, "{header}");
        }
    }

    #[test]
    fn headers_are_written() {
        let params = [("a", Some("b c")), ("d*", Some("utf-8''x")), ("e", None)];
        assert_eq!(
            dump_options_header(Some("v"), params),
            "v; a=\"b c\"; d*=utf-8''x"
        );
        assert_eq!(dump_options_header(None, [("a", Some("b"))]), "a=b");
        assert_eq!(dump_options_header(None, [("a", None::<&str>)]), "");
    }

    #[test]
    fn random_text_is_survived() {
        fuzz(7, |text| {
            let _ = parse_options_header(text);
        });
    }
}
