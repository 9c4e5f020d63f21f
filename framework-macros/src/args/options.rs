//! The common shape of attribute arguments: words, `name = value`, `name(…)`, between commas.

use proc_macro2::Delimiter;
use proc_macro2::Ident;
use proc_macro2::TokenStream;
use proc_macro2::TokenTree;
use syn::LitBool;
use syn::LitStr;
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::punctuated::Punctuated;

use crate::diag::Errors;
use crate::diag::nearest;

/// One argument.
#[derive(Debug)]
pub(crate) struct Opt {
    pub(crate) name: Ident,
    pub(crate) value: OptValue,
}

/// What follows the name.
#[derive(Debug)]
pub(crate) enum OptValue {
    /// Nothing: `inline`.
    Flag,
    /// `= tokens`.
    Is(TokenStream),
    /// `(tokens)`.
    List(TokenStream),
}

/// All arguments after the first positional one.
#[derive(Debug)]
pub(crate) struct Options {
    /// What stands before the first option: the rule of `#[route]`.
    pub(crate) first: Option<TokenStream>,
    pub(crate) list: Vec<Opt>,
}

impl Options {
    /// Cuts arguments at their commas; each broken one is told, the others are kept.
    pub(crate) fn parse(tokens: TokenStream, positional: bool, errors: &mut Errors) -> Self {
        let mut pieces = split_at_commas(tokens).into_iter();
        let first = if positional { pieces.next() } else { None };
        let list = pieces
            .filter_map(|piece| Opt::parse(piece, errors))
            .collect();
        Self { first, list }
    }

    /// Tells of every name that occurs twice.
    pub(crate) fn check_twice(&self, errors: &mut Errors) {
        for (index, opt) in self.list.iter().enumerate() {
            if self.list[..index]
                .iter()
                .any(|other| other.name == opt.name)
            {
                errors.add_with_help(
                    opt.name.span(),
                    format_args!("`{}` is given twice", opt.name),
                    "leave one of them out",
                );
            }
        }
    }
}

impl Opt {
    fn parse(piece: TokenStream, errors: &mut Errors) -> Option<Self> {
        let mut tokens = piece.into_iter();
        let name = match tokens.next()? {
            TokenTree::Ident(name) => name,
            other => {
                errors.add_with_help(
                    other.span(),
                    "an option begins with its name",
                    "write `name = value`",
                );
                return None;
            }
        };
        let value = match tokens.next() {
            None => OptValue::Flag,
            Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => {
                let value: TokenStream = tokens.collect();
                if value.is_empty() {
                    errors.add(punct.span(), format_args!("`{name} =` needs a value"));
                    return None;
                }
                OptValue::Is(value)
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                OptValue::List(group.stream())
            }
            Some(other) => {
                errors.add(
                    other.span(),
                    format_args!("expected a comma, or `= value` after `{name}`"),
                );
                return None;
            }
        };
        Some(Self { name, value })
    }

    /// `name` or `name = true`.
    pub(crate) fn flag(&self, errors: &mut Errors) -> bool {
        match &self.value {
            OptValue::Flag => true,
            OptValue::Is(tokens) => self.bool(tokens, errors).unwrap_or(false),
            OptValue::List(_) => {
                self.wrong(errors, &format!("write `{}` alone", self.name));
                false
            }
        }
    }

    /// `name = true` or `name = false`.
    pub(crate) fn truth(&self, errors: &mut Errors) -> Option<bool> {
        match &self.value {
            OptValue::Is(tokens) => self.bool(tokens, errors),
            _ => {
                let name = &self.name;
                self.wrong(
                    errors,
                    &format!("write `{name} = true` or `{name} = false`"),
                );
                None
            }
        }
    }

    fn bool(&self, tokens: &TokenStream, errors: &mut Errors) -> Option<bool> {
        let name = &self.name;
        match syn::parse2::<LitBool>(tokens.clone()) {
            Ok(literal) => Some(literal.value),
            Err(_) => {
                let help = format!("write `{name} = true` or `{name} = false`");
                errors.add_with_help(
                    crate::span::of(tokens),
                    format_args!("`{name}` is either true or false"),
                    help,
                );
                None
            }
        }
    }

    /// `name = "text"`.
    pub(crate) fn text(&self, errors: &mut Errors) -> Option<LitStr> {
        let name = &self.name;
        let help = format!("write `{name} = \"…\"`");
        match &self.value {
            OptValue::Is(tokens) => match syn::parse2(tokens.clone()) {
                Ok(literal) => Some(literal),
                Err(_) => {
                    errors.add_with_help(
                        crate::span::of(tokens),
                        format_args!("`{name}` is a string"),
                        help,
                    );
                    None
                }
            },
            _ => {
                self.wrong(errors, &help);
                None
            }
        }
    }

    /// `name(key = value, …)`: the pairs.
    pub(crate) fn pairs(&self, help: &str, errors: &mut Errors) -> Vec<(Ident, TokenStream)> {
        let OptValue::List(tokens) = &self.value else {
            self.wrong(errors, help);
            return Vec::new();
        };
        let mut pairs = Vec::new();
        for opt in Options::parse(tokens.clone(), false, errors).list {
            match opt.value {
                OptValue::Is(value) => pairs.push((opt.name.unraw(), value)),
                _ => opt.wrong(errors, help),
            }
        }
        pairs
    }

    /// `name = […]`: what is between the commas.
    pub(crate) fn array(&self, help: &str, errors: &mut Errors) -> Option<Vec<LitStr>> {
        let inside = match &self.value {
            OptValue::Is(tokens) => bracketed(tokens),
            _ => None,
        };
        let Some(inside) = inside else {
            self.wrong(errors, help);
            return None;
        };
        match Punctuated::<LitStr, syn::Token![,]>::parse_terminated.parse2(inside) {
            Ok(list) => Some(list.into_iter().collect()),
            Err(error) => {
                errors.add_with_help(
                    error.span(),
                    format_args!("`{}` is a list of strings", self.name),
                    help,
                );
                None
            }
        }
    }

    /// Tells that the option has the wrong form.
    pub(crate) fn wrong(&self, errors: &mut Errors, help: &str) {
        errors.add_with_help(
            self.name.span(),
            format_args!("`{}` is not written like this", self.name),
            help,
        );
    }

    /// Tells that there is no such option.
    pub(crate) fn unknown(&self, attribute: &str, known: &[&str], errors: &mut Errors) {
        let word = self.name.to_string();
        let help = match nearest(&word, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the options are {}", list(known)),
        };
        errors.add_with_help(
            self.name.span(),
            format_args!("`#[{attribute}]` has no option `{word}`"),
            help,
        );
    }
}

/// "`a`, `b` and `c`".
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

fn bracketed(tokens: &TokenStream) -> Option<TokenStream> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Bracket => {
            Some(group.stream())
        }
        _ => None,
    }
}

pub(crate) fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut pieces = Vec::new();
    let mut piece = TokenStream::new();
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                pieces.push(std::mem::take(&mut piece));
            }
            token => piece.extend([token]),
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}
