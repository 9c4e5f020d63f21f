//! The arguments of `#[application]`.

use proc_macro2::Ident;
use proc_macro2::TokenStream;
use syn::LitStr;
use syn::Path;
use syn::Type;

use super::LimitArgs;
use super::Opt;
use super::Options;
use super::options::OptValue;
use crate::diag::Errors;

/// `#[application(converters(hex = Hex), state = Settings, …)]`.
#[derive(Debug, Default)]
pub(crate) struct ApplicationArgs {
    pub(crate) converters: Vec<(Ident, Path)>,
    pub(crate) state: Option<Type>,
    pub(crate) strict_slashes: Option<bool>,
    pub(crate) merge_slashes: Option<bool>,
    pub(crate) host_matching: bool,
    pub(crate) default_subdomain: Option<LitStr>,
    pub(crate) redirect_defaults: Option<bool>,
    pub(crate) sort_parameters: bool,
    pub(crate) static_folder: StaticFolder,
    pub(crate) static_url_path: Option<LitStr>,
    pub(crate) limits: LimitArgs,
}

/// Where an application's files are.
#[derive(Debug, Default)]
pub(crate) enum StaticFolder {
    /// Nothing is said: `static`, where there is such a folder.
    #[default]
    ByDefault,
    /// `static_folder = None`.
    Nowhere,
    /// `static_folder = "assets"`.
    Named(LitStr),
}

impl ApplicationArgs {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let options = Options::parse(tokens, false, errors);
        options.check_twice(errors);
        for opt in &options.list {
            args.option(opt, errors);
        }
        if let (Some(path), StaticFolder::Nowhere) = (&args.static_url_path, &args.static_folder) {
            errors.add_with_help(
                path.span(),
                "`static_url_path` is the prefix of a folder, and there is none",
                "leave one of the two out",
            );
        }
        args
    }

    fn option(&mut self, opt: &Opt, errors: &mut Errors) {
        match opt.name.to_string().as_str() {
            "converters" => self.converters = converters(opt, errors),
            "default_subdomain" => self.default_subdomain = opt.text(errors),
            "host_matching" => self.host_matching = opt.flag(errors),
            "limits" => self.limits = LimitArgs::parse(opt, errors),
            "merge_slashes" => self.merge_slashes = opt.truth(errors),
            "redirect_defaults" => self.redirect_defaults = opt.truth(errors),
            "sort_parameters" => self.sort_parameters = opt.flag(errors),
            "state" => self.state = state(opt, errors),
            "static_folder" => self.static_folder = static_folder(opt, errors),
            "static_url_path" => self.static_url_path = static_url_path(opt, errors),
            "strict_slashes" => self.strict_slashes = opt.truth(errors),
            _ => opt.unknown("application", &OPTIONS, errors),
        }
    }
}

fn converters(opt: &Opt, errors: &mut Errors) -> Vec<(Ident, Path)> {
    let mut converters = Vec::new();
    for (name, value) in opt.pairs("write `converters(hex = Hex)`", errors) {
        match syn::parse2(value.clone()) {
            Ok(path) => converters.push((name, path)),
            Err(_) => errors.add_with_help(
                crate::span::of(&value),
                format_args!("the converter of `{name}` is not a type"),
                "write the type that implements `Converter`: `converters(hex = Hex)`",
            ),
        }
    }
    converters
}

fn state(opt: &Opt, errors: &mut Errors) -> Option<Type> {
    let help = "write the type of the state: `state = Settings`";
    let OptValue::Is(tokens) = &opt.value else {
        opt.wrong(errors, help);
        return None;
    };
    match syn::parse2(tokens.clone()) {
        Ok(state) => Some(state),
        Err(_) => {
            errors.add_with_help(crate::span::of(tokens), "`state` is a type", help);
            None
        }
    }
}

/// `static_folder`, `static_folder = "assets"` or `static_folder = None`.
fn static_folder(opt: &Opt, errors: &mut Errors) -> StaticFolder {
    match &opt.value {
        OptValue::Flag => StaticFolder::Named(LitStr::new("static", opt.name.span())),
        OptValue::Is(tokens) if matches!(&*tokens.to_string(), "None" | "false") => {
            StaticFolder::Nowhere
        }
        _ => folder(opt, errors).map_or(StaticFolder::Nowhere, StaticFolder::Named),
    }
}

fn folder(opt: &Opt, errors: &mut Errors) -> Option<LitStr> {
    let folder = opt.text(errors)?;
    if last_name(&folder.value()).is_empty() {
        errors.add_with_help(
            folder.span(),
            "this folder has no name",
            "write the path of a folder: `static_folder = \"static\"`",
        );
        return None;
    }
    Some(folder)
}

fn static_url_path(opt: &Opt, errors: &mut Errors) -> Option<LitStr> {
    let path = opt.text(errors)?;
    let text = path.value();
    if !text.starts_with('/') || text.ends_with('/') {
        errors.add_with_help(
            path.span(),
            "this prefix has to begin with a slash and must not end with one",
            format_args!("write `static_url_path = \"/{}\"`", text.trim_matches('/')),
        );
        return None;
    }
    Some(path)
}

/// `css` of `static/css/`; nothing of a path that ends in dots.
fn last_name(path: &str) -> &str {
    let name = path.trim_end_matches('/').rsplit('/').next();
    name.unwrap_or_default().trim_start_matches('.')
}

const OPTIONS: [&str; 11] = [
    "converters",
    "default_subdomain",
    "host_matching",
    "limits",
    "merge_slashes",
    "redirect_defaults",
    "sort_parameters",
    "state",
    "static_folder",
    "static_url_path",
    "strict_slashes",
];
