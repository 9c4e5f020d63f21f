use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/")]
    async fn index(&self) -> String {
        let shared = std::rc::Rc::new(1);
        std::future::ready(()).await;
        shared.to_string()
    }
}

fn main() {}
