//! The arguments of `#[before_request]`, `#[after_request]` and `#[teardown_request]`.

use proc_macro2::Span;
use syn::Attribute;
use syn::Meta;

use super::Options;
use crate::diag::Errors;

/// `#[before_request]`, `#[before_request(inline)]` and the like.
#[derive(Debug)]
pub(crate) struct HookArgs {
    pub(crate) inline: Option<Span>,
}

impl HookArgs {
    pub(crate) fn parse(attr: &Attribute, name: &str, errors: &mut Errors) -> Self {
        let mut args = Self { inline: None };
        match &attr.meta {
            Meta::Path(_) => {}
            Meta::List(list) => {
                for opt in Options::parse(list.tokens.clone(), false, errors).list {
                    if opt.name == "inline" {
                        args.inline = opt.flag(errors).then(|| opt.name.span());
                    } else {
                        opt.unknown(name, &["inline"], errors);
                    }
                }
            }
            Meta::NameValue(value) => errors.add_with_help(
                crate::span::of(value),
                format_args!("`#[{name}]` takes no value"),
                format_args!("write `#[{name}]`"),
            ),
        }
        args
    }
}
