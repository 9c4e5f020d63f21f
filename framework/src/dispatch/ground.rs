//! Where an application is mounted, and whether its rules can be there.

use rustzeug_routing::Rule;

use super::site::LevelInfo;
use super::trip::Step;

/// The place of an application in the site.
#[derive(Debug, Default)]
pub(super) struct Ground {
    pub(super) prefix: String,
    /// `admin.` of `admin.user`; empty for the root.
    pub(super) endpoints: String,
    pub(super) steps: Vec<Step>,
    /// Of rules that name none, where a mount does.
    pub(super) subdomain: Option<String>,
    pub(super) host: Option<String>,
}

impl Ground {
    /// The place of a mount within an application.
    pub(super) fn below(
        parent: &LevelInfo,
        mount: usize,
        prefix: &str,
        name: &str,
        [subdomain, host]: [Option<&str>; 2],
    ) -> Self {
        let own = |text: Option<&str>| text.map(str::to_owned);
        let mut steps = parent.steps.clone();
        steps.push(Step {
            mount,
            variables: 0,
        });
        Self {
            prefix: format!("{}{}", parent.prefix, prefix.trim_end_matches('/')),
            endpoints: format!("{}{name}.", parent.endpoints),
            steps,
            subdomain: own(subdomain).or_else(|| parent.subdomain.clone()),
            host: own(host).or_else(|| parent.host.clone()),
        }
    }

    /// Why a rule, as its application wrote it, cannot be here.
    pub(super) fn refuses(&self, rule: &Rule) -> Option<String> {
        let both = [
            (&self.subdomain, rule.subdomain_text()),
            (&self.host, rule.host_text()),
        ];
        let lost = both.into_iter().find_map(|(ours, own)| match (ours, own) {
            // The mount is called with the values of the variables, which this rule has none of.
            (Some(ours), Some(own)) if ours.contains('<') && ours != own => Some((ours, own)),
            _ => None,
        });
        lost.map(|(ours, own)| {
            format!("it is on `{own}`, and its application is mounted on `{ours}`")
        })
    }
}

/// Why a rule is not found where it says: its host or subdomain is not looked at.
pub(super) fn unheard(rule: &Rule, host_matching: bool) -> Option<&'static str> {
    match host_matching {
        true if rule.subdomain_text().is_some() => {
            Some("it names a subdomain, and the site is found by whole hosts: write `host = \"…\"`")
        }
        false if rule.host_text().is_some() => Some(
            "it names a host, and the site does not look at hosts: write \
             `#[application(host_matching)]` on the outermost application",
        ),
        _ => None,
    }
}
