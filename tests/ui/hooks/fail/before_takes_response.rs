use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[before_request]
    async fn stamp(&self, response: &mut Response) {
        let _ = response;
    }
}

fn main() {}
