//! What the applications of a site make together: one map of all rules, and the way to each.

use std::any::type_name;

use rustzeug_routing::Converter;
use rustzeug_routing::Kind;
use rustzeug_routing::Map;
use rustzeug_routing::MapAdapter;
use rustzeug_routing::Outcome;
use rustzeug_routing::Rule;
use rustzeug_routing::Table;
use rustzeug_routing::TableBuf;
use rustzeug_routing::Value;

use super::Definition;
use super::LimitsDef;
use super::Needs;
use super::Routes;
use super::ground::Ground;
use super::plan::Plan;
use super::plan::add;
use super::plan::other_version;
use super::trip::Step;
use crate::application::StartError;

/// Collects the rules of an application and of all that is mounted in it.
#[derive(Debug)]
pub struct Site<'s> {
    plan: &'s mut Plan,
    /// The number of the application that describes itself.
    level: usize,
}

/// A rule, and the way to its handler.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) needs: Needs,
    /// The handler's name, by which `url_for!` knows it.
    pub(super) handler: &'static str,
    /// That only its order decides is meant so.
    pub(super) allow_overlap: bool,
    /// The rule's number in its own application.
    pub(super) index: usize,
    pub(super) level: usize,
    pub(super) rule: &'static str,
    pub(super) endpoint: &'static str,
    /// The map has to be asked: another URL of the endpoint may be the proper one.
    pub(super) may_redirect: bool,
    /// Where the application or the rule has limits of its own.
    pub(super) limits: Option<LimitsDef>,
}

/// An application of the site.
#[derive(Debug)]
pub(super) struct LevelInfo {
    pub(super) app: &'static str,
    pub(super) definition: Definition,
    pub(super) prefix: String,
    /// `admin.` of `admin.user`; empty for the root.
    pub(super) endpoints: String,
    pub(super) steps: Vec<Step>,
    /// What its mount, or one around it, names.
    pub(super) subdomain: Option<String>,
    pub(super) host: Option<String>,
    /// The variables of the prefix.
    pub(super) variables: Vec<(String, Kind)>,
    /// Those of the host or subdomain that a mount names.
    pub(super) host_variables: Vec<(String, Kind)>,
    /// Its limits, and those of what it is mounted in.
    pub(super) limits: LimitsDef,
    /// What its handlers are functions of, as the program calls it.
    pub(super) owner: &'static str,
    pub(super) file: &'static str,
    /// Where its own rules are written, in their order.
    pub(super) lines: &'static [u32],
}

/// Everything that is known when all applications have described themselves.
#[derive(Debug)]
pub(super) struct SiteMap {
    pub(super) map: Map,
    pub(super) entries: Vec<Entry>,
    pub(super) levels: Vec<LevelInfo>,
    pub(super) table: SiteTable,
    /// Paths below prefixes, for requests that match no rule.
    prefixes: Option<(TableBuf, Vec<usize>)>,
    pub(super) has_websockets: bool,
    /// The host has to be looked at: rules have one, or a subdomain.
    pub(super) has_hosts: bool,
    /// The host that subdomains are in front of.
    pub(super) server_name: Option<String>,
}

/// The table of all rules.
#[derive(Debug)]
pub(super) enum SiteTable {
    /// Made at compile time, by a macro that saw all rules.
    Made(&'static Table<'static>),
    /// Built at start-up.
    Built(Box<TableBuf>),
}

/// What is asked of an application's type: with this in hand the rest need not know the type, and
/// is compiled once.
#[derive(Clone, Copy)]
pub(super) struct AppType {
    pub(super) name: &'static str,
    pub(super) definition: Definition,
    pub(super) describe: fn(&mut Site<'_>),
}

impl AppType {
    pub(super) fn of<S: Routes>() -> Self {
        Self {
            name: type_name::<S>(),
            definition: S::DEFINITION,
            describe: S::describe,
        }
    }
}

impl<'s> Site<'s> {
    pub(super) fn new(plan: &'s mut Plan, level: usize) -> Self {
        Self { plan, level }
    }

    /// Makes a converter known under a name.
    pub fn converter<C: Converter + Default + 'static>(&mut self, name: &str) {
        let ty = type_name::<C>();
        match self.plan.converters.iter().find(|(known, _)| known == name) {
            Some((_, known)) if *known == ty => {}
            Some((_, known)) => self.plan.errors.push(format!(
                "the converter `{name}` is `{known}` in one application and `{ty}` in another"
            )),
            None => {
                self.plan.converters.push((name.to_owned(), ty));
                let make = |arguments: &rustzeug_routing::Arguments| {
                    let mut converter = C::default();
                    converter.configure(arguments).map(|()| converter)
                };
                self.plan.registry.register(name, make);
            }
        }
    }

    /// Tells where the rules are written, and what their handlers are functions of.
    pub fn written(&mut self, owner: &'static str, file: &'static str, lines: &'static [u32]) {
        let level = &mut self.plan.levels[self.level];
        (level.owner, level.file, level.lines) = (owner, file, lines);
    }

    /// Gives rules limits of their own, in the order of the rules.
    pub fn limits(&mut self, limits: &[Option<LimitsDef>]) {
        let level = self.level;
        let outer = self.plan.levels[level].limits;
        let entries = self.plan.entries.iter_mut();
        let own = entries.filter(|entry| entry.level == level).zip(limits);
        for (entry, limits) in own {
            if let Some(limits) = limits {
                entry.limits = Some(limits.within(outer));
            }
        }
    }

    /// Adds the rules of a mounted application.
    pub(super) fn mount(
        &mut self,
        app: AppType,
        mount: usize,
        prefix: &str,
        name: &str,
        place: [Option<&str>; 2],
    ) {
        let parent = &self.plan.levels[self.level];
        if parent.steps.len() >= DEEPEST {
            self.plan.errors.push(format!(
                "`{}` is mounted in itself: {DEEPEST} mounts lead to `{}`",
                app.name, parent.prefix
            ));
            return;
        }
        let ground = Ground::below(parent, mount, prefix, name, place);
        let limits = parent.limits;
        add(self.plan, app, ground, limits);
    }

    /// Hands over the functions that rules redirect with, in the order of the rules.
    pub fn redirects(&mut self, functions: &[Option<RedirectFn>]) {
        let level = self.level;
        let own = |(entry, _): &(&Entry, &mut Rule)| entry.level == level;
        let rules = self.plan.entries.iter().zip(&mut self.plan.rules);
        for ((_, rule), function) in rules.filter(own).zip(functions) {
            if let Some(function) = *function {
                *rule = rule.clone().redirect_with(function);
            }
        }
    }
}

/// What `redirect_to` may name: makes a URL of the values of a request.
pub type RedirectFn = fn(&MapAdapter<'_>, &[(String, Value)]) -> String;

impl SiteMap {
    /// Asks the root application, and through it all others, what they answer.
    pub(super) fn new(app: AppType) -> Result<Self, StartError> {
        let mut plan = Plan::default();
        let outer = LimitsDef::new();
        add(&mut plan, app, Ground::default(), outer);
        plan.drop_default_folders();
        let options = app.definition.map_options();
        plan.levels_with_variables(options.table.host_matching);
        let mut map = Map::with_registry(options, std::mem::take(&mut plan.registry));
        let rules = std::mem::take(&mut plan.rules);
        let has_websockets = rules.iter().any(Rule::is_websocket);
        plan.mark_defaults(&rules);
        for (index, rule) in rules.into_iter().enumerate() {
            plan.check_host(index, &rule, map.options().table.host_matching);
            if let Err(error) = map.add(rule) {
                plan.errors.push(error.draw());
            }
        }
        let table = plan.table(app.definition.table, &map);
        if table.is_none() && plan.errors.is_empty() {
            plan.errors.push(other_version(app));
        }
        let prefixes = plan.prefixes(map.options().table.clone());
        let Plan {
            entries,
            levels,
            errors,
            ..
        } = plan;
        let (Some(table), true) = (table, errors.is_empty()) else {
            return Err(StartError::new(errors.join("\n")));
        };
        let has_hosts = match &table {
            SiteTable::Made(table) => table.has_hosts(),
            SiteTable::Built(table) => table.as_table().has_hosts(),
        };
        Ok(Self {
            map,
            entries,
            levels,
            table,
            prefixes,
            has_websockets,
            has_hosts,
            server_name: None,
        })
    }

    pub(super) fn set_server_name(&mut self, name: String) {
        // A map that matches hosts would take every request for one to this host.
        if !self.map.options().table.host_matching {
            self.server_name = Some(name);
            self.has_hosts = true;
        }
    }

    /// The innermost application whose prefix the path has; its variables are in `captures`.
    pub(super) fn level_of(
        &self,
        host: &str,
        path: &str,
        captures: &mut rustzeug_routing::Captures,
    ) -> &LevelInfo {
        let Some((table, levels)) = &self.prefixes else {
            return &self.levels[0];
        };
        let any = rustzeug_routing::Methods::ALL;
        let level = match table.as_table().find_host(host, path, any, false, captures) {
            Outcome::Found(rule) => levels[rule as usize],
            _ => 0,
        };
        &self.levels[level]
    }
}

/// More mounts than this on one way are a mount in itself.
const DEEPEST: usize = 16;
