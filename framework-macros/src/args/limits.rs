//! `limits(…)` of `#[application]` and `#[route]`.

use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::quote;
use quote::quote_spanned;

use super::Opt;
use super::options::list;
use crate::diag::Errors;
use crate::diag::nearest;
use crate::paths;

/// `limits(max_content_length = 1_000_000, max_form_parts = None)`.
#[derive(Debug, Default)]
pub(crate) struct LimitArgs {
    list: Vec<(Ident, TokenStream)>,
}

impl LimitArgs {
    pub(super) fn parse(opt: &Opt, errors: &mut Errors) -> Self {
        let help = "write `limits(max_content_length = 1_000_000)`, or `= None` for no limit";
        let mut args = Self::default();
        for (name, value) in opt.pairs(help, errors) {
            let word = name.to_string();
            if LIMITS.contains(&word.as_str()) {
                args.list.push((name, value));
                continue;
            }
            let help = match nearest(&word, LIMITS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the limits are {}", list(&LIMITS)),
            };
            errors.add_with_help(
                name.span(),
                format_args!("there is no limit `{word}`"),
                help,
            );
        }
        args
    }

    /// `LimitsDef::new().max_content_length(Some(1_000_000))`; `None` where nothing is said.
    pub(crate) fn tokens(&self) -> Option<TokenStream> {
        if self.list.is_empty() {
            return None;
        }
        let def = paths::private("LimitsDef", Span::call_site());
        let calls = self.list.iter().map(|(name, value)| {
            let at = crate::span::of(value);
            match value.to_string().as_str() {
                "None" => quote!(.#name(::core::option::Option::None)),
                _ => quote_spanned!(at=> .#name(::core::option::Option::Some(#value))),
            }
        });
        Some(quote!(#def::new() #(#calls)*))
    }
}

const LIMITS: [&str; 3] = [
    "max_content_length",
    "max_form_memory_size",
    "max_form_parts",
];
