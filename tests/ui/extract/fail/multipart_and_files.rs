use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/", methods = ["POST"])]
    async fn save(&self, parts: Multipart, files: Files<'_>) {
        let _ = (parts, files);
    }
}

fn main() {}
