use rustzeug::prelude::*;

#[application]
fn page(request: &Request) -> Response {
    let mut response = Response::new("page");
    response.headers_mut().set("x-path", format!("/{}", request.query_string()));
    response
}

fn main() {}
