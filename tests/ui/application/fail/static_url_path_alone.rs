use rustzeug::prelude::*;

struct Blog;

#[application(static_url_path = "/files")]
impl Blog {
    #[route("/")]
    async fn index(&self) -> &'static str {
        "index"
    }
}

fn main() {}
