use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/<int:year>")]
    async fn show(&self, year: f64) -> String {
        year.to_string()
    }
}

fn main() {}
