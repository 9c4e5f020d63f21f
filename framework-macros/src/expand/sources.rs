//! Where rules are written, for `routes` and `check`.

use proc_macro2::Literal;
use proc_macro2::TokenStream;
use proc_macro2::TokenTree;
use quote::quote;
use quote::quote_spanned;
use syn::Type;

use crate::args::RedirectArg;
use crate::model::Model;
use crate::model::Route;
use crate::model::Shape;

/// `Routes::describe`: the places of the rules.
///
/// In a function, not in the constant of the rules: lines change with every edit, and what depends
/// on the constant would be compiled again.
pub(super) fn written(model: &Model) -> TokenStream {
    if model.routes.is_empty() {
        return TokenStream::new();
    }
    let lines = model.routes.iter().map(|route| {
        let (cfgs, line) = (&route.cfgs, crate::span::line(route.args.rule.span()));
        let line = Literal::u32_unsuffixed(line);
        quote!(#(#cfgs)* #line)
    });
    let owner = owner(model);
    quote!(__site.written(#owner, ::core::file!(), &[#(#lines),*]);)
}

/// `Routes::describe`: the functions that rules redirect with, which no bytes can hold.
pub(super) fn redirects(model: &Model) -> TokenStream {
    let is_function =
        |route: &Route| matches!(route.args.redirect_to, Some(RedirectArg::Function(_)));
    if !model.routes.iter().any(is_function) {
        return TokenStream::new();
    }
    let functions = model.routes.iter().map(|route| {
        let cfgs = &route.cfgs;
        match &route.args.redirect_to {
            Some(RedirectArg::Function(path)) => {
                let at = crate::span::of(path);
                quote_spanned!(at=> #(#cfgs)* ::core::option::Option::Some(#path))
            }
            _ => quote!(#(#cfgs)* ::core::option::Option::None),
        }
    });
    quote!(__site.redirects(&[#(#functions),*]);)
}

/// The type or the module, without what it is in.
fn owner(model: &Model) -> String {
    match &model.shape {
        Shape::Module(head) => {
            let last = head.clone().into_iter().last();
            last.map(|word: TokenTree| word.to_string())
        }
        _ => match &model.self_ty {
            Type::Path(path) => path.path.segments.last().map(|word| word.ident.to_string()),
            _ => None,
        },
    }
    .unwrap_or_else(|| "_".to_owned())
}
