use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/<int:year>/<slug>")]
    async fn show_post(&self, year: u16, slug: &str) -> String {
        format!("{year} {slug}")
    }

    #[route("/")]
    async fn index(&self) -> &'static str {
        "index"
    }
}

fn main() {
    let _ = url_for!(Blog::shwo_post { year: 2024, slug: "x" });
}
