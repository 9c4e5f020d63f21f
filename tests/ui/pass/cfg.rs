use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[cfg(any())]
    #[route("/never")]
    async fn never(&self) -> Missing {}

    #[route("/<int:id>")]
    async fn show(&self, id: u32) -> String {
        id.to_string()
    }
}

fn main() {
    let _ = Blog.into_application().is_ok();
}
