//! The arguments of `#[mount]`.

use proc_macro2::TokenStream;
use syn::Attribute;
use syn::LitStr;
use syn::Meta;

use super::Options;
use super::route::rule_text;
use crate::diag::Errors;

/// `#[mount("/prefix", …)]`.
#[derive(Debug)]
pub(crate) struct MountArgs {
    pub(crate) prefix: LitStr,
    pub(crate) subdomain: Option<LitStr>,
    pub(crate) host: Option<LitStr>,
}

impl MountArgs {
    pub(crate) fn parse(attr: &Attribute, errors: &mut Errors) -> Option<Self> {
        let tokens = match &attr.meta {
            Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        let options = Options::parse(tokens, true, errors);
        options.check_twice(errors);
        let (mut subdomain, mut host) = (None, None);
        for opt in &options.list {
            match opt.name.to_string().as_str() {
                "host" => host = opt.text(errors),
                "subdomain" => subdomain = opt.text(errors),
                _ => opt.unknown("mount", &["host", "subdomain"], errors),
            }
        }
        let prefix = rule_text(options.first.as_ref(), attr, errors)?;
        Some(Self {
            prefix,
            subdomain,
            host,
        })
    }
}
