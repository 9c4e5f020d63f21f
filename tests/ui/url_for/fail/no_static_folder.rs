use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/")]
    async fn index(&self, request: &Request) -> Result<String> {
        Ok(request.url_for(&url_for!(Blog::static { filename: "page.css" }))?)
    }
}

fn main() {}
