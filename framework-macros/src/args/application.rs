//! The arguments of `#[application]`.

use proc_macro2::Ident;
use proc_macro2::TokenStream;
use syn::Path;
use syn::Type;

use super::Opt;
use super::Options;
use super::options::OptValue;
use crate::diag::Errors;

/// `#[application(converters(hex = Hex), state = Settings, …)]`.
#[derive(Debug, Default)]
pub(crate) struct ApplicationArgs {
    pub(crate) converters: Vec<(Ident, Path)>,
    pub(crate) state: Option<Type>,
    pub(crate) strict_slashes: Option<bool>,
    pub(crate) merge_slashes: Option<bool>,
    pub(crate) host_matching: bool,
}

impl ApplicationArgs {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let options = Options::parse(tokens, false, errors);
        options.check_twice(errors);
        for opt in &options.list {
            args.option(opt, errors);
        }
        args
    }

    fn option(&mut self, opt: &Opt, errors: &mut Errors) {
        match opt.name.to_string().as_str() {
            "converters" => self.converters = converters(opt, errors),
            "host_matching" => self.host_matching = opt.flag(errors),
            "merge_slashes" => self.merge_slashes = opt.truth(errors),
            "state" => self.state = state(opt, errors),
            "strict_slashes" => self.strict_slashes = opt.truth(errors),
            _ => opt.unknown("application", &OPTIONS, errors),
        }
    }
}

fn converters(opt: &Opt, errors: &mut Errors) -> Vec<(Ident, Path)> {
    let mut converters = Vec::new();
    for (name, value) in opt.pairs("write `converters(hex = Hex)`", errors) {
        match syn::parse2(value.clone()) {
            Ok(path) => converters.push((name, path)),
            Err(_) => errors.add_with_help(
                crate::span::of(&value),
                format_args!("the converter of `{name}` is not a type"),
                "write the type that implements `Converter`: `converters(hex = Hex)`",
            ),
        }
    }
    converters
}

fn state(opt: &Opt, errors: &mut Errors) -> Option<Type> {
    let help = "write the type of the state: `state = Settings`";
    let OptValue::Is(tokens) = &opt.value else {
        opt.wrong(errors, help);
        return None;
    };
    match syn::parse2(tokens.clone()) {
        Ok(state) => Some(state),
        Err(_) => {
            errors.add_with_help(crate::span::of(tokens), "`state` is a type", help);
            None
        }
    }
}

const OPTIONS: [&str; 5] = [
    "converters",
    "host_matching",
    "merge_slashes",
    "state",
    "strict_slashes",
];
