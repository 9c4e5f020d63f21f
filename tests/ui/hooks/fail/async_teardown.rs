use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[teardown_request]
    async fn close(&self) {}
}

fn main() {}
