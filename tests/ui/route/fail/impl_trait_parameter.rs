use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/<id>")]
    async fn show(&self, id: impl ToString) -> String {
        id.to_string()
    }
}

fn main() {}
