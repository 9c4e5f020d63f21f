//! A table as Rust source, for macros that write it as a `static`.

use std::fmt::Write as _;

use super::Check;
use super::SegmentItem;
use super::TableBuf;
use super::Test;
use super::Text;

impl TableBuf {
    /// Returns a constant expression of type [`Table<'static>`](crate::Table).
    ///
    /// `crate_path` is how the code that it is written into names this crate. A table with custom
    /// converters cannot be a constant: `None`.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug_routing::Rule;
    /// use rustzeug_routing::TableBuilder;
    /// use rustzeug_routing::TableOptions;
    ///
    /// let mut builder = TableBuilder::new(TableOptions::new());
    /// builder.add(&Rule::new("/<int:id>"))?;
    /// let source = builder.build().table.to_source("::rustzeug_routing").expect("no custom");
    /// assert!(source.starts_with("::rustzeug_routing::Table{"));
    /// # Ok::<(), rustzeug_routing::RuleError>(())
    /// ```
    pub fn to_source(&self, crate_path: &str) -> Option<String> {
        if !self.custom.is_empty() {
            return None;
        }
        let p = format!("{crate_path}::");
        let mut s = String::new();
        // Writing to a string does not fail.
        let _ = write!(s, "{p}Table{{text:{:?},", self.text);
        list(&mut s, "nodes", &self.nodes, |of| format!("{p}{of:?}"));
        list(&mut s, "rares", &self.rares, |r| {
            format!(
                "{p}Rare{{skip: {},slash: {},lax: {},n_slash: {},n_lax: {},n_dynamics: {}}}",
                text(&p, &r.skip),
                r.slash,
                r.lax,
                r.n_slash,
                r.n_lax,
                r.n_dynamics
            )
        });
        list(&mut s, "dynamics", &self.dynamics, |d| {
            format!(
                "{p}DynamicEdge{{test: {},target: {},earliest: {},group: {},variables: {},\
                 whole_rest: {}}}",
                test(&p, d.test),
                d.target,
                d.earliest,
                d.group,
                d.variables,
                d.whole_rest
            )
        });
        list(&mut s, "terms", &self.terms, |t| {
            format!(
                "{p}Term{{methods: {p}Methods({}),rule: {},checks: {},n_checks: {},websocket: {},\
                 strict: {},merge: {}}}",
                t.methods.0, t.rule, t.checks, t.n_checks, t.websocket, t.strict, t.merge
            )
        });
        list(&mut s, "items", &self.items, |item| match item {
            SegmentItem::Literal(literal) => {
                format!("{p}SegmentItem::Literal({})", text(&p, literal))
            }
            SegmentItem::Variable(of) => {
                format!("{p}SegmentItem::Variable({})", test(&p, *of))
            }
        });
        list(&mut s, "alternatives", &self.alternatives, |of| {
            text(&p, of)
        });
        list(&mut s, "checks", &self.checks, |of| check(&p, of));
        list(&mut s, "methods", &self.methods, |of| text(&p, of));
        let _ = write!(
            s,
            "custom:&[],merge_slashes: {},root: {}}}",
            self.merge_slashes, self.root
        );
        Some(s)
    }
}

fn list<T>(source: &mut String, name: &str, items: &[T], write: impl Fn(&T) -> String) {
    let items: Vec<String> = items.iter().map(write).collect();
    let _ = write!(source, "{name}:&[{}],", items.join(","));
}

fn text(p: &str, text: &Text) -> String {
    format!("{p}Text{{from: {},len: {}}}", text.from, text.len)
}

fn test(p: &str, test: Test) -> String {
    format!("{p}Test::{test:?}")
}

fn check(p: &str, check: &Check) -> String {
    match check {
        // Bits, as infinities are no literals.
        Check::Float { variable, min, max } => format!(
            "{p}Check::Float{{variable: {variable},min: f64::from_bits({}),\
             max: f64::from_bits({})}}",
            min.to_bits(),
            max.to_bits()
        ),
        check => format!("{p}Check::{check:?}"),
    }
}
