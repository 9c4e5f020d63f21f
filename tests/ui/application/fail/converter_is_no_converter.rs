use rustzeug::prelude::*;

struct Hex;

struct Blog;

#[application(converters(hex = Hex))]
impl Blog {
    #[route("/<hex:key>")]
    async fn show(&self, key: &str) -> String {
        key.to_owned()
    }
}

fn main() {}
