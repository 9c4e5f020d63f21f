//! The attribute macros of rustzeug.
//!
//! Use them through the crate `rustzeug`, whose documentation explains them with examples; this
//! crate is only where the compiler wants macros to live.
//!
//! ```text
//! attribute + item ─ args, items ─→ model ─ handler, check, table ─→ expand ─→ tokens
//!                                     └── something wrong: all errors + fallback ─→ tokens
//! ```

mod args;
mod check;
mod diag;
mod entry;
mod expand;
mod fallback;
mod handler;
mod inject;
mod items;
mod model;
mod needs;
mod paths;
mod span;
mod table;

use proc_macro::TokenStream;

/// Makes an application of an `impl` block, a module or a function.
#[proc_macro_attribute]
pub fn application(attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::application(attr.into(), item.into()).into()
}

/// Gives a handler a rule; within `#[application]`.
#[proc_macro_attribute]
pub fn route(_attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::alone("route", &item.into()).into()
}

/// Mounts another application under a prefix; within `#[application]`.
#[proc_macro_attribute]
pub fn mount(_attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::alone("mount", &item.into()).into()
}

/// Runs a function before the handler; within `#[application]`.
#[proc_macro_attribute]
pub fn before_request(_attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::alone("before_request", &item.into()).into()
}

/// Runs a function on the response; within `#[application]`.
#[proc_macro_attribute]
pub fn after_request(_attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::alone("after_request", &item.into()).into()
}

/// Runs a function when a request is done, however it ended; within `#[application]`.
#[proc_macro_attribute]
pub fn teardown_request(_attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::alone("teardown_request", &item.into()).into()
}

/// Answers errors; within `#[application]`.
#[proc_macro_attribute]
pub fn errorhandler(_attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::alone("errorhandler", &item.into()).into()
}

/// Makes the URL of an endpoint, checked by the compiler.
#[proc_macro]
pub fn url_for(input: TokenStream) -> TokenStream {
    entry::url_for(input.into()).into()
}

/// Makes `async fn main` the program: command line, runtime, server.
#[proc_macro_attribute]
pub fn main(attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::main(&attr.into(), &item.into()).into()
}
