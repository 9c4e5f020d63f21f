use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/")]
    async fn show(&self, page: u32) -> String {
        page.to_string()
    }
}

fn main() {}
