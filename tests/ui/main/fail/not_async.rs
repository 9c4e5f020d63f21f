use rustzeug::prelude::*;

#[application]
fn application(request: &Request) -> String {
    request.path().to_owned()
}

#[rustzeug::main]
fn main() -> application {
    application
}
