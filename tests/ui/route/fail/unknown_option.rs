use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/", method = ["POST"])]
    async fn index(&self) -> &'static str {
        "index"
    }
}

fn main() {}
