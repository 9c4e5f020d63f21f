//! Cuts the inside of an `impl` block or a module into items without parsing their bodies.
//!
//! A half-typed body must not break anything else: whatever the macro does not need is handed
//! back as the tokens it came as.

use proc_macro2::Delimiter;
use proc_macro2::Group;
use proc_macro2::TokenStream;
use proc_macro2::TokenTree;
use quote::ToTokens;
use syn::Attribute;
use syn::parse::Parser;

/// One item: its attributes, what stands before its body, the body, a closing semicolon.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) head: TokenStream,
    pub(crate) body: Option<Group>,
    tail: TokenStream,
}

impl Item {
    /// Cuts tokens into items; written one after the other they are the same tokens again.
    pub(crate) fn split(tokens: TokenStream) -> Vec<Self> {
        let mut items = Vec::new();
        let mut tokens = tokens.into_iter().peekable();
        while tokens.peek().is_some() {
            items.push(Self::next(&mut tokens));
        }
        items
    }

    fn next(tokens: &mut std::iter::Peekable<proc_macro2::token_stream::IntoIter>) -> Self {
        let mut attributes = TokenStream::new();
        while is_hash(tokens.peek()) {
            attributes.extend(tokens.by_ref().take(2));
        }
        let mut head = TokenStream::new();
        // An inner attribute (`#![…]`) or a broken one stays where it was, unread.
        let attrs = match Attribute::parse_outer.parse2(attributes.clone()) {
            Ok(attrs) => attrs,
            Err(_) => {
                head.extend(attributes);
                Vec::new()
            }
        };
        let (mut body, mut tail) = (None, TokenStream::new());
        for token in tokens.by_ref() {
            match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    body = Some(group);
                    break;
                }
                TokenTree::Punct(punct) if punct.as_char() == ';' => {
                    tail.extend([TokenTree::Punct(punct)]);
                    break;
                }
                token => head.extend([token]),
            }
        }
        Self {
            attrs,
            head,
            body,
            tail,
        }
    }

    /// Takes the attributes out whose names the macro knows.
    pub(crate) fn take_attrs(&mut self, names: &[&str]) -> Vec<Attribute> {
        let known = |attr: &Attribute| names.iter().any(|name| is(attr, name));
        let (taken, left) = self.attrs.drain(..).partition(known);
        self.attrs = left;
        taken
    }

    /// The `#[cfg]`s, which whatever is made of the item must carry, too.
    pub(crate) fn cfgs(&self) -> Vec<Attribute> {
        self.attrs
            .iter()
            .filter(|attr| attr.path().is_ident("cfg"))
            .cloned()
            .collect()
    }
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for attr in &self.attrs {
            attr.to_tokens(tokens);
        }
        self.head.to_tokens(tokens);
        self.body.to_tokens(tokens);
        self.tail.to_tokens(tokens);
    }
}

/// Whether the attribute is `#[name]` or `#[rustzeug::name]`.
pub(crate) fn is(attr: &Attribute, name: &str) -> bool {
    let path = attr.path();
    match path.segments.len() {
        1 => path.is_ident(name),
        2 => path.segments[0].ident == "rustzeug" && path.segments[1].ident == name,
        _ => false,
    }
}

fn is_hash(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == '#')
}

#[cfg(test)]
mod tests {
    use super::Item;
    use quote::ToTokens;
    use quote::quote;

    #[test]
    fn items_are_cut_without_reading_their_bodies() {
        let tokens = quote! {
            #[route("/a")] #[cfg(x)] async fn a(&self) -> String { let x = self.; String }
            const X: [u8; 2] = [1, 2];
            use a::{b, c};
            fn b<T: Into<u8>>(&self) where T: Sized {}
        };
        let mut items = Item::split(tokens.clone());
        // `use a::{…}` and its semicolon are two pieces; together they are what they were.
        assert_eq!(items.len(), 5);
        assert_eq!(items[0].take_attrs(&["route"]).len(), 1);
        assert_eq!(items[0].cfgs().len(), 1);
        let mut again = quote!(#[route("/a")]);
        items.iter().for_each(|item| item.to_tokens(&mut again));
        assert_eq!(again.to_string(), tokens.to_string());
    }
}
