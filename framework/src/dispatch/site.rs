//! What the applications of a site make together: one map of all rules, and the way to each.

use std::any::type_name;
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::PoisonError;

use rustzeug_routing::Converter;
use rustzeug_routing::Kind;
use rustzeug_routing::Map;
use rustzeug_routing::MapOptions;
use rustzeug_routing::Outcome;
use rustzeug_routing::Pattern;
use rustzeug_routing::Registry;
use rustzeug_routing::Rule;
use rustzeug_routing::TableBuf;
use rustzeug_routing::TableBuilder;
use rustzeug_routing::TableOptions;

use super::Definition;
use super::LimitsDef;
use super::RouteDef;
use super::Routes;
use super::describe;
use super::trip::Step;
use crate::application::StartError;

/// Collects the rules of an application and of all that is mounted in it.
#[derive(Debug)]
pub struct Site<'s> {
    plan: &'s mut Plan,
    /// The number of the application that describes itself.
    level: usize,
}

#[derive(Debug, Default)]
struct Plan {
    rules: Vec<Rule>,
    entries: Vec<Entry>,
    levels: Vec<LevelInfo>,
    registry: Registry,
    /// Name and type of each converter.
    converters: Vec<(String, &'static str)>,
    errors: Vec<String>,
}

/// A rule, and the way to its handler.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) def: &'static RouteDef,
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
    /// The variables of the prefix.
    pub(super) variables: Vec<(String, Kind)>,
    /// Its limits, and those of what it is mounted in.
    limits: LimitsDef,
    /// What its handlers are functions of, as the program calls it.
    pub(super) owner: &'static str,
    pub(super) file: &'static str,
    /// Of its own rules, in their order.
    pub(super) sources: &'static [RuleSource],
}

/// Where a rule is written.
#[derive(Clone, Copy, Debug)]
pub struct RuleSource {
    pub(super) handler: &'static str,
    pub(super) line: u32,
    pub(super) allow_overlap: bool,
}

impl RuleSource {
    /// The function below the rule, and the rule's line.
    #[must_use]
    pub const fn new(handler: &'static str, line: u32, allow_overlap: bool) -> Self {
        Self {
            handler,
            line,
            allow_overlap,
        }
    }
}

/// Everything that is known when all applications have described themselves.
#[derive(Debug)]
pub(super) struct SiteMap {
    pub(super) map: Map,
    pub(super) entries: Vec<Entry>,
    pub(super) levels: Vec<LevelInfo>,
    /// Built only where no table was made at compile time.
    pub(super) table: Option<TableBuf>,
    /// Paths below prefixes, for requests that match no rule.
    prefixes: Option<(TableBuf, Vec<usize>)>,
    pub(super) has_websockets: bool,
    /// The host has to be looked at: rules have one, or a subdomain.
    pub(super) has_hosts: bool,
    /// The host that subdomains are in front of.
    pub(super) server_name: Option<String>,
}

impl Site<'_> {
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
    pub fn written(
        &mut self,
        owner: &'static str,
        file: &'static str,
        sources: &'static [RuleSource],
    ) {
        let level = &mut self.plan.levels[self.level];
        (level.owner, level.file, level.sources) = (owner, file, sources);
    }

    /// Adds the rules of a mounted application.
    pub fn mount<S: Routes>(&mut self, mount: usize, prefix: &str, name: &str) {
        let parent = &self.plan.levels[self.level];
        if parent.steps.len() >= DEEPEST {
            self.plan.errors.push(format!(
                "`{}` is mounted in itself: {DEEPEST} mounts lead to `{}`",
                type_name::<S>(),
                parent.prefix
            ));
            return;
        }
        let limits = parent.limits;
        let prefix = format!("{}{}", parent.prefix, prefix.trim_end_matches('/'));
        let endpoints = format!("{}{name}.", parent.endpoints);
        let mut steps = parent.steps.clone();
        steps.push(Step {
            mount,
            variables: 0,
        });
        add::<S>(self.plan, prefix, endpoints, steps, limits);
    }
}

fn add<S: Routes>(
    plan: &mut Plan,
    prefix: String,
    endpoints: String,
    steps: Vec<Step>,
    outer: LimitsDef,
) {
    let level = plan.levels.len();
    let definition = S::DEFINITION;
    let limits = definition.limits.within(outer);
    for (index, def) in definition.routes.iter().enumerate() {
        let endpoint = format!("{endpoints}{}", def.endpoint);
        let rule = def.rule(&prefix, &endpoint, &definition);
        let (text, endpoint) = (kept(rule.text()), kept(&endpoint));
        plan.rules.push(rule);
        let may_redirect = def.may_redirect();
        plan.entries.push(Entry {
            def,
            index,
            level,
            rule: text,
            endpoint,
            may_redirect,
            limits: Some(def.limits.within(limits)).filter(|limits| *limits != LimitsDef::new()),
        });
    }
    let app = type_name::<S>();
    plan.levels.push(LevelInfo {
        app,
        definition,
        prefix,
        endpoints,
        steps,
        variables: Vec::new(),
        owner: "",
        file: "",
        sources: &[],
        limits,
    });
    S::describe(&mut Site { plan, level });
}

impl SiteMap {
    /// Asks the root application, and through it all others, what they answer.
    pub(super) fn new<S: Routes>() -> Result<Self, StartError> {
        let mut plan = Plan::default();
        let outer = LimitsDef::new();
        add::<S>(&mut plan, String::new(), String::new(), Vec::new(), outer);
        let mut options = MapOptions::new();
        options.table = S::DEFINITION.table_options();
        plan.levels_with_variables();
        let mut map = Map::with_registry(options, std::mem::take(&mut plan.registry));
        for rule in std::mem::take(&mut plan.rules) {
            if let Err(error) = map.add(rule) {
                plan.errors.push(error.draw());
            }
        }
        let mut table = None;
        if S::DEFINITION.table.is_none() && plan.errors.is_empty() {
            let built = map.analyse();
            for conflict in &built.conflicts {
                plan.errors.push(describe::conflict(
                    &map,
                    &plan.entries,
                    &plan.levels,
                    conflict,
                ));
            }
            table = Some(built.table);
        }
        plan.mark_defaults();
        let prefixes = plan.prefixes();
        let Plan {
            entries,
            levels,
            errors,
            ..
        } = plan;
        if !errors.is_empty() {
            return Err(StartError::new(errors.join("\n")));
        }
        let has_websockets = entries.iter().any(|entry| entry.def.websocket);
        let has_hosts = match (S::DEFINITION.table, &table) {
            (Some(table), _) => table.has_hosts(),
            (None, Some(table)) => table.as_table().has_hosts(),
            (None, None) => false,
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
        path: &str,
        captures: &mut rustzeug_routing::Captures,
    ) -> &LevelInfo {
        let Some((table, levels)) = &self.prefixes else {
            return &self.levels[0];
        };
        let any = rustzeug_routing::Methods::ALL;
        let level = match table.as_table().find(path, any, false, captures) {
            Outcome::Found(rule) => levels[rule as usize],
            _ => 0,
        };
        &self.levels[level]
    }
}

impl Plan {
    /// Reads the prefixes, when every converter is known.
    fn levels_with_variables(&mut self) {
        for index in 0..self.levels.len() {
            let text = match &*self.levels[index].prefix {
                "" => "/",
                prefix => prefix,
            };
            // What is wrong with a prefix is told for each rule below it.
            let Ok(pattern) = Pattern::parse(text, true, &self.registry) else {
                continue;
            };
            let variables = pattern.variables().iter();
            let level = &mut self.levels[index];
            level.variables = variables
                .map(|variable| (variable.name().to_owned(), variable.kind().clone()))
                .collect();
        }
        // A mount's own variables are what its prefix has more than that of its parent.
        for index in 1..self.levels.len() {
            let steps = &self.levels[index].steps;
            let parent = self.levels[..index].iter().rfind(|level| {
                level.steps.len() + 1 == steps.len()
                    && level
                        .steps
                        .iter()
                        .zip(steps)
                        .all(|(a, b)| a.mount == b.mount)
            });
            let (above, known) = match parent {
                Some(parent) => (parent.variables.len(), parent.steps.clone()),
                None => (0, Vec::new()),
            };
            let level = &mut self.levels[index];
            let own = level.variables.len().saturating_sub(above);
            for (step, known) in level.steps.iter_mut().zip(known) {
                *step = known;
            }
            if let Some(last) = level.steps.last_mut() {
                last.variables = own;
            }
        }
    }

    /// A rule whose endpoint has another rule with defaults may have to redirect there.
    fn mark_defaults(&mut self) {
        let with_defaults: HashSet<&'static str> = self
            .entries
            .iter()
            .filter(|entry| entry.def.has_defaults())
            .map(|entry| entry.endpoint)
            .collect();
        for entry in &mut self.entries {
            entry.may_redirect |= with_defaults.contains(entry.endpoint);
        }
    }

    /// A table of the prefixes, where more than the root has hooks or error handlers.
    fn prefixes(&self) -> Option<(TableBuf, Vec<usize>)> {
        if !self
            .levels
            .iter()
            .skip(1)
            .any(|level| level.definition.hooks.any())
        {
            return None;
        }
        let mut options = TableOptions::new();
        options.strict_slashes = false;
        let mut builder = TableBuilder::with_registry(options, self.registry.clone());
        let mut levels = Vec::new();
        for (index, level) in self.levels.iter().enumerate().skip(1) {
            for rest in ["/", "/<path:__rest>"] {
                let rule = Rule::new(format!("{}{rest}", level.prefix));
                if builder.add(&rule).is_ok() {
                    levels.push(index);
                }
            }
        }
        Some((builder.build().table, levels))
    }
}

/// Text for as long as the program runs; equal text is kept once, so that binding the same
/// application again and again, as tests do, keeps nothing new.
fn kept(text: &str) -> &'static str {
    static KEPT: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    match kept.get(text) {
        Some(known) => known,
        None => {
            let new: &'static str = String::from(text).leak();
            kept.insert(new);
            new
        }
    }
}

/// More mounts than this on one way are a mount in itself.
const DEEPEST: usize = 16;
