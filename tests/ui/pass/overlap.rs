#![deny(warnings)]
use rustzeug::prelude::*;

struct Site;

#[application]
impl Site {
    // Allowed.
    #[route("/<any(about, help):page>")]
    async fn page(&self, page: &str) -> String {
        page.to_owned()
    }

    #[route("/<name>", allow_overlap)]
    async fn user(&self, name: &str) -> String {
        name.to_owned()
    }

    // Weights decide, or there is nothing to decide.
    #[route("/<int:number>")]
    async fn number(&self, number: u32) -> String {
        number.to_string()
    }

    #[route("/<float:number>")]
    async fn fraction(&self, number: f64) -> String {
        number.to_string()
    }

    #[route("/<path:rest>")]
    async fn rest(&self, rest: &str) -> String {
        rest.to_owned()
    }

    #[route("/<name>.html")]
    async fn html(&self, name: &str) -> String {
        name.to_owned()
    }

    #[route("/about")]
    async fn about(&self) -> &'static str {
        "about"
    }

    #[route("/x/<any(a, b):letter>")]
    async fn letter(&self, letter: &str) -> String {
        letter.to_owned()
    }

    #[route("/x/<name>", methods = ["POST"])]
    async fn other(&self, name: &str) -> String {
        name.to_owned()
    }
}

fn main() {
    let _ = Site.into_application();
}
