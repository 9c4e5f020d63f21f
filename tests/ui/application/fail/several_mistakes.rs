use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("index")]
    async fn index(&self) -> &'static str {
        "index"
    }

    #[route("/<int:id>")]
    async fn show(&self) -> &'static str {
        "show"
    }

    #[route("/new", method = ["POST"])]
    async fn new(&self) -> &'static str {
        "new"
    }
}

fn main() {
    run_simple("localhost", 4000, Blog)
}
