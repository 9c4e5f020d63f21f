//! Werkzeug's router in Rust: rules with converters, redirects, URL building; on its own, or as the
//! router of rustzeug.
//!
//! ```text
//! Rule ──→ TableBuilder ──→ TableBuf ─ as_table ──→ Table ─ find ─→ Outcome + Captures
//!   │        (parse, state machine, conflicts)        ↑ or a `static` written by a macro
//!   └────→ Map ─ bind ─→ MapAdapter ─ match_, build, dispatch ─→ endpoint and values, URLs
//! ```
//!
//! - [`Map`] is Werkzeug's interface: rules by endpoint, redirects, defaults, URL building.
//! - [`Table`] is what it stands on, and what macros and the runtime use: data that a look-up walks
//!   without allocating.
//!
//! No dependencies, no IO, no types of HTTP: paths and hosts are `&str`, methods are [`Methods`].
//!
//! # A table by hand
//!
//! ```
//! use rustzeug_routing::Captures;
//! use rustzeug_routing::Outcome;
//! use rustzeug_routing::Rule;
//! use rustzeug_routing::TableBuilder;
//! use rustzeug_routing::TableOptions;
//!
//! let mut builder = TableBuilder::new(TableOptions::new());
//! let page = builder.add(&Rule::new("/<lang>/<path:page>").methods(["GET"]))?;
//! let built = builder.build();
//! let table = built.table.as_table();
//! // A connection keeps its captures; look-ups reuse them.
//! let mut captures = Captures::new();
//! let path = "/en/docs/intro";
//! let outcome = table.find(path, table.method("GET"), false, &mut captures);
//! assert_eq!(outcome, Outcome::Found(page));
//! assert_eq!(captures.get(1, path), "docs/intro");
//! # Ok::<(), rustzeug_routing::RuleError>(())
//! ```
//!
//! # For macros
//!
//! 1. [`Rule::parse`] gives the variables of a rule (names, converters, byte ranges), or a
//!    [`RuleError`] with [`draw`](RuleError::draw); names of custom converters are made known with
//!    [`Registry::declare`].
//! 2. [`TableBuilder::add`] all rules; the numbers it returns are what [`Outcome::Found`] holds.
//! 3. [`TableBuilder::build`] gives [`Built`]: conflicts by those numbers, and the table;
//!    [`TableBuilder::overlaps`] gives what only the order decides.
//! 4. [`TableBuf::to_bytes`] writes the table as bytes, for a literal in the program;
//!    [`TableBuf::from_bytes`] reads them at start-up.
//!
//! # For a runtime
//!
//! [`Rule::prefixed`] puts a mount's prefix (with its variables) in front; [`TableBuilder`] with a
//! [`Registry`] builds at start-up; per request [`Table::find`], or [`Table::find_host`] where
//! [`Table::has_hosts`] says so.

mod converter;
mod map;
mod methods;
mod packed;
mod quote;
mod rule;
mod table;
mod url;
mod value;

pub use converter::AnyConverter;
pub use converter::ConversionError;
pub use converter::Converter;
pub use converter::Custom;
pub use converter::FloatConverter;
pub use converter::IntConverter;
pub use converter::Kind;
pub use converter::Registry;
pub use converter::StringConverter;
pub use map::Bind;
pub use map::BindError;
pub use map::BindRequest;
pub use map::BoundRule;
pub use map::BuildError;
pub use map::BuildOptions;
pub use map::ClosestRule;
pub use map::EndpointPrefix;
pub use map::Map;
pub use map::MapAdapter;
pub use map::MapOptions;
pub use map::Match;
pub use map::MatchError;
pub use map::MatchOptions;
pub use map::NoRule;
pub use map::ParameterOrder;
pub use map::QueryArgs;
pub use map::RuleFactory;
pub use map::RuleTemplate;
pub use map::Rules;
pub use map::Subdomain;
pub use map::Submount;
pub use map::TemplateRules;
pub use map::get_host;
pub use methods::Methods;
#[doc(hidden)]
pub use packed::RouteRecord;
pub use quote::path_quote;
pub use quote::path_quote_into;
pub use quote::query_encode;
pub use quote::query_pair_into;
pub use rule::Arguments;
pub use rule::Pattern;
pub use rule::RedirectTo;
pub use rule::Rule;
pub use rule::RuleError;
pub use rule::RuleErrorKind;
pub use rule::Variable;
pub use table::Built;
pub use table::Captures;
pub use table::Conflict;
pub use table::Outcome;
pub use table::Overlap;
pub use table::Table;
pub use table::TableBuf;
pub use table::TableBuilder;
pub use table::TableOptions;
pub use url::UrlPiece;
pub use url::UrlWriter;
pub use value::InvalidUuid;
pub use value::Uuid;
pub use value::Value;
pub use value::write_float;

/// How many variables a rule can have, those of its host included.
pub const MAX_VARIABLES: usize = 16_384;
