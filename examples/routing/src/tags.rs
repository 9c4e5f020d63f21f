//! A converter with arguments: `<list:tags>` and `<list(sep="+"):tags>`.

use rustzeug::dispatch::FromUrl;
use rustzeug::dispatch::ToUrl;
use rustzeug::routing::Arguments;
use rustzeug::routing::ConversionError;
use rustzeug::routing::Converter;
use rustzeug::routing::RuleError;
use rustzeug::routing::Value;
use rustzeug::routing::path_quote;

/// Takes words with a separator between them.
#[derive(Debug)]
pub(crate) struct List {
    sep: String,
}

impl Default for List {
    fn default() -> Self {
        Self {
            sep: ",".to_owned(),
        }
    }
}

impl Converter for List {
    /// `sep="+"`, or `"+"` alone; anything else keeps the program from starting.
    fn configure(&mut self, arguments: &Arguments) -> Result<(), RuleError> {
        let [sep] = arguments.take(["sep"])?;
        if let Some(sep) = sep {
            self.sep = sep.to_string();
        }
        Ok(())
    }

    /// A path that does not match is left to other rules.
    fn matches(&self, text: &str) -> bool {
        text.split(&*self.sep).all(is_word)
    }

    /// The way back, for `url_for!`.
    fn to_url(&self, value: &Value, url: &mut String) -> Result<(), ConversionError> {
        let Value::List(words) = value else {
            return Err(ConversionError::new("a list is needed"));
        };
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        if words.is_empty() || !words.iter().all(|word| is_word(word)) {
            return Err(ConversionError::new("tags are words"));
        }
        url.push_str(&path_quote(&words.join(&self.sep)));
        Ok(())
    }
}

/// What a handler gets of it.
#[derive(Debug, PartialEq)]
pub(crate) struct Tags(Vec<String>);

impl Tags {
    pub(crate) fn of<const N: usize>(names: [&str; N]) -> Self {
        Self(names.map(str::to_owned).to_vec())
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.0
    }
}

/// Gets the text alone, so it splits at whatever is no part of a word.
impl FromUrl<'_, List> for Tags {
    fn from_url(text: &str) -> Option<Self> {
        let words = text.split(|c: char| !c.is_alphanumeric());
        Some(Self(words.map(str::to_owned).collect()))
    }
}

impl ToUrl<List> for Tags {
    fn to_url(&self) -> Value {
        Value::List(self.0.iter().map(|name| name.as_str().into()).collect())
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(char::is_alphanumeric)
}
