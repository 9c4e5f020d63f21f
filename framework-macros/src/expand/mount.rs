//! Mounts: how a request enters one, and how the runtime learns of them.

use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::format_ident;
use quote::quote;
use quote::quote_spanned;
use syn::Lifetime;
use syn::ReturnType;
use syn::Type;
use syn::ext::IdentExt;

use crate::inject::converter;
use crate::inject::source;
use crate::inject::with_lifetime;
use crate::model::Model;
use crate::model::Mount;
use crate::paths;

/// `Level::enter`: calls the mount and goes on below it.
pub(super) fn enter(model: &Model) -> TokenStream {
    if model.mounts.is_empty() {
        return TokenStream::new();
    }
    let span = Span::call_site();
    let (trip, reply) = (paths::private("Trip", span), paths::public("Reply", span));
    let arms = model.mounts.iter().enumerate().map(|(index, mount)| {
        let (cfgs, body) = (&mount.cfgs, enter_one(model, mount));
        quote!(#(#cfgs)* #index => { #body })
    });
    quote! {
        fn enter<'__r>(&'__r self, __mount: usize, __trip: #trip<'__r>) -> #reply<'__r> {
            match __mount {
                #(#arms)*
                _ => __trip.not_found(),
            }
        }
    }
}

fn enter_one(model: &Model, mount: &Mount) -> TokenStream {
    let handler = &mount.handler;
    let span = handler.span();
    let elided = Lifetime::new("'_", span);
    let from_url = paths::private("FromUrl", span);
    let mut lets = TokenStream::new();
    let mut arguments = Vec::new();
    for (index, param) in handler.params.iter().enumerate() {
        let Some((position, variable)) = param.variable(&mount.pattern) else {
            continue;
        };
        let local = format_ident!("__p{index}", span = span);
        let ty = with_lifetime(&param.ty, &elided, &handler.lifetimes);
        let marker = converter(variable, &model.args.converters, span);
        let source = source(variable, span);
        lets.extend(quote_spanned! {span=>
            let ::core::option::Option::Some(#local) =
                <#ty as #from_url<'_, #marker>>::from_url(__trip.args().#source(#position))
            else {
                return __trip.not_found();
            };
        });
        arguments.push(quote!(#local));
    }
    let call = super::route::call(model, handler, &arguments);
    // Here it is told where what is mounted is no application.
    let at = handler.output_span();
    let go = if borrows(mount) {
        quote_spanned!(at=> __trip.mount(__app))
    } else {
        quote_spanned!(at=> __trip.view(__app))
    };
    quote_spanned!(span=> #lets let __app = #call; #go)
}

/// `Routes::describe`: the mounts with their types.
pub(super) fn list(model: &Model) -> TokenStream {
    if model.mounts.is_empty() {
        return TokenStream::new();
    }
    let mounts = model.mounts.iter().enumerate().map(|(index, mount)| {
        let (cfgs, prefix) = (&mount.cfgs, &mount.args.prefix);
        let name = mount.handler.name.unraw().to_string();
        let ty = mounted_type(mount);
        let span = mount.handler.output_span();
        let on = [&mount.args.subdomain, &mount.args.host].map(|text| match text {
            Some(text) => quote!(::core::option::Option::Some(#text)),
            None => quote!(::core::option::Option::None),
        });
        let [subdomain, host] = on;
        let mounted = paths::private("Mounted", span);
        quote_spanned! {span=>
            #(#cfgs)*
            (&#mounted::<#ty>::new(#index, #prefix, #name, [#subdomain, #host])).describe(__site);
        }
    });
    let mounts: TokenStream = mounts.collect();
    let span = Span::call_site();
    let (application, other) = (
        paths::private("MountedApplication", span),
        paths::private("MountedOther", span),
    );
    quote! {
        use #application as _;
        use #other as _;
        #mounts
    }
}

/// The application behind the mount: `Sub` of `&Sub`, or the view itself.
pub(super) fn mounted_type(mount: &Mount) -> Type {
    let lifetime = Lifetime::new("'_", mount.handler.span());
    let ty = match &mount.handler.output {
        ReturnType::Type(_, ty) => match &**ty {
            Type::Reference(reference) => (*reference.elem).clone(),
            ty => ty.clone(),
        },
        ReturnType::Default => syn::parse_quote!(()),
    };
    with_lifetime(&ty, &lifetime, &mount.handler.lifetimes)
}

fn borrows(mount: &Mount) -> bool {
    matches!(&mount.handler.output, ReturnType::Type(_, ty) if matches!(**ty, Type::Reference(_)))
}
