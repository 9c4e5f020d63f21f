use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("about")]
    async fn about(&self) -> &'static str {
        "about"
    }
}

fn main() {}
