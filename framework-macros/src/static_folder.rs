//! `static_folder`: a rule and a handler that nobody has to write.

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::diag::Errors;
use crate::items::Item;
use crate::model::Model;
use crate::model::Shape;

/// The handler of an application's static folder, as if it were written in the application.
pub(crate) fn handler(model: &Model, errors: &mut Errors) -> Vec<Item> {
    let Some(folder) = &model.args.static_folder else {
        return Vec::new();
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
    let rule = format!("{}/<path:filename>", url_path(model, folder));
    let rule = LitStr::new(&rule, folder.span());
    let documentation = format!("Answers with a file of the folder `{}`.", folder.value());
    Item::split(quote! {
        #[doc = #documentation]
        #[route(#rule, endpoint = "static")]
        #[allow(clippy::unused_self, reason = "made by `#[application]`")]
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

/// The prefix: what is given, or the folder's own name, as in Flask.
fn url_path(model: &Model, folder: &LitStr) -> String {
    if let Some(path) = &model.args.static_url_path {
        return path.value();
    }
    let folder = folder.value();
    let name = folder.trim_end_matches('/').rsplit('/').next();
    format!("/{}", name.unwrap_or_default())
}
