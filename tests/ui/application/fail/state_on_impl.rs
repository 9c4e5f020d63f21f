use rustzeug::prelude::*;

struct Blog;

#[application(state = u32)]
impl Blog {
    #[route("/")]
    async fn index(&self) -> &'static str {
        "index"
    }
}

fn main() {}
