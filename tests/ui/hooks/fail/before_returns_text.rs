use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[before_request]
    async fn hello(&self) -> String {
        "hello".to_owned()
    }
}

fn main() {}
