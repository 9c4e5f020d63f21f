use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/<a>/<a>")]
    async fn show(&self, a: &str) -> String {
        a.to_owned()
    }
}

fn main() {}
