//! What is made where something is wrong: the user's item unchanged, and stubs, so that nothing
//! else breaks because of it.

use proc_macro2::Delimiter;
use proc_macro2::Group;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use proc_macro2::TokenTree;
use quote::ToTokens;
use quote::quote;

use crate::items::Item;
use crate::model::ATTRIBUTES;
use crate::model::Model;
use crate::model::Shape;
use crate::paths;

/// The item without the attributes that mean nothing by themselves.
pub(crate) fn unchanged(item: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = item.into_iter().collect();
    let body = match tokens.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
        other => return tokens.into_iter().chain(other).collect(),
    };
    let mut inside = TokenStream::new();
    for mut item in Item::split(body.stream()) {
        item.take_attrs(&ATTRIBUTES);
        item.to_tokens(&mut inside);
    }
    let mut group = Group::new(Delimiter::Brace, inside);
    group.set_span(body.span());
    tokens
        .into_iter()
        .chain([TokenTree::Group(group)])
        .collect()
}

/// The user's items, and an application without rules in place of the one that has mistakes.
pub(crate) fn with_stubs(model: &Model) -> TokenStream {
    let items = &model.items;
    match &model.shape {
        Shape::Impl(head) => {
            let stubs = stubs(model);
            quote!(#head { #(#items)* } #stubs)
        }
        Shape::Module(head) => {
            let stubs = stubs(model);
            let state = model.args.state.as_ref();
            let new =
                state.map(|state| quote!(impl App { pub fn new(_: #state) -> Self { Self } }));
            quote!(#head {
                #(#items)*
                /// Stands for an application with mistakes.
                #[derive(Debug)]
                pub struct App;
                #new
                #stubs
            })
        }
        Shape::Function(name) => quote! {
            #(#items)*
            const _: &str = stringify!(#name);
        },
    }
}

fn stubs(model: &Model) -> TokenStream {
    let (generics, _, clause) = model.generics.split_for_impl();
    let (self_ty, span) = (&model.self_ty, Span::call_site());
    let (level, routes) = (
        paths::private("Level", span),
        paths::private("Routes", span),
    );
    let definition = paths::private("Definition", span);
    let into_application = crate::expand::into_application(model);
    let carriers = crate::expand::carriers(model, true);
    quote! {
        impl #generics #level for #self_ty #clause {}
        impl #generics #routes for #self_ty #clause {
            const DEFINITION: #definition = #definition::new(&[], ::core::option_env!("CARGO_MANIFEST_DIR"));
        }
        #into_application
        #carriers
    }
}
