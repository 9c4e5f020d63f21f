//! What the macros do, over `proc_macro2` so that tests can call them.

use proc_macro2::Span;
use proc_macro2::TokenStream;
use proc_macro2::TokenTree;
use quote::quote;
use quote::quote_spanned;

use crate::check;
use crate::diag::Errors;
use crate::expand;
use crate::fallback;
use crate::model::Model;
use crate::overlap;
use crate::paths;

/// `#[application]`.
pub(crate) fn application(attr: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let Some(model) = Model::parse(attr, item.clone(), &mut errors) else {
        let item = fallback::unchanged(item);
        let errors = errors.into_tokens();
        return quote!(#item #errors);
    };
    check::check(&model, &mut errors);
    if !errors.is_empty() {
        let item = fallback::with_stubs(&model);
        let errors = errors.into_tokens();
        return quote!(#item #errors);
    }
    let tokens = expand::application(&model, &mut errors);
    let warnings = overlap::warnings(&model, &mut errors);
    let errors = errors.into_tokens();
    quote!(#tokens #warnings #errors)
}

/// An attribute that `#[application]` should have taken off.
pub(crate) fn alone(name: &str, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    errors.add_with_help(
        Span::call_site(),
        format_args!("`#[{name}]` means nothing outside an `#[application]`"),
        "put `#[application]` on the surrounding `impl` block or module",
    );
    let errors = errors.into_tokens();
    quote!(#item #errors)
}

/// `url_for!`.
pub(crate) fn url_for(input: TokenStream) -> TokenStream {
    expand::url_for(input).unwrap_or_else(|error| error.to_compile_error())
}

/// `#[rustzeug::main]`.
pub(crate) fn main(attr: &TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    if !attr.is_empty() {
        errors.add_with_help(
            crate::span::of(attr),
            "`#[rustzeug::main]` takes no arguments",
            "the command line and the environment say how to serve",
        );
    }
    let function: syn::ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            errors.push(error);
            let errors = errors.into_tokens();
            return quote!(#item #errors);
        }
    };
    let name = &function.sig.ident;
    if function.sig.asyncness.is_none() {
        errors.add_with_help(
            function.sig.fn_token.span,
            "the function below `#[rustzeug::main]` is async",
            format_args!("write `async fn {name}() -> Result<App>`"),
        );
    }
    if let Some(input) = function.sig.inputs.first() {
        errors.add_with_help(
            crate::span::of(input),
            "the function below `#[rustzeug::main]` has no parameters",
            "read the command line with `std::env::args`",
        );
    }
    if matches!(function.sig.output, syn::ReturnType::Default) {
        errors.add_with_help(
            name.span(),
            "the function below `#[rustzeug::main]` returns the application",
            format_args!("write `async fn {name}() -> App` or `-> Result<App>`"),
        );
    }
    if !errors.is_empty() {
        let errors = errors.into_tokens();
        let name = TokenTree::Ident(name.clone());
        return quote!(fn #name() {} #errors);
    }
    let (attrs, vis, output, block) = (
        &function.attrs,
        &function.vis,
        &function.sig.output,
        &function.block,
    );
    let span = name.span();
    let start = paths::private("main", crate::span::of(output));
    quote_spanned! {span=>
        #(#attrs)*
        #vis fn #name() -> ::std::process::ExitCode {
            async fn __rustzeug_main() #output #block
            #start(__rustzeug_main)
        }
    }
}
