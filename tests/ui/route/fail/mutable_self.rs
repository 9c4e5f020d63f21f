use rustzeug::prelude::*;

struct Blog {
    hits: u32,
}

#[application]
impl Blog {
    #[route("/")]
    async fn count(&mut self) -> String {
        self.hits += 1;
        self.hits.to_string()
    }
}

fn main() {}
