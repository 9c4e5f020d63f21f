use rustzeug::prelude::*;

struct Site;

#[application]
impl Site {
    #[route("/<user>", subdomain = "<user>")]
    async fn home(&self, user: &str) -> String {
        user.to_owned()
    }
}

fn main() {}
