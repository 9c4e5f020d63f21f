use rustzeug::prelude::*;

const FIRST: u32 = 1;

struct Blog;

#[application]
impl Blog {
    #[route("/pages/", defaults(page = FIRST))]
    async fn pages(&self, page: u32) -> String {
        page.to_string()
    }
}

fn main() {}
