use rustzeug::prelude::*;

struct Post {
    title: String,
}

struct Blog;

#[application]
impl Blog {
    #[route("/", methods = ["POST"])]
    async fn save(&self, Form(post): Form<Post>) -> String {
        post.title
    }
}

fn main() {}
