use rustzeug::prelude::*;

use rustzeug::extract::Query;

/// The whole application.
#[application]
async fn hello(request: &Request, query: Option<Query<Vec<(String, String)>>>) -> String {
    format!("{} {}", request.path(), query.is_some())
}

#[application(state = u32)]
pub fn number(state: State<'_, u32>) -> String {
    state.to_string()
}

#[rustzeug::main]
async fn start() -> hello {
    let _ = number(7);
    hello
}

fn main() {
    let _ = start;
}
