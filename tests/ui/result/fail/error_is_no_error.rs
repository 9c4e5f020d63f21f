use rustzeug::prelude::*;

struct Failure;

struct Blog;

#[application]
impl Blog {
    #[route("/")]
    async fn title(&self) -> Result<String, Failure> {
        Err(Failure)
    }
}

fn main() {}
