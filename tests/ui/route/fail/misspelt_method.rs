use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/", methods = ["GET", "PSOT"])]
    async fn index(&self) -> &'static str {
        "index"
    }
}

fn main() {}
