//! What `#[application]` makes: the user's items, and the implementations beside them.

use proc_macro2::Ident;
use proc_macro2::Literal;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::ToTokens;
use quote::quote;
use syn::Attribute;
use syn::GenericParam;
use syn::Lit;
use syn::Visibility;
use syn::parse::ParseStream;
use syn::parse::Parser;

use super::hooks;
use super::mount;
use super::route;
use super::sources;
use super::url_for;
use crate::diag::Errors;
use crate::inject::Bindings;
use crate::inject::Injection;
use crate::model::Model;
use crate::model::Shape;
use crate::needs::Needs;
use crate::paths;
use crate::table;

/// Everything the attribute stands for.
pub(crate) fn application(model: &Model, errors: &mut Errors) -> TokenStream {
    let items = &model.items;
    match &model.shape {
        Shape::Impl(head) => {
            let made = implementations(model, errors);
            quote!(#head { #(#items)* } #made)
        }
        Shape::Module(head) => {
            let app = module_type(model);
            let made = implementations(model, errors);
            quote!(#head { #(#items)* #app #made })
        }
        Shape::Function(_) => function(model, errors),
    }
}

/// The traits of an application with rules, and the functions they call.
fn implementations(model: &Model, errors: &mut Errors) -> TokenStream {
    let (generics, _, clause) = model.generics.split_for_impl();
    let self_ty = &model.self_ty;
    let span = Span::call_site();
    let rules = model.routes.iter().enumerate();
    let rules = rules.map(|(index, route)| route::rule_fn(model, index, route));
    let hook_fns = hooks::functions(model);
    let level = level(model);
    let routes = routes(model, errors);
    let carriers = url_for::carriers(model, false);
    let (level_trait, routes_trait) = (
        paths::private("Level", span),
        paths::private("Routes", span),
    );
    let into_application = into_application(model);
    quote! {
        #[automatically_derived]
        #[allow(unused, clippy::all, clippy::pedantic, clippy::nursery, reason = "made by `#[application]`")]
        impl #generics #self_ty #clause {
            #(#rules)*
            #hook_fns
        }
        #[automatically_derived]
        #[allow(unused, clippy::all, reason = "made by `#[application]`")]
        impl #generics #level_trait for #self_ty #clause { #level }
        #[automatically_derived]
        #[allow(unused, clippy::all, reason = "made by `#[application]`")]
        impl #generics #routes_trait for #self_ty #clause { #routes }
        #into_application
        #carriers
    }
}

/// `Level`: what is called for a request.
fn level(model: &Model) -> TokenStream {
    let span = Span::call_site();
    let (request, reply) = (paths::public("Request", span), paths::public("Reply", span));
    let (args, rule_type) = (paths::private("Args", span), paths::private("RuleFn", span));
    let not_found = paths::private("not_found", span);
    let functions = model.routes.iter().enumerate().map(|(index, route)| {
        let (name, cfgs) = (paths::rule_fn(index, route.handler.span()), &route.cfgs);
        quote!(#(#cfgs)* Self::#name)
    });
    let mounts = mount::enter(model);
    let hooks = hooks::calls(model);
    quote! {
        fn route<'__r>(
            &'__r self,
            __rule: usize,
            __request: &'__r #request,
            __args: #args<'__r>,
        ) -> #reply<'__r> {
            let __rules: &[#rule_type<Self>] = &[#(#functions),*];
            match __rules.get(__rule) {
                ::core::option::Option::Some(__answer) => __answer(self, __request, __args),
                ::core::option::Option::None => #not_found(),
            }
        }
        #mounts
        #hooks
    }
}

/// `Routes`: what is known before any request.
fn routes(model: &Model, errors: &mut Errors) -> TokenStream {
    let span = Span::call_site();
    let (definition, site) = (
        paths::private("Definition", span),
        paths::private("Site", span),
    );
    let routes = route::records(model);
    let table = table_bytes(model, errors).map(|bytes| {
        let literal = Literal::byte_string(&bytes);
        quote!(.table(#literal))
    });
    let options = map_options(model);
    let hooks = hooks::counts(model);
    let mounts = mount::list(model);
    let converters = model.args.converters.iter().map(|(name, path)| {
        let (name, at) = (name.to_string(), crate::span::of(path));
        quote::quote_spanned!(at=> __site.converter::<#path>(#name);)
    });
    let written = sources::written(model);
    let redirects = sources::redirects(model);
    let limits = route::limits(model);
    quote! {
        const DEFINITION: #definition =
            #definition::new(&[#routes], ::core::option_env!("CARGO_MANIFEST_DIR"))
                #table #options #hooks;
        fn describe(__site: &mut #site<'_>) {
            #written
            #redirects
            #limits
            #(#converters)*
            #mounts
        }
    }
}

/// The routing table as bytes, where every rule is known here and now.
fn table_bytes(model: &Model, errors: &mut Errors) -> Option<Vec<u8>> {
    let plain = model.mounts.is_empty()
        && !model.has_cfg()
        && model.args.converters.is_empty()
        && errors.is_empty();
    if !plain {
        return None;
    }
    table::build(model, errors)?.table.to_bytes()
}

fn map_options(model: &Model) -> TokenStream {
    let mut options = TokenStream::new();
    if let Some(strict) = model.args.strict_slashes {
        options.extend(quote!(.strict_slashes(#strict)));
    }
    if let Some(merge) = model.args.merge_slashes {
        options.extend(quote!(.merge_slashes(#merge)));
    }
    if model.args.host_matching {
        options.extend(quote!(.host_matching()));
    }
    if let Some(subdomain) = &model.args.default_subdomain {
        options.extend(quote!(.default_subdomain(#subdomain)));
    }
    if model.args.redirect_defaults == Some(false) {
        options.extend(quote!(.keep_defaults()));
    }
    if model.args.sort_parameters {
        options.extend(quote!(.sort_parameters()));
    }
    if let Some(limits) = model.args.limits.tokens() {
        options.extend(quote!(.limits(#limits)));
    }
    if model.has_default_folder {
        options.extend(quote!(.default_folder()));
    }
    options
}

/// Whether the type is a view: `impl<'s> Shelf<'s>`, or `impl Shelf<'_>`.
pub(crate) fn borrows(model: &Model) -> bool {
    let is_lifetime = |param: &GenericParam| matches!(param, GenericParam::Lifetime(_));
    model.generics.params.iter().any(is_lifetime)
        || crate::span::has_elided_lifetime(model.self_ty.to_token_stream())
}

/// What makes the type servable; a view that borrows can only be mounted.
pub(crate) fn into_application(model: &Model) -> TokenStream {
    if borrows(model) {
        return TokenStream::new();
    }
    let (generics, _, clause) = model.generics.split_for_impl();
    let self_ty = &model.self_ty;
    let span = Span::call_site();
    let (into, bound) = (
        paths::public("IntoApplication", span),
        paths::private("Bound", span),
    );
    let error = paths::public("StartError", span);
    quote! {
        #[automatically_derived]
        impl #generics #into for #self_ty #clause {
            type Application = #bound<Self>;
            fn into_application(
                self,
            ) -> ::core::result::Result<Self::Application, #error> {
                #bound::new(self)
            }
        }
    }
}

/// The type that stands for a module: `App`, which holds the state if there is one.
fn module_type(model: &Model) -> TokenStream {
    let Some(state) = &model.args.state else {
        return quote! {
            /// The functions of this module as an application.
            #[derive(Clone, Copy, Debug, Default)]
            pub struct App;
        };
    };
    quote! {
        /// The functions of this module as an application, with its state.
        pub struct App {
            __rustzeug_state: #state,
        }

        impl App {
            /// Makes the application of its state.
            pub fn new(state: #state) -> Self {
                Self { __rustzeug_state: state }
            }
        }

        impl ::core::convert::AsRef<#state> for App {
            fn as_ref(&self) -> &#state {
                &self.__rustzeug_state
            }
        }

        impl ::core::fmt::Debug for App {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str("App")
            }
        }
    }
}

/// One function as the application: a type of its name, which is also its value.
fn function(model: &Model, errors: &mut Errors) -> TokenStream {
    let (Shape::Function(name), Some(item)) = (&model.shape, model.items.first()) else {
        return TokenStream::new();
    };
    let Some(handler) = crate::handler::Handler::parse(item, "an application", errors) else {
        return TokenStream::new();
    };
    let empty = rustzeug_routing::Pattern::parse("/", true, &model.registry());
    let Ok(pattern) = empty else {
        return TokenStream::new();
    };
    let defaults: [(Ident, Lit); 0] = [];
    let bindings = Bindings {
        pattern: &pattern,
        defaults: &defaults,
        elsewhere: &[],
        converters: &[],
    };
    let injection = Injection::new(&handler, &bindings);
    let answer = route::answer(model, &handler, &injection, false);
    let needs = Needs::of(&handler, |_| false).tokens();
    let span = name.span();
    let (request, reply) = (paths::public("Request", span), paths::public("Reply", span));
    let (application, single) = (
        paths::public("Application", span),
        paths::private("answer_single", span),
    );
    let declared = function_type(model, name, item);
    let limits = model
        .args
        .limits
        .tokens()
        .map(|limits| quote!(#limits.apply(__request);));
    quote! {
        #declared
        #[allow(clippy::unused_self, clippy::needless_pass_by_value, clippy::redundant_closure, reason = "made by `#[application]`")]
        impl #name {
            #item
            #[doc(hidden)]
            fn __rustzeug_answer<'__r>(&'__r self, __request: &'__r #request) -> #reply<'__r> {
                #answer
            }
        }
        #[automatically_derived]
        impl #application for #name {
            fn call<'__r>(&'__r self, __request: &'__r mut #request) -> #reply<'__r> {
                #limits
                #single(self, __request, #needs, Self::__rustzeug_answer)
            }
        }
    }
}

fn function_type(model: &Model, name: &Ident, item: &crate::items::Item) -> TokenStream {
    let visibility = |input: ParseStream<'_>| -> syn::Result<Visibility> {
        let visibility = input.parse();
        let _rest: TokenStream = input.parse()?;
        visibility
    };
    let visibility = visibility
        .parse2(item.head.clone())
        .unwrap_or(Visibility::Inherited);
    let docs: Vec<&Attribute> = item
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("doc"))
        .collect();
    match &model.args.state {
        None => quote! {
            #(#docs)*
            #[allow(non_camel_case_types, reason = "made by `#[application]`")]
            #[derive(Clone, Copy, Debug, Default)]
            #visibility struct #name;
        },
        Some(state) => quote! {
            #(#docs)*
            #[allow(non_camel_case_types, missing_debug_implementations, reason = "made by `#[application]`")]
            #visibility struct #name(#visibility #state);
            impl ::core::convert::AsRef<#state> for #name {
                fn as_ref(&self) -> &#state {
                    &self.0
                }
            }
        },
    }
}
