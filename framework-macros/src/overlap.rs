//! Rules that take each other's requests: errors where one can never match, warnings where only the
//! order decides.

use proc_macro2::TokenStream;
use quote::quote;
use quote::quote_spanned;
use rustzeug_routing::Kind;

use crate::diag::Errors;
use crate::model::Model;
use crate::model::Route;
use crate::table;

/// A rule that can never match is a mistake, told at both rules.
pub(crate) fn check_conflicts(model: &Model, errors: &mut Errors) {
    let Some(built) = table::build(model, errors) else {
        return;
    };
    for conflict in &built.conflicts {
        let (Some(first), Some(second)) = (
            model.routes.get(conflict.first as usize),
            model.routes.get(conflict.second as usize),
        ) else {
            continue;
        };
        if !first.cfgs.is_empty() || !second.cfgs.is_empty() {
            continue;
        }
        // What a converter weighs that is not one of ours is not known here.
        if conflict.by_order && (has_own_converter(first) || has_own_converter(second)) {
            continue;
        }
        let (earlier, later) = (first.args.rule.value(), second.args.rule.value());
        let by = &first.handler.name;
        let message = if conflict.total {
            format!("the rule `{later}` can never match: `{earlier}` of `{by}` takes its requests")
        } else {
            format!(
                "the rule `{later}` never gets {}: `{earlier}` of `{by}` takes these requests",
                conflict.methods
            )
        };
        let help = if conflict.by_order {
            format!("write it before `{earlier}`: of equal rules the earlier one wins")
        } else {
            "give one of them another path or other `methods`, or remove it".to_owned()
        };
        errors.add_with_help(second.args.rule.span(), message, help);
        errors.add(
            first.args.rule.span(),
            format_args!("`{by}` takes them with this rule"),
        );
    }
}

/// Whether a variable of the rule has a converter of `#[application(converters(…))]`.
fn has_own_converter(route: &Route) -> bool {
    let mut variables = route.pattern.variables().iter();
    variables.any(|variable| matches!(variable.kind(), Kind::Custom(_)))
}

/// A warning at each rule that an earlier one of equal weight takes requests from, unless one of
/// them allows it.
///
/// A macro cannot warn on a stable compiler. The use of something deprecated does, with a text of
/// our own and where we say.
pub(crate) fn warnings(model: &Model, errors: &mut Errors) -> TokenStream {
    let Some(builder) = table::builder(model, errors) else {
        return TokenStream::new();
    };
    let mut told = Vec::new();
    let mut warnings = TokenStream::new();
    for overlap in builder.overlaps() {
        let (Some(first), Some(second)) = (
            model.routes.get(overlap.first as usize),
            model.routes.get(overlap.second as usize),
        ) else {
            continue;
        };
        // One reason to look at a rule is enough.
        if is_apart(first) || is_apart(second) || told.contains(&overlap.second) {
            continue;
        }
        told.push(overlap.second);
        warnings.extend(warning(first, second, overlap.example.as_deref()));
    }
    warnings
}

/// Nothing is said of the rule: it is allowed, it may be left out, or its weight is not known here.
fn is_apart(route: &Route) -> bool {
    route.args.allow_overlap || !route.cfgs.is_empty() || has_own_converter(route)
}

fn warning(first: &Route, second: &Route, example: Option<&str>) -> TokenStream {
    let (earlier, later) = (first.args.rule.value(), second.args.rule.value());
    let what = match example {
        Some(path) => format!("`{path}` fits two rules"),
        None => "some request fits two rules".to_owned(),
    };
    let text = format!(
        "{what}, and only their order decides: `{earlier}` of `{}` comes before `{later}`\n\
         help: if that is meant, write `#[route({later:?}, allow_overlap)]`",
        first.handler.name
    );
    let warn = quote_spanned!(second.args.rule.span()=> rules_overlap);
    quote! {
        const _: () = {
            #[allow(non_upper_case_globals, reason = "stands in the message")]
            #[deprecated(note = #text)]
            const rules_overlap: () = ();
            #warn
        };
    }
}
