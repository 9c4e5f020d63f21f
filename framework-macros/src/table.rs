//! The model's rules as the routing crate sees them: conflicts, and the table.

use rustzeug_routing::Built;
use rustzeug_routing::Rule;
use rustzeug_routing::TableBuilder;
use rustzeug_routing::TableOptions;
use syn::Lit;

use crate::args::RedirectArg;
use crate::diag::Errors;
use crate::model::Model;
use crate::model::Route;

/// Builds the routing table as the runtime would; tells of rules that cannot be added.
pub(crate) fn build(model: &Model, errors: &mut Errors) -> Option<Built> {
    builder(model, errors).map(|builder| builder.build())
}

/// The rules, by their numbers in the model.
pub(crate) fn builder(model: &Model, errors: &mut Errors) -> Option<TableBuilder> {
    let mut options = TableOptions::new();
    options.strict_slashes = model.args.strict_slashes.unwrap_or(true);
    options.merge_slashes = model.args.merge_slashes.unwrap_or(true);
    options.host_matching = model.args.host_matching;
    if let Some(subdomain) = &model.args.default_subdomain {
        options.default_subdomain = subdomain.value();
    }
    let mut builder = TableBuilder::with_registry(options, model.registry());
    let before = errors.len();
    for route in &model.routes {
        if let Err(error) = builder.add(&rule(route)) {
            crate::span::rule_error(&route.args.rule, &error, errors);
        }
    }
    (errors.len() == before).then_some(builder)
}

/// A route as a rule.
pub(crate) fn rule(route: &Route) -> Rule {
    let args = &route.args;
    let mut rule = Rule::new(args.rule.value());
    if let Some(methods) = &args.methods {
        rule = rule.methods(methods.iter().map(String::as_str));
    }
    if let Some(strict) = args.strict_slashes {
        rule = rule.strict_slashes(strict);
    }
    if let Some(merge) = args.merge_slashes {
        rule = rule.merge_slashes(merge);
    }
    if let Some(subdomain) = &args.subdomain {
        rule = rule.subdomain(subdomain.value());
    }
    if let Some(host) = &args.host {
        rule = rule.host(host.value());
    }
    match &args.redirect_to {
        None => {}
        // The runtime is told of the function by other means.
        Some(RedirectArg::Function(_)) => rule = rule.redirect_with(|_, _| String::new()),
        Some(RedirectArg::Text(target)) => rule = rule.redirect_to(target.value()),
    }
    for (name, value) in &args.defaults {
        rule = with_default(rule, &name.to_string(), value);
    }
    if args.websocket {
        rule = rule.websocket();
    }
    if args.build_only {
        rule = rule.build_only();
    }
    if args.alias {
        rule = rule.alias();
    }
    rule
}

fn with_default(rule: Rule, name: &str, value: &Lit) -> Rule {
    match value {
        Lit::Bool(value) => rule.default_value(name, value.value),
        Lit::Float(value) => rule.default_value(name, value.base10_parse().unwrap_or(0.0)),
        Lit::Int(value) => rule.default_value(name, value.base10_parse::<i128>().unwrap_or(0)),
        Lit::Str(value) => rule.default_value(name, value.value()),
        _ => rule,
    }
}
