//! A signature → what is injected into it.

use proc_macro2::Ident;
use proc_macro2::Span;
use syn::FnArg;
use syn::GenericParam;
use syn::Pat;
use syn::ReceiverKind;
use syn::ReturnType;
use syn::Signature;
use syn::Type;
use syn::Visibility;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::Parser;
use syn::spanned::Spanned;

use crate::diag::Errors;
use crate::items::Item;

/// A function that answers, as far as its signature tells.
#[derive(Clone, Debug)]
pub(crate) struct Handler {
    pub(crate) name: Ident,
    /// The name as text: comparing `Ident`s asks the compiler each time.
    pub(crate) key: String,
    pub(crate) is_async: bool,
    /// Whether it takes `&self`.
    pub(crate) receiver: bool,
    pub(crate) params: Vec<Param>,
    /// The parentheses around them.
    pub(crate) params_span: Span,
    pub(crate) output: ReturnType,
    /// Its own lifetimes; in what is made of it they are the request's.
    pub(crate) lifetimes: Vec<Ident>,
}

/// One parameter.
#[derive(Clone, Debug)]
pub(crate) struct Param {
    /// The name, where the pattern is one; without leading underscores.
    pub(crate) name: Option<String>,
    pub(crate) span: Span,
    pub(crate) ty: Type,
}

impl Handler {
    /// Reads the signature of an item; tells what no handler may have.
    pub(crate) fn parse(item: &Item, what: &str, errors: &mut Errors) -> Option<Self> {
        let signature = signature(item, what, errors)?;
        let found = errors.len();
        let lifetimes = check_generics(&signature, what, errors);
        if let Some(receiver) = signature.receiver() {
            let shared = matches!(&receiver.kind, ReceiverKind::Reference(_, _, None));
            if !shared {
                errors.add_with_help(
                    receiver.span(),
                    format_args!("{what} takes `&self`: many requests are answered at once"),
                    "write `&self`, and keep what changes behind a `Mutex` or in a database",
                );
            }
        }
        let params = signature.inputs.iter().filter_map(Param::new).collect();
        (errors.len() == found).then(|| Self {
            is_async: signature.asyncness.is_some(),
            receiver: signature.receiver().is_some(),
            params,
            params_span: signature.paren_token.span.join(),
            output: signature.output.clone(),
            key: signature.ident.to_string(),
            name: signature.ident,
            lifetimes,
        })
    }

    /// A span within the signature that stays the same while bodies and attributes are edited.
    pub(crate) fn span(&self) -> Span {
        self.name.span()
    }

    /// Where to point when the answer is not one.
    pub(crate) fn output_span(&self) -> Span {
        match &self.output {
            ReturnType::Type(_, ty) => ty.span(),
            ReturnType::Default => self.span(),
        }
    }
}

impl Param {
    fn new(arg: &FnArg) -> Option<Self> {
        let FnArg::Typed(arg) = arg else { return None };
        let name = match &*arg.pat {
            // `r#type` is the parameter of the variable `type`.
            Pat::Ident(pat) => {
                let name = pat.ident.unraw().to_string();
                Some(name.trim_start_matches('_').to_owned())
            }
            _ => None,
        };
        Some(Self {
            name,
            span: arg.pat.span(),
            ty: (*arg.ty).clone(),
        })
    }

    /// Whether the type is `&Request`.
    pub(crate) fn is_request(&self) -> bool {
        is_reference_to(&self.ty, "Request", false)
    }

    /// Whether the type is `Option<…>`.
    pub(crate) fn is_option(&self) -> bool {
        last_word(&self.ty).is_some_and(|word| word == "Option")
    }

    /// Whether the type is one that only a URL variable gives: a number, `bool`, `&str`…
    pub(crate) fn is_plain_value(&self) -> bool {
        let ty = match &self.ty {
            Type::Reference(reference) => return is_str(&reference.elem),
            ty => ty,
        };
        last_word(ty).is_some_and(|word| PLAIN.contains(&word.to_string().as_str()))
    }
}

/// Whether a type is `&Name` or, if asked, `&mut Name`.
pub(crate) fn is_reference_to(ty: &Type, name: &str, mutable: bool) -> bool {
    match ty {
        Type::Reference(reference) => {
            reference.mutability.is_some() == mutable
                && last_word(&reference.elem).is_some_and(|word| word == name)
        }
        _ => false,
    }
}

/// The last word of a path type: `Form` of `extract::Form<T>`.
pub(crate) fn last_word(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        Type::Group(group) => last_word(&group.elem),
        Type::Paren(paren) => last_word(&paren.elem),
        _ => None,
    }
}

/// Whether the type is a `Result` with an error type of the user's choice.
pub(crate) fn has_own_error(output: &ReturnType) -> bool {
    let ReturnType::Type(_, ty) = output else {
        return false;
    };
    let Type::Path(path) = &**ty else {
        return false;
    };
    let Some(last) = path.path.segments.last() else {
        return false;
    };
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return false;
    };
    let Some(syn::GenericArgument::Type(error)) = arguments.args.last() else {
        return false;
    };
    let answers = |word: &Ident| ANSWERS.iter().any(|known| word == known);
    last.ident == "Result" && arguments.args.len() == 2 && !last_word(error).is_some_and(answers)
}

fn is_str(ty: &Type) -> bool {
    last_word(ty).is_some_and(|word| word == "str")
}

fn signature(item: &Item, what: &str, errors: &mut Errors) -> Option<Signature> {
    let parser = |input: ParseStream<'_>| -> syn::Result<Signature> {
        let _: Visibility = input.parse()?;
        input.parse()
    };
    match parser.parse2(item.head.clone()) {
        Ok(signature) => Some(signature),
        Err(error) => {
            errors.add(
                error.span(),
                format_args!("the signature of {what} cannot be read here"),
            );
            None
        }
    }
}

/// Tells of type parameters; gives the lifetimes.
fn check_generics(signature: &Signature, what: &str, errors: &mut Errors) -> Vec<Ident> {
    let mut lifetimes = Vec::new();
    for param in &signature.generics.params {
        match param {
            GenericParam::Lifetime(param) => lifetimes.push(param.lifetime.ident.clone()),
            param => errors.add_with_help(
                param.span(),
                format_args!("{what} cannot be generic: nobody could say which types to use"),
                "make the `impl` block generic, or write the type",
            ),
        }
    }
    for arg in &signature.inputs {
        if let FnArg::Typed(arg) = arg
            && let Type::ImplTrait(ty) = &*arg.ty
        {
            errors.add_with_help(
                ty.span(),
                format_args!("{what} cannot take an `impl Trait`: nobody could say which type"),
                "write the type",
            );
        }
    }
    lifetimes
}

/// Errors that are known to be answers.
const ANSWERS: [&str; 4] = ["HttpException", "Infallible", "Response", "StatusCode"];

/// Types that no extractor is made for.
const PLAIN: [&str; 16] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32",
    "u64", "u128", "usize",
];
