use rustzeug::prelude::*;

struct Settings {
    title: String,
}

struct Blog;

#[application]
impl Blog {
    #[route("/")]
    async fn index(&self, settings: State<'_, Settings>) -> String {
        settings.title.clone()
    }
}

fn main() {}
