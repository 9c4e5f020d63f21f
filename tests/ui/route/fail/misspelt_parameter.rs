use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/<int:year>")]
    async fn show(&self, yaer: u16) -> String {
        yaer.to_string()
    }
}

fn main() {}
