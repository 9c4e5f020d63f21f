use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/", strict_slashes = false, strict_slashes = true)]
    async fn index(&self) -> &'static str {
        "index"
    }
}

fn main() {}
