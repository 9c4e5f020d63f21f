use rustzeug::prelude::*;

struct Blog;

#[application]
impl Default for Blog {
    #[route("/")]
    fn default() -> Self {
        Blog
    }
}

fn main() {}
