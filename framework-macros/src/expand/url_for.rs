//! `url_for!`, and what makes it checked: a type with the variables of each endpoint.

use std::collections::HashMap;

use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::ToTokens;
use quote::format_ident;
use quote::quote;
use quote::quote_spanned;
use rustzeug_routing::Pattern;
use syn::AngleBracketedGenericArguments;
use syn::Expr;
use syn::Lifetime;
use syn::Token;
use syn::ext::IdentExt;
use syn::parse::Parse;
use syn::parse::ParseStream;

use super::mount::mounted_type;
use crate::handler::Handler;
use crate::inject::converter;
use crate::inject::with_lifetime;
use crate::model::Model;
use crate::paths;

/// An implementation of `Endpoint` for each endpoint and of `Mount` for each mount.
///
/// Endpoints with the same variables share one struct: what is made for each handler is one
/// implementation without a function. A `stub` stands for an application with mistakes: its values
/// are never read.
pub(crate) fn carriers(model: &Model, stub: bool) -> TokenStream {
    let mut groups = Groups::default();
    let mut patterns_of: HashMap<&str, Vec<&Pattern>> = HashMap::new();
    for route in &model.routes {
        let patterns = patterns_of.entry(&route.handler.key).or_default();
        patterns.push(&route.pattern);
    }
    for route in &model.routes {
        let handler = &route.handler;
        let Some(patterns) = patterns_of.remove(handler.key.as_str()) else {
            // Another rule of the handler came before.
            continue;
        };
        let fields = Fields::new(model, handler, &patterns);
        let cfgs = route.cfgs.iter().map(ToTokens::to_token_stream).collect();
        groups.implement(fields, cfgs, |args| endpoint(model, handler, args));
    }
    for mount in &model.mounts {
        let fields = Fields::new(model, &mount.handler, &[&mount.pattern]);
        let cfgs = mount.cfgs.iter().map(ToTokens::to_token_stream).collect();
        let app = with_lifetime(
            &mounted_type(mount),
            &Lifetime::new("'__a", mount.handler.span()),
            &[Ident::new("_", Span::call_site())],
        );
        let carrier = |args: &TokenStream| carrier_of_mount(model, &mount.handler, &app, args);
        groups.implement(fields, cfgs, carrier);
    }
    groups.list.iter().map(|group| group.tokens(stub)).collect()
}

#[derive(Default)]
struct Groups {
    list: Vec<Group>,
    /// Where in the list the group with these variables, under these conditions, is.
    places: HashMap<(String, String), usize>,
}

impl Groups {
    fn implement(
        &mut self,
        fields: Fields,
        cfgs: TokenStream,
        implementation: impl FnOnce(&TokenStream) -> TokenStream,
    ) {
        let implementation = implementation(&fields.args);
        let key = (fields.key.clone(), cfgs.to_string());
        let place = *self.places.entry(key).or_insert_with(|| {
            self.list.push(Group {
                fields,
                cfgs,
                implementations: TokenStream::new(),
            });
            self.list.len() - 1
        });
        self.list[place].implementations.extend(implementation);
    }
}

/// The endpoints and mounts that have the same variables.
struct Group {
    fields: Fields,
    cfgs: TokenStream,
    implementations: TokenStream,
}

impl Group {
    fn tokens(&self, stub: bool) -> TokenStream {
        let (cfgs, implementations) = (&self.cfgs, &self.implementations);
        let variables = self.fields.variables(stub);
        quote! {
            #cfgs
            #[allow(
                dead_code,
                missing_debug_implementations,
                unnameable_types,
                unreachable_pub,
                clippy::all,
                reason = "made by `#[application]`",
            )]
            const _: () = {
                #variables
                #implementations
            };
        }
    }
}

/// `impl Endpoint<…> for Blog { type Args<'a> = …; }`.
fn endpoint(model: &Model, handler: &Handler, args: &TokenStream) -> TokenStream {
    let span = handler.span();
    let (generics, _, clause) = model.generics.split_for_impl();
    let (self_ty, endpoint) = (&model.self_ty, paths::private("Endpoint", span));
    let hash = paths::name_hash(&handler.name.to_string());
    let folder = paths::private("StaticEndpoint", span);
    let folder = (handler.name.unraw() == STATIC).then(|| {
        quote_spanned! {span=>
            impl #generics #folder for #self_ty #clause {
                const NUMBER: u64 = #hash;
            }
        }
    });
    quote_spanned! {span=>
        impl #generics #endpoint<#hash> for #self_ty #clause {
            type Args<'__a> = #args;
        }
        #folder
    }
}

/// `impl Mount<…> for Site { type App<'a> = …; type Args<'a> = …; }`.
fn carrier_of_mount(
    model: &Model,
    handler: &Handler,
    app: &syn::Type,
    args: &TokenStream,
) -> TokenStream {
    let span = handler.span();
    let (generics, _, clause) = model.generics.split_for_impl();
    let (self_ty, mount) = (&model.self_ty, paths::private("Mount", span));
    let hash = paths::name_hash(&handler.name.to_string());
    quote_spanned! {span=>
        impl #generics #mount<#hash> for #self_ty #clause {
            type App<'__a> = #app;
            type Args<'__a> = #args;
        }
    }
}

/// The variables that fill a handler's parameters, from all of its rules.
struct Fields {
    /// Name, type and converter.
    list: Vec<(Ident, syn::Type, TokenStream)>,
    /// What the struct is called.
    args: TokenStream,
    /// Equal for equal variables.
    key: String,
    span: Span,
}

impl Fields {
    fn new(model: &Model, handler: &Handler, patterns: &[&Pattern]) -> Self {
        let span = handler.span();
        let lifetime = Lifetime::new("'__a", span);
        let mut list: Vec<(Ident, syn::Type, TokenStream)> = Vec::new();
        for pattern in patterns {
            for param in &handler.params {
                let Some((_, variable)) = param.variable(pattern) else {
                    continue;
                };
                let name = paths::name(variable.name(), span);
                if list.iter().any(|(known, ..)| *known == name) {
                    continue;
                }
                let ty = with_lifetime(&param.ty, &lifetime, &handler.lifetimes);
                list.push((name, ty, converter(variable, &model.args.converters, span)));
            }
        }
        let mut key = String::new();
        for (name, ty, marker) in &list {
            key.push_str(&format!("{name}: {} {marker},", ty.to_token_stream()));
        }
        let args = match list.is_empty() {
            true => {
                let none = paths::private("NoArgs", span);
                quote_spanned!(span=> #none<'__a>)
            }
            false => quote_spanned!(span=> Variables<'__a>),
        };
        Self {
            list,
            args,
            key,
            span,
        }
    }

    /// The struct, whose name is what messages call it.
    fn variables(&self, stub: bool) -> TokenStream {
        let span = self.span;
        if self.list.is_empty() {
            return TokenStream::new();
        }
        let declared = self.list.iter();
        let declared = declared.map(|(name, ty, _)| quote_spanned!(span=> pub #name: #ty));
        let (url_args, to_url) = (
            paths::private("UrlArgs", span),
            paths::private("ToUrl", span),
        );
        let values = paths::private("UrlValues", span);
        let pushes = self.list.iter().filter(|_| !stub);
        let pushes = pushes.map(|(name, ty, marker)| {
            let text = name.unraw().to_string();
            quote_spanned!(span=>
                __values.push(#text, <#ty as #to_url<#marker>>::to_url(&self.#name));
            )
        });
        quote_spanned! {span=>
            #[doc(hidden)]
            pub struct Variables<'__a> {
                #(#declared,)*
                pub __borrow: ::core::marker::PhantomData<&'__a ()>,
            }
            impl<'__a> #url_args for Variables<'__a> {
                fn values(&self, __values: &mut #values) { #(#pushes)* }
            }
        }
    }
}

/// `Site::shelf { room: 3 }::book { slug: "emma" }, page = 2`.
struct UrlFor {
    /// What leads to the application: `crate::pages::Site`.
    root: TokenStream,
    is_self: Option<Span>,
    /// Mounts, and last the endpoint.
    steps: Vec<Step>,
    query: Vec<(Ident, Expr)>,
}

/// A mount or an endpoint with its variables.
struct Step {
    name: Ident,
    fields: Vec<(Ident, TokenStream)>,
}

impl Parse for UrlFor {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (root, is_self) = input.call(root)?;
        let mut steps = Vec::new();
        while input.parse::<Option<Token![::]>>()?.is_some() {
            steps.push(input.parse()?);
        }
        let mut query = Vec::new();
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let name = input.call(Ident::parse_any)?;
            input.parse::<Token![=]>().map_err(|error| {
                let help = "arguments of the query are written `name = value`";
                syn::Error::new(error.span(), format!("expected `=`\nhelp: {help}"))
            })?;
            query.push((name, input.parse()?));
        }
        match input.is_empty() {
            true => Ok(Self {
                root,
                is_self,
                steps,
                query,
            }),
            false => Err(input.error(
                "expected a comma\nhelp: write `url_for!(App::handler { variable: value }, \
                 page = 2)`",
            )),
        }
    }
}

/// Reads up to the first name of a type, which is the application.
fn root(input: ParseStream<'_>) -> syn::Result<(TokenStream, Option<Span>)> {
    let mut root = input.parse::<Option<Token![::]>>()?.to_token_stream();
    let start = input.span();
    loop {
        let name = input.call(Ident::parse_any).map_err(|error| {
            syn::Error::new(
                error.span(),
                "expected an endpoint\nhelp: write `url_for!(App::handler { variable: value })`",
            )
        })?;
        root.extend(name.to_token_stream());
        if name
            .to_string()
            .starts_with(|first: char| first.is_uppercase())
        {
            let is_self = (name == "Self").then(|| name.span());
            let generic = input.peek(Token![<]) || input.peek(Token![::]) && input.peek3(Token![<]);
            if generic {
                root.extend(
                    input
                        .parse::<AngleBracketedGenericArguments>()?
                        .into_token_stream(),
                );
            }
            return Ok((root, is_self));
        }
        if !input.peek(Token![::]) {
            return Err(syn::Error::new(start, NO_ENDPOINT));
        }
        root.extend(input.parse::<Token![::]>()?.into_token_stream());
    }
}

impl Parse for Step {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        // Also what is a word of Rust's: `Blog::static`.
        let name = input.call(Ident::parse_any)?;
        let mut fields = Vec::new();
        if input.peek(syn::token::Brace) {
            let inside;
            syn::braced!(inside in input);
            while !inside.is_empty() {
                let name = inside.call(Ident::parse_any)?;
                let name = paths::name(&name.unraw().to_string(), name.span());
                let value = match inside.parse::<Option<Token![:]>>()? {
                    Some(_) => {
                        let value: Expr = inside.parse()?;
                        quote!(#name: #value)
                    }
                    None => quote!(#name),
                };
                fields.push((name, value));
                if inside.parse::<Option<Token![,]>>()?.is_none() {
                    break;
                }
            }
        }
        Ok(Self { name, fields })
    }
}

/// The expansion of `url_for!`.
pub(crate) fn url_for(input: TokenStream) -> syn::Result<TokenStream> {
    let UrlFor {
        root,
        is_self,
        steps,
        query,
    } = syn::parse2(input)?;
    if let Some(span) = is_self {
        let message = "`Self` cannot be used in `url_for!`\nhelp: write the application's name";
        return Err(syn::Error::new(span, message));
    }
    let Some((last, mounts)) = steps.split_last() else {
        return Err(syn::Error::new_spanned(&root, NO_ENDPOINT));
    };
    // What is said of a step points at its name; what is said twice there is told once.
    let mut target = root.clone();
    let (mut types, mut args) = (TokenStream::new(), TokenStream::new());
    for (index, mount) in mounts.iter().enumerate() {
        let (span, hash) = (mount.name.span(), paths::name_hash(&mount.name.to_string()));
        target = crate::span::respan(target, span);
        let carrier = paths::private("Mount", span);
        let alias = Ident::new(&format!("__Mount{index}"), span);
        let literal = mount.literal(&alias);
        let known = known(&target, &carrier, hash, span);
        types.extend(quote_spanned!(span=> type #alias<'__a> = #known::Args<'__a>;));
        args.extend(quote_spanned!(span=> .args(&#literal)));
        // Behind a name, so that what is said of the next step points there and not here.
        let app = format_ident!("__App{index}", span = span);
        types.extend(quote_spanned!(span=> type #app = #known::App<'static>;));
        target = app.into_token_stream();
    }
    let (span, hash) = (last.name.span(), paths::name_hash(&last.name.to_string()));
    let (endpoint, url_for) = (
        paths::private("Endpoint", span),
        paths::public("UrlFor", span),
    );
    let alias = Ident::new("__Args", span);
    let literal = last.literal(&alias);
    let target = crate::span::respan(target, span);
    let known = match last.name.unraw() == STATIC {
        false => known(&target, &endpoint, hash, span),
        true => {
            let folder = paths::private("StaticEndpoint", span);
            quote_spanned!(span=> <#target as #endpoint<{ <#target as #folder>::NUMBER }>>)
        }
    };
    let mounts = mounts.iter().map(|mount| mount.name.unraw().to_string());
    let name = last.name.unraw().to_string();
    let query = query.into_iter().map(|(name, value)| {
        let (at, name) = (crate::span::of(&value), name.unraw().to_string());
        quote_spanned!(at=> .query(#name, #value))
    });
    Ok(quote_spanned! {span=> {
        #types
        type #alias<'__a> = #known::Args<'__a>;
        #url_for::<#root>::new(&[#(#mounts),*], #name) #args .args(&#literal) #(#query)*
    }})
}

/// `<Blog as Endpoint<{ … }>>`: the number is asked of the very implementation, so that a name which
/// is not there is one mistake; without that rustc would complain of all that is done with it, too.
fn known(target: &TokenStream, carrier: &TokenStream, hash: u64, span: Span) -> TokenStream {
    quote_spanned!(span=> <#target as #carrier<{ <#target as #carrier<#hash>>::NUMBER }>>)
}

impl Step {
    /// `__Args { year: 2024, __borrow: PhantomData }`.
    fn literal(&self, alias: &Ident) -> TokenStream {
        let fields = self.fields.iter().map(|(_, field)| field);
        quote_spanned!(self.name.span()=>
            #alias { #(#fields,)* __borrow: ::core::marker::PhantomData }
        )
    }
}

/// The endpoint of static files: what it is without has a reason of its own.
const STATIC: &str = "static";

const NO_ENDPOINT: &str = "expected an application and an endpoint\n\
                           help: write `url_for!(App::handler { variable: value })`";
