use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/<int:year>/<slug>")]
    async fn show(&self, slug: &str) -> String {
        slug.to_owned()
    }
}

fn main() {}
