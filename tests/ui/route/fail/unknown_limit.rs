use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/", limits(max_content_lenght = 100))]
    async fn index(&self) -> &'static str {
        "index"
    }

    #[route("/upload", limits = 100)]
    async fn upload(&self) -> &'static str {
        "upload"
    }
}

fn main() {}
