//! One small synchronous function a rule, and the rule as data.

use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::quote;
use quote::quote_spanned;
use syn::Attribute;
use syn::Lit;

use crate::handler::Handler;
use crate::handler::has_own_error;
use crate::inject::Bindings;
use crate::inject::Injection;
use crate::inject::request_lifetime;
use crate::model::Model;
use crate::model::Route;
use crate::model::Shape;
use crate::needs::Needs;
use crate::paths;

/// The function that makes the values of a rule's handler and calls it.
///
/// No `async` block and no `match` over all rules: both cost the compiler several times as much.
pub(crate) fn rule_fn(model: &Model, index: usize, route: &Route) -> TokenStream {
    let elsewhere = crate::check::variables_elsewhere(model, route);
    let injection = Injection::new(
        &route.handler,
        &Bindings {
            pattern: &route.pattern,
            defaults: &route.args.defaults,
            elsewhere: &elsewhere,
            converters: &model.args.converters,
        },
    );
    let name = paths::rule_fn(index, route.handler.span());
    let body = answer(
        model,
        &route.handler,
        &injection,
        route.args.inline.is_some(),
    );
    function(&name, &route.handler, &route.cfgs, &injection.lets, &body)
}

/// `fn name<'r>(&'r self, request, args) -> Reply<'r> { … }`.
fn function(
    name: &Ident,
    handler: &Handler,
    cfgs: &[Attribute],
    lets: &[TokenStream],
    body: &TokenStream,
) -> TokenStream {
    let span = handler.span();
    let lifetime = request_lifetime(span);
    let (request, args) = (paths::public("Request", span), paths::private("Args", span));
    let reply = paths::public("Reply", span);
    quote_spanned! {span=>
        #(#cfgs)*
        #[doc(hidden)]
        fn #name<#lifetime>(
            &#lifetime self,
            __request: &#lifetime #request,
            __args: #args<#lifetime>,
        ) -> #reply<#lifetime> {
            #(#lets)*
            #body
        }
    }
}

/// Calls the handler and makes a reply of what it gives.
pub(crate) fn answer(
    model: &Model,
    handler: &Handler,
    injection: &Injection,
    inline: bool,
) -> TokenStream {
    let mut call = call(model, handler, &injection.arguments);
    if has_own_error(&handler.output) {
        call = with_own_error(handler, &call);
    }
    let at = handler.output_span();
    let kind = match (handler.is_async, inline) {
        (true, _) => "async",
        (false, true) => "inline",
        (false, false) => "blocking",
    };
    if injection.extractors.is_empty() {
        let function = paths::private(&format!("answer_{kind}"), at);
        return match kind {
            "async" => quote_spanned!(at=> #function(#call)),
            _ => quote_spanned!(at=> #function(move || #call)),
        };
    }
    let (names, types) = injection.extractors(handler.params_span);
    let at_types = match injection.extractors.as_slice() {
        [(_, _, only)] => *only,
        _ => handler.params_span,
    };
    let respond = match kind {
        "async" => paths::private("respond_async", at),
        _ => paths::private("respond", at),
    };
    let answer = quote_spanned!(at=> #respond(#call));
    let function = paths::private(&format!("extract_{kind}"), at_types);
    let inferred = if handler.is_async {
        quote!(, Self, _)
    } else {
        quote!(, Self)
    };
    let span = handler.span();
    let inferred = crate::span::respan(inferred, span);
    quote_spanned!(span=> #function::<#types #inferred>(self, __request, move |#names| #answer))
}

/// Makes a response of a `Result` whose error may be any error.
fn with_own_error(handler: &Handler, call: &TokenStream) -> TokenStream {
    let at = handler.output_span();
    let (response, error) = (
        paths::private("AnswerWithResponse", at),
        paths::private("AnswerWithError", at),
    );
    let unknown = paths::private("AnswerUnknown", at);
    let (failure, into_response) = (
        paths::private("Failure", at),
        paths::public("IntoResponse", at),
    );
    let map = match handler.is_async {
        true => paths::private("map_async", at),
        false => paths::private("map", at),
    };
    quote_spanned! {at=>
        #map(#call, |__result| match __result {
            ::core::result::Result::Ok(__value) => #into_response::into_response(__value),
            ::core::result::Result::Err(__error) => {
                use #response as _;
                use #error as _;
                use #unknown as _;
                (&&#failure::new(__error)).answer()
            }
        })
    }
}

/// The call alone.
pub(crate) fn call(model: &Model, handler: &Handler, arguments: &[TokenStream]) -> TokenStream {
    let name = &handler.name;
    match (&model.shape, handler.receiver) {
        (Shape::Impl(_), true) => quote_spanned!(name.span()=> self.#name(#(#arguments),*)),
        (Shape::Impl(_) | Shape::Function(_), _) => {
            quote_spanned!(name.span()=> Self::#name(#(#arguments),*))
        }
        (Shape::Module(_), _) => quote_spanned!(name.span()=> #name(#(#arguments),*)),
    }
}

/// The rule as data: `RouteDef::new("/rule", "endpoint", Needs::Body).methods(&["GET"])`.
pub(crate) fn definition(route: &Route) -> TokenStream {
    let args = &route.args;
    let span = Span::call_site();
    let def = paths::private("RouteDef", span);
    let (rule, endpoint) = (&args.rule, endpoint_name(route));
    let needs = needs(route);
    let cfgs = &route.cfgs;
    let mut options = TokenStream::new();
    if let Some(methods) = &args.methods {
        options.extend(quote!(.methods(&[#(#methods),*])));
    }
    if let Some(strict) = args.strict_slashes {
        options.extend(quote!(.strict_slashes(#strict)));
    }
    if let Some(merge) = args.merge_slashes {
        options.extend(quote!(.merge_slashes(#merge)));
    }
    let flags = [
        ("websocket", args.websocket),
        ("build_only", args.build_only),
        ("alias", args.alias),
    ];
    for (name, _) in flags.iter().filter(|(_, is_set)| *is_set) {
        let name = Ident::new(name, span);
        options.extend(quote!(.#name()));
    }
    let texts = [
        ("subdomain", &args.subdomain),
        ("host", &args.host),
        ("redirect_to", &args.redirect_to),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            let name = Ident::new(name, span);
            options.extend(quote!(.#name(#text)));
        }
    }
    if let Some(limits) = args.limits.tokens() {
        options.extend(quote!(.limits(#limits)));
    }
    if !args.defaults.is_empty() {
        let defaults = args
            .defaults
            .iter()
            .map(|(name, value)| default(name, value));
        options.extend(quote!(.defaults(&[#(#defaults),*])));
    }
    quote!(#(#cfgs)* #def::new(#rule, #endpoint, #needs) #options)
}

/// What the rule is called: `endpoint = "…"`, else the handler's name.
pub(crate) fn endpoint_name(route: &Route) -> String {
    match &route.args.endpoint {
        Some(endpoint) => endpoint.value(),
        None => route.handler.name.to_string(),
    }
}

fn needs(route: &Route) -> TokenStream {
    let needs = Needs::of(&route.handler, |param| {
        param.variable(&route.pattern).is_some() || param.default(&route.args.defaults).is_some()
    });
    needs.tokens()
}

fn default(name: &Ident, value: &Lit) -> TokenStream {
    let name = name.to_string();
    let kind = match value {
        Lit::Bool(_) => "Bool",
        Lit::Float(_) => "Float",
        Lit::Int(_) => "Int",
        _ => "Text",
    };
    let kind = Ident::new(kind, Span::call_site());
    let def = paths::private("DefaultDef", Span::call_site());
    quote!((#name, #def::#kind(#value)))
}
