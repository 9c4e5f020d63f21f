use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/", inline)]
    async fn index(&self) -> &'static str {
        "index"
    }
}

fn main() {}
