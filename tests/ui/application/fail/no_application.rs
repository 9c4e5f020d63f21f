use rustzeug::prelude::*;

struct Blog;

impl Blog {
    async fn index(&self) -> &'static str {
        "index"
    }
}

fn main() {
    run_simple("localhost", 4000, Blog)
}
