//! `url_for!`, and what makes it checked: a type with the variables of each endpoint.

use std::collections::HashSet;

use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::format_ident;
use quote::quote;
use quote::quote_spanned;
use syn::Expr;
use syn::Lifetime;
use syn::Path;
use syn::PathSegment;
use syn::Token;
use syn::ext::IdentExt;
use syn::parse::Parse;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;

use super::mount::mounted_type;
use super::route::endpoint_name;
use crate::inject::converter;
use crate::inject::with_lifetime;
use crate::model::Model;
use crate::model::Route;
use crate::paths;

/// An implementation of `Endpoint` for each endpoint and of `Mount` for each mount.
///
/// A `stub` stands for an application with mistakes: its values are never read.
pub(crate) fn carriers(model: &Model, stub: bool) -> TokenStream {
    let mut seen = HashSet::new();
    let mut tokens = TokenStream::new();
    for route in &model.routes {
        if seen.insert(&route.handler.key) {
            tokens.extend(carrier(model, route, stub));
        }
    }
    for mount in &model.mounts {
        let (generics, _, clause) = model.generics.split_for_impl();
        let (self_ty, ty) = (&model.self_ty, mounted_type(mount));
        if crate::span::has_lifetime(&ty) {
            // A view has no type that could be named without the borrow.
            continue;
        }
        let span = mount.handler.span();
        let hash = paths::name_hash(&mount.handler.name.to_string());
        let (carrier, cfgs) = (paths::private("Mount", span), &mount.cfgs);
        tokens.extend(quote_spanned! {span=>
            #(#cfgs)*
            #[automatically_derived]
            impl #generics #carrier<#hash> for #self_ty #clause {
                type App = #ty;
            }
        });
    }
    tokens
}

/// The variables of an endpoint, from all of its rules, as a struct.
fn carrier(model: &Model, route: &Route, stub: bool) -> TokenStream {
    let handler = &route.handler;
    let span = handler.span();
    let cfgs = &route.cfgs;
    let fields = fields(model, route, span);
    if fields.is_empty() {
        let none = paths::private("NoArgs", span);
        return endpoint_impl(model, route, &quote_spanned!(span=> #none<'__a>));
    }
    let carrier = format_ident!("{}_variables", handler.name, span = span);
    let implementation = endpoint_impl(model, route, &quote_spanned!(span=> #carrier<'__a>));
    let declared = fields
        .iter()
        .map(|(name, ty, _)| quote_spanned!(span=> pub #name: #ty));
    let (url_args, to_url) = (
        paths::private("UrlArgs", span),
        paths::private("ToUrl", span),
    );
    let values = paths::private("UrlValues", span);
    let pushes = fields.iter().filter(|_| !stub).map(|(name, ty, marker)| {
        let text = name.to_string();
        quote_spanned!(span=>
            __values.push(#text, <#ty as #to_url<#marker>>::to_url(&self.#name));
        )
    });
    quote_spanned! {span=>
        #(#cfgs)*
        #[allow(
            dead_code,
            missing_debug_implementations,
            non_camel_case_types,
            unnameable_types,
            unreachable_pub,
            clippy::all,
            reason = "made by `#[application]`",
        )]
        const _: () = {
            #[doc(hidden)]
            pub struct #carrier<'__a> {
                #(#declared,)*
                pub __borrow: ::core::marker::PhantomData<&'__a ()>,
            }
            #[automatically_derived]
            impl<'__a> #url_args for #carrier<'__a> {
                fn values(&self, __values: &mut #values) { #(#pushes)* }
            }
            #implementation
        };
    }
}

/// `impl Endpoint<…> for Blog { type Args<'a> = …; }`.
fn endpoint_impl(model: &Model, route: &Route, args: &TokenStream) -> TokenStream {
    let span = route.handler.span();
    let (generics, _, clause) = model.generics.split_for_impl();
    let (self_ty, name, cfgs) = (&model.self_ty, endpoint_name(route), &route.cfgs);
    let endpoint = paths::private("Endpoint", span);
    let hash = paths::name_hash(&route.handler.name.to_string());
    quote_spanned! {span=>
        #(#cfgs)*
        #[automatically_derived]
        impl #generics #endpoint<#hash> for #self_ty #clause {
            type Args<'__a> = #args;
            const NAME: &'static str = #name;
        }
    }
}

/// Name, type and converter of each variable that fills a parameter.
fn fields(model: &Model, route: &Route, span: Span) -> Vec<(Ident, syn::Type, TokenStream)> {
    let handler = &route.handler;
    let lifetime = Lifetime::new("'__a", span);
    let mut fields: Vec<(Ident, syn::Type, TokenStream)> = Vec::new();
    for rule in model
        .routes
        .iter()
        .filter(|rule| rule.handler.key == handler.key)
    {
        for param in &handler.params {
            let Some((_, variable)) = param.variable(&rule.pattern) else {
                continue;
            };
            if fields.iter().any(|(known, ..)| known == variable.name()) {
                continue;
            }
            let name = Ident::new(variable.name(), span);
            let ty = with_lifetime(&param.ty, &lifetime, &handler.lifetimes);
            fields.push((name, ty, converter(variable, &model.args.converters, span)));
        }
    }
    fields
}

/// `Blog::archive { year: 2024 }, page = 2`.
struct UrlFor {
    path: Path,
    fields: Vec<(Ident, TokenStream)>,
    query: Vec<(Ident, Expr)>,
}

impl Parse for UrlFor {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = input.call(endpoint_path).map_err(|error| {
            syn::Error::new(
                error.span(),
                "expected an endpoint\nhelp: write `url_for!(App::handler { variable: value })`",
            )
        })?;
        let (mut fields, mut query) = (Vec::new(), Vec::new());
        if input.peek(syn::token::Brace) {
            let inside;
            syn::braced!(inside in input);
            while !inside.is_empty() {
                let name: Ident = inside.parse()?;
                let value = match inside.parse::<Option<Token![:]>>()? {
                    Some(_) => {
                        let value: Expr = inside.parse()?;
                        quote!(#value)
                    }
                    None => TokenStream::new(),
                };
                fields.push((name, value));
                if inside.parse::<Option<Token![,]>>()?.is_none() {
                    break;
                }
            }
        }
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let name: Ident = input.parse()?;
            input.parse::<Token![=]>().map_err(|error| {
                let help = "arguments of the query are written `name = value`";
                syn::Error::new(error.span(), format!("expected `=`\nhelp: {help}"))
            })?;
            query.push((name, input.parse()?));
        }
        match input.is_empty() {
            true => Ok(Self {
                path,
                fields,
                query,
            }),
            false => Err(input.error(
                "expected a comma\nhelp: write `url_for!(App::handler { variable: value }, \
                 page = 2)`",
            )),
        }
    }
}

/// A path whose last name may be a keyword: `Blog::static`.
fn endpoint_path(input: ParseStream<'_>) -> syn::Result<Path> {
    let leading_colon = input.parse()?;
    let mut segments = Punctuated::new();
    loop {
        segments.push_value(PathSegment::from(input.call(Ident::parse_any)?));
        match input.parse::<Option<Token![::]>>()? {
            Some(colons) => segments.push_punct(colons),
            None => break,
        }
    }
    Ok(Path {
        leading_colon,
        segments,
    })
}

/// The expansion of `url_for!`.
pub(crate) fn url_for(input: TokenStream) -> syn::Result<TokenStream> {
    let UrlFor {
        path,
        fields,
        query,
    } = syn::parse2(input)?;
    let segments: Vec<&PathSegment> = path.segments.iter().collect();
    let is_type = |segment: &&&PathSegment| {
        segment
            .ident
            .to_string()
            .starts_with(|first: char| first.is_uppercase())
    };
    let app = segments.iter().rposition(|segment| is_type(&segment));
    let Some((app, (last, mounts))) =
        app.and_then(|at| Some((at, segments[at + 1..].split_last()?)))
    else {
        let message = "expected an application and an endpoint\n\
                       help: write `url_for!(App::handler { variable: value })`";
        return Err(syn::Error::new_spanned(&path, message));
    };
    if segments[app].ident == "Self" {
        let message = "`Self` cannot be used in `url_for!`\nhelp: write the application's name";
        return Err(syn::Error::new_spanned(segments[app], message));
    }
    let (lead, root) = (path.leading_colon, &segments[..=app]);
    let root = quote!(#lead #(#root)::*);
    let mut target = root.clone();
    for mount in mounts {
        let (span, hash) = (
            mount.ident.span(),
            paths::name_hash(&mount.ident.to_string()),
        );
        let carrier = paths::private("Mount", span);
        target = quote_spanned!(span=> <#target as #carrier<#hash>>::App);
    }
    let (span, hash) = (last.ident.span(), paths::name_hash(&last.ident.to_string()));
    // One place for all messages about the endpoint: equal ones are told once.
    let target = crate::span::respan(target, span);
    let endpoint = paths::private("Endpoint", span);
    let url_for = paths::public("UrlFor", span);
    let mounts = mounts.iter().map(|mount| mount.ident.to_string());
    let fields = fields
        .into_iter()
        .map(|(name, value)| match value.is_empty() {
            true => quote!(#name),
            false => quote!(#name: #value),
        });
    let query = query.into_iter().map(|(name, value)| {
        let (at, name) = (crate::span::of(&value), name.to_string());
        quote_spanned!(at=> .query(#name, #value))
    });
    Ok(quote_spanned! {span=> {
        type __Args<'__a> = <#target as #endpoint<#hash>>::Args<'__a>;
        #url_for::<#root>::new(
            &[#(#mounts),*],
            <#target as #endpoint<#hash>>::NAME,
            &__Args { #(#fields,)* __borrow: ::core::marker::PhantomData },
        )
        #(#query)*
    }})
}
