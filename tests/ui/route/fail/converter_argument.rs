use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/<int(digits=4):year>/")]
    async fn show(&self, year: u16) -> String {
        year.to_string()
    }
}

fn main() {}
