//! Every name of the runtime that macro output mentions, and the names it makes itself.

use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::ToTokens;
use quote::format_ident;
use quote::quote_spanned;

/// A name as the program writes it: `r#type` for `type`.
pub(crate) fn name(text: &str, span: Span) -> Ident {
    let name = Ident::new(text, span);
    match syn::parse2::<Ident>(name.to_token_stream()) {
        Ok(name) => name,
        // These four cannot be written so; nor does anything begin to be called by them.
        Err(_) if matches!(text, "_" | "self" | "Self" | "super" | "crate") => name,
        Err(_) => Ident::new_raw(text, span),
    }
}

/// `::rustzeug::private::name`.
pub(crate) fn private(name: &str, span: Span) -> TokenStream {
    let name = Ident::new(name, span);
    quote_spanned!(span=> ::rustzeug::private::#name)
}

/// `::rustzeug::name`.
pub(crate) fn public(name: &str, span: Span) -> TokenStream {
    let name = Ident::new(name, span);
    quote_spanned!(span=> ::rustzeug::#name)
}

/// The marker of a converter: `::rustzeug::private::converters::Int`.
pub(crate) fn converter(name: &str, span: Span) -> TokenStream {
    let name = Ident::new(name, span);
    quote_spanned!(span=> ::rustzeug::private::converters::#name)
}

/// The function that a rule leads to.
pub(crate) fn rule_fn(index: usize, span: Span) -> Ident {
    format_ident!("__rustzeug_rule_{index}", span = span)
}

/// The function that a hook leads to.
pub(crate) fn hook_fn(index: usize, span: Span) -> Ident {
    format_ident!("__rustzeug_hook_{index}", span = span)
}

/// The function that an error handler leads to.
pub(crate) fn error_fn(index: usize, span: Span) -> Ident {
    format_ident!("__rustzeug_error_{index}", span = span)
}

/// Stands for a name in the carriers of `url_for!`: a trait's number, so that nothing has to be
/// imported. FNV-1a. `r#static` is `static`.
pub(crate) fn name_hash(name: &str) -> u64 {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    name.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}
