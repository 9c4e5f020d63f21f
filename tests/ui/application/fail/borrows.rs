use rustzeug::prelude::*;

struct View<'a> {
    title: &'a str,
}

#[application]
impl<'a> View<'a> {
    #[route("/")]
    async fn index(&self) -> String {
        self.title.to_owned()
    }
}

fn main() {
    run_simple("localhost", 4000, View { title: "x" })
}
