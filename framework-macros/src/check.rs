//! Everything that can be wrong between the parts: rule and signature, rule and rule.

use std::collections::HashMap;
use std::collections::HashSet;

use rustzeug_routing::Kind;
use rustzeug_routing::Variable;
use syn::LitStr;
use syn::ReturnType;
use syn::spanned::Spanned;

use crate::diag::Errors;
use crate::diag::nearest;
use crate::expand::endpoint_name;
use crate::handler::Handler;
use crate::handler::Param;
use crate::handler::is_reference_to;
use crate::handler::last_word;
use crate::model::HookKind;
use crate::model::Model;
use crate::model::Route;
use crate::model::Shape;
use crate::needs::is_stream;
use crate::needs::is_whole_body;
use crate::needs::name;
use crate::overlap;

/// Tells of everything that is wrong.
pub(crate) fn check(model: &Model, errors: &mut Errors) {
    for route in &model.routes {
        check_variables(model, route, errors);
        check_types(route, errors);
        check_inline(&route.handler, route.args.inline, errors);
    }
    let mut seen = HashSet::new();
    for route in &model.routes {
        if seen.insert(&route.handler.key) {
            check_body(&route.handler, errors);
            check_lending(&route.handler, errors);
        }
    }
    check_endpoints(model, errors);
    check_mounts(model, errors);
    check_hooks(model, errors);
    check_error_handlers(model, errors);
    if errors.is_empty() {
        overlap::check_conflicts(model, errors);
    }
}

/// The variables that other rules of the same handler bind.
pub(crate) fn variables_elsewhere(model: &Model, route: &Route) -> Vec<String> {
    let others = model
        .routes
        .iter()
        .filter(|other| other.handler.key == route.handler.key);
    let mut names: Vec<String> = others
        .flat_map(|other| {
            let variables = other.pattern.variables().iter();
            let variables = variables.map(|variable| variable.name().to_owned());
            variables.chain(other.args.defaults.iter().map(|(name, _)| name.to_string()))
        })
        .collect();
    names.retain(|name| {
        route
            .pattern
            .variables()
            .iter()
            .all(|known| known.name() != name)
    });
    names
}

/// Each variable has its parameter, and each plain parameter its variable.
fn check_variables(model: &Model, route: &Route, errors: &mut Errors) {
    if route.args.redirect_to.is_some() {
        return;
    }
    let handler = &route.handler;
    let elsewhere = variables_elsewhere(model, route);
    let mut mistaken = Vec::new();
    for param in &handler.params {
        let bound = param.variable(&route.pattern).is_some()
            || param.default(&route.args.defaults).is_some();
        if bound {
            continue;
        }
        if param.is_bound(&elsewhere) {
            if !param.is_option() {
                sometimes_missing(param, route, errors);
            }
        } else if param.is_plain_value() {
            mistaken.extend(surplus(param, route, errors));
        }
    }
    for variable in route.pattern.variables() {
        let has_param = handler.params.iter().any(|param| {
            param
                .variable(&route.pattern)
                .is_some_and(|(_, known)| known.name() == variable.name())
        });
        let name = variable.name();
        if !has_param && !name.starts_with('_') && !mistaken.iter().any(|known| known == name) {
            missing(variable, route, errors);
        }
    }
}

fn missing(variable: &Variable, route: &Route, errors: &mut Errors) {
    let name = variable.name();
    let literal = literal(&route.args.rule, route.host.as_ref(), variable);
    let drawn = crate::span::draw(&literal.value(), variable.name_range(), "");
    let message = format!(
        "the handler `{}` has no parameter `{name}`\n{drawn}",
        route.handler.name
    );
    let help = format!(
        "add `{}: {}` to the handler, or begin the variable's name with an underscore",
        crate::paths::name(name, literal.span()),
        suggested_type(variable)
    );
    errors.add_with_help(literal.span(), message, help);
}

/// The text that a variable stands in.
fn literal<'a>(rule: &'a LitStr, host: Option<&'a LitStr>, variable: &Variable) -> &'a LitStr {
    match host {
        Some(host) if variable.is_in_host() => host,
        _ => rule,
    }
}

fn sometimes_missing(param: &Param, route: &Route, errors: &mut Errors) {
    let name = param.name.as_deref().unwrap_or("_");
    let ty = &param.ty;
    let ty = quote::quote!(#ty).to_string().replace("& ", "&");
    errors.add_with_help(
        param.ty.span(),
        format_args!(
            "the rule `{}` has no variable `{name}`",
            route.args.rule.value()
        ),
        format_args!(
            "write `{name}: Option<{ty}>`, or give the rule a value: `defaults({name} = …)`"
        ),
    );
}

/// Gives the variable that was probably meant.
fn surplus(param: &Param, route: &Route, errors: &mut Errors) -> Option<String> {
    let rule = route.args.rule.value();
    let Some(name) = &param.name else {
        errors.add_with_help(
            param.span,
            "a URL variable is found by the parameter's name, and a pattern has none",
            "write `name: Type`",
        );
        return None;
    };
    let free = route
        .pattern
        .variables()
        .iter()
        .map(Variable::name)
        .filter(|variable| {
            !route
                .handler
                .params
                .iter()
                .any(|other| other.name.as_deref() == Some(variable))
        });
    let free: Vec<&str> = free.collect();
    let near = match free.as_slice() {
        [only] => Some(*only),
        _ => nearest(name, free.iter().copied()),
    };
    let message = format!("the rule `{rule}` has no variable `{name}`");
    match near {
        Some(near) => {
            errors.add_with_help(param.span, message, format_args!("did you mean `{near}`?"));
        }
        None => errors.add_with_help(
            param.span,
            message,
            format_args!(
                "add `<{name}>` to the rule, or take the value from the query: `Query<…>`"
            ),
        ),
    }
    near.map(str::to_owned)
}

fn suggested_type(variable: &Variable) -> &'static str {
    match variable.kind() {
        Kind::Int(_) => "u32",
        Kind::Float(_) => "f64",
        _ => "&str",
    }
}

/// A number needs a converter that only matches numbers, and so on.
fn check_types(route: &Route, errors: &mut Errors) {
    for param in &route.handler.params {
        let Some((_, variable)) = param.variable(&route.pattern) else {
            continue;
        };
        let (Some(word), converter) = (last_word(&param.ty), variable.converter_name()) else {
            continue;
        };
        let word = word.to_string();
        let wanted: &[&str] = match word.as_str() {
            "bool" => &["any"],
            "f32" | "f64" => &["float"],
            "u128" => &["int", "uuid"],
            "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64"
            | "usize" => &["int"],
            _ => continue,
        };
        let is_built_in = BUILT_IN.contains(&converter);
        if !is_built_in || wanted.contains(&converter) {
            continue;
        }
        let name = variable.name();
        let help = match word.as_str() {
            "bool" => format!("write `<any(true, false):{name}>`"),
            _ => format!(
                "write `<{}:{name}>` in the rule, or `{name}: {}` in the handler",
                wanted[0],
                suggested_type(variable)
            ),
        };
        let what = match converter {
            "int" => "an integer",
            "float" => "a number with a fraction",
            "uuid" => "a UUID",
            "any" => "one of some words",
            _ => "any text",
        };
        let literal = literal(&route.args.rule, route.host.as_ref(), variable);
        let rule = crate::span::draw(&literal.value(), variable.name_range(), "");
        let message = format!("`{name}` is {what}, but the parameter is a `{word}`\n{rule}");
        errors.add_with_help(param.ty.span(), message, help);
    }
}

/// What a handler returns goes on after the handler's borrows have ended.
fn check_lending(handler: &Handler, errors: &mut Errors) {
    let ReturnType::Type(_, ty) = &handler.output else {
        return;
    };
    if crate::span::lends(ty) {
        errors.add_with_help(
            ty.span(),
            format_args!(
                "`{}` lends its answer, which is still needed when it has ended",
                handler.name
            ),
            "return what owns it (`String`, with `.to_owned()` or `.clone()`), or `&'static str`",
        );
    }
}

fn check_inline(handler: &Handler, inline: Option<proc_macro2::Span>, errors: &mut Errors) {
    if let Some(span) = inline
        && handler.is_async
    {
        errors.add_with_help(
            span,
            "`inline` is for plain functions: an `async fn` runs on the event loop anyway",
            "leave `inline` out",
        );
    }
}

fn check_body(handler: &Handler, errors: &mut Errors) {
    let mut streams = handler.params.iter().filter(|param| is_stream(param));
    let wholes = handler.params.iter().find(|param| is_whole_body(param));
    let stream = streams.next();
    if let (Some(stream), Some(_)) = (stream, wholes) {
        errors.add_with_help(
            stream.ty.span(),
            "the body is either a stream or read whole, not both",
            format_args!("leave out `{}`, or read the stream yourself", name(stream)),
        );
    }
    if let Some(second) = streams.next() {
        errors.add(
            second.ty.span(),
            "the body can be taken as a stream only once",
        );
    }
}

/// An endpoint is one handler: URLs are built by its name.
fn check_endpoints(model: &Model, errors: &mut Errors) {
    let mut known: HashMap<String, &Route> = HashMap::new();
    let mut told = Vec::new();
    for route in &model.routes {
        let name = endpoint_name(route);
        let first = known.entry(name.clone()).or_insert(route);
        let same = first.handler.key == route.handler.key;
        if !same && route.cfgs.is_empty() && first.cfgs.is_empty() && !told.contains(&name) {
            let span = match &route.args.endpoint {
                Some(literal) => literal.span(),
                None => route.handler.span(),
            };
            errors.add_with_help(
                span,
                format_args!("the endpoint `{name}` is `{}` already", first.handler.name),
                "give one of them another name: `#[route(\"…\", endpoint = \"other\")]`",
            );
            told.push(name);
        }
    }
}

fn check_mounts(model: &Model, errors: &mut Errors) {
    for mount in &model.mounts {
        let handler = &mount.handler;
        let prefix = mount.args.prefix.value();
        if prefix.len() > 1 && prefix.ends_with('/') {
            errors.add_with_help(
                mount.args.prefix.span(),
                "a prefix does not end with a slash: the rules below it begin with one",
                format_args!("write `#[mount(\"{}\")]`", prefix.trim_end_matches('/')),
            );
        }
        if handler.is_async {
            errors.add_with_help(
                handler.span(),
                "a mount only lends a part of the application, so it is a plain `fn`",
                "leave `async` out",
            );
        }
        if matches!(handler.output, ReturnType::Default) {
            errors.add_with_help(
                handler.span(),
                format_args!("the mount `{}` returns nothing", handler.name),
                format_args!("write `fn {}(&self) -> &Sub {{ &self.sub }}`", handler.name),
            );
        }
        for variable in mount.pattern.variables() {
            let name = variable.name();
            let has_param = handler
                .params
                .iter()
                .any(|param| param.name.as_deref() == Some(name));
            if !has_param && !name.starts_with('_') {
                let literal = literal(&mount.args.prefix, mount.host.as_ref(), variable);
                let drawn = crate::span::draw(&literal.value(), variable.name_range(), "");
                errors.add_with_help(
                    literal.span(),
                    format_args!(
                        "the mount `{}` has no parameter `{name}`\n{drawn}",
                        handler.name
                    ),
                    format_args!(
                        "add `{}: {}` to it",
                        crate::paths::name(name, literal.span()),
                        suggested_type(variable)
                    ),
                );
            }
        }
        for param in &handler.params {
            if param.variable(&mount.pattern).is_none() {
                errors.add_with_help(
                    param.span,
                    "a mount takes the variables of its prefix and nothing else",
                    format_args!("the prefix is `{prefix}`"),
                );
            }
        }
    }
}

fn check_hooks(model: &Model, errors: &mut Errors) {
    for hook in &model.hooks {
        let handler = &hook.handler;
        check_inline(handler, hook.args.inline, errors);
        check_receiver(model, handler, errors);
        if hook.kind == HookKind::Teardown && handler.is_async {
            errors.add_with_help(
                handler.span(),
                "a teardown also runs when the client has left, so it cannot wait",
                "write a plain `fn`; it may start a task with `tokio::spawn`",
            );
        }
        for param in &handler.params {
            let is_response = is_reference_to(&param.ty, "Response", true)
                || last_word(&param.ty).is_some_and(|word| word == "Response");
            match hook.kind {
                _ if param.is_request() => {}
                HookKind::After if is_response => {}
                HookKind::After => errors.add_with_help(
                    param.span,
                    "an `after_request` hook is given the request and the response",
                    "write `fn hook(&self, request: &Request, response: &mut Response)`",
                ),
                _ => errors.add_with_help(
                    param.span,
                    format_args!("a `{}` hook is given the request", hook.kind.attribute()),
                    "write `fn hook(&self, request: &Request)`",
                ),
            }
        }
    }
}

fn check_error_handlers(model: &Model, errors: &mut Errors) {
    for caught in &model.error_handlers {
        let handler = &caught.handler;
        check_receiver(model, handler, errors);
        let mut references = 0;
        for param in &handler.params {
            let syn::Type::Reference(reference) = &param.ty else {
                continue;
            };
            if param.is_request() {
                continue;
            }
            references += 1;
            if references > 1 {
                errors.add(param.span, "an error handler is given one error");
            }
            let word = last_word(&reference.elem)
                .map(ToString::to_string)
                .unwrap_or_default();
            if KINDS.contains(&word.as_str()) {
                errors.add_with_help(
                    param.ty.span(),
                    format_args!("`{word}` is a kind of error, not the error itself"),
                    "write `error: &HttpException`",
                );
            }
        }
    }
}

/// A plain function of an `impl` block cannot be a hook of a module, and so on; only what the
/// call would say unclearly is told here.
fn check_receiver(model: &Model, handler: &Handler, errors: &mut Errors) {
    if handler.receiver && !matches!(model.shape, Shape::Impl(_)) {
        errors.add_with_help(
            handler.span(),
            "a function of a module has no `self`",
            "take `State<'_, T>` and name the type: `#[application(state = T)]`",
        );
    }
}

const BUILT_IN: [&str; 7] = ["any", "default", "float", "int", "path", "string", "uuid"];

/// Kinds that beginners take for the error's type.
const KINDS: [&str; 12] = [
    "BadRequest",
    "Conflict",
    "Forbidden",
    "Gone",
    "InternalServerError",
    "MethodNotAllowed",
    "NotFound",
    "RequestEntityTooLarge",
    "ServiceUnavailable",
    "TooManyRequests",
    "Unauthorized",
    "UnprocessableEntity",
];
