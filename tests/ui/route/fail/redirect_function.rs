use rustzeug::prelude::*;

struct Site;

#[application]
impl Site {
    #[route("/old", redirect_to = newer)]
    async fn old(&self) {}
}

fn newer() -> String {
    "/new".to_owned()
}

fn main() {}
