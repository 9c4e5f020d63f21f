//! The arguments of `#[route]`.

use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use syn::Attribute;
use syn::Lit;
use syn::LitBool;
use syn::LitStr;
use syn::Meta;
use syn::Path;

use super::LimitArgs;
use super::Opt;
use super::Options;
use super::options::OptValue;
use crate::diag::Errors;
use crate::diag::nearest;

/// `#[route("/rule", …)]`.
#[derive(Debug)]
pub(crate) struct RouteArgs {
    pub(crate) rule: LitStr,
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) defaults: Vec<(Ident, Lit)>,
    pub(crate) strict_slashes: Option<bool>,
    pub(crate) merge_slashes: Option<bool>,
    pub(crate) websocket: bool,
    pub(crate) subdomain: Option<LitStr>,
    pub(crate) host: Option<LitStr>,
    pub(crate) build_only: bool,
    pub(crate) redirect_to: Option<RedirectArg>,
    pub(crate) alias: bool,
    pub(crate) allow_overlap: bool,
    pub(crate) endpoint: Option<LitStr>,
    pub(crate) inline: Option<Span>,
    pub(crate) limits: LimitArgs,
}

/// `redirect_to = …`.
#[derive(Debug)]
pub(crate) enum RedirectArg {
    /// A function of the adapter and the values.
    Function(Path),
    Text(LitStr),
}

impl RouteArgs {
    /// Reads the attribute; `None` where there is no rule to go on with.
    pub(crate) fn parse(attr: &Attribute, errors: &mut Errors) -> Option<Self> {
        let tokens = match &attr.meta {
            Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        let options = Options::parse(tokens, true, errors);
        let rule = rule_text(options.first.as_ref(), attr, errors)?;
        options.check_twice(errors);
        let mut args = Self::new(rule);
        for opt in &options.list {
            args.option(opt, errors);
        }
        Some(args)
    }

    /// A rule without options: GET (and with it HEAD), as Flask's; a handler that is meant to
    /// change something says so.
    pub(crate) fn new(rule: LitStr) -> Self {
        Self {
            rule,
            methods: Some(vec!["GET".to_owned()]),
            defaults: Vec::new(),
            strict_slashes: None,
            merge_slashes: None,
            websocket: false,
            subdomain: None,
            host: None,
            build_only: false,
            redirect_to: None,
            alias: false,
            allow_overlap: false,
            endpoint: None,
            inline: None,
            limits: LimitArgs::default(),
        }
    }

    fn option(&mut self, opt: &Opt, errors: &mut Errors) {
        match opt.name.to_string().as_str() {
            "alias" => self.alias = opt.flag(errors),
            "allow_overlap" => self.allow_overlap = opt.flag(errors),
            "any_method" => {
                if opt.flag(errors) {
                    self.methods = None;
                }
            }
            "build_only" => self.build_only = opt.flag(errors),
            "defaults" => self.defaults = defaults(opt, errors),
            "endpoint" => self.endpoint = opt.text(errors),
            "host" => self.host = opt.text(errors),
            "inline" => self.inline = opt.flag(errors).then(|| opt.name.span()),
            "limits" => self.limits = LimitArgs::parse(opt, errors),
            "merge_slashes" => self.merge_slashes = opt.truth(errors),
            "methods" => self.methods = methods(opt, errors),
            "redirect_to" => self.redirect_to = redirect_to(opt, errors),
            "strict_slashes" => self.strict_slashes = opt.truth(errors),
            "subdomain" => self.subdomain = opt.text(errors),
            "websocket" => self.websocket = opt.flag(errors),
            _ => opt.unknown("route", &OPTIONS, errors),
        }
    }
}

fn redirect_to(opt: &Opt, errors: &mut Errors) -> Option<RedirectArg> {
    let help = "write `redirect_to = \"/new/<id>\"`, or the name of a function";
    let OptValue::Is(tokens) = &opt.value else {
        opt.wrong(errors, help);
        return None;
    };
    if let Ok(text) = syn::parse2(tokens.clone()) {
        return Some(RedirectArg::Text(text));
    }
    match syn::parse2(tokens.clone()) {
        Ok(path) => Some(RedirectArg::Function(path)),
        Err(_) => {
            let message = "`redirect_to` is a string or the path of a function";
            errors.add_with_help(crate::span::of(tokens), message, help);
            None
        }
    }
}

/// The first argument of `#[route]` and `#[mount]`.
pub(super) fn rule_text(
    first: Option<&TokenStream>,
    attr: &Attribute,
    errors: &mut Errors,
) -> Option<LitStr> {
    let name = attr
        .path()
        .segments
        .last()
        .map_or("route".to_owned(), |s| s.ident.to_string());
    let what = if name == "mount" { "prefix" } else { "rule" };
    let help = format!("write `#[{name}(\"/path\")]`");
    let Some(first) = first else {
        let message = format!("`#[{name}]` needs a {what}");
        errors.add_with_help(crate::span::of(attr), message, help);
        return None;
    };
    match syn::parse2::<LitStr>(first.clone()) {
        Ok(rule) => Some(rule),
        Err(_) => {
            let message = format!("the {what} comes first, and it is a string");
            errors.add_with_help(crate::span::of(first), message, help);
            None
        }
    }
}

fn methods(opt: &Opt, errors: &mut Errors) -> Option<Vec<String>> {
    let list = opt.array("write `methods = [\"GET\", \"POST\"]`", errors)?;
    let mut methods = Vec::new();
    for literal in list {
        let name = literal.value();
        let upper = name.to_ascii_uppercase();
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(token) {
            let message = format!("`{name}` cannot be an HTTP method");
            errors.add_with_help(literal.span(), message, "write `methods = [\"GET\"]`");
        } else if let Some(near) = misspelt(&upper) {
            let message = format!("`{name}` is not an HTTP method");
            errors.add_with_help(
                literal.span(),
                message,
                format_args!("did you mean `{near}`?"),
            );
        } else {
            methods.push(upper);
        }
    }
    Some(methods)
}

/// HTTP allows any name, so only what looks like a slip of the finger is refused.
fn misspelt(name: &str) -> Option<&'static str> {
    if METHODS.contains(&name) || OTHER_METHODS.contains(&name) {
        return None;
    }
    nearest(name, METHODS)
}

fn defaults(opt: &Opt, errors: &mut Errors) -> Vec<(Ident, Lit)> {
    let mut defaults = Vec::new();
    for (name, value) in opt.pairs("write `defaults(page = 1)`", errors) {
        match syn::parse2::<Lit>(value.clone()) {
            Ok(literal) => defaults.push((name, literal)),
            Err(_) => {
                errors.add_with_help(
                    crate::span::of(&value),
                    format_args!("the default of `{name}` is not a literal"),
                    format_args!("write a number, a string, true or false: `defaults({name} = 1)`"),
                );
                // There is one, so that nobody looks for it elsewhere.
                defaults.push((name, Lit::Bool(LitBool::new(false, Span::call_site()))));
            }
        }
    }
    defaults
}

const OPTIONS: [&str; 15] = [
    "alias",
    "allow_overlap",
    "any_method",
    "build_only",
    "defaults",
    "endpoint",
    "host",
    "inline",
    "limits",
    "merge_slashes",
    "methods",
    "redirect_to",
    "strict_slashes",
    "subdomain",
    "websocket",
];

const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT",
];

/// Registered methods that are close to one of the usual ones, and real.
const OTHER_METHODS: [&str; 8] = [
    "ACL", "BIND", "COPY", "LINK", "LOCK", "MOVE", "PURGE", "QUERY",
];
