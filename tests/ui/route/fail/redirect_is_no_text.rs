use rustzeug::prelude::*;

struct Site;

#[application]
impl Site {
    #[route("/old", redirect_to = 7)]
    async fn old(&self) {}
}

fn main() {}
