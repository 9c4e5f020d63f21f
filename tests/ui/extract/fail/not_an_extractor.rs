use rustzeug::prelude::*;

struct Settings {
    title: String,
}

struct Blog;

#[application]
impl Blog {
    #[route("/")]
    async fn index(&self, settings: Settings) -> String {
        settings.title
    }
}

fn main() {}
