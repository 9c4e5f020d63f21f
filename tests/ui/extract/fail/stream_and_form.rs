use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/", methods = ["POST"])]
    async fn save(&self, body: BodyStream, form: Form<Vec<(String, String)>>) {
        let _ = (body, form);
    }
}

fn main() {}
