//! What is collected of the applications of a site before it is one map.

use std::collections::HashSet;

use rustzeug_routing::Kind;
use rustzeug_routing::Map;
use rustzeug_routing::Pattern;
use rustzeug_routing::Registry;
use rustzeug_routing::RouteRecord;
use rustzeug_routing::Rule;
use rustzeug_routing::TableBuf;
use rustzeug_routing::TableBuilder;
use rustzeug_routing::TableOptions;

use super::LimitsDef;
use super::Needs;
use super::Site;
use super::describe;
use super::ground::Ground;
use super::ground::unheard;
use super::kept::kept;
use super::kept::kept_table;
use super::site::AppType;
use super::site::Entry;
use super::site::LevelInfo;
use super::site::SiteTable;

/// The rules and applications of a site, and what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) rules: Vec<Rule>,
    pub(super) entries: Vec<Entry>,
    pub(super) levels: Vec<LevelInfo>,
    pub(super) registry: Registry,
    /// Name and type of each converter.
    pub(super) converters: Vec<(String, &'static str)>,
    pub(super) errors: Vec<String>,
    /// The rules of folders that nobody named, by number.
    default_folders: Vec<usize>,
}

/// Adds an application, and through it all that is mounted in it.
pub(super) fn add(plan: &mut Plan, app: AppType, ground: Ground, outer: LimitsDef) {
    let level = plan.levels.len();
    let definition = app.definition;
    let limits = definition.limits.within(outer);
    let mut records = records(plan, app);
    let is_roots = |level: &LevelInfo| level.definition.source == definition.source;
    let has_default_folder = match plan.levels.first() {
        // As with a blueprint, files are the site's: its own folder is this very one.
        Some(root) if definition.default_folder && is_roots(root) => {
            records.pop();
            false
        }
        _ => definition.default_folder,
    };
    for (index, record) in records.into_iter().enumerate() {
        let Some(needs) = Needs::from_number(record.needs) else {
            plan.errors.push(other_version(app));
            return;
        };
        let own = record.rule.endpoint_name().unwrap_or(&record.handler);
        let endpoint = kept(&format!("{}{own}", ground.endpoints));
        if let Some(why) = ground.refuses(&record.rule) {
            let text = record.rule.text();
            plan.errors
                .push(format!("`{text}` of `{own}` cannot be mounted: {why}"));
        }
        let rule = definition.place(record.rule, &ground, endpoint);
        plan.entries.push(Entry {
            needs,
            handler: kept(&record.handler),
            allow_overlap: record.allow_overlap,
            index,
            level,
            rule: kept(rule.text()),
            endpoint,
            may_redirect: rule.redirect().is_some() || rule.is_alias(),
            limits: Some(limits).filter(|limits| *limits != LimitsDef::new()),
        });
        plan.rules.push(rule);
    }
    if has_default_folder {
        plan.default_folders.push(plan.rules.len() - 1);
    }
    plan.levels.push(LevelInfo {
        app: app.name,
        definition,
        prefix: ground.prefix,
        endpoints: ground.endpoints,
        steps: ground.steps,
        subdomain: ground.subdomain,
        host: ground.host,
        variables: Vec::new(),
        host_variables: Vec::new(),
        owner: "",
        file: "",
        lines: &[],
        limits,
    });
    (app.describe)(&mut Site::new(plan, level));
}

/// The rules of an application as its macro wrote them.
fn records(plan: &mut Plan, app: AppType) -> Vec<RouteRecord> {
    let pieces = app.definition.routes.iter();
    let records: Option<Vec<_>> = pieces.map(|bytes| RouteRecord::unpack_all(bytes)).collect();
    let records = records.unwrap_or_else(|| {
        plan.errors.push(other_version(app));
        Vec::new()
    });
    records.into_iter().flatten().collect()
}

pub(super) fn other_version(app: AppType) -> String {
    format!(
        "the rules of `{}` cannot be read: were they compiled with another version of \
         `rustzeug-macros`?",
        app.name
    )
}

impl Plan {
    /// Leaves out a rule that nobody wrote, where another takes its place.
    pub(super) fn drop_default_folders(&mut self) {
        let defaults = std::mem::take(&mut self.default_folders);
        let is_taken = |index: usize| {
            let place = folder(&self.rules[index]);
            let mut others = self.rules.iter().enumerate();
            others.any(|(other, rule)| {
                let is_written = !defaults.contains(&other);
                (is_written || other < index) && folder(rule) == place
            })
        };
        // All are found before one goes: what goes changes the numbers of those behind it.
        let mut taken = defaults.clone();
        taken.retain(|&index| is_taken(index));
        for index in taken.into_iter().rev() {
            self.rules.remove(index);
            self.entries.remove(index);
        }
    }

    /// Reads the prefixes, when every converter is known.
    pub(super) fn levels_with_variables(&mut self, host_matching: bool) {
        for index in 0..self.levels.len() {
            let level = &self.levels[index];
            let text = match &*level.prefix {
                "" => "/",
                prefix => prefix,
            };
            let on = if host_matching {
                &level.host
            } else {
                &level.subdomain
            };
            // What is wrong with a prefix or host is told for each rule below it.
            let (Ok(prefix), Ok(host)) = (
                Pattern::parse(text, true, &self.registry),
                Pattern::parse_host(on.as_deref().unwrap_or(""), &self.registry),
            ) else {
                continue;
            };
            let level = &mut self.levels[index];
            (level.variables, level.host_variables) = (variables(&prefix), variables(&host));
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

    pub(super) fn check_host(&mut self, index: usize, rule: &Rule, host_matching: bool) {
        if let Some(why) = unheard(rule, host_matching) {
            let (entry, text) = (&self.entries[index], rule.text());
            let owner = self.levels[entry.level].owner;
            let handler = entry.handler;
            let text = format!("`{text}` of `{owner}::{handler}` is never found: {why}");
            self.errors.push(text);
        }
    }

    /// The table of all rules; rules that can never match are errors.
    pub(super) fn table(&mut self, made: Option<&'static [u8]>, map: &Map) -> Option<SiteTable> {
        if let Some(bytes) = made {
            return kept_table(bytes).map(SiteTable::Made);
        }
        if !self.errors.is_empty() {
            return None;
        }
        let built = map.analyse();
        for conflict in &built.conflicts {
            let text = describe::conflict(map, &self.entries, &self.levels, conflict);
            self.errors.push(text);
        }
        Some(SiteTable::Built(Box::new(built.table)))
    }

    /// A rule whose endpoint has another rule with defaults may have to redirect there.
    pub(super) fn mark_defaults(&mut self, rules: &[Rule]) {
        let with_defaults: HashSet<&'static str> = self
            .entries
            .iter()
            .zip(rules)
            .filter(|(_, rule)| !rule.defaults().is_empty())
            .map(|(entry, _)| entry.endpoint)
            .collect();
        for entry in &mut self.entries {
            entry.may_redirect |= with_defaults.contains(entry.endpoint);
        }
    }

    /// A table of the prefixes, where more than the root has hooks or error handlers.
    pub(super) fn prefixes(&self, mut options: TableOptions) -> Option<(TableBuf, Vec<usize>)> {
        if !self
            .levels
            .iter()
            .skip(1)
            .any(|level| level.definition.hooks.any())
        {
            return None;
        }
        options.strict_slashes = false;
        let mut builder = TableBuilder::with_registry(options, self.registry.clone());
        let mut levels = Vec::new();
        for (index, level) in self.levels.iter().enumerate().skip(1) {
            for rest in ["/", "/<path:__rest>"] {
                let mut rule = Rule::new(format!("{}{rest}", level.prefix));
                if let Some(subdomain) = &level.subdomain {
                    rule = rule.subdomain(subdomain);
                }
                if let Some(host) = &level.host {
                    rule = rule.host(host);
                }
                if builder.add(&rule).is_ok() {
                    levels.push(index);
                }
            }
        }
        Some((builder.build().table, levels))
    }
}

/// The text of a rule without the name of what it ends in, and the host it is for.
fn folder(rule: &Rule) -> (&str, Option<&str>, Option<&str>) {
    let text = rule.text();
    let end = text.rfind("<path:").map_or(text.len(), |at| at + 6);
    (&text[..end], rule.subdomain_text(), rule.host_text())
}

fn variables(pattern: &Pattern) -> Vec<(String, Kind)> {
    let variables = pattern.variables().iter();
    variables
        .map(|variable| (variable.name().to_owned(), variable.kind().clone()))
        .collect()
}
