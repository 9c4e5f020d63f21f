use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/<id>")]
    async fn show<T: ToString>(&self, id: T) -> String {
        id.to_string()
    }
}

fn main() {}
