//! What a handler wants of the body, by the names of its parameters' types.
//!
//! The names decide, not the types: a macro sees no more, and a name it does not know only means
//! that the body is read before, which is never wrong.

use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use proc_macro2::TokenTree;
use quote::ToTokens;
use quote::quote;

use crate::handler::Handler;
use crate::handler::Param;
use crate::handler::last_word;
use crate::paths;

/// What a handler wants of the body; the numbers are those of the runtime's `Needs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Needs {
    /// The handler does not look at it.
    Nothing = 0,
    /// It is read before the handler runs.
    Body = 1,
    /// The handler takes it as a stream.
    Stream = 2,
}

impl Needs {
    /// Looks at every parameter that the URL does not fill.
    pub(crate) fn of(handler: &Handler, from_url: impl Fn(&Param) -> bool) -> Self {
        let mut needs = Self::Nothing;
        for param in handler.params.iter().filter(|param| !from_url(param)) {
            if is_stream(param) {
                return Self::Stream;
            }
            if !is_bodiless(param) {
                needs = Self::Body;
            }
        }
        needs
    }

    pub(crate) fn tokens(self) -> TokenStream {
        let span = Span::call_site();
        let needs = paths::private("Needs", span);
        let name = Ident::new(&format!("{self:?}"), span);
        quote!(#needs::#name)
    }
}

/// Whether the parameter takes the body as a stream.
pub(crate) fn is_stream(param: &Param) -> bool {
    has_word(&param.ty.to_token_stream(), &STREAMS)
}

/// What the type of a parameter is called.
pub(crate) fn name(param: &Param) -> String {
    last_word(&param.ty).map_or_else(String::new, |word| word.to_string())
}

/// Whether the parameter is made of the whole body.
pub(crate) fn is_whole_body(param: &Param) -> bool {
    has_word(&param.ty.to_token_stream(), &BODIES)
}

/// Whether the parameter is known not to look at the body.
fn is_bodiless(param: &Param) -> bool {
    let Some(word) = last_word(&param.ty) else {
        return false;
    };
    if word == "Option" || word == "Result" || word == "Valid" {
        return has_word(&param.ty.to_token_stream(), &BODILESS) && !is_whole_body(param);
    }
    BODILESS.iter().any(|known| word == known)
}

fn has_word(tokens: &TokenStream, words: &[&str]) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => words.iter().any(|word| ident == word),
        TokenTree::Group(group) => has_word(&group.stream(), words),
        _ => false,
    })
}

const STREAMS: [&str; 2] = ["BodyStream", "Multipart"];
const BODIES: [&str; 5] = ["Bytes", "Files", "Form", "FormData", "Json"];
const BODILESS: [&str; 7] = [
    "Cookies", "Header", "Headers", "Matched", "Query", "State", "Urls",
];
