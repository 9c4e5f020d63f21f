use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/")]
    fn posts(&self) -> Vec<String> {
        Vec::new()
    }
}

fn main() {}
