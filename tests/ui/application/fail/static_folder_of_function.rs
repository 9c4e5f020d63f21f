use rustzeug::prelude::*;

#[application(static_folder = "static")]
fn page() -> &'static str {
    "page"
}

fn main() {}
