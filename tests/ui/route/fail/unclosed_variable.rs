use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/<year")]
    async fn show(&self, year: &str) -> String {
        year.to_owned()
    }
}

fn main() {}
