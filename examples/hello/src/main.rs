//! Werkzeug's ten lines: one function is the application.
//!
//! Run with `cargo run -p hello` and open <http://localhost:4000/?name=you>.

use rustzeug::prelude::*;

#[application]
fn app(request: &Request) -> Response {
    let name = request.args().get("name").unwrap_or("World");
    Response::new(format!("Hello {name}!"))
}

fn main() {
    run_simple("localhost", 4000, app);
}

#[cfg(test)]
mod tests {
    use rustzeug::testing::Client;

    #[test]
    fn it_greets() {
        let client = Client::new(super::app).unwrap();
        assert_eq!(client.get("/").send().text(), "Hello World!");
        assert_eq!(client.get("/any/path?name=Ada").send().text(), "Hello Ada!");
        let response = client.get("/").query([("name", "Jörg & Ada")]).send();
        assert_eq!(response.text(), "Hello Jörg & Ada!");
        assert_eq!(
            response.header("content-type"),
            Some("text/plain; charset=utf-8")
        );
    }
}
