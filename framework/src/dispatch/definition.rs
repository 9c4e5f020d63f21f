//! An application's rules and options as constants.

use rustzeug_routing::Rule;
use rustzeug_routing::Table;
use rustzeug_routing::TableOptions;
use rustzeug_routing::Value;

use super::LimitsDef;

/// What is known of an application before any request, but for its mounts.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    pub(super) routes: &'static [RouteDef],
    pub(super) table: Option<&'static Table<'static>>,
    pub(super) strict_slashes: Option<bool>,
    pub(super) merge_slashes: Option<bool>,
    pub(super) host_matching: bool,
    pub(super) limits: LimitsDef,
    pub(super) hooks: HookCounts,
}

/// How many hooks there are of each kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HookCounts {
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) teardown: usize,
    pub(super) errors: bool,
}

/// One rule of an application.
#[derive(Clone, Copy, Debug)]
pub struct RouteDef {
    pub(super) rule: &'static str,
    pub(super) endpoint: &'static str,
    pub(super) needs: Needs,
    methods: Option<&'static [&'static str]>,
    strict_slashes: Option<bool>,
    merge_slashes: Option<bool>,
    subdomain: Option<&'static str>,
    host: Option<&'static str>,
    redirect_to: Option<&'static str>,
    defaults: &'static [(&'static str, DefaultDef)],
    pub(super) websocket: bool,
    build_only: bool,
    alias: bool,
    pub(super) limits: LimitsDef,
}

/// A default's value.
#[derive(Clone, Copy, Debug)]
#[allow(
    clippy::exhaustive_enums,
    reason = "written by macros of the same version"
)]
pub enum DefaultDef {
    /// True or false.
    Bool(bool),
    /// A number with a fraction.
    Float(f64),
    /// A whole number.
    Int(i128),
    /// Text.
    Text(&'static str),
}

/// What a handler wants of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "written by macros of the same version"
)]
pub enum Needs {
    /// It is read before the handler runs.
    Body,
    /// The handler does not look at it.
    Nothing,
    /// The handler takes it as a stream.
    Stream,
}

impl Definition {
    /// The rules alone.
    #[must_use]
    pub const fn new(routes: &'static [RouteDef]) -> Self {
        Self {
            routes,
            table: None,
            strict_slashes: None,
            merge_slashes: None,
            host_matching: false,
            limits: LimitsDef::new(),
            hooks: HookCounts {
                before: 0,
                after: 0,
                teardown: 0,
                errors: false,
            },
        }
    }

    /// A table that was made at compile time: its rules are these, and there are no mounts.
    #[must_use]
    pub const fn table(mut self, table: &'static Table<'static>) -> Self {
        self.table = Some(table);
        self
    }

    /// Whether a missing slash redirects, for all rules.
    #[must_use]
    pub const fn strict_slashes(mut self, strict: bool) -> Self {
        self.strict_slashes = Some(strict);
        self
    }

    /// Whether several slashes count as one, for all rules.
    #[must_use]
    pub const fn merge_slashes(mut self, merge: bool) -> Self {
        self.merge_slashes = Some(merge);
        self
    }

    /// Rules are found by their host.
    #[must_use]
    pub const fn host_matching(mut self) -> Self {
        self.host_matching = true;
        self
    }

    /// Limits of requests, for all rules.
    #[must_use]
    pub const fn limits(mut self, limits: LimitsDef) -> Self {
        self.limits = limits;
        self
    }

    /// The number of `#[before_request]`s.
    #[must_use]
    pub const fn before(mut self, count: usize) -> Self {
        self.hooks.before = count;
        self
    }

    /// The number of `#[after_request]`s.
    #[must_use]
    pub const fn after(mut self, count: usize) -> Self {
        self.hooks.after = count;
        self
    }

    /// The number of `#[teardown_request]`s.
    #[must_use]
    pub const fn teardown(mut self, count: usize) -> Self {
        self.hooks.teardown = count;
        self
    }

    /// There are `#[errorhandler]`s.
    #[must_use]
    pub const fn errors(mut self) -> Self {
        self.hooks.errors = true;
        self
    }

    pub(super) fn table_options(&self) -> TableOptions {
        let mut options = TableOptions::new();
        options.strict_slashes = self.strict_slashes.unwrap_or(true);
        options.merge_slashes = self.merge_slashes.unwrap_or(true);
        options.host_matching = self.host_matching;
        options
    }
}

impl HookCounts {
    /// Whether anything stands around the handler.
    pub(super) const fn any(&self) -> bool {
        self.before > 0 || self.after > 0 || self.teardown > 0 || self.errors
    }
}

impl RouteDef {
    /// A rule that takes every method.
    #[must_use]
    pub const fn new(rule: &'static str, endpoint: &'static str, needs: Needs) -> Self {
        Self {
            rule,
            endpoint,
            needs,
            methods: None,
            strict_slashes: None,
            merge_slashes: None,
            subdomain: None,
            host: None,
            redirect_to: None,
            defaults: &[],
            websocket: false,
            build_only: false,
            alias: false,
            limits: LimitsDef::new(),
        }
    }

    /// The methods it takes.
    #[must_use]
    pub const fn methods(mut self, methods: &'static [&'static str]) -> Self {
        self.methods = Some(methods);
        self
    }

    /// Whether a missing slash redirects.
    #[must_use]
    pub const fn strict_slashes(mut self, strict: bool) -> Self {
        self.strict_slashes = Some(strict);
        self
    }

    /// Whether several slashes count as one.
    #[must_use]
    pub const fn merge_slashes(mut self, merge: bool) -> Self {
        self.merge_slashes = Some(merge);
        self
    }

    /// The subdomain.
    #[must_use]
    pub const fn subdomain(mut self, subdomain: &'static str) -> Self {
        self.subdomain = Some(subdomain);
        self
    }

    /// The whole host.
    #[must_use]
    pub const fn host(mut self, host: &'static str) -> Self {
        self.host = Some(host);
        self
    }

    /// Where it redirects to.
    #[must_use]
    pub const fn redirect_to(mut self, target: &'static str) -> Self {
        self.redirect_to = Some(target);
        self
    }

    /// Values of variables it does not have.
    #[must_use]
    pub const fn defaults(mut self, defaults: &'static [(&'static str, DefaultDef)]) -> Self {
        self.defaults = defaults;
        self
    }

    /// For WebSocket requests only.
    #[must_use]
    pub const fn websocket(mut self) -> Self {
        self.websocket = true;
        self
    }

    /// For building URLs only.
    #[must_use]
    pub const fn build_only(mut self) -> Self {
        self.build_only = true;
        self
    }

    /// Another URL of its endpoint.
    #[must_use]
    pub const fn alias(mut self) -> Self {
        self.alias = true;
        self
    }

    /// Limits of its requests.
    #[must_use]
    pub const fn limits(mut self, limits: LimitsDef) -> Self {
        self.limits = limits;
        self
    }

    /// The rule as the routing crate wants it, below a prefix, with an application's options.
    pub(super) fn rule(&self, prefix: &str, endpoint: &str, of: &Definition) -> Rule {
        let mut rule = Rule::new(self.rule).endpoint(endpoint);
        if let Some(methods) = self.methods {
            rule = rule.methods(methods.iter().copied());
        }
        if let Some(strict) = self.strict_slashes.or(of.strict_slashes) {
            rule = rule.strict_slashes(strict);
        }
        if let Some(merge) = self.merge_slashes.or(of.merge_slashes) {
            rule = rule.merge_slashes(merge);
        }
        if let Some(subdomain) = self.subdomain {
            rule = rule.subdomain(subdomain);
        }
        if let Some(host) = self.host {
            rule = rule.host(host);
        }
        if let Some(target) = self.redirect_to {
            rule = rule.redirect_to(target);
        }
        for (name, value) in self.defaults {
            rule = rule.default_value(*name, value.value());
        }
        if self.websocket {
            rule = rule.websocket();
        }
        if self.build_only {
            rule = rule.build_only();
        }
        if self.alias {
            rule = rule.alias();
        }
        if prefix.is_empty() {
            rule
        } else {
            rule.prefixed(prefix)
        }
    }

    /// Whether the map may redirect from this rule: more than the table alone decides.
    pub(super) const fn may_redirect(&self) -> bool {
        self.redirect_to.is_some() || self.alias
    }

    pub(super) const fn has_defaults(&self) -> bool {
        !self.defaults.is_empty()
    }
}

impl DefaultDef {
    fn value(self) -> Value {
        match self {
            Self::Bool(value) => value.into(),
            Self::Float(value) => value.into(),
            Self::Int(value) => value.into(),
            Self::Text(value) => value.into(),
        }
    }
}
