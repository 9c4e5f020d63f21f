//! Parameters → the statements that make their values.

use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::format_ident;
use quote::quote;
use quote::quote_spanned;
use rustzeug_routing::Pattern;
use rustzeug_routing::Variable;
use syn::GenericArgument;
use syn::Lifetime;
use syn::Lit;
use syn::Path;
use syn::PathArguments;
use syn::Type;
use syn::spanned::Spanned;

use crate::handler::Handler;
use crate::handler::Param;
use crate::paths;

/// How a handler is called, but for the extractors.
#[derive(Debug, Default)]
pub(crate) struct Injection {
    /// Makes the URL variables; ends with 404 where one does not fit.
    pub(crate) lets: Vec<TokenStream>,
    /// The arguments in the handler's order.
    pub(crate) arguments: Vec<TokenStream>,
    /// What is left to be extracted: name, type, where the type stands.
    pub(crate) extractors: Vec<(Ident, TokenStream, Span)>,
}

/// What a rule knows of its parameters.
pub(crate) struct Bindings<'a> {
    pub(crate) pattern: &'a Pattern,
    pub(crate) defaults: &'a [(Ident, Lit)],
    /// Names that other rules of the handler bind.
    pub(crate) elsewhere: &'a [String],
    pub(crate) converters: &'a [(Ident, Path)],
}

impl Injection {
    /// Splits a handler's parameters into URL variables, the request and extractors.
    pub(crate) fn new(handler: &Handler, bindings: &Bindings<'_>) -> Self {
        let mut injection = Self::default();
        for (index, param) in handler.params.iter().enumerate() {
            injection.param(index, param, handler, bindings);
        }
        injection
    }

    fn param(&mut self, index: usize, param: &Param, handler: &Handler, rule: &Bindings<'_>) {
        let span = handler.span();
        let local = format_ident!("__p{index}", span = span);
        let ty = with_lifetime(&param.ty, &request_lifetime(span), &handler.lifetimes);
        let at = param.ty.span();
        if let Some((position, variable)) = param.variable(rule.pattern) {
            let marker = converter(variable, rule.converters, span);
            let not_found = paths::private("not_found", span);
            let lifetime = request_lifetime(span);
            let position = suffixed(position, span);
            let source = source(variable, span);
            let from_url = paths::private("FromUrl", at);
            self.lets.push(quote_spanned! {span=>
                let ::core::option::Option::Some(#local) =
                    <#ty as #from_url<#lifetime, #marker>>::from_url(__args.#source(#position))
                else {
                    return #not_found();
                };
            });
            self.arguments.push(quote!(#local));
        } else if let Some(literal) = param.default(rule.defaults) {
            let value = default_value(param, &ty, literal, span);
            self.lets
                .push(quote_spanned!(span=> let #local: #ty = #value;));
            self.arguments.push(quote!(#local));
        } else if param.is_bound(rule.elsewhere) {
            self.arguments
                .push(quote_spanned!(span=> ::core::option::Option::None));
        } else if param.is_request() {
            self.arguments.push(quote_spanned!(at=> __request));
        } else {
            self.arguments.push(quote!(#local));
            self.extractors.push((local, quote!(#ty), at));
        }
    }

    /// `(__p1, (__p2, __p3))` and `(A, (B, C))`: pairs of pairs, one implementation for all.
    ///
    /// A message about one of several points at all parameters and names the type.
    pub(crate) fn extractors(&self, params: Span) -> (TokenStream, TokenStream) {
        let mut extractors = self.extractors.iter().rev();
        let Some((name, ty, _)) = extractors.next() else {
            return Default::default();
        };
        extractors.fold(
            (quote!(#name), ty.clone()),
            |(names, types), (name, ty, _)| {
                (
                    quote_spanned!(params=> (#name, #names)),
                    quote_spanned!(params=> (#ty, #types)),
                )
            },
        )
    }
}

impl Param {
    /// The URL variable that fills the parameter, and its number among those of the rule or of the
    /// host.
    pub(crate) fn variable<'p>(&self, pattern: &'p Pattern) -> Option<(usize, &'p Variable)> {
        let name = self.name.as_deref()?;
        let variables = pattern.variables();
        let found = |variable: &Variable| variable.name().trim_start_matches('_') == name;
        let at = variables.iter().position(found)?;
        let is_before = |other: &&Variable| other.is_in_host() == variables[at].is_in_host();
        let position = variables[..at].iter().filter(is_before).count();
        Some((position, &variables[at]))
    }

    /// The rule's default for the parameter.
    pub(crate) fn default<'d>(&self, defaults: &'d [(Ident, Lit)]) -> Option<&'d Lit> {
        let name = self.name.as_deref()?;
        defaults
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, literal)| literal)
    }

    /// Whether the name is among these.
    pub(crate) fn is_bound(&self, names: &[String]) -> bool {
        self.name.as_ref().is_some_and(|name| names.contains(name))
    }
}

/// The lifetime of a request in what is made of a handler.
pub(crate) fn request_lifetime(span: Span) -> Lifetime {
    Lifetime::new("'__r", span)
}

/// The marker type of a variable's converter.
pub(crate) fn converter(
    variable: &Variable,
    converters: &[(Ident, Path)],
    span: Span,
) -> TokenStream {
    let name = match variable.converter_name() {
        "any" => "Any",
        "float" => "Float",
        "int" => "Int",
        "path" => "Path",
        "uuid" => "Uuid",
        "default" | "string" => "Str",
        custom => match converters.iter().find(|(name, _)| name == custom) {
            Some((_, path)) => return crate::span::respan(quote!(#path), span),
            None => "Str",
        },
    };
    paths::converter(name, span)
}

/// Makes elided lifetimes, and the handler's own, that of the request.
pub(crate) fn with_lifetime(ty: &Type, lifetime: &Lifetime, own: &[Ident]) -> Type {
    let mut ty = ty.clone();
    replace_lifetimes(&mut ty, lifetime, own);
    ty
}

fn replace_lifetimes(ty: &mut Type, lifetime: &Lifetime, own: &[Ident]) {
    let is_ours = |found: &Lifetime| found.ident == "_" || own.contains(&found.ident);
    match ty {
        Type::Reference(reference) => {
            if reference.lifetime.as_ref().is_none_or(is_ours) {
                reference.lifetime = Some(lifetime.clone());
            }
            replace_lifetimes(&mut reference.elem, lifetime, own);
        }
        Type::Path(path) => {
            for segment in &mut path.path.segments {
                let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else {
                    continue;
                };
                for argument in &mut arguments.args {
                    match argument {
                        GenericArgument::Lifetime(found) if is_ours(found) => {
                            *found = lifetime.clone();
                        }
                        GenericArgument::Type(ty) => replace_lifetimes(ty, lifetime, own),
                        _ => {}
                    }
                }
            }
        }
        Type::Tuple(tuple) => {
            tuple
                .elems
                .iter_mut()
                .for_each(|ty| replace_lifetimes(ty, lifetime, own));
        }
        Type::Array(array) => replace_lifetimes(&mut array.elem, lifetime, own),
        Type::Slice(slice) => replace_lifetimes(&mut slice.elem, lifetime, own),
        Type::Group(group) => replace_lifetimes(&mut group.elem, lifetime, own),
        Type::Paren(paren) => replace_lifetimes(&mut paren.elem, lifetime, own),
        _ => {}
    }
}

/// A default is a literal, which Rust makes a value of the parameter's type; text for a type that
/// owns it, or is read from it, goes the way a URL variable goes.
fn default_value(param: &Param, ty: &Type, literal: &Lit, span: Span) -> TokenStream {
    if let Lit::Str(_) = literal {
        let (from_url, marker) = (
            paths::private("FromUrl", span),
            paths::converter("Str", span),
        );
        let lifetime = request_lifetime(span);
        let not_found = paths::private("not_found", span);
        return quote_spanned! {span=>
            match <#ty as #from_url<#lifetime, #marker>>::from_url(#literal) {
                ::core::option::Option::Some(value) => value,
                ::core::option::Option::None => return #not_found(),
            }
        };
    }
    if param.is_option() {
        quote_spanned!(span=> ::core::option::Option::Some(#literal))
    } else {
        quote!(#literal)
    }
}

/// The method of `Args` that gives the variable's text.
pub(crate) fn source(variable: &Variable, span: Span) -> Ident {
    let name = if variable.is_in_host() { "host" } else { "get" };
    Ident::new(name, span)
}

fn suffixed(number: usize, span: Span) -> proc_macro2::Literal {
    let mut literal = proc_macro2::Literal::usize_suffixed(number);
    literal.set_span(span);
    literal
}
