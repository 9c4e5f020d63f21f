use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/chat", websocket, methods = ["POST"])]
    async fn chat(&self) {}
}

fn main() {}
