//! What a site says of its rules: to an operator, and where they are in each other's way.

use rustzeug_routing::Conflict;
use rustzeug_routing::Map;
use rustzeug_routing::RedirectTo;

use super::site::Entry;
use super::site::LevelInfo;
use super::site::SiteMap;
use crate::application::Description;
use crate::application::OverlapDescription;
use crate::application::RouteDescription;
use crate::application::SourceLocation;

impl SiteMap {
    /// All rules, and those that only their order decides between.
    pub(super) fn describe(&self) -> Description {
        let route = |rule| route(&self.map, &self.entries, &self.levels, rule);
        let allowed = |rule: u32| self.entries[rule as usize].allow_overlap;
        let overlaps = self.map.overlaps().into_iter();
        let overlaps = overlaps.filter(|of| !allowed(of.first) && !allowed(of.second));
        Description {
            routes: (0..self.entries.len()).map(route).collect(),
            overlaps: overlaps
                .map(|of| OverlapDescription {
                    first: of.first as usize,
                    second: of.second as usize,
                    example: of.example,
                })
                .collect(),
        }
    }
}

/// Why a rule never matches: both rules, both handlers, both places.
pub(super) fn conflict(
    map: &Map,
    entries: &[Entry],
    levels: &[LevelInfo],
    of: &Conflict,
) -> String {
    let route = |rule: u32| route(map, entries, levels, rule as usize);
    let (first, second) = (route(of.first), route(of.second));
    match (of.total, of.by_order) {
        (_, true) => format!(
            "{second} can never match: {first} comes earlier and takes its requests; in the other \
             order both match"
        ),
        (true, false) => format!("{second} can never match: {first} takes its requests"),
        (false, false) => {
            let names = of.methods;
            format!("{second} never gets {names}: {first} takes these requests")
        }
    }
}

fn route(map: &Map, entries: &[Entry], levels: &[LevelInfo], number: usize) -> RouteDescription {
    let (entry, rule) = (&entries[number], map.rules()[number].rule());
    let level = &levels[entry.level];
    let line = level.lines.get(entry.index).filter(|line| **line > 0);
    RouteDescription {
        methods: rule.method_names().map(<[String]>::to_vec),
        rule: entry.rule.to_owned(),
        endpoint: entry.endpoint.to_owned(),
        handler: format!("{}::{}", level.owner, entry.handler),
        source: line.map(|line| SourceLocation::new(level.file, *line)),
        host: rule.host_text().map(str::to_owned),
        subdomain: rule.subdomain_text().map(str::to_owned),
        defaults: rule
            .defaults()
            .iter()
            .map(|(name, value)| (name.clone(), value.to_string()))
            .collect(),
        redirect_to: rule.redirect().map(|target| match target {
            RedirectTo::Text(text) => text.clone(),
            _ => "…".to_owned(),
        }),
        alias: rule.is_alias(),
        build_only: rule.is_build_only(),
        websocket: rule.is_websocket(),
    }
}
