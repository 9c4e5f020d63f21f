use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/", methods = "POST")]
    async fn index(&self) -> &'static str {
        "index"
    }
}

fn main() {}
