//! What `#[application]` stands on: from a request to the handler of its rule, and back.
//!
//! [`Bound`] holds an application and its routing table. For each request it asks the table,
//! walks through the mounts that lead to the rule, and calls the rule's function straight away
//! where nothing stands before or after it. Hooks, error handlers and reading the body are one
//! future around the handler, made only where they exist.
//!
//! ```text
//! Bound ─ table.find ─→ Entry ─ Trip: mount, mount, … ─→ Level::route ─→ handler
//!    └── not found, 405, redirect, OPTIONS ─→ Trip (for the hooks) ─→ that answer
//! ```
//!
//! What belongs here: everything between the routing crate, which only finds, and the user's
//! functions. What does not: the meaning of a rule (routing), values of parameters that are not
//! URL variables ([`extract`](crate::extract)), rendering of errors (response).

mod answer;
mod args;
mod bound;
mod definition;
mod describe;
mod errors;
mod ground;
mod hooks;
mod kept;
mod level;
mod limits;
mod mounted;
mod options;
mod pipeline;
mod plan;
mod site;
mod static_folder;
mod trip;
mod url_for;

pub use answer::Map;
pub use answer::answer_async;
pub use answer::answer_blocking;
pub use answer::answer_inline;
pub use answer::answer_single;
pub use answer::call_blocking_0;
pub use answer::call_blocking_1;
pub use answer::call_blocking_2;
pub use answer::call_blocking_3;
pub use answer::extract;
pub use answer::map;
pub use answer::map_async;
pub use args::Args;
pub use args::FromUrl;
pub use args::ToUrl;
pub use args::converters;
pub use args::not_found;
pub use bound::Bound;
pub use definition::Definition;
pub use definition::Needs;
pub use errors::AnswerUnknown;
pub use errors::AnswerWithError;
pub use errors::AnswerWithResponse;
pub use errors::CatchError;
pub use errors::CatchKind;
pub use errors::CatchUnknown;
pub use errors::Catcher;
pub use errors::CaughtError;
pub use errors::Failure;
pub use errors::HandlerError;
pub use errors::Rank;
pub use hooks::Hook;
pub use hooks::IntoHook;
pub use hooks::change_async;
pub use hooks::change_blocking;
pub use hooks::change_inline;
pub use hooks::hook_async;
pub use hooks::hook_blocking;
pub use hooks::hook_inline;
pub use level::Level;
pub use level::Routes;
pub use level::RuleFn;
pub use limits::LimitsDef;
pub use mounted::Mounted;
pub use mounted::MountedApplication;
pub use mounted::MountedOther;
pub use site::RedirectFn;
pub use site::Site;
pub use static_folder::StaticFolder;
pub use trip::Trip;
pub use url_for::Endpoint;
pub use url_for::Mount;
pub use url_for::NoArgs;
pub use url_for::StaticEndpoint;
pub use url_for::UrlArgs;
pub use url_for::UrlError;
pub use url_for::UrlFor;
pub use url_for::UrlValues;

#[cfg(test)]
mod tests;
