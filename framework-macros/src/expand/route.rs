//! One small synchronous function a rule, and the rule as data.

use proc_macro2::Ident;
use proc_macro2::Literal;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::quote;
use quote::quote_spanned;
use rustzeug_routing::RouteRecord;
use syn::Attribute;
use syn::ext::IdentExt;

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
    let answer = answer_call(model, handler, injection, inline);
    if injection.extractors.is_empty() {
        return answer;
    }
    let (names, types) = injection.extractors(handler.params_span);
    let at_types = match injection.extractors.as_slice() {
        [(_, _, only)] => *only,
        _ => handler.params_span,
    };
    let extract = paths::private("extract", at_types);
    let span = handler.span();
    let app = crate::span::respan(quote!(, Self), span);
    quote_spanned!(span=> #extract::<#types #app>(self, __request, move |#names| #answer))
}

/// The reply of a handler whose arguments are all there.
///
/// The names of what answers stand where the return type does, so that messages about what may be
/// returned point there.
fn answer_call(
    model: &Model,
    handler: &Handler,
    injection: &Injection,
    inline: bool,
) -> TokenStream {
    let at = handler.output_span();
    let own_error = has_own_error(&handler.output);
    let arguments = &injection.arguments;
    let count = arguments.len() + usize::from(handler.receiver);
    if !handler.is_async && !inline && !own_error && count <= MOST_ARGUMENTS {
        let function = paths::private(&format!("call_blocking_{count}"), at);
        let path = path(model, handler, at);
        let receiver = handler.receiver.then(|| quote_spanned!(at=> self));
        let arguments = receiver.iter().chain(arguments);
        return quote_spanned!(at=> #function(#path, #(#arguments),*));
    }
    let mut call = call(model, handler, arguments);
    if own_error {
        call = with_own_error(handler, &call);
    }
    if handler.is_async {
        let function = paths::private("answer_async", at);
        quote_spanned!(at=> #function(::std::boxed::Box::pin(#call)))
    } else if inline {
        let function = paths::private("answer_inline", at);
        quote_spanned!(at=> #function(#call))
    } else {
        let function = paths::private("answer_blocking", at);
        quote_spanned!(at=> #function(move || #call))
    }
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

/// The handler as a function: `Self::show`, or `show` in a module.
fn path(model: &Model, handler: &Handler, at: Span) -> TokenStream {
    let mut name = handler.name.clone();
    name.set_span(at);
    match &model.shape {
        Shape::Impl(_) | Shape::Function(_) => quote_spanned!(at=> Self::#name),
        Shape::Module(_) => quote!(#name),
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

/// What the rule is called: `endpoint = "…"`, else the handler's name.
pub(crate) fn endpoint_name(route: &Route) -> String {
    match &route.args.endpoint {
        Some(endpoint) => endpoint.value(),
        None => route.handler.name.unraw().to_string(),
    }
}

/// The rules as bytes, `b"…", #[cfg(…)] b"…"`: a piece for each run of rules that are there
/// under the same conditions.
pub(crate) fn records(model: &Model) -> TokenStream {
    let mut tokens = TokenStream::new();
    let mut bytes = Vec::new();
    for route in &model.routes {
        if route.cfgs.is_empty() {
            record(route).pack_into(&mut bytes);
            continue;
        }
        piece(&mut tokens, &[], &mut bytes);
        record(route).pack_into(&mut bytes);
        piece(&mut tokens, &route.cfgs, &mut bytes);
    }
    piece(&mut tokens, &[], &mut bytes);
    tokens
}

/// `Routes::describe`: the limits of rules that have their own.
///
/// Not among the bytes: a limit may be a constant of the program's.
pub(crate) fn limits(model: &Model) -> TokenStream {
    let own = |route: &Route| route.args.limits.tokens();
    if !model.routes.iter().any(|route| own(route).is_some()) {
        return TokenStream::new();
    }
    let limits = model.routes.iter().map(|route| {
        let cfgs = &route.cfgs;
        match own(route) {
            Some(limits) => quote!(#(#cfgs)* ::core::option::Option::Some(#limits)),
            None => quote!(#(#cfgs)* ::core::option::Option::None),
        }
    });
    quote!(__site.limits(&[#(#limits),*]);)
}

fn piece(tokens: &mut TokenStream, cfgs: &[Attribute], bytes: &mut Vec<u8>) {
    if !bytes.is_empty() {
        let literal = Literal::byte_string(bytes);
        tokens.extend(quote!(#(#cfgs)* #literal,));
        bytes.clear();
    }
}

fn record(route: &Route) -> RouteRecord {
    let needs = Needs::of(&route.handler, |param| {
        param.variable(&route.pattern).is_some() || param.default(&route.args.defaults).is_some()
    });
    let mut rule = crate::table::rule(route);
    if let Some(endpoint) = &route.args.endpoint {
        rule = rule.endpoint(endpoint.value());
    }
    let mut record = RouteRecord::new(rule, route.handler.name.unraw().to_string(), needs as u8);
    record.allow_overlap = route.args.allow_overlap;
    record
}

/// Plain functions of more arguments are called from a closure.
const MOST_ARGUMENTS: usize = 3;
