//! Redirects of a rule that matched: to a canonical rule, to the rule of its defaults, or to
//! where it says.

use super::BoundRule;
use super::BuildOptions;
use super::MapAdapter;
use super::Match;
use super::MatchError;
use super::QueryArgs;
use super::bound::placeholders;
use super::join;
use crate::RedirectTo;
use crate::Value;

impl MapAdapter<'_> {
    /// Returns the URL for a path (quoted), with a query: on this host, or on that of a subdomain
    /// or host, which [`host`](Self::host) completes.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Bind;
    /// use rustzeug_routing::Map;
    /// use rustzeug_routing::MapOptions;
    /// use rustzeug_routing::QueryArgs;
    ///
    /// let map = Map::new(MapOptions::new());
    /// let urls = map.bind(Bind::new("example.com").script_name("/app"))?;
    /// let query = QueryArgs::Text("q=1".into());
    /// assert_eq!(urls.make_redirect_url("/a", Some(&query), None), "http://example.com/app/a?q=1");
    /// # Ok::<(), rustzeug_routing::BindError>(())
    /// ```
    pub fn make_redirect_url(
        &self,
        path: &str,
        query_args: Option<&QueryArgs>,
        host: Option<&str>,
    ) -> String {
        self.redirect_url(path, query_args.unwrap_or(&self.query_args), host)
    }

    pub(super) fn redirect_url(&self, path: &str, query: &QueryArgs, host: Option<&str>) -> String {
        let script = self.script_name.trim_matches('/');
        let path = format!("{script}/{}", path.trim_start_matches('/'));
        join::together(self.scheme(), &self.host(host), &path, &query.to_text())
    }

    /// Whether the rule that matched wants to be somewhere else.
    pub(super) fn redirected(
        &self,
        found: &Match<'_>,
        path: &str,
        method: &str,
        query: &QueryArgs,
    ) -> Result<(), MatchError> {
        let rule = found.rule.rule();
        let url = if self.map.options.redirect_defaults {
            let alias = rule
                .alias
                .then(|| self.canonical(found, path, method, query))
                .flatten();
            alias.or_else(|| self.default_redirect(found, method, query))
        } else {
            None
        };
        let url = url.or_else(|| {
            let target = rule.redirect_to.as_ref()?;
            Some(self.target(found.rule, target, &found.values))
        });
        url.map_or(Ok(()), |url| Err(MatchError::Redirect(url)))
    }

    /// The proper URL of an alias. An alias without one answers itself.
    fn canonical(
        &self,
        found: &Match<'_>,
        path: &str,
        method: &str,
        query: &QueryArgs,
    ) -> Option<String> {
        let mut options = BuildOptions::new();
        options.method = Some(method.to_owned());
        options.append_unknown = false;
        options.force_external = true;
        let endpoint = found.endpoint();
        let mut url = self.build_of(endpoint, &found.values, &options).ok()?;
        let here = crate::path_quote(path);
        if url == self.redirect_url(&here, &QueryArgs::None, None) {
            return None;
        }
        let query = query.to_text();
        if !query.is_empty() {
            url.push('?');
            url.push_str(&query);
        }
        Some(url)
    }

    /// The URL of the first rule of the endpoint whose defaults are the values.
    fn default_redirect(
        &self,
        found: &Match<'_>,
        method: &str,
        query: &QueryArgs,
    ) -> Option<String> {
        let rules = self.map.indexes_of(found.endpoint()).iter();
        // Those behind the rule itself have less priority.
        for index in rules.take_while(|index| **index != found.index) {
            let other = &self.map.rules[*index];
            if other.provides_defaults_for(found.rule) && other.suits(&found.values, Some(method)) {
                let mut values = found.values.clone();
                update(&mut values, other.rule().defaults());
                let (host, path) = other.build(&values, true, &self.map.options).ok()?;
                return Some(self.redirect_url(&path, query, Some(&host)));
            }
        }
        None
    }

    /// Where `redirect_to` leads, seen from the script's root.
    fn target(&self, rule: &BoundRule, to: &RedirectTo, values: &[(String, Value)]) -> String {
        let target = match to {
            RedirectTo::Function(function) => function(self, values),
            RedirectTo::Text(text) => filled(rule, text, values),
        };
        let host = match self.subdomain.as_deref() {
            None | Some("") => self.server_name.clone(),
            Some(subdomain) => format!("{subdomain}.{}", self.server_name),
        };
        join::join(
            &format!("{}://{host}{}", self.scheme(), self.script_name),
            &target,
        )
    }

    fn scheme(&self) -> &str {
        if self.url_scheme.is_empty() {
            "http"
        } else {
            &self.url_scheme
        }
    }
}

/// Puts values in the place of `<name>`, as their converters write them.
fn filled(rule: &BoundRule, text: &str, values: &[(String, Value)]) -> String {
    let mut target = String::new();
    let mut at = 0;
    for (range, name) in placeholders(text) {
        target.push_str(&text[at..range.start]);
        at = range.end;
        let value = values.iter().find(|(known, _)| known == name);
        if let (Some(kind), Some((_, value))) = (rule.variable(name), value) {
            // A value that a converter read it can write, but for a default of another kind.
            let _ = kind.to_url(value, &mut target);
        }
    }
    target.push_str(&text[at..]);
    target
}

/// Sets values by name.
pub(super) fn update(values: &mut Vec<(String, Value)>, with: &[(String, Value)]) {
    for (name, value) in with {
        match values.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value.clone(),
            None => values.push((name.clone(), value.clone())),
        }
    }
}
