//! The application as the macros see it: routes, mounts, hooks, error handlers.

use proc_macro2::Delimiter;
use proc_macro2::Group;
use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use proc_macro2::TokenTree;
use quote::quote;
use rustzeug_routing::Pattern;
use rustzeug_routing::Registry;
use rustzeug_routing::RuleError;
use syn::Attribute;
use syn::Generics;
use syn::ItemImpl;
use syn::LitStr;
use syn::Type;

use crate::args::ApplicationArgs;
use crate::args::ErrorHandlerArgs;
use crate::args::HookArgs;
use crate::args::MountArgs;
use crate::args::RouteArgs;
use crate::diag::Errors;
use crate::handler::Handler;
use crate::items::Item;
use crate::items::is;
use crate::static_folder;

/// One `#[application]`.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) shape: Shape,
    pub(crate) args: ApplicationArgs,
    /// The type that is the application; for a module or a function one that the macro makes.
    pub(crate) self_ty: Type,
    pub(crate) generics: Generics,
    /// Everything in the block or module, to be handed back.
    pub(crate) items: Vec<Item>,
    pub(crate) routes: Vec<Route>,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) hooks: Vec<Hook>,
    pub(crate) error_handlers: Vec<ErrorHandler>,
    /// The last rule is that of a static folder that nobody named.
    pub(crate) has_default_folder: bool,
}

/// What `#[application]` stands on.
#[derive(Debug)]
pub(crate) enum Shape {
    /// `impl Blog { … }`; the tokens before the braces.
    Impl(TokenStream),
    /// `mod blog { … }`; the tokens before the braces.
    Module(TokenStream),
    /// `fn application(…)`; its name.
    Function(Ident),
}

/// One `#[route]`.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) args: RouteArgs,
    /// Of the rule, and then of its host or subdomain.
    pub(crate) pattern: Pattern,
    pub(crate) host: Option<LitStr>,
    pub(crate) handler: Handler,
    pub(crate) cfgs: Vec<Attribute>,
}

/// One `#[mount]`.
#[derive(Debug)]
pub(crate) struct Mount {
    pub(crate) args: MountArgs,
    /// Of the prefix, and then of the host or subdomain.
    pub(crate) pattern: Pattern,
    pub(crate) host: Option<LitStr>,
    pub(crate) handler: Handler,
    pub(crate) cfgs: Vec<Attribute>,
}

/// One `#[before_request]` and the like.
#[derive(Debug)]
pub(crate) struct Hook {
    pub(crate) kind: HookKind,
    pub(crate) args: HookArgs,
    pub(crate) handler: Handler,
    pub(crate) cfgs: Vec<Attribute>,
}

/// When a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HookKind {
    After,
    Before,
    Teardown,
}

/// One `#[errorhandler]`.
#[derive(Debug)]
pub(crate) struct ErrorHandler {
    pub(crate) args: ErrorHandlerArgs,
    pub(crate) handler: Handler,
    pub(crate) cfgs: Vec<Attribute>,
}

impl HookKind {
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::After => "after_request",
            Self::Before => "before_request",
            Self::Teardown => "teardown_request",
        }
    }
}

impl Model {
    /// Reads what the attribute stands on; `None` where it is nothing an application can be.
    pub(crate) fn parse(attr: TokenStream, item: TokenStream, errors: &mut Errors) -> Option<Self> {
        let args = ApplicationArgs::parse(attr, errors);
        let mut model = Self::shape(args, item, errors)?;
        let registry = model.registry();
        let mut items = std::mem::take(&mut model.items);
        for item in &mut items {
            model.item(item, &registry, errors);
        }
        for mut item in static_folder::handler(&mut model, &items, errors) {
            model.item(&mut item, &registry, errors);
            items.push(item);
        }
        model.items = items;
        Some(model)
    }

    fn shape(args: ApplicationArgs, item: TokenStream, errors: &mut Errors) -> Option<Self> {
        let mut tokens: Vec<TokenTree> = item.clone().into_iter().collect();
        let word = tokens.iter().find_map(|token| match token {
            TokenTree::Ident(word) => Some(word.to_string()),
            _ => None,
        });
        let keyword = tokens.iter().find_map(|token| match token {
            TokenTree::Ident(word) if ["impl", "mod", "fn"].iter().any(|known| word == known) => {
                Some(word.to_string())
            }
            _ => None,
        });
        let body = match tokens.pop() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => Some(group),
            _ => None,
        };
        let head: TokenStream = tokens.into_iter().collect();
        match (keyword.as_deref(), body) {
            (Some("impl"), Some(body)) => Self::of_impl(args, head, &body, errors),
            (Some("mod"), Some(body)) => Some(Self::of_module(args, head, &body)),
            (Some("fn"), Some(_)) => Self::of_function(args, item, errors),
            (Some("mod"), None) => {
                errors.add_with_help(
                    Span::call_site(),
                    "`#[application]` cannot see into a module in a file of its own",
                    "write the module here, `mod name { … }`, or use an `impl` block",
                );
                None
            }
            _ => {
                let help = match word.as_deref() {
                    Some("struct" | "enum" | "pub") => {
                        "leave the type as it is and write `#[application] impl Type { … }`"
                    }
                    _ => "write `#[application] impl Type { … }`",
                };
                errors.add_with_help(
                    Span::call_site(),
                    "`#[application]` goes on an `impl` block, a module or a function",
                    help,
                );
                None
            }
        }
    }

    fn of_impl(
        args: ApplicationArgs,
        head: TokenStream,
        body: &Group,
        errors: &mut Errors,
    ) -> Option<Self> {
        let block: ItemImpl = errors.take(syn::parse2(quote!(#head {})))?;
        if let Some((path, _)) = &block.trait_ {
            errors.add_with_help(
                crate::span::of(path),
                "`#[application]` goes on the type's own `impl` block, not on that of a trait",
                "write `impl Type { … }`",
            );
            return None;
        }
        if let Some(state) = &args.state {
            errors.add_with_help(
                crate::span::of(state),
                "`state` is for modules and functions: here the state is `self`",
                "leave `state` out and make it a field of the type",
            );
        }
        let items = Item::split(body.stream());
        Some(Self::new(
            Shape::Impl(head),
            args,
            *block.self_ty,
            block.generics,
            items,
        ))
    }

    fn of_module(args: ApplicationArgs, head: TokenStream, body: &Group) -> Self {
        let items = Item::split(body.stream());
        let app = Ident::new("App", Span::call_site());
        Self::new(
            Shape::Module(head),
            args,
            syn::parse_quote!(#app),
            Generics::default(),
            items,
        )
    }

    fn of_function(args: ApplicationArgs, item: TokenStream, errors: &mut Errors) -> Option<Self> {
        let items = Item::split(item);
        let handler = Handler::parse(items.first()?, "an application", errors)?;
        let name = handler.name;
        let self_ty = syn::parse_quote!(#name);
        Some(Self::new(
            Shape::Function(name),
            args,
            self_ty,
            Generics::default(),
            items,
        ))
    }

    fn new(
        shape: Shape,
        args: ApplicationArgs,
        self_ty: Type,
        generics: Generics,
        items: Vec<Item>,
    ) -> Self {
        Self {
            shape,
            args,
            self_ty,
            generics,
            items,
            routes: Vec::new(),
            mounts: Vec::new(),
            hooks: Vec::new(),
            error_handlers: Vec::new(),
            has_default_folder: false,
        }
    }

    /// The converters that rules may name.
    pub(crate) fn registry(&self) -> Registry {
        let mut registry = Registry::new();
        for (name, _) in &self.args.converters {
            registry.declare(name.to_string());
        }
        registry
    }

    /// Takes our attributes off an item and remembers what they say.
    fn item(&mut self, item: &mut Item, registry: &Registry, errors: &mut Errors) {
        let attrs = item.take_attrs(&ATTRIBUTES);
        let Some(first) = attrs.first() else { return };
        if let Shape::Function(name) = &self.shape {
            errors.add_with_help(
                crate::span::of(first),
                format_args!("`{name}` alone is the application: it answers every path"),
                "for several rules put `#[application]` on an `impl` block or a module",
            );
            return;
        }
        let what = what(first);
        let Some(handler) = Handler::parse(item, what, errors) else {
            return;
        };
        if matches!(self.shape, Shape::Impl(_)) && !handler.receiver && is(first, "mount") {
            errors.add_with_help(
                handler.span(),
                "a mount lends a part of the application, so it takes `&self`",
                format_args!("write `fn {}(&self) -> &Sub {{ &self.sub }}`", handler.name),
            );
            return;
        }
        for attr in &attrs {
            self.attribute(attr, &handler, &item.cfgs(), registry, errors);
        }
    }

    fn attribute(
        &mut self,
        attr: &Attribute,
        handler: &Handler,
        cfgs: &[Attribute],
        registry: &Registry,
        errors: &mut Errors,
    ) {
        let (handler, cfgs) = (handler.clone(), cfgs.to_vec());
        if is(attr, "route") {
            let Some(args) = RouteArgs::parse(attr, errors) else {
                return;
            };
            let merge = args
                .merge_slashes
                .or(self.args.merge_slashes)
                .unwrap_or(true);
            let on = self.host(args.host.as_ref(), args.subdomain.as_ref());
            let on = on.or(self.args.default_subdomain.as_ref()).cloned();
            if let Some(pattern) = pattern(&args.rule, merge, on.as_ref(), registry, errors) {
                self.routes.push(Route {
                    args,
                    pattern,
                    host: on,
                    handler,
                    cfgs,
                });
            }
        } else if is(attr, "mount") {
            let Some(args) = MountArgs::parse(attr, errors) else {
                return;
            };
            let on = self
                .host(args.host.as_ref(), args.subdomain.as_ref())
                .cloned();
            if let Some(pattern) = pattern(&args.prefix, true, on.as_ref(), registry, errors) {
                self.mounts.push(Mount {
                    args,
                    pattern,
                    host: on,
                    handler,
                    cfgs,
                });
            }
        } else if is(attr, "errorhandler") {
            let args = ErrorHandlerArgs::parse(attr, errors);
            self.error_handlers.push(ErrorHandler {
                args,
                handler,
                cfgs,
            });
        } else {
            for kind in [HookKind::Before, HookKind::After, HookKind::Teardown] {
                if is(attr, kind.attribute()) {
                    let args = HookArgs::parse(attr, kind.attribute(), errors);
                    self.hooks.push(Hook {
                        kind,
                        args,
                        handler: handler.clone(),
                        cfgs: cfgs.clone(),
                    });
                }
            }
        }
    }

    /// Which of the two counts. A mounted application does not know whether the site matches hosts.
    fn host<'a>(
        &self,
        host: Option<&'a LitStr>,
        subdomain: Option<&'a LitStr>,
    ) -> Option<&'a LitStr> {
        match self.args.host_matching {
            true => host,
            false => subdomain.or(host),
        }
    }

    /// Whether any rule may be left out by `#[cfg]`, so that the macro does not know them all.
    pub(crate) fn has_cfg(&self) -> bool {
        self.routes.iter().any(|route| !route.cfgs.is_empty())
            || self.mounts.iter().any(|mount| !mount.cfgs.is_empty())
    }
}

/// Reads a rule or prefix with its host or subdomain; tells what is wrong with either.
fn pattern(
    rule: &LitStr,
    merge: bool,
    host: Option<&LitStr>,
    registry: &Registry,
    errors: &mut Errors,
) -> Option<Pattern> {
    let mut parsed = |literal: &LitStr, result: Result<Pattern, RuleError>| match result {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            crate::span::rule_error(literal, &error, errors);
            None
        }
    };
    let path = parsed(rule, Pattern::parse(&rule.value(), merge, registry));
    let Some(host) = host else { return path };
    let host = parsed(host, Pattern::parse_host(&host.value(), registry))?;
    path.map(|path| path.with_host(&host))
}

/// How a message calls the function below an attribute.
fn what(attr: &Attribute) -> &'static str {
    if is(attr, "route") {
        "a handler"
    } else if is(attr, "mount") {
        "a mount"
    } else if is(attr, "errorhandler") {
        "an error handler"
    } else {
        "a hook"
    }
}

/// The attributes that mean something within `#[application]`.
pub(crate) const ATTRIBUTES: [&str; 6] = [
    "after_request",
    "before_request",
    "errorhandler",
    "mount",
    "route",
    "teardown_request",
];
