//! The arguments of `#[errorhandler]`.

use proc_macro2::Span;
use syn::Attribute;
use syn::LitInt;
use syn::Meta;
use syn::Path;

use super::options::split_at_commas;
use crate::diag::Errors;

/// `#[errorhandler(NotFound, 410, DbError)]`.
#[derive(Debug)]
pub(crate) struct ErrorHandlerArgs {
    pub(crate) caught: Vec<Caught>,
    pub(crate) inline: bool,
}

/// One kind of error a handler is for.
#[derive(Debug)]
pub(crate) enum Caught {
    /// Every answer of that status that was made from an error.
    Status(u16, Span),
    /// A kind of exception, or a type of error.
    Type(Path),
}

impl ErrorHandlerArgs {
    pub(crate) fn parse(attr: &Attribute, errors: &mut Errors) -> Self {
        let mut args = Self {
            caught: Vec::new(),
            inline: false,
        };
        let Meta::List(list) = &attr.meta else {
            errors.add_with_help(crate::span::of(attr), WHICH, HELP);
            return args;
        };
        if list.tokens.is_empty() {
            errors.add_with_help(crate::span::of(attr), WHICH, HELP);
        }
        for piece in split_at_commas(list.tokens.clone()) {
            if let Ok(number) = syn::parse2::<LitInt>(piece.clone()) {
                match number.base10_parse::<u16>() {
                    Ok(status) if (400..600).contains(&status) => {
                        args.caught.push(Caught::Status(status, number.span()));
                    }
                    _ => errors.add_with_help(
                        number.span(),
                        format_args!("{number} is not the status of an error"),
                        "statuses of errors are 400 to 599",
                    ),
                }
            } else if let Ok(path) = syn::parse2::<Path>(piece.clone()) {
                if path.is_ident("inline") {
                    args.inline = true;
                } else {
                    args.caught.push(Caught::Type(path));
                }
            } else {
                errors.add_with_help(
                    crate::span::of(&piece),
                    "an error handler is for a status or a type of error",
                    HELP,
                );
            }
        }
        args
    }
}

const WHICH: &str = "`#[errorhandler]` needs to know which errors it is for";
const HELP: &str = "write `#[errorhandler(NotFound)]`, `#[errorhandler(404)]` or \
                    `#[errorhandler(MyError)]`";
