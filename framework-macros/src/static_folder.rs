//! The static folder: a rule and a handler that nobody has to write.

use std::path::Path;

use proc_macro2::Span;
use proc_macro2::TokenStream;
use proc_macro2::TokenTree;
use quote::quote;
use syn::LitStr;

use crate::args::StaticFolder;
use crate::diag::Errors;
use crate::expand::borrows;
use crate::expand::endpoint_name;
use crate::items::Item;
use crate::model::Model;
use crate::model::Shape;

/// The handler of an application's static folder, as if it were written in the application.
pub(crate) fn handler(model: &mut Model, items: &[Item], errors: &mut Errors) -> Vec<Item> {
    let folder = match &model.args.static_folder {
        StaticFolder::Nowhere => return Vec::new(),
        StaticFolder::Named(folder) => folder.clone(),
        StaticFolder::ByDefault => match by_default(model, items, errors) {
            Some(folder) => folder,
            None => return Vec::new(),
        },
    };
    let receiver = match model.shape {
        Shape::Impl(_) => quote!(&self,),
        Shape::Module(_) => TokenStream::new(),
        Shape::Function(_) => {
            errors.add_with_help(
                folder.span(),
                "one function is the whole application: it answers every path",
                "put `#[application]` on an `impl` block or a module",
            );
            return Vec::new();
        }
    };
    let rule = format!("{}/<path:filename>", url_path(model, &folder.value()));
    let rule = LitStr::new(&rule, folder.span());
    let documentation = format!("Answers with a file of the folder `{}`.", folder.value());
    // Nobody wrote this rule, so nobody is told to write it otherwise.
    let allow_overlap = model.has_default_folder.then(|| quote!(, allow_overlap));
    Item::split(quote! {
        #[doc = #documentation]
        #[route(#rule, endpoint = "static" #allow_overlap)]
        #[allow(dead_code, clippy::unused_self, reason = "made by `#[application]`")]
        fn r#static(
            #receiver
            filename: &str,
            request: &::rustzeug::Request,
        ) -> ::rustzeug::Result<::rustzeug::Response> {
            static FOLDER: ::rustzeug::private::StaticFolder =
                ::rustzeug::private::StaticFolder::new(
                    #folder,
                    ::core::option_env!("CARGO_MANIFEST_DIR"),
                );
            FOLDER.respond(filename, request)
        }
    })
}

/// The folder `static` beside `Cargo.toml`, where there is one and nothing that was written is in
/// its way.
///
/// A folder that is made later is seen when the crate is compiled again: there is nothing yet that
/// cargo could watch.
fn by_default(model: &mut Model, items: &[Item], errors: &mut Errors) -> Option<LitStr> {
    let is_there = std::env::var_os("CARGO_MANIFEST_DIR")
        .is_some_and(|root| Path::new(&root).join(FOLDER).is_dir());
    if let (Some(path), false) = (&model.args.static_url_path, is_there) {
        errors.add_with_help(
            path.span(),
            "there is no folder `static` beside `Cargo.toml`",
            "make one, or name another: `static_folder = \"assets\"`",
        );
    }
    // What borrows is only ever mounted; and with hosts each rule has to say which.
    let is_root = !matches!(model.shape, Shape::Function(_)) && !borrows(model);
    if !is_there || !is_root || model.args.host_matching {
        return None;
    }
    let prefix = format!("{}/<path:", url_path(model, FOLDER));
    let is_taken = model.routes.iter().any(|route| {
        endpoint_name(route) == "static" || route.args.rule.value().starts_with(&prefix)
    });
    if is_taken || items.iter().any(is_named_static) {
        return None;
    }
    model.has_default_folder = true;
    Some(LitStr::new(FOLDER, Span::call_site()))
}

/// Whether the item is a function `r#static`; no type or constant is called that.
fn is_named_static(item: &Item) -> bool {
    let mut words = item.head.clone().into_iter();
    words.any(|word| matches!(word, TokenTree::Ident(name) if name == "r#static"))
}

/// The prefix: what is given, or the folder's own name, as in Flask.
fn url_path(model: &Model, folder: &str) -> String {
    if let Some(path) = &model.args.static_url_path {
        return path.value();
    }
    let name = folder.trim_end_matches('/').rsplit('/').next();
    format!("/{}", name.unwrap_or_default())
}

const FOLDER: &str = "static";
