use rustzeug::prelude::*;

struct Site;

#[application(host_matching)]
impl Site {
    #[route("/<page>", host = "<user>.example.com")]
    async fn home(&self, page: &str) -> String {
        page.to_owned()
    }
}

fn main() {}
