use rustzeug::prelude::*;

struct Blog {
    title: String,
}

#[application]
impl Blog {
    #[route("/")]
    async fn title(&self) -> &str {
        &self.title
    }
}

fn main() {}
