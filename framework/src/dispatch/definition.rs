//! An application's rules and options as constants.

use rustzeug_routing::MapOptions;
use rustzeug_routing::Rule;

use super::ground::Ground;

use super::LimitsDef;

/// What is known of an application before any request, but for its mounts.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Records of the rules, one after the other, in as many pieces as `#[cfg]` makes of them.
    pub(super) routes: &'static [&'static [u8]],
    /// Where the `Cargo.toml` of its crate was.
    pub(super) source: Option<&'static str>,
    /// The last rule is that of the folder `static`, which nobody named.
    pub(super) default_folder: bool,
    /// The table that was made at compile time: its rules are these, and there are no mounts.
    pub(super) table: Option<&'static [u8]>,
    pub(super) strict_slashes: Option<bool>,
    pub(super) merge_slashes: Option<bool>,
    pub(super) host_matching: bool,
    pub(super) default_subdomain: Option<&'static str>,
    pub(super) redirect_defaults: bool,
    pub(super) sort_parameters: bool,
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

/// What a handler wants of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "written by macros of the same version"
)]
#[repr(u8)]
pub enum Needs {
    /// The handler does not look at it.
    Nothing = 0,
    /// It is read before the handler runs.
    Body = 1,
    /// The handler takes it as a stream.
    Stream = 2,
}

impl Definition {
    /// The rules alone, and where the `Cargo.toml` of their crate was.
    #[must_use]
    pub const fn new(routes: &'static [&'static [u8]], source: Option<&'static str>) -> Self {
        Self {
            routes,
            source,
            default_folder: false,
            table: None,
            strict_slashes: None,
            merge_slashes: None,
            host_matching: false,
            default_subdomain: None,
            redirect_defaults: true,
            sort_parameters: false,
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
    pub const fn table(mut self, table: &'static [u8]) -> Self {
        self.table = Some(table);
        self
    }

    /// The table that was made at compile time, for those who compare.
    #[must_use]
    pub const fn made_table(&self) -> Option<&'static [u8]> {
        self.table
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

    /// The subdomain of rules that name none.
    #[must_use]
    pub const fn default_subdomain(mut self, subdomain: &'static str) -> Self {
        self.default_subdomain = Some(subdomain);
        self
    }

    /// A URL whose values are defaults is answered where it is.
    #[must_use]
    pub const fn keep_defaults(mut self) -> Self {
        self.redirect_defaults = false;
        self
    }

    /// Query arguments of built URLs are sorted.
    #[must_use]
    pub const fn sort_parameters(mut self) -> Self {
        self.sort_parameters = true;
        self
    }

    /// Limits of requests, for all rules.
    #[must_use]
    pub const fn limits(mut self, limits: LimitsDef) -> Self {
        self.limits = limits;
        self
    }

    /// The last rule is that of the folder `static`, which nobody named.
    #[must_use]
    pub const fn default_folder(mut self) -> Self {
        self.default_folder = true;
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

    /// The options of the site whose root the application is.
    pub(super) fn map_options(&self) -> MapOptions {
        let mut options = MapOptions::new();
        options.table.strict_slashes = self.strict_slashes.unwrap_or(true);
        options.table.merge_slashes = self.merge_slashes.unwrap_or(true);
        options.table.host_matching = self.host_matching;
        options.table.default_subdomain = self.default_subdomain.unwrap_or("").to_owned();
        options.redirect_defaults = self.redirect_defaults;
        options.sort_parameters = self.sort_parameters;
        options
    }

    /// A rule of the application where it is mounted, with what the application says for all rules.
    pub(super) fn place(&self, mut rule: Rule, ground: &Ground, endpoint: &str) -> Rule {
        let subdomain = ground.subdomain.as_deref().or(self.default_subdomain);
        if let (None, Some(subdomain)) = (rule.subdomain_text(), subdomain) {
            rule = rule.subdomain(subdomain);
        }
        if let (None, Some(host)) = (rule.host_text(), &ground.host) {
            rule = rule.host(host);
        }
        if let (None, Some(strict)) = (rule.is_strict(), self.strict_slashes) {
            rule = rule.strict_slashes(strict);
        }
        if let (None, Some(merge)) = (rule.merges_slashes(), self.merge_slashes) {
            rule = rule.merge_slashes(merge);
        }
        rule.endpoint(endpoint).prefixed(&ground.prefix)
    }
}

impl Needs {
    /// What the macro wrote as a number.
    pub(super) fn from_number(number: u8) -> Option<Self> {
        [Self::Nothing, Self::Body, Self::Stream]
            .into_iter()
            .find(|needs| *needs as u8 == number)
    }
}

impl HookCounts {
    /// Whether anything stands around the handler.
    pub(super) const fn any(&self) -> bool {
        self.before > 0 || self.after > 0 || self.teardown > 0 || self.errors
    }
}
