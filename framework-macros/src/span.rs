//! Spans: where a message points, and where macro output pretends to come from.

use proc_macro2::Group;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use proc_macro2::TokenTree;
use quote::ToTokens;
use rustzeug_routing::RuleError;
use syn::LitStr;
use syn::spanned::Spanned;

use crate::diag::Errors;

/// The span of tokens, from the first to the last.
///
/// Stable compilers join spans only since 1.88 or so and only within a file; where they cannot,
/// it is the span of the first token.
pub(crate) fn of(tokens: &impl ToTokens) -> Span {
    tokens.to_token_stream().span()
}

/// The line that a span begins in; 0 outside a macro, where nobody knows.
///
/// Read here and not by `line!()` in the output: a thousand of these are a thousand more macros.
pub(crate) fn line(span: Span) -> u32 {
    match proc_macro::is_available() {
        true => u32::try_from(span.unwrap().line()).unwrap_or(0),
        false => 0,
    }
}

/// Gives every token another span.
///
/// What is made for a handler carries a span within its signature: one token of the attribute's
/// own span would make every edit above it check the rule again.
pub(crate) fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let mut new = Group::new(group.delimiter(), respan(group.stream(), span));
                new.set_span(span);
                TokenTree::Group(new)
            }
            mut token => {
                token.set_span(span);
                token
            }
        })
        .collect()
}

/// Tells what is wrong within the text of a rule, with the place drawn under it: on stable no
/// span can point into a string literal.
pub(crate) fn rule_error(literal: &LitStr, error: &RuleError, errors: &mut Errors) {
    errors.add(literal.span(), error.draw());
}

/// Draws carets under a part of a rule.
pub(crate) fn draw(text: &str, range: std::ops::Range<usize>, note: &str) -> String {
    let before = text.get(..range.start).unwrap_or(text).chars().count();
    let under = text.get(range).unwrap_or("").chars().count().max(1);
    format!(
        "  {text}\n  {}{} {note}",
        " ".repeat(before),
        "^".repeat(under)
    )
    .trim_end()
    .to_owned()
}

/// Whether there is a `'_` among the tokens.
pub(crate) fn has_elided_lifetime(tokens: TokenStream) -> bool {
    let mut after_quote = false;
    tokens.into_iter().any(|token| {
        let was_quote = std::mem::take(&mut after_quote);
        match token {
            TokenTree::Punct(punct) => {
                after_quote = punct.as_char() == '\'';
                false
            }
            TokenTree::Ident(word) => was_quote && word == "_",
            TokenTree::Group(group) => has_elided_lifetime(group.stream()),
            TokenTree::Literal(_) => false,
        }
    })
}

/// Whether a type has a reference that is not `'static`.
pub(crate) fn lends(ty: &syn::Type) -> bool {
    fn any(tokens: TokenStream) -> bool {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '&' => {
                    let mut rest = tokens.clone();
                    let quote = matches!(rest.next(), Some(TokenTree::Punct(_)));
                    let word = rest.next().map(|word| word.to_string());
                    if !(quote && word.as_deref() == Some("static")) {
                        return true;
                    }
                }
                TokenTree::Group(group) if any(group.stream()) => return true,
                _ => {}
            }
        }
        false
    }
    any(ty.to_token_stream())
}
