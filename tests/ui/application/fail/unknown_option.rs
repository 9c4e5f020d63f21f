use rustzeug::prelude::*;

struct Blog;

#[application(converter(hex = Hex))]
impl Blog {
    #[route("/")]
    async fn index(&self) -> &'static str {
        "index"
    }
}

fn main() {}
