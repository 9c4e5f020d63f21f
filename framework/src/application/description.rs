//! What an application says of itself to an operator.

use std::fmt;

use serde::Serialize;
use serde::Serializer;

/// What an application answers: the rules that the commands `routes` and `check` tell of.
///
/// `Display` writes the table that `routes` prints. An application that holds others tells of
/// theirs as well: see [`add_below`](Self::add_below).
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// struct Blog;
///
/// #[application]
/// impl Blog {
///     #[route("/<int:id>", methods = ["GET", "PUT"])]
///     async fn post(&self, id: u32) -> String {
///         format!("post {id}")
///     }
/// }
///
/// # fn main() -> Result<(), StartError> {
/// let description = Blog.into_application()?.describe();
/// let post = &description.routes[0];
/// assert_eq!((&*post.rule, &*post.endpoint, &*post.handler), ("/<int:id>", "post", "Blog::post"));
/// assert!(description.to_string().contains("GET, PUT  /<int:id>  post"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Description {
    /// The rules, in the order in which they were written, those of mounts behind.
    pub routes: Vec<RouteDescription>,
    /// Pairs of rules that only their order decides between.
    pub overlaps: Vec<OverlapDescription>,
}

/// One rule of a [`Description`]; what is written in `#[route]` and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RouteDescription {
    /// The methods it takes, `HEAD` included; `None` for all.
    pub methods: Option<Vec<String>>,
    /// The rule, with the prefixes of the mounts that lead to it.
    pub rule: String,
    /// The name that URLs are built by.
    pub endpoint: String,
    /// The function, as one would call it.
    pub handler: String,
    /// Where the rule is written.
    pub source: Option<SourceLocation>,
    /// The host it is for.
    pub host: Option<String>,
    /// The subdomain it is for.
    pub subdomain: Option<String>,
    /// Values of variables that it does not have.
    #[serde(serialize_with = "as_map")]
    pub defaults: Vec<(String, String)>,
    /// Where it redirects to.
    pub redirect_to: Option<String>,
    /// It redirects to the proper URL of its endpoint.
    pub alias: bool,
    /// It only builds URLs.
    pub build_only: bool,
    /// It is for WebSocket requests.
    pub websocket: bool,
}

/// A place in the program's source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SourceLocation {
    /// The file, as the compiler was told of it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// Two rules that take the same requests with equal weight.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OverlapDescription {
    /// The number of the rule that gets them, in [`Description::routes`].
    pub first: usize,
    /// The number of the other.
    pub second: usize,
    /// A path that fits both, if one is known.
    pub example: Option<String>,
}

impl Description {
    /// Adds what another application answers, below a prefix.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::application::Description;
    /// use rustzeug::prelude::*;
    ///
    /// struct Blog;
    ///
    /// #[application]
    /// impl Blog {
    ///     #[route("/")]
    ///     async fn index(&self) -> &'static str {
    ///         "posts"
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), StartError> {
    /// let mut description = Description::default();
    /// description.add_below("/blog", Blog.into_application()?.describe());
    /// assert_eq!(description.routes[0].rule, "/blog/");
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_below(&mut self, prefix: &str, other: Self) {
        let before = self.routes.len();
        self.routes
            .extend(other.routes.into_iter().map(|mut route| {
                route.rule.insert_str(0, prefix);
                route
            }));
        let overlaps = other.overlaps.into_iter().map(|mut overlap| {
            overlap.first += before;
            overlap.second += before;
            if let Some(example) = &mut overlap.example {
                example.insert_str(0, prefix);
            }
            overlap
        });
        self.overlaps.extend(overlaps);
    }

    /// Says what is worth a look, a paragraph each; nothing if all is well.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let warning = |overlap: &OverlapDescription| {
            let (first, second) = (
                self.routes.get(overlap.first)?,
                self.routes.get(overlap.second)?,
            );
            let what = match &overlap.example {
                Some(path) => format!("`{path}` fits two rules"),
                None => "some request may fit two rules".to_owned(),
            };
            Some(format!(
                "{what}, and only their order decides\n  \
                 first: {first}\n  \
                 then:  {second}"
            ))
        };
        self.overlaps.iter().filter_map(warning).collect()
    }
}

impl Description {
    /// What the command `check` prints.
    pub(crate) fn report(&self) -> String {
        let mut text = String::new();
        for warning in self.warnings() {
            text.push_str(&format!("warning: {warning}\n"));
        }
        if !self.overlaps.is_empty() {
            text.push_str(
                "help: if the order is meant, say so on one of the rules: \
                 `#[route(\"…\", allow_overlap)]`\n",
            );
        }
        let counted = |number: usize, what: &str| match number {
            0 => format!("no {what}s"),
            1 => format!("1 {what}"),
            _ => format!("{number} {what}s"),
        };
        let (rules, overlaps) = (self.routes.len(), self.overlaps.len());
        text.push_str(&format!(
            "{}: no conflicts, {}",
            counted(rules, "rule"),
            counted(overlaps, "overlap")
        ));
        text
    }
}

impl RouteDescription {
    /// What else is said in `#[route]`, in its words.
    fn options(&self) -> String {
        let mut options = Vec::new();
        let texts = [
            ("host", &self.host),
            ("subdomain", &self.subdomain),
            ("redirect_to", &self.redirect_to),
        ];
        for (name, text) in texts {
            options.extend(text.as_ref().map(|text| format!("{name} = \"{text}\"")));
        }
        if !self.defaults.is_empty() {
            let defaults = self.defaults.iter();
            let defaults: Vec<String> = defaults
                .map(|(name, value)| format!("{name} = {value}"))
                .collect();
            options.push(format!("defaults({})", defaults.join(", ")));
        }
        let flags = [
            ("alias", self.alias),
            ("build_only", self.build_only),
            ("websocket", self.websocket),
        ];
        let set = flags.iter().filter(|(_, is_set)| *is_set);
        options.extend(set.map(|(name, _)| (*name).to_owned()));
        options.join(", ")
    }

    fn cells(&self) -> [String; 6] {
        let methods = self.methods.as_ref().map(|methods| {
            let has_get = methods.iter().any(|method| method == "GET");
            // It comes with GET, in every line.
            let shown = methods
                .iter()
                .filter(|method| !(has_get && *method == "HEAD"));
            shown.cloned().collect::<Vec<_>>().join(", ")
        });
        [
            methods.unwrap_or_else(|| "any".to_owned()),
            self.rule.clone(),
            self.endpoint.clone(),
            self.handler.clone(),
            self.source
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            self.options(),
        ]
    }
}

/// Writes the rule, its handler and its place.
impl fmt::Display for RouteDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` of `{}`", self.rule, self.handler)?;
        match &self.source {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

impl SourceLocation {
    pub(crate) fn new(file: &str, line: u32) -> Self {
        Self {
            file: file.to_owned(),
            line,
        }
    }
}

/// Writes `src/main.rs:7`, which terminals and editors make a link of.
impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

fn as_map<S: Serializer>(pairs: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}

/// Writes a table, a line for each rule.
impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.routes.is_empty() {
            return f.write_str("no rules");
        }
        let heads = [
            "METHODS", "RULE", "ENDPOINT", "HANDLER", "SOURCE", "OPTIONS",
        ];
        let mut lines = vec![heads.map(str::to_owned)];
        lines.extend(self.routes.iter().map(RouteDescription::cells));
        if lines[1..].iter().all(|cells| cells[5].is_empty()) {
            lines[0][5].clear();
        }
        let widths: Vec<usize> = (0..heads.len())
            .map(|column| {
                let width = |cells: &[String; 6]| cells[column].chars().count();
                lines.iter().map(width).max().unwrap_or(0)
            })
            .collect();
        for (number, cells) in lines.iter().enumerate() {
            let cells = cells.iter().zip(&widths);
            let line: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            f.write_str(if number == 0 { "" } else { "\n" })?;
            f.write_str(line.join("  ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_aligned_and_shows_what_is_set() {
        let route = |methods: Option<&[&str]>, rule: &str| RouteDescription {
            methods: methods.map(|methods| methods.iter().map(ToString::to_string).collect()),
            rule: rule.to_owned(),
            endpoint: "a.b".to_owned(),
            handler: "A::b".to_owned(),
            ..RouteDescription::default()
        };
        let mut description = Description {
            routes: vec![
                route(Some(&["GET", "POST", "HEAD"]), "/ä/<x>"),
                route(None, "/"),
            ],
            overlaps: Vec::new(),
        };
        description.routes[0].source = Some(SourceLocation::new("src/a.rs", 7));
        assert_eq!(
            description.to_string(),
            "METHODS    RULE    ENDPOINT  HANDLER  SOURCE\n\
             GET, POST  /ä/<x>  a.b       A::b     src/a.rs:7\n\
             any        /       a.b       A::b"
        );
        description.routes[1] = RouteDescription {
            host: Some("<x>.y".to_owned()),
            defaults: vec![("page".to_owned(), "1".to_owned())],
            redirect_to: Some("/z".to_owned()),
            alias: true,
            build_only: true,
            websocket: true,
            ..route(Some(&["HEAD"]), "/w")
        };
        let text = description.to_string();
        let last = text.lines().last().unwrap();
        assert!(last.starts_with("HEAD       /w"), "{last}");
        let options = "host = \"<x>.y\", redirect_to = \"/z\", defaults(page = 1), alias, \
                       build_only, websocket";
        assert!(last.ends_with(options), "{last}");
    }

    #[test]
    fn what_lies_below_a_prefix_keeps_its_pairs() {
        let one = || Description {
            routes: vec![RouteDescription::default(), RouteDescription::default()],
            overlaps: vec![OverlapDescription {
                first: 0,
                second: 1,
                example: Some("/x".to_owned()),
            }],
        };
        let mut both = one();
        both.add_below("/p", one());
        let last = &both.overlaps[1];
        assert_eq!((last.first, last.second), (2, 3));
        assert_eq!(last.example.as_deref(), Some("/p/x"));
        assert_eq!(both.warnings().len(), 2);
        let report = both.report();
        assert!(
            report.starts_with("warning: `/x` fits two rules"),
            "{report}"
        );
        assert!(
            report.ends_with("4 rules: no conflicts, 2 overlaps"),
            "{report}"
        );
    }
}
