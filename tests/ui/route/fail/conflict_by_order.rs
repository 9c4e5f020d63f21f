use rustzeug::prelude::*;

struct Site;

#[application]
impl Site {
    #[route("/<name>")]
    async fn user(&self, name: &str) -> String {
        name.to_owned()
    }

    #[route("/<any(about, help):page>")]
    async fn page(&self, page: &str) -> String {
        page.to_owned()
    }
}

fn main() {
    run_simple("localhost", 4000, Site)
}
