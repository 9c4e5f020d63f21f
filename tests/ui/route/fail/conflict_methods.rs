use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/save", methods = ["POST", "PUT"])]
    async fn save(&self) {}

    #[route("/save", methods = ["PUT", "DELETE"])]
    async fn replace(&self) {}
}

fn main() {}
