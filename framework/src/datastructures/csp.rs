//! `Content-Security-Policy`.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use super::invalid::invalid;
use crate::grammar::token;

/// A `Content-Security-Policy` header: directives and what they allow, in order.
///
/// # Examples
///
/// ```
/// use rustzeug::datastructures::ContentSecurityPolicy;
///
/// let mut csp = ContentSecurityPolicy::from_header("default-src 'self'; img-src *");
/// assert_eq!(csp.img_src(), Some("*"));
/// csp.set_script_src("'none'");
/// csp.remove("img-src");
/// assert_eq!(csp.to_header(), "default-src 'self'; script-src 'none'");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContentSecurityPolicy {
    items: Vec<(String, String)>,
}

impl ContentSecurityPolicy {
    /// Makes an empty policy.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentSecurityPolicy;
    /// assert_eq!(ContentSecurityPolicy::new().to_header(), "");
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Parses a header; directives without a value are dropped, the last of a name wins.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentSecurityPolicy;
    /// let mut csp = ContentSecurityPolicy::from_header("default-src 'self'; img-src *");
    /// assert_eq!(csp.img_src(), Some("*"));
    /// # csp.set_img_src("x");
    /// ```
    pub fn from_header(header: &str) -> Self {
        let mut csp = Self::new();
        let mut places = HashMap::new();
        for policy in header.split(';') {
            let Some((name, value)) = token::trim(policy).split_once(' ') else {
                continue;
            };
            let (name, value) = (token::trim(name), token::trim(value).to_owned());
            let at = *places.entry(name).or_insert(csp.items.len());
            match csp.items.get_mut(at) {
                Some((_, old)) => *old = value,
                None => csp.items.push((name.to_owned(), value)),
            }
        }
        csp
    }

    /// Writes the header.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentSecurityPolicy;
    /// let mut csp = ContentSecurityPolicy::from_header("default-src 'self'; img-src *");
    /// csp.set_img_src("'none'");
    /// assert_eq!(csp.to_header(), "default-src 'self'; img-src 'none'");
    /// ```
    pub fn to_header(&self) -> String {
        let items = self
            .items
            .iter()
            .map(|(name, value)| format!("{name} {value}"));
        items.collect::<Vec<_>>().join("; ")
    }

    /// Returns what a directive allows.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentSecurityPolicy;
    /// let mut csp = ContentSecurityPolicy::from_header("default-src 'self'; img-src *");
    /// assert_eq!(csp.get("img-src"), Some("*"));
    /// # csp.set_img_src("x");
    /// ```
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value)
    }

    /// Sets what a directive allows.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentSecurityPolicy;
    /// let mut csp = ContentSecurityPolicy::from_header("default-src 'self'; img-src *");
    /// csp.set("x-src", "'self'");
    /// assert_eq!(csp.len(), 3);
    /// ```
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let (name, value) = (name.into(), value.into());
        match self.items.iter_mut().find(|(other, _)| *other == name) {
            Some((_, old)) => *old = value,
            None => self.items.push((name, value)),
        }
    }

    /// Removes a directive; returns what it allowed.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentSecurityPolicy;
    /// let mut csp = ContentSecurityPolicy::from_header("default-src 'self'; img-src *");
    /// assert_eq!(csp.remove("img-src").as_deref(), Some("*"));
    /// ```
    pub fn remove(&mut self, name: &str) -> Option<String> {
        let at = self.items.iter().position(|(other, _)| other == name)?;
        Some(self.items.remove(at).1)
    }

    /// Iterates over the directives and what they allow.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentSecurityPolicy;
    /// let mut csp = ContentSecurityPolicy::from_header("default-src 'self'; img-src *");
    /// assert_eq!(csp.iter().count(), 2);
    /// # csp.set_img_src("x");
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.items
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the number of directives.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentSecurityPolicy;
    /// let mut csp = ContentSecurityPolicy::from_header("default-src 'self'; img-src *");
    /// assert_eq!(csp.len(), 2);
    /// # csp.set_img_src("x");
    /// ```
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns whether there are no directives.
    ///
    /// ```
    /// # use rustzeug::datastructures::ContentSecurityPolicy;
    /// let mut csp = ContentSecurityPolicy::from_header("default-src 'self'; img-src *");
    /// assert!(!csp.is_empty());
    /// # csp.set_img_src("x");
    /// ```
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

macro_rules! directives {
    ($($get:ident $set:ident $name:literal;)+) => {
        impl ContentSecurityPolicy {
            $(
                #[doc = concat!("Returns what `", $name, "` allows.")]
                ///
                /// ```
                /// use rustzeug::datastructures::ContentSecurityPolicy;
                ///
                #[doc = concat!("let csp = ContentSecurityPolicy::from_header(\"", $name, " x\");")]
                #[doc = concat!("assert_eq!(csp.", stringify!($get), "(), Some(\"x\"));")]
                /// ```
                pub fn $get(&self) -> Option<&str> {
                    self.get($name)
                }

                #[doc = concat!("Sets what `", $name, "` allows.")]
                ///
                /// ```
                /// let mut csp = rustzeug::datastructures::ContentSecurityPolicy::new();
                #[doc = concat!("csp.", stringify!($set), "(\"x\");")]
                #[doc = concat!("assert_eq!(csp.to_header(), \"", $name, " x\");")]
                /// ```
                pub fn $set(&mut self, value: impl Into<String>) {
                    self.set($name, value);
                }
            )+
        }
    };
}

directives! {
    base_uri set_base_uri "base-uri";
    child_src set_child_src "child-src";
    connect_src set_connect_src "connect-src";
    default_src set_default_src "default-src";
    font_src set_font_src "font-src";
    form_action set_form_action "form-action";
    frame_ancestors set_frame_ancestors "frame-ancestors";
    frame_src set_frame_src "frame-src";
    img_src set_img_src "img-src";
    manifest_src set_manifest_src "manifest-src";
    media_src set_media_src "media-src";
    navigate_to set_navigate_to "navigate-to";
    object_src set_object_src "object-src";
    prefetch_src set_prefetch_src "prefetch-src";
    plugin_types set_plugin_types "plugin-types";
    report_to set_report_to "report-to";
    report_uri set_report_uri "report-uri";
    sandbox set_sandbox "sandbox";
    script_src set_script_src "script-src";
    script_src_attr set_script_src_attr "script-src-attr";
    script_src_elem set_script_src_elem "script-src-elem";
    style_src set_style_src "style-src";
    style_src_attr set_style_src_attr "style-src-attr";
    style_src_elem set_style_src_elem "style-src-elem";
    worker_src set_worker_src "worker-src";
}

impl fmt::Display for ContentSecurityPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_header())
    }
}

invalid! {
    /// Text that is no policy.
    InvalidContentSecurityPolicy: "expected directives with values, separated by semicolons"
}

impl FromStr for ContentSecurityPolicy {
    type Err = InvalidContentSecurityPolicy;

    /// Reads a policy in which every directive has a value, and none comes twice.
    fn from_str(text: &str) -> Result<Self, InvalidContentSecurityPolicy> {
        let csp = Self::from_header(text);
        let given = text
            .split(';')
            .filter(|policy| !token::trim(policy).is_empty());
        let plain = csp.iter().all(|(name, _)| token::is_token(name));
        if plain && given.count() == csp.len() {
            return Ok(csp);
        }
        Err(InvalidContentSecurityPolicy(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_parsed() {
        for (header, want) in [
            ("", ""),
            ("a", ""),
            ("a b;c  d e ;; f\tg", "a b; c d e"),
            ("a b; c d; a e", "a e; c d"),
        ] {
            assert_eq!(
                ContentSecurityPolicy::from_header(header).to_string(),
                want,
                "{header}"
            );
        }
    }

    #[test]
    fn strict_text_loses_nothing() {
        assert!("a b; c d;".parse::<ContentSecurityPolicy>().is_ok());
        for text in ["a", "a b; a c", "a b; c"] {
            assert!(text.parse::<ContentSecurityPolicy>().is_err(), "{text}");
        }
    }
}
