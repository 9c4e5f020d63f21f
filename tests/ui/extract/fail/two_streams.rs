use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/", methods = ["POST"])]
    async fn save(&self, parts: Multipart, body: BodyStream) {
        let _ = (parts, body);
    }
}

fn main() {}
