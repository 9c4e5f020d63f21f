use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[route("/")]
    async fn index(&self) -> &'static str {
        "index"
    }
}

#[rustzeug::main]
async fn start() -> Result<Blog> {
    Ok(Blog)
}

fn main() {
    let _ = start;
}
