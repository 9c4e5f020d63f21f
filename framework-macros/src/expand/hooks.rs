//! Hooks and error handlers.

use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::format_ident;
use quote::quote;
use quote::quote_spanned;
use syn::Type;

use super::route;
use crate::args::Caught;
use crate::handler::is_reference_to;
use crate::handler::last_word;
use crate::inject::Injection;
use crate::inject::request_lifetime;
use crate::inject::with_lifetime;
use crate::model::ErrorHandler;
use crate::model::Hook;
use crate::model::HookKind;
use crate::model::Model;
use crate::paths;

/// How many hooks of each kind there are: `.before(2).errors()`.
pub(super) fn counts(model: &Model) -> TokenStream {
    let mut tokens = TokenStream::new();
    for (kind, name) in KINDS {
        let count = of_kind(model, kind).count();
        if count > 0 {
            let name = Ident::new(name, Span::call_site());
            tokens.extend(quote!(.#name(#count)));
        }
    }
    if !model.error_handlers.is_empty() {
        tokens.extend(quote!(.errors()));
    }
    tokens
}

/// `Level::before`, `after`, `teardown` and `error`, which call the functions below.
pub(super) fn calls(model: &Model) -> TokenStream {
    let span = Span::call_site();
    let (request, response) = (
        paths::public("Request", span),
        paths::public("Response", span),
    );
    let hook = paths::private("Hook", span);
    let mut tokens = TokenStream::new();
    if let Some(arms) = arms(model, HookKind::Before) {
        tokens.extend(quote! {
            fn before<'__r>(&'__r self, __index: usize, __request: &'__r #request) -> #hook<'__r> {
                match __index { #arms _ => #hook::none() }
            }
        });
    }
    if let Some(arms) = arms(model, HookKind::After) {
        tokens.extend(quote! {
            fn after<'__r>(
                &'__r self,
                __index: usize,
                __request: &'__r #request,
                __response: &'__r mut #response,
            ) -> #hook<'__r> {
                match __index { #arms _ => #hook::none() }
            }
        });
    }
    if let Some(arms) = arms(model, HookKind::Teardown) {
        tokens.extend(quote! {
            fn teardown(&self, __index: usize, __request: &#request) {
                match __index { #arms _ => {} }
            }
        });
    }
    tokens.extend(error_calls(model));
    tokens
}

fn arms(model: &Model, kind: HookKind) -> Option<TokenStream> {
    let mut tokens = TokenStream::new();
    for (position, (index, hook)) in of_kind(model, kind).enumerate() {
        let (cfgs, name) = (&hook.cfgs, paths::hook_fn(index, hook.handler.span()));
        let response = match kind {
            HookKind::After => quote!(, __response),
            _ => quote!(),
        };
        tokens.extend(quote!(#(#cfgs)* #position => self.#name(__request #response),));
    }
    (!tokens.is_empty()).then_some(tokens)
}

/// One small function a hook and an error handler.
pub(super) fn functions(model: &Model) -> TokenStream {
    let hooks = model
        .hooks
        .iter()
        .enumerate()
        .map(|(index, hook)| hook_fn(model, index, hook));
    let errors = model.error_handlers.iter().enumerate();
    let errors = errors.map(|(index, handler)| error_fn(model, index, handler));
    hooks.chain(errors).collect()
}

fn hook_fn(model: &Model, index: usize, hook: &Hook) -> TokenStream {
    let handler = &hook.handler;
    let (span, at) = (handler.span(), handler.output_span());
    let (name, cfgs) = (paths::hook_fn(index, span), &hook.cfgs);
    let (request, response) = (
        paths::public("Request", span),
        paths::public("Response", span),
    );
    let (result, lifetime) = (paths::private("Hook", span), request_lifetime(span));
    let mut by_value = false;
    let arguments: Vec<TokenStream> = handler
        .params
        .iter()
        .map(|param| {
            if param.is_request() {
                quote_spanned!(span=> __request)
            } else if is_reference_to(&param.ty, "Response", true) {
                quote_spanned!(span=> __response)
            } else {
                by_value = true;
                quote_spanned!(span=> __taken)
            }
        })
        .collect();
    let call = route::call(model, handler, &arguments);
    if hook.kind == HookKind::Teardown {
        return quote_spanned! {span=>
            #(#cfgs)*
            #[doc(hidden)]
            fn #name(&self, __request: &#request) { let _ = #call; }
        };
    }
    let what = if by_value { "change" } else { "hook" };
    let how = match (handler.is_async, hook.args.inline.is_some()) {
        (true, _) => "async",
        (false, true) => "inline",
        (false, false) => "blocking",
    };
    let function = paths::private(&format!("{what}_{how}"), at);
    let made = match how {
        "async" => quote_spanned!(at=> #function(#call)),
        _ => quote_spanned!(at=> #function(move || #call)),
    };
    let take =
        by_value.then(|| quote_spanned!(span=> let __taken = ::core::mem::take(__response);));
    let parameter = (hook.kind == HookKind::After)
        .then(|| quote_spanned!(span=> , __response: &#lifetime mut #response));
    quote_spanned! {span=>
        #(#cfgs)*
        #[doc(hidden)]
        fn #name<#lifetime>(
            &#lifetime self,
            __request: &#lifetime #request
            #parameter
        ) -> #result<#lifetime> {
            #take
            #made
        }
    }
}

/// `Level::error`: the first handler whose errors are of the rank asked for.
fn error_calls(model: &Model) -> TokenStream {
    if model.error_handlers.is_empty() {
        return TokenStream::new();
    }
    let span = Span::call_site();
    let (request, reply) = (paths::public("Request", span), paths::public("Reply", span));
    let (exception, rank) = (
        paths::public("HttpException", span),
        paths::private("Rank", span),
    );
    let catch = ["CatchKind", "CatchError", "CatchUnknown"].map(|name| paths::private(name, span));
    let tests = model
        .error_handlers
        .iter()
        .enumerate()
        .map(|(index, caught)| {
            let (cfgs, name) = (&caught.cfgs, paths::error_fn(index, caught.handler.span()));
            let ranks = caught
                .args
                .caught
                .iter()
                .map(|caught| rank_of(caught, &rank));
            quote! {
                #(#cfgs)*
                if [#(#ranks),*].contains(&::core::option::Option::Some(__rank)) {
                    if let ::core::option::Option::Some(__reply) = self.#name(__request, __error) {
                        return ::core::option::Option::Some(__reply);
                    }
                }
            }
        });
    quote! {
        fn error<'__r>(
            &'__r self,
            __rank: #rank,
            __request: &'__r #request,
            __error: &'__r #exception,
        ) -> ::core::option::Option<#reply<'__r>> {
            #(use #catch as _;)*
            #(#tests)*
            ::core::option::Option::None
        }
    }
}

fn rank_of(caught: &Caught, rank: &TokenStream) -> TokenStream {
    match caught {
        Caught::Status(status, span) => {
            quote_spanned!(*span=> #rank::of_status(__error, #status))
        }
        Caught::Type(path) => {
            let span = crate::span::of(path);
            let catcher = paths::private("Catcher", span);
            quote_spanned!(span=> (&&#catcher::<#path>::new()).rank(__error))
        }
    }
}

fn error_fn(model: &Model, index: usize, caught: &ErrorHandler) -> TokenStream {
    let handler = &caught.handler;
    let span = handler.span();
    let (name, cfgs) = (paths::error_fn(index, span), &caught.cfgs);
    let (request, reply) = (paths::public("Request", span), paths::public("Reply", span));
    let (exception, lifetime) = (paths::public("HttpException", span), request_lifetime(span));
    let mut injection = Injection::default();
    for (index, param) in handler.params.iter().enumerate() {
        let local = format_ident!("__p{index}", span = span);
        match &param.ty {
            _ if param.is_request() => injection.arguments.push(quote_spanned!(span=> __request)),
            Type::Reference(reference) if is_exception(&reference.elem) => {
                injection.arguments.push(quote_spanned!(span=> __error));
            }
            Type::Reference(reference) => {
                let (ty, at) = (&reference.elem, crate::span::of(&reference.elem));
                injection
                    .lets
                    .push(quote_spanned!(at=> let #local = __error.downcast_ref::<#ty>()?;));
                injection.arguments.push(quote!(#local));
            }
            ty => {
                let at = crate::span::of(ty);
                let ty = with_lifetime(ty, &lifetime, &handler.lifetimes);
                injection.arguments.push(quote!(#local));
                injection.extractors.push((local, quote!(#ty), at));
            }
        }
    }
    let answer = route::answer(model, handler, &injection, caught.args.inline);
    let lets = &injection.lets;
    quote_spanned! {span=>
        #(#cfgs)*
        #[doc(hidden)]
        fn #name<#lifetime>(
            &#lifetime self,
            __request: &#lifetime #request,
            __error: &#lifetime #exception,
        ) -> ::core::option::Option<#reply<#lifetime>> {
            #(#lets)*
            ::core::option::Option::Some(#answer)
        }
    }
}

fn is_exception(ty: &Type) -> bool {
    last_word(ty).is_some_and(|word| word == "HttpException")
}

fn of_kind(model: &Model, kind: HookKind) -> impl Iterator<Item = (usize, &Hook)> {
    model
        .hooks
        .iter()
        .enumerate()
        .filter(move |(_, hook)| hook.kind == kind)
}

const KINDS: [(HookKind, &str); 3] = [
    (HookKind::Before, "before"),
    (HookKind::After, "after"),
    (HookKind::Teardown, "teardown"),
];
