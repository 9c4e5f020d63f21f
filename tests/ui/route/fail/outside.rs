use rustzeug::prelude::*;

struct Blog;

impl Blog {
    #[route("/")]
    async fn index(&self) -> &'static str {
        "index"
    }
}

fn main() {}
