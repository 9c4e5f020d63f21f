use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/posts/<int:id>")]
    async fn by_number(&self, id: u32) -> String {
        id.to_string()
    }

    #[route("/posts/<int:number>", methods = ["GET"])]
    async fn by_id(&self, number: u32) -> String {
        number.to_string()
    }
}

fn main() {}
