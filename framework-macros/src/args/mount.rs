//! The arguments of `#[mount]`.

use proc_macro2::TokenStream;
use syn::Attribute;
use syn::LitStr;
use syn::Meta;

use super::Options;
use super::route::rule_text;
use crate::diag::Errors;

/// `#[mount("/prefix")]`.
#[derive(Debug)]
pub(crate) struct MountArgs {
    pub(crate) prefix: LitStr,
}

impl MountArgs {
    pub(crate) fn parse(attr: &Attribute, errors: &mut Errors) -> Option<Self> {
        let tokens = match &attr.meta {
            Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        let options = Options::parse(tokens, true, errors);
        for opt in &options.list {
            errors.add_with_help(
                opt.name.span(),
                format_args!("`#[mount]` has no option `{}`", opt.name),
                "it takes the prefix alone: `#[mount(\"/admin\")]`",
            );
        }
        let prefix = rule_text(options.first.as_ref(), attr, errors)?;
        Some(Self { prefix })
    }
}
