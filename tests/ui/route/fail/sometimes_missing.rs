use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/pages/")]
    #[route("/pages/<int:page>")]
    async fn pages(&self, page: u32) -> String {
        page.to_string()
    }
}

fn main() {}
