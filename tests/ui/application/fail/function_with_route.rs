use rustzeug::prelude::*;

#[application]
#[route("/")]
fn index(request: &Request) -> String {
    request.path().to_owned()
}

fn main() {}
