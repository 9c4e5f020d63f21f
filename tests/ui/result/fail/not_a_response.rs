use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/")]
    async fn count(&self) -> u64 {
        7
    }
}

fn main() {}
