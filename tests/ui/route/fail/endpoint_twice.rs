use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/a", endpoint = "page")]
    async fn a(&self) {}

    #[route("/b", endpoint = "page")]
    async fn b(&self) {}
}

fn main() {}
