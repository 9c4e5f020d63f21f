use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/")]
    async fn index(&self, request: ) -> &'static str {
        "index"
    }

    #[route("/about")]
    async fn about(&self) -> &'static str {
        "about"
    }
}

fn main() {}
