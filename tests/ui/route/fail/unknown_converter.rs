use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/<itn:year>/")]
    async fn show(&self, year: u16) -> String {
        year.to_string()
    }
}

fn main() {}
